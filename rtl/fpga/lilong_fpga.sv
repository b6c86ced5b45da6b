// SPDX-License-Identifier: Apache-2.0
// The system on an FPGA, independent of the board: chip, host link, external memory; one clock.
//
//   UART <-> link --AXI4-Lite--> chip
//             '--AXI4--> mux <--AXI4-- chip
//                         '--> memory
//
// The memory lies at addresses 0 .. MemoryBytes-1 for both masters.
// The pins of the SDRAM go to a PHY: they are registers, and sdram_dq_i is the word that a read
// command asked for ReadDelay cycles before (lilong_sdram_ctrl).
module lilong_fpga #(
    parameter int unsigned Preset = 1,
    parameter int unsigned Memory = 1,
    parameter int unsigned BramBytes = 131_072,  // Memory 0
    parameter int unsigned ClockHz = 60_000_000,
    parameter int unsigned Baud = lilong_link_pkg::Baud,
    parameter int unsigned CasLatency = 2,
    parameter int unsigned ReadDelay = 4,
    localparam int unsigned SdramBytes = 32 * 1024 * 1024
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        uart_rx_i,
    output logic        uart_tx_o,
    // for lights: one bit while it happens
    output logic        irq_o,
    output logic        memory_ready_o,
    output logic        frame_good_o,
    output logic        frame_bad_o,
    output logic        read_o,
    output logic        write_o,
    output logic        start_o,
    // SDRAM; constant if Memory is 0
    output logic        sdram_cke_o,
    output logic        sdram_csn_o,
    output logic        sdram_rasn_o,
    output logic        sdram_casn_o,
    output logic        sdram_wen_o,
    output logic [1:0]  sdram_ba_o,
    output logic [12:0] sdram_a_o,
    output logic [1:0]  sdram_dqm_o,
    output logic [15:0] sdram_dq_o,
    output logic        sdram_dq_oe_o,
    input  logic [15:0] sdram_dq_i
);
  localparam int unsigned AxiBytes = lilong_isa_pkg::preset_axi_bytes(Preset);
  localparam int unsigned DataWidth = AxiBytes * 8;
  localparam int unsigned IdWidth = 5;
  localparam int unsigned MemoryBytes = (Memory == 1) ? SdramBytes : BramBytes;

  // ---- link
  logic reg_awvalid, reg_awready, reg_wvalid, reg_wready, reg_bvalid, reg_bready;
  logic reg_arvalid, reg_arready, reg_rvalid, reg_rready;
  logic [11:0] reg_awaddr, reg_araddr;
  logic [31:0] reg_wdata, reg_rdata;
  logic [3:0] reg_wstrb;
  logic [1:0] reg_bresp, reg_rresp;
  logic link_awvalid, link_awready, link_wvalid, link_wready, link_wlast, link_bvalid, link_bready;
  logic link_arvalid, link_arready, link_rvalid, link_rready, link_rlast;
  logic [31:0] link_awaddr, link_araddr;
  logic [7:0] link_awlen, link_arlen, link_wstrb;
  logic [63:0] link_wdata, link_rdata;
  logic [1:0] link_bresp, link_rresp;
  logic [2:0] link_awsize, link_arsize;
  logic [1:0] link_awburst, link_arburst;

  lilong_link #(
      .Preset(Preset),
      .ClockHz(ClockHz),
      .Baud(Baud),
      .MemoryBytes(MemoryBytes)
  ) u_link (
      .clk_i,
      .rst_ni,
      .uart_rx_i,
      .uart_tx_o,
      .irq_i(irq_o),
      .frame_good_o,
      .frame_bad_o,
      .reg_awvalid_o(reg_awvalid),
      .reg_awready_i(reg_awready),
      .reg_awaddr_o(reg_awaddr),
      .reg_wvalid_o(reg_wvalid),
      .reg_wready_i(reg_wready),
      .reg_wdata_o(reg_wdata),
      .reg_wstrb_o(reg_wstrb),
      .reg_bvalid_i(reg_bvalid),
      .reg_bready_o(reg_bready),
      .reg_bresp_i(reg_bresp),
      .reg_arvalid_o(reg_arvalid),
      .reg_arready_i(reg_arready),
      .reg_araddr_o(reg_araddr),
      .reg_rvalid_i(reg_rvalid),
      .reg_rready_o(reg_rready),
      .reg_rdata_i(reg_rdata),
      .reg_rresp_i(reg_rresp),
      .mem_awvalid_o(link_awvalid),
      .mem_awready_i(link_awready),
      .mem_awaddr_o(link_awaddr),
      .mem_awlen_o(link_awlen),
      .mem_awsize_o(link_awsize),
      .mem_awburst_o(link_awburst),
      .mem_wvalid_o(link_wvalid),
      .mem_wready_i(link_wready),
      .mem_wdata_o(link_wdata),
      .mem_wstrb_o(link_wstrb),
      .mem_wlast_o(link_wlast),
      .mem_bvalid_i(link_bvalid),
      .mem_bready_o(link_bready),
      .mem_bresp_i(link_bresp),
      .mem_arvalid_o(link_arvalid),
      .mem_arready_i(link_arready),
      .mem_araddr_o(link_araddr),
      .mem_arlen_o(link_arlen),
      .mem_arsize_o(link_arsize),
      .mem_arburst_o(link_arburst),
      .mem_rvalid_i(link_rvalid),
      .mem_rready_o(link_rready),
      .mem_rdata_i(link_rdata),
      .mem_rresp_i(link_rresp),
      .mem_rlast_i(link_rlast)
  );

  // ---- chip
  logic chip_awvalid, chip_awready, chip_wvalid, chip_wready, chip_wlast, chip_bvalid, chip_bready;
  logic chip_arvalid, chip_arready, chip_rvalid, chip_rready, chip_rlast;
  logic [3:0] chip_awid, chip_arid, chip_bid, chip_rid;
  logic [39:0] chip_awaddr, chip_araddr;
  logic [7:0] chip_awlen, chip_arlen;
  logic [2:0] chip_awsize, chip_arsize, chip_awprot, chip_arprot, trace_start, trace_done;
  logic [1:0] chip_awburst, chip_arburst, chip_bresp, chip_rresp;
  logic [3:0] chip_awcache, chip_arcache;
  logic [DataWidth-1:0] chip_wdata, chip_rdata;
  logic [AxiBytes-1:0] chip_wstrb;
  logic [95:0] trace_start_instr, trace_done_instr;

  lilong_top #(
      .Preset(Preset)
  ) u_chip (
      .clk_i,
      .rst_ni,
      .axil_awvalid_i(reg_awvalid),
      .axil_awready_o(reg_awready),
      .axil_awaddr_i(reg_awaddr),
      .axil_wvalid_i(reg_wvalid),
      .axil_wready_o(reg_wready),
      .axil_wdata_i(reg_wdata),
      .axil_wstrb_i(reg_wstrb),
      .axil_bvalid_o(reg_bvalid),
      .axil_bready_i(reg_bready),
      .axil_bresp_o(reg_bresp),
      .axil_arvalid_i(reg_arvalid),
      .axil_arready_o(reg_arready),
      .axil_araddr_i(reg_araddr),
      .axil_rvalid_o(reg_rvalid),
      .axil_rready_i(reg_rready),
      .axil_rdata_o(reg_rdata),
      .axil_rresp_o(reg_rresp),
      .axi_awvalid_o(chip_awvalid),
      .axi_awready_i(chip_awready),
      .axi_awid_o(chip_awid),
      .axi_awaddr_o(chip_awaddr),
      .axi_awlen_o(chip_awlen),
      .axi_awsize_o(chip_awsize),
      .axi_awburst_o(chip_awburst),
      .axi_awcache_o(chip_awcache),
      .axi_awprot_o(chip_awprot),
      .axi_wvalid_o(chip_wvalid),
      .axi_wready_i(chip_wready),
      .axi_wdata_o(chip_wdata),
      .axi_wstrb_o(chip_wstrb),
      .axi_wlast_o(chip_wlast),
      .axi_bvalid_i(chip_bvalid),
      .axi_bready_o(chip_bready),
      .axi_bid_i(chip_bid),
      .axi_bresp_i(chip_bresp),
      .axi_arvalid_o(chip_arvalid),
      .axi_arready_i(chip_arready),
      .axi_arid_o(chip_arid),
      .axi_araddr_o(chip_araddr),
      .axi_arlen_o(chip_arlen),
      .axi_arsize_o(chip_arsize),
      .axi_arburst_o(chip_arburst),
      .axi_arcache_o(chip_arcache),
      .axi_arprot_o(chip_arprot),
      .axi_rvalid_i(chip_rvalid),
      .axi_rready_o(chip_rready),
      .axi_rid_i(chip_rid),
      .axi_rdata_i(chip_rdata),
      .axi_rresp_i(chip_rresp),
      .axi_rlast_i(chip_rlast),
      .irq_o,
      .trace_start_o(trace_start),
      .trace_done_o(trace_done),
      .trace_start_instr_o(trace_start_instr),
      .trace_done_instr_o(trace_done_instr)
  );
  assign start_o = |trace_start;

  // ---- mux
  logic mem_awvalid, mem_awready, mem_wvalid, mem_wready, mem_bvalid, mem_bready;
  logic mem_arvalid, mem_arready, mem_rvalid, mem_rready, mem_rlast;
  logic [IdWidth-1:0] mem_awid, mem_arid, mem_bid, mem_rid;
  logic [39:0] mem_awaddr, mem_araddr;
  logic [7:0] mem_awlen, mem_arlen;
  logic [2:0] mem_awsize, mem_arsize;
  logic [1:0] mem_bresp, mem_rresp;
  logic [DataWidth-1:0] mem_wdata, mem_rdata;
  logic [AxiBytes-1:0] mem_wstrb;

  lilong_axi_mux #(
      .AxiBytes(AxiBytes)
  ) u_mux (
      .clk_i,
      .rst_ni,
      .chip_awvalid_i(chip_awvalid),
      .chip_awready_o(chip_awready),
      .chip_awid_i(chip_awid),
      .chip_awaddr_i(chip_awaddr),
      .chip_awlen_i(chip_awlen),
      .chip_wvalid_i(chip_wvalid),
      .chip_wready_o(chip_wready),
      .chip_wdata_i(chip_wdata),
      .chip_wstrb_i(chip_wstrb),
      .chip_bvalid_o(chip_bvalid),
      .chip_bready_i(chip_bready),
      .chip_bid_o(chip_bid),
      .chip_bresp_o(chip_bresp),
      .chip_arvalid_i(chip_arvalid),
      .chip_arready_o(chip_arready),
      .chip_arid_i(chip_arid),
      .chip_araddr_i(chip_araddr),
      .chip_arlen_i(chip_arlen),
      .chip_rvalid_o(chip_rvalid),
      .chip_rready_i(chip_rready),
      .chip_rid_o(chip_rid),
      .chip_rdata_o(chip_rdata),
      .chip_rresp_o(chip_rresp),
      .chip_rlast_o(chip_rlast),
      .link_awvalid_i(link_awvalid),
      .link_awready_o(link_awready),
      .link_awaddr_i(link_awaddr),
      .link_awlen_i(link_awlen),
      .link_wvalid_i(link_wvalid),
      .link_wready_o(link_wready),
      .link_wdata_i(link_wdata),
      .link_wstrb_i(link_wstrb),
      .link_bvalid_o(link_bvalid),
      .link_bready_i(link_bready),
      .link_bresp_o(link_bresp),
      .link_arvalid_i(link_arvalid),
      .link_arready_o(link_arready),
      .link_araddr_i(link_araddr),
      .link_arlen_i(link_arlen),
      .link_rvalid_o(link_rvalid),
      .link_rready_i(link_rready),
      .link_rdata_o(link_rdata),
      .link_rresp_o(link_rresp),
      .link_rlast_o(link_rlast),
      .mem_awvalid_o(mem_awvalid),
      .mem_awready_i(mem_awready),
      .mem_awid_o(mem_awid),
      .mem_awaddr_o(mem_awaddr),
      .mem_awlen_o(mem_awlen),
      .mem_awsize_o(mem_awsize),
      .mem_wvalid_o(mem_wvalid),
      .mem_wready_i(mem_wready),
      .mem_wdata_o(mem_wdata),
      .mem_wstrb_o(mem_wstrb),
      .mem_bvalid_i(mem_bvalid),
      .mem_bready_o(mem_bready),
      .mem_bid_i(mem_bid),
      .mem_bresp_i(mem_bresp),
      .mem_arvalid_o(mem_arvalid),
      .mem_arready_i(mem_arready),
      .mem_arid_o(mem_arid),
      .mem_araddr_o(mem_araddr),
      .mem_arlen_o(mem_arlen),
      .mem_arsize_o(mem_arsize),
      .mem_rvalid_i(mem_rvalid),
      .mem_rready_o(mem_rready),
      .mem_rid_i(mem_rid),
      .mem_rdata_i(mem_rdata),
      .mem_rresp_i(mem_rresp),
      .mem_rlast_i(mem_rlast)
  );
  assign read_o  = mem_arvalid && mem_arready;
  assign write_o = mem_awvalid && mem_awready;

  lilong_memory #(
      .Memory(Memory),
      .MemoryBytes(MemoryBytes),
      .AxiBytes(AxiBytes),
      .IdWidth(IdWidth),
      .ClockHz(ClockHz),
      .CasLatency(CasLatency),
      .ReadDelay(ReadDelay)
  ) u_memory (
      .clk_i,
      .rst_ni,
      .ready_o(memory_ready_o),
      .axi_awvalid_i(mem_awvalid),
      .axi_awready_o(mem_awready),
      .axi_awid_i(mem_awid),
      .axi_awaddr_i(mem_awaddr),
      .axi_awlen_i(mem_awlen),
      .axi_awsize_i(mem_awsize),
      .axi_awburst_i(2'b01),
      .axi_wvalid_i(mem_wvalid),
      .axi_wready_o(mem_wready),
      .axi_wdata_i(mem_wdata),
      .axi_wstrb_i(mem_wstrb),
      .axi_bvalid_o(mem_bvalid),
      .axi_bready_i(mem_bready),
      .axi_bid_o(mem_bid),
      .axi_bresp_o(mem_bresp),
      .axi_arvalid_i(mem_arvalid),
      .axi_arready_o(mem_arready),
      .axi_arid_i(mem_arid),
      .axi_araddr_i(mem_araddr),
      .axi_arlen_i(mem_arlen),
      .axi_arsize_i(mem_arsize),
      .axi_arburst_i(2'b01),
      .axi_rvalid_o(mem_rvalid),
      .axi_rready_i(mem_rready),
      .axi_rid_o(mem_rid),
      .axi_rdata_o(mem_rdata),
      .axi_rresp_o(mem_rresp),
      .axi_rlast_o(mem_rlast),
      .sdram_cke_o,
      .sdram_csn_o,
      .sdram_rasn_o,
      .sdram_casn_o,
      .sdram_wen_o,
      .sdram_ba_o,
      .sdram_a_o,
      .sdram_dqm_o,
      .sdram_dq_o,
      .sdram_dq_oe_o,
      .sdram_dq_i
  );

  // The mux knows the lengths, all bursts are incrementing, and nobody traces here.
  logic unused;
  assign unused = ^{link_awsize, link_awburst, link_arsize, link_arburst, link_wlast, chip_wlast,
                    chip_awsize, chip_awburst, chip_awcache, chip_awprot, chip_arsize, chip_arburst,
                    chip_arcache, chip_arprot, trace_done, trace_start_instr, trace_done_instr};
endmodule
