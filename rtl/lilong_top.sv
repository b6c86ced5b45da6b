// SPDX-License-Identifier: Apache-2.0
// The chip: wiring only.  Preset: 0 nano, 1 lite, 2 edge, 3 plus, 4 edge-fpga.
//
//   AXI4-Lite -> csr                                                        +-> irq
//   AXI4 <-> axi_port <-> fetch -> decode -> 3 queues -> sync -> load, exec, store
//                    <-> load, store <-> scratchpad <-> exec
//
// Every engine is held cleared (clr) unless a job is running.  The trace outputs show starts and
// completions of instructions, one bit and one instruction number per queue (load, exec, store).
module lilong_top #(
    parameter int unsigned Preset = 2,
    localparam int unsigned AxiBytes = lilong_isa_pkg::preset_axi_bytes(Preset)
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  axil_awvalid_i,
    output logic                  axil_awready_o,
    input  logic [11:0]           axil_awaddr_i,
    input  logic                  axil_wvalid_i,
    output logic                  axil_wready_o,
    input  logic [31:0]           axil_wdata_i,
    input  logic [3:0]            axil_wstrb_i,
    output logic                  axil_bvalid_o,
    input  logic                  axil_bready_i,
    output logic [1:0]            axil_bresp_o,
    input  logic                  axil_arvalid_i,
    output logic                  axil_arready_o,
    input  logic [11:0]           axil_araddr_i,
    output logic                  axil_rvalid_o,
    input  logic                  axil_rready_i,
    output logic [31:0]           axil_rdata_o,
    output logic [1:0]            axil_rresp_o,
    output logic                  axi_awvalid_o,
    input  logic                  axi_awready_i,
    output logic [3:0]            axi_awid_o,
    output logic [39:0]           axi_awaddr_o,
    output logic [7:0]            axi_awlen_o,
    output logic [2:0]            axi_awsize_o,
    output logic [1:0]            axi_awburst_o,
    output logic [3:0]            axi_awcache_o,
    output logic [2:0]            axi_awprot_o,
    output logic                  axi_wvalid_o,
    input  logic                  axi_wready_i,
    output logic [AxiBytes*8-1:0] axi_wdata_o,
    output logic [AxiBytes-1:0]   axi_wstrb_o,
    output logic                  axi_wlast_o,
    input  logic                  axi_bvalid_i,
    output logic                  axi_bready_o,
    input  logic [3:0]            axi_bid_i,
    input  logic [1:0]            axi_bresp_i,
    output logic                  axi_arvalid_o,
    input  logic                  axi_arready_i,
    output logic [3:0]            axi_arid_o,
    output logic [39:0]           axi_araddr_o,
    output logic [7:0]            axi_arlen_o,
    output logic [2:0]            axi_arsize_o,
    output logic [1:0]            axi_arburst_o,
    output logic [3:0]            axi_arcache_o,
    output logic [2:0]            axi_arprot_o,
    input  logic                  axi_rvalid_i,
    output logic                  axi_rready_o,
    input  logic [3:0]            axi_rid_i,
    input  logic [AxiBytes*8-1:0] axi_rdata_i,
    input  logic [1:0]            axi_rresp_i,
    input  logic                  axi_rlast_i,
    output logic                  irq_o,
    output logic [2:0]            trace_start_o,
    output logic [2:0]            trace_done_o,
    output logic [95:0]           trace_start_instr_o,
    output logic [95:0]           trace_done_instr_o
);
  localparam int unsigned Lanes = lilong_isa_pkg::preset_lanes(Preset);
  localparam int unsigned Depth = lilong_isa_pkg::preset_depth(Preset);
  localparam int unsigned Results = lilong_isa_pkg::preset_results(Preset);
  localparam int unsigned WeightVectors = lilong_isa_pkg::preset_weight_vectors(Preset);
  localparam int unsigned ScratchpadBytes = 1024 * lilong_isa_pkg::preset_scratchpad_kib(Preset);
  localparam int unsigned DataWidth = AxiBytes * 8;
  localparam int unsigned NP = 6 + WeightVectors;  // read ports of exec
  localparam int unsigned Ports = NP + 1;          // and the one of store
  localparam int unsigned AW = $clog2(ScratchpadBytes / Depth);
  localparam int unsigned GW = $clog2(ScratchpadBytes / 8);
  localparam int unsigned Width = Depth * 8;
  localparam int unsigned DmaWidth = 320;          // descriptor bits that LOAD and STORE use

  logic run, clr, abort;
  // Windows, in this order: decode, reads and writes of the AXI port, LOAD, STORE.
  logic [4:0][2:0] window_index;
  logic [4:0][33:0] window_base;
  logic [4:0][31:0] window_size;
  logic [4:0][1:0] window_access;
  logic [33:0] program_base;
  logic [25:0] program_size;
  logic program_read;
  assign clr = !run;

  // ---- registers and job control
  logic flip, drained, job_done;
  logic port_trap_valid, sync_trap_valid;
  logic [7:0] port_trap_code, sync_trap_code;
  logic [1:0] port_trap_engine, sync_trap_engine;
  logic [31:0] port_trap_instr, sync_trap_instr;
  logic [39:0] port_trap_addr;
  logic [51:0] sync_trap_addr;
  logic [1:0] oldest_engine;
  logic [31:0] oldest_instr;
  logic [lilong_isa_pkg::NumCounters-1:0] count;
  logic burst_read, burst_written;
  logic [10:0] bytes_read, bytes_written;

  lilong_csr #(
      .Preset(Preset),
      .WindowPorts(5)
  ) u_csr (
      .clk_i,
      .rst_ni,
      .axil_awvalid_i,
      .axil_awready_o,
      .axil_awaddr_i,
      .axil_wvalid_i,
      .axil_wready_o,
      .axil_wdata_i,
      .axil_wstrb_i,
      .axil_bvalid_o,
      .axil_bready_i,
      .axil_bresp_o,
      .axil_arvalid_i,
      .axil_arready_o,
      .axil_araddr_i,
      .axil_rvalid_o,
      .axil_rready_i,
      .axil_rdata_o,
      .axil_rresp_o,
      .irq_o,
      .window_index_i(window_index),
      .window_base_o(window_base),
      .window_size_o(window_size),
      .window_access_o(window_access),
      .program_base_o(program_base),
      .program_size_o(program_size),
      .program_read_o(program_read),
      .run_o(run),
      .abort_o(abort),
      .flip_o(flip),
      .drained_i(drained),
      .job_done_i(job_done),
      .port_trap_valid_i(port_trap_valid),
      .port_trap_code_i(port_trap_code),
      .port_trap_engine_i(port_trap_engine),
      .port_trap_instr_i(port_trap_instr),
      .port_trap_addr_i(port_trap_addr),
      .sync_trap_valid_i(sync_trap_valid),
      .sync_trap_code_i(sync_trap_code),
      .sync_trap_engine_i(sync_trap_engine),
      .sync_trap_instr_i(sync_trap_instr),
      .sync_trap_addr_i(sync_trap_addr),
      .oldest_engine_i(oldest_engine),
      .oldest_instr_i(oldest_instr),
      .count_i(count),
      .bytes_read_i(bytes_read),
      .bytes_written_i(bytes_written)
  );

  // ---- bus
  logic [1:0] rd_req_valid, rd_req_ready, rd_valid, rd_ready;
  logic [2*41-1:0] rd_req_addr;
  logic [2*11-1:0] rd_req_bytes;
  logic [2*32-1:0] rd_req_instr;
  logic [DataWidth-1:0] rd_data;
  logic [2:0] load_req_region;
  logic wr_req_valid, wr_req_ready, wr_valid, wr_ready, wr_done;
  logic [40:0] wr_req_addr;
  logic [10:0] wr_req_bytes;
  logic [2:0] wr_req_region;
  logic [31:0] wr_req_instr;
  logic [DataWidth-1:0] wr_data;

  lilong_axi_port #(
      .AxiBytes(AxiBytes)
  ) u_axi_port (
      .clk_i,
      .rst_ni,
      .abort_i(abort),
      .flip_i(flip),
      .drained_o(drained),
      .window_index_o(window_index[2:1]),
      .window_base_i(window_base[2:1]),
      .window_size_i(window_size[2:1]),
      .window_access_i(window_access[2:1]),
      .rd_req_valid_i(rd_req_valid),
      .rd_req_ready_o(rd_req_ready),
      .rd_req_addr_i(rd_req_addr),
      .rd_req_bytes_i(rd_req_bytes),
      .rd_req_region_i({load_req_region, 3'd0}),
      .rd_req_instr_i(rd_req_instr),
      .rd_valid_o(rd_valid),
      .rd_ready_i(rd_ready),
      .rd_data_o(rd_data),
      .wr_req_valid_i(wr_req_valid),
      .wr_req_ready_o(wr_req_ready),
      .wr_req_addr_i(wr_req_addr),
      .wr_req_bytes_i(wr_req_bytes),
      .wr_req_region_i(wr_req_region),
      .wr_req_instr_i(wr_req_instr),
      .wr_valid_i(wr_valid),
      .wr_ready_o(wr_ready),
      .wr_data_i(wr_data),
      .wr_done_o(wr_done),
      .trap_valid_o(port_trap_valid),
      .trap_code_o(port_trap_code),
      .trap_engine_o(port_trap_engine),
      .trap_instr_o(port_trap_instr),
      .trap_addr_o(port_trap_addr),
      .axi_awvalid_o,
      .axi_awready_i,
      .axi_awid_o,
      .axi_awaddr_o,
      .axi_awlen_o,
      .axi_wvalid_o,
      .axi_wready_i,
      .axi_wdata_o,
      .axi_wstrb_o,
      .axi_wlast_o,
      .axi_bvalid_i,
      .axi_bready_o,
      .axi_bid_i,
      .axi_bresp_i,
      .axi_arvalid_o,
      .axi_arready_i,
      .axi_arid_o,
      .axi_araddr_o,
      .axi_arlen_o,
      .axi_rvalid_i,
      .axi_rready_o,
      .axi_rid_i,
      .axi_rdata_i,
      .axi_rresp_i,
      .axi_rlast_i
  );
  assign axi_awsize_o  = 3'($clog2(AxiBytes));
  assign axi_awburst_o = 2'b01;
  assign axi_awcache_o = 4'b0011;
  assign axi_awprot_o  = 3'b000;
  assign axi_arsize_o  = 3'($clog2(AxiBytes));
  assign axi_arburst_o = 2'b01;
  assign axi_arcache_o = 4'b0011;
  assign axi_arprot_o  = 3'b000;

  // ---- fetch and decode
  logic desc_valid, desc_ready, desc_missing;
  logic [511:0] desc, push_desc;
  logic [25:0] desc_number;
  logic [2:0] push_valid, push_ready;
  logic [5:0] push_kind;
  logic push_write, push_empty, decoded, decode_done, decode_blocked, decode_trap;
  logic [31:0] push_instr, decode_instr;
  logic [7:0] decode_code;
  logic [51:0] decode_addr;

  lilong_fetch #(
      .AxiBytes(AxiBytes)
  ) u_fetch (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .stop_i(decode_done || decode_trap),
      .region_base_i(program_base),
      .region_size_i(program_size),
      .region_read_i(program_read),
      .req_valid_o(rd_req_valid[0]),
      .req_ready_i(rd_req_ready[0]),
      .req_addr_o(rd_req_addr[0+:41]),
      .req_bytes_o(rd_req_bytes[0+:11]),
      .req_instr_o(rd_req_instr[0+:32]),
      .r_valid_i(rd_valid[0]),
      .r_ready_o(rd_ready[0]),
      .r_data_i(rd_data),
      .desc_valid_o(desc_valid),
      .desc_ready_i(desc_ready),
      .desc_missing_o(desc_missing),
      .desc_o(desc),
      .desc_number_o(desc_number)
  );

  lilong_decode #(
      .Lanes(Lanes),
      .Depth(Depth),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_decode (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .window_index_o(window_index[0]),
      .window_size_i(window_size[0]),
      .window_access_i(window_access[0]),
      .desc_valid_i(desc_valid),
      .desc_ready_o(desc_ready),
      .desc_missing_i(desc_missing),
      .desc_i(desc),
      .desc_number_i(desc_number),
      .push_write_o(push_write),
      .push_valid_o(push_valid),
      .push_ready_i(push_ready),
      .push_desc_o(push_desc),
      .push_empty_o(push_empty),
      .push_kind_o(push_kind),
      .push_instr_o(push_instr),
      .decoded_o(decoded),
      .done_o(decode_done),
      .blocked_o(decode_blocked),
      .trap_o(decode_trap),
      .trap_code_o(decode_code),
      .trap_addr_o(decode_addr),
      .instr_o(decode_instr)
  );

  // ---- queues and synchronisation
  logic [2:0] head_valid, head_empty, issue, start, done, none, inflight, settled;
  logic [2:0] waiting;
  logic [2:0] engine_ready;
  logic [3*36-1:0] head_needs;
  logic [5:0] exec_kind;
  logic [95:0] head_instr, done_instr;
  logic [95:0] done_signals;
  logic [2*DmaWidth-1:0] dma_desc;  // heads of LOAD and STORE
  logic [511:0] exec_desc;

  for (genvar q = 0; q < 3; q++) begin : gen_queue
    localparam int unsigned QueueWidth = (q == 1) ? 512 : DmaWidth;
    logic [QueueWidth-1:0] head_desc;
    logic [5:0] head_kind;
    lilong_queue #(
        .Width(QueueWidth)
    ) u_queue (
        .clk_i,
        .rst_ni,
        .clr_i(clr),
        .write_i(push_write),
        .push_valid_i(push_valid[q]),
        .push_ready_o(push_ready[q]),
        .push_desc_i(push_desc[QueueWidth-1:0]),
        .push_kind_i(push_kind),
        .push_empty_i(push_empty),
        .push_instr_i(push_instr),
        .head_valid_o(head_valid[q]),
        .head_needs_o(head_needs[q*36+:36]),
        .head_kind_o(head_kind),
        .head_desc_o(head_desc),
        .head_empty_o(head_empty[q]),
        .head_instr_o(head_instr[q*32+:32]),
        .issue_i(issue[q]),
        .done_i(done[q]),
        .done_instr_o(done_instr[q*32+:32]),
        .done_signals_o(done_signals[q*32+:32]),
        .none_o(none[q]),
        .inflight_o(inflight[q]),
        .settled_o(settled[q])
    );
    if (q == 1) begin : gen_exec
      logic unused_empty;  // part of the kind
      assign unused_empty = head_empty[q];
      assign exec_desc = head_desc;
      assign exec_kind = head_kind;
    end else begin : gen_dma
      logic unused_kind;
      assign unused_kind = ^head_kind;
      assign dma_desc[(q/2)*DmaWidth+:DmaWidth] = head_desc;
    end
  end

  lilong_sync u_sync (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .head_valid_i(head_valid),
      .head_needs_i(head_needs),
      .head_instr_i(head_instr),
      .engine_ready_i(engine_ready),
      .issue_o(issue),
      .waiting_o(waiting),
      .done_i(done),
      .done_signals_i(done_signals),
      .done_instr_i(done_instr),
      .none_i(none),
      .inflight_i(inflight),
      .decode_done_i(decode_done),
      .decode_blocked_i(decode_blocked),
      .decode_trap_i(decode_trap),
      .decode_code_i(decode_code),
      .decode_addr_i(decode_addr),
      .decode_instr_i(decode_instr),
      .bus_idle_i(drained),
      .job_done_o(job_done),
      .trap_valid_o(sync_trap_valid),
      .trap_code_o(sync_trap_code),
      .trap_engine_o(sync_trap_engine),
      .trap_instr_o(sync_trap_instr),
      .trap_addr_o(sync_trap_addr)
  );

  // ---- engines
  logic sp_rd_upper_first;
  logic [Ports-1:0] sp_rd_req, sp_rd_gnt, sp_rd_rvalid;
  logic [Ports*AW-1:0] sp_rd_addr;
  logic [Ports*Width-1:0] sp_rd_rdata;
  logic [15:0] sp_wr_hot;
  logic [1:0] sp_wr_req, sp_wr_gnt;
  logic [2*GW-1:0] sp_wr_addr;
  logic [2*Width-1:0] sp_wr_data;
  logic [2*(Depth/8)-1:0] sp_wr_strobe;
  logic exec_start, exec_busy, exec_beat, exec_stall_weights, exec_stall_input, exec_stall_output;
  logic load_stall_memory, load_stall_bank, store_stall_memory, store_stall_bank;

  lilong_load #(
      .AxiBytes(AxiBytes),
      .Depth(Depth),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_load (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .cmd_valid_i(issue[0]),
      .cmd_ready_o(engine_ready[0]),
      .cmd_i(dma_desc[0+:DmaWidth]),
      .cmd_empty_i(head_empty[0]),
      .cmd_instr_i(head_instr[0+:32]),
      .done_o(done[0]),
      .window_index_o(window_index[3]),
      .window_base_i(window_base[3]),
      .req_valid_o(rd_req_valid[1]),
      .req_ready_i(rd_req_ready[1]),
      .req_addr_o(rd_req_addr[41+:41]),
      .req_bytes_o(rd_req_bytes[11+:11]),
      .req_region_o(load_req_region),
      .req_instr_o(rd_req_instr[32+:32]),
      .r_valid_i(rd_valid[1]),
      .r_ready_o(rd_ready[1]),
      .r_data_i(rd_data),
      .wr_hot_o(sp_wr_hot[15:8]),
      .wr_req_o(sp_wr_req[1]),
      .wr_addr_o(sp_wr_addr[GW+:GW]),
      .wr_data_o(sp_wr_data[Width+:Width]),
      .wr_strobe_o(sp_wr_strobe[(Depth/8)+:(Depth/8)]),
      .wr_gnt_i(sp_wr_gnt[1]),
      .stall_memory_o(load_stall_memory),
      .stall_bank_o(load_stall_bank),
      .burst_o(burst_read),
      .bytes_o(bytes_read)
  );

  lilong_exec #(
      .Lanes(Lanes),
      .Depth(Depth),
      .Results(Results),
      .WeightVectors(WeightVectors),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_exec (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .cmd_valid_i(issue[1]),
      .cmd_ready_o(engine_ready[1]),
      .cmd_i(exec_desc),
      .cmd_kind_i(exec_kind),
      .done_o(done[1]),
      .start_o(exec_start),
      .busy_o(exec_busy),
      .beat_o(exec_beat),
      .stall_weights_o(exec_stall_weights),
      .stall_input_o(exec_stall_input),
      .stall_output_o(exec_stall_output),
      .rd_upper_first_o(sp_rd_upper_first),
      .rd_req_o(sp_rd_req[NP-1:0]),
      .rd_addr_o(sp_rd_addr[NP*AW-1:0]),
      .rd_gnt_i(sp_rd_gnt[NP-1:0]),
      .rd_rvalid_i(sp_rd_rvalid[NP-1:0]),
      .rd_rdata_i(sp_rd_rdata[NP*Width-1:0]),
      .wr_hot_o(sp_wr_hot[7:0]),
      .wr_req_o(sp_wr_req[0]),
      .wr_addr_o(sp_wr_addr[0+:GW]),
      .wr_data_o(sp_wr_data[0+:Width]),
      .wr_strobe_o(sp_wr_strobe[0+:(Depth/8)]),
      .wr_gnt_i(sp_wr_gnt[0])
  );

  lilong_store #(
      .AxiBytes(AxiBytes),
      .Depth(Depth),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_store (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .cmd_valid_i(issue[2]),
      .cmd_ready_o(engine_ready[2]),
      .cmd_i(dma_desc[DmaWidth+:DmaWidth]),
      .cmd_empty_i(head_empty[2]),
      .cmd_instr_i(head_instr[64+:32]),
      .done_o(done[2]),
      .window_index_o(window_index[4]),
      .window_base_i(window_base[4]),
      .req_valid_o(wr_req_valid),
      .req_ready_i(wr_req_ready),
      .req_addr_o(wr_req_addr),
      .req_bytes_o(wr_req_bytes),
      .req_region_o(wr_req_region),
      .req_instr_o(wr_req_instr),
      .w_valid_o(wr_valid),
      .w_ready_i(wr_ready),
      .w_data_o(wr_data),
      .b_done_i(wr_done),
      .rd_req_o(sp_rd_req[NP]),
      .rd_addr_o(sp_rd_addr[NP*AW+:AW]),
      .rd_gnt_i(sp_rd_gnt[NP]),
      .rd_rvalid_i(sp_rd_rvalid[NP]),
      .rd_rdata_i(sp_rd_rdata[NP*Width+:Width]),
      .stall_memory_o(store_stall_memory),
      .stall_bank_o(store_stall_bank),
      .burst_o(burst_written),
      .bytes_o(bytes_written)
  );

  lilong_scratchpad #(
      .ScratchpadBytes(ScratchpadBytes),
      .Depth(Depth),
      .Ports(Ports)
  ) u_scratchpad (
      .clk_i,
      .rst_ni,
      .clr_i(clr),
      .rd_upper_first_i(sp_rd_upper_first),
      .rd_req_i(sp_rd_req),
      .rd_addr_i(sp_rd_addr),
      .rd_gnt_o(sp_rd_gnt),
      .rd_rvalid_o(sp_rd_rvalid),
      .rd_rdata_o(sp_rd_rdata),
      .wr_hot_i(sp_wr_hot),
      .wr_req_i(sp_wr_req),
      .wr_addr_i(sp_wr_addr),
      .wr_data_i(sp_wr_data),
      .wr_strobe_i(sp_wr_strobe),
      .wr_gnt_o(sp_wr_gnt)
  );

  // ---- trace, watchdog report and counters
  assign start               = {issue[2], exec_start, issue[0]};
  assign trace_start_o       = start;
  assign trace_done_o        = done;
  assign trace_start_instr_o = head_instr;
  assign trace_done_instr_o  = done_instr;

  always_comb begin
    oldest_engine = lilong_isa_pkg::EngineFetch;
    oldest_instr  = decode_instr;
    for (int q = 2; q >= 0; q--) begin
      if (!settled[q]) begin
        oldest_engine = 2'(q + 1);
        oldest_instr  = done_instr[q*32+:32];
      end
    end
  end

  always_comb begin
    count                                           = '0;
    count[lilong_isa_pkg::CounterLoadBusy]          = inflight[0];
    count[lilong_isa_pkg::CounterExecBusy]          = exec_busy;
    count[lilong_isa_pkg::CounterStoreBusy]         = inflight[2];
    count[lilong_isa_pkg::CounterLoadWait]          = waiting[0];
    count[lilong_isa_pkg::CounterExecWait]          = waiting[1] && !inflight[1];
    count[lilong_isa_pkg::CounterStoreWait]         = waiting[2];
    count[lilong_isa_pkg::CounterExecStallWeights]  = exec_stall_weights;
    count[lilong_isa_pkg::CounterExecStallInput]    = exec_stall_input;
    count[lilong_isa_pkg::CounterExecStallOutput]   = exec_stall_output;
    count[lilong_isa_pkg::CounterLoadStallMemory]   = load_stall_memory;
    count[lilong_isa_pkg::CounterLoadStallBank]     = load_stall_bank;
    count[lilong_isa_pkg::CounterStoreStallMemory]  = store_stall_memory;
    count[lilong_isa_pkg::CounterStoreStallBank]    = store_stall_bank;
    count[lilong_isa_pkg::CounterInstructionsLoad]  = done[0];
    count[lilong_isa_pkg::CounterInstructionsExec]  = done[1];
    count[lilong_isa_pkg::CounterInstructionsStore] = done[2];
    count[lilong_isa_pkg::CounterMacBeats]          = exec_beat;
    count[lilong_isa_pkg::CounterBytesFetch]        = decoded;
    count[lilong_isa_pkg::CounterBytesRead]         = burst_read;
    count[lilong_isa_pkg::CounterBytesWritten]      = burst_written;
  end

  logic unused;
  assign unused = ^{window_base[0], window_size[4:3], window_access[4:3]};
endmodule
