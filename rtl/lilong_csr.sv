// SPDX-License-Identifier: Apache-2.0
// Registers (AXI4-Lite), job control, interrupt, watchdog, trap capture and counters.
//
//            start                     job_done
//   Idle --------------> Running ------------------------------> Idle, irq done
//    ^                      | trap
//    |                      v        drained or DRAIN_LIMIT
//    |                   Aborting ------------------> Halted, irq trap
//    |                                                  |
//    +---- Reset <----- soft_reset in any state --------+
//          drained, or DRAIN_LIMIT and then the epoch flips; irq reset_done
//
// run_o is high in Running only; every engine is held cleared otherwise, and the AXI port aborts, for
// which abort_o is the opposite from a register of its own: that one lies beside the port.
// `cycles` counts from the doorbell's handshake to the first cycle with the interrupt.
// Windows, WATCHDOG and DRAIN_LIMIT are written in Idle and Halted only; soft reset keeps them.
// Writes to read-only registers are ignored; locked writes and unmapped addresses answer SLVERR.
// The windows and the counters are memories and registers without reset: in the 8 cycles after the
// reset they are cleared, and no access is taken.
`include "lilong_assert.svh"

module lilong_csr #(
    parameter int unsigned Preset = 2,
    parameter int unsigned WindowPorts = 5
) (
    input  logic            clk_i,
    input  logic            rst_ni,
    // AXI4-Lite
    input  logic            axil_awvalid_i,
    output logic            axil_awready_o,
    input  logic [11:0]     axil_awaddr_i,
    input  logic            axil_wvalid_i,
    output logic            axil_wready_o,
    input  logic [31:0]     axil_wdata_i,
    input  logic [3:0]      axil_wstrb_i,
    output logic            axil_bvalid_o,
    input  logic            axil_bready_i,
    output logic [1:0]      axil_bresp_o,
    input  logic            axil_arvalid_i,
    output logic            axil_arready_o,
    input  logic [11:0]     axil_araddr_i,
    output logic            axil_rvalid_o,
    input  logic            axil_rready_i,
    output logic [31:0]     axil_rdata_o,
    output logic [1:0]      axil_rresp_o,
    output logic            irq_o,
    // windows: of the regions that the readers name, and of the program
    input  logic [WindowPorts*3-1:0]  window_index_i,
    output logic [WindowPorts*34-1:0] window_base_o,
    output logic [WindowPorts*32-1:0] window_size_o,
    output logic [WindowPorts*2-1:0]  window_access_o,
    output logic [33:0]     program_base_o,
    output logic [25:0]     program_size_o,     // in units of 64 bytes
    output logic            program_read_o,
    // job control
    output logic            run_o,
    output logic            abort_o,
    output logic            flip_o,
    input  logic            drained_i,
    input  logic            job_done_i,
    // traps of the AXI port and of the rest; in the same cycle the port's is kept
    input  logic            port_trap_valid_i,
    input  logic [7:0]      port_trap_code_i,
    input  logic [1:0]      port_trap_engine_i,
    input  logic [31:0]     port_trap_instr_i,
    input  logic [39:0]     port_trap_addr_i,
    input  logic            sync_trap_valid_i,   // what it says comes a cycle later
    input  logic [7:0]      sync_trap_code_i,
    input  logic [1:0]      sync_trap_engine_i,
    input  logic [31:0]     sync_trap_instr_i,
    input  logic [51:0]     sync_trap_addr_i,
    // what the watchdog reports: the first engine at work, else fetch
    input  logic [1:0]      oldest_engine_i,
    input  logic [31:0]     oldest_instr_i,
    // counters: bit n counts cycles or events of counter n; bytes are added
    input  logic [lilong_isa_pkg::NumCounters-1:0] count_i,
    input  logic [10:0]     bytes_read_i,
    input  logic [10:0]     bytes_written_i
);
  localparam int unsigned NumCounters = lilong_isa_pkg::NumCounters;

  typedef enum logic [2:0] {
    StIdle,
    StRunning,
    StAborting,
    StHalted,
    StReset
  } state_e;

  state_e state_q, state_d;
  logic unlocked, abort_q;
  assign unlocked = (state_q == StIdle) || (state_q == StHalted);
  assign run_o    = state_q == StRunning;
  assign abort_o  = abort_q;

  // ---- cleared after the reset
  logic clear_q;
  logic [2:0] clear_index_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clear_q       <= 1'b1;
      clear_index_q <= '0;
    end else if (clear_q) begin
      clear_q       <= clear_index_q != 3'd7;
      clear_index_q <= clear_index_q + 3'd1;
    end
  end

  // ---- writes
  logic write, write_known, write_locked;
  logic [31:0] progress_q;
  logic [11:0] waddr;
  logic region_hit;
  assign write          = axil_awvalid_i && axil_wvalid_i && !axil_bvalid_o && !clear_q;
  assign axil_awready_o = write;
  assign axil_wready_o  = write;
  assign waddr          = {axil_awaddr_i[11:2], 2'b00};
  assign region_hit     = waddr[11:7] == lilong_isa_pkg::RegRegionBaseLoOffset[11:7];

  function automatic logic mapped(input logic [11:0] addr);
    mapped = (addr <= lilong_isa_pkg::RegProgressOffset) ||
             (addr[11:7] == lilong_isa_pkg::RegRegionBaseLoOffset[11:7]) ||
             ((addr >= lilong_isa_pkg::RegCounterBaseOffset) &&
              (addr < lilong_isa_pkg::RegCounterBaseOffset + 12'(4 * lilong_isa_pkg::RegCounterBaseCount)));
  endfunction
  assign write_known  = mapped(waddr);
  assign write_locked = !unlocked && (region_hit || (waddr == lilong_isa_pkg::RegWatchdogOffset) ||
                                      (waddr == lilong_isa_pkg::RegDrainLimitOffset));

  logic write_control, start, soft_reset;
  assign write_control = write && (waddr == lilong_isa_pkg::RegControlOffset) && axil_wstrb_i[0];
  assign soft_reset    = write_control && axil_wdata_i[lilong_isa_pkg::RegControlSoftResetLsb];
  assign start         = write_control && axil_wdata_i[lilong_isa_pkg::RegControlStartLsb] && !soft_reset &&
                         (state_q == StIdle);

  // ---- windows; the last port reads for the bus
  logic write_region;
  logic [2:0] read_index;
  logic [33:0] read_base;
  logic [31:0] read_size;
  logic [1:0] read_access;
  assign write_region = write && !write_locked && region_hit;

  lilong_windows #(
      .Ports(WindowPorts + 1)
  ) u_windows (
      .clk_i,
      .clear_i(clear_q),
      .write_i(write_region),
      .index_i(clear_q ? clear_index_q : waddr[6:4]),
      .word_i(waddr[3:2]),
      .strobe_i(axil_wstrb_i),
      .data_i(axil_wdata_i),
      .rd_index_i({read_index, window_index_i}),
      .rd_base_o({read_base, window_base_o}),
      .rd_size_o({read_size, window_size_o}),
      .rd_access_o({read_access, window_access_o})
  );

  // Region 0 holds the program: fetch sees it all the time.
  logic [3:0] write_program;
  assign write_program = {4{write_region && waddr[6:4] == 3'd0}} & axil_wstrb_i;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      program_base_o <= '0;
      program_size_o <= '0;
      program_read_o <= 1'b0;
    end else begin
      if (waddr[3:2] == 2'd0) begin
        if (write_program[0]) program_base_o[1:0] <= axil_wdata_i[7:6];
        if (write_program[1]) program_base_o[9:2] <= axil_wdata_i[15:8];
        if (write_program[2]) program_base_o[17:10] <= axil_wdata_i[23:16];
        if (write_program[3]) program_base_o[25:18] <= axil_wdata_i[31:24];
      end
      if (waddr[3:2] == 2'd1 && write_program[0]) program_base_o[33:26] <= axil_wdata_i[7:0];
      if (waddr[3:2] == 2'd2) begin
        if (write_program[0]) program_size_o[1:0] <= axil_wdata_i[7:6];
        if (write_program[1]) program_size_o[9:2] <= axil_wdata_i[15:8];
        if (write_program[2]) program_size_o[17:10] <= axil_wdata_i[23:16];
        if (write_program[3]) program_size_o[25:18] <= axil_wdata_i[31:24];
      end
      if (waddr[3:2] == 2'd3 && write_program[0]) program_read_o <= axil_wdata_i[0];
    end
  end

  // ---- other registers that are written
  logic [31:0] watchdog_q, drain_limit_q;
  logic [2:0] irq_enable_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      watchdog_q    <= lilong_isa_pkg::RegWatchdogReset;
      drain_limit_q <= lilong_isa_pkg::RegDrainLimitReset;
      irq_enable_q  <= lilong_isa_pkg::RegIrqEnableReset[2:0];
    end else if (write && !write_locked) begin
      if (waddr == lilong_isa_pkg::RegIrqEnableOffset && axil_wstrb_i[0]) begin
        irq_enable_q <= axil_wdata_i[2:0];
      end
      for (int unsigned b = 0; b < 4; b++) begin
        if (axil_wstrb_i[b]) begin
          if (waddr == lilong_isa_pkg::RegWatchdogOffset) begin
            watchdog_q[b*8+:8] <= axil_wdata_i[b*8+:8];
          end
          if (waddr == lilong_isa_pkg::RegDrainLimitOffset) begin
            drain_limit_q[b*8+:8] <= axil_wdata_i[b*8+:8];
          end
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      axil_bvalid_o <= 1'b0;
      axil_bresp_o  <= '0;
    end else if (write) begin
      axil_bvalid_o <= 1'b1;
      axil_bresp_o  <= (!write_known || write_locked) ? 2'b10 : 2'b00;
    end else if (axil_bready_i) begin
      axil_bvalid_o <= 1'b0;
    end
  end

  // ---- job control
  logic [2:0] pending_q, pending_set, pending_clear;
  logic [31:0] drain_q, drain_next;
  logic drain_over_q;  // the limit is reached
  assign drain_next = drain_q + 32'd1;
  logic [NumCounters-1:0][31:0] counter_q;
  logic trap, watchdog_trap, reset_over;
  logic trapped_q, seen_sync_q;
  logic [7:0] trap_code_q, seen_code_q;
  logic [1:0] trap_engine_q, seen_engine_q;
  logic [31:0] trap_instr_q, seen_instr_q;
  logic [51:0] trap_addr_q, seen_addr_q;

  assign watchdog_trap = (watchdog_q != '0) && (counter_q[lilong_isa_pkg::CounterCycles] >= watchdog_q) &&
                         !job_done_i;
  assign trap          = run_o && (port_trap_valid_i || sync_trap_valid_i || watchdog_trap);
  assign reset_over    = (state_q == StReset) && (drained_i || drain_over_q) && !soft_reset;
  // Also if another reset begins in this cycle: its epoch is a new one.
  assign flip_o        = (state_q == StReset) && drain_over_q && !drained_i;

  always_comb begin
    pending_set   = '0;
    pending_clear = '0;
    if (write && (waddr == lilong_isa_pkg::RegIrqStatusOffset)) begin
      pending_clear = axil_wdata_i[2:0] & {3{axil_wstrb_i[0]}};
    end
    if (run_o && !trap && job_done_i && !soft_reset) pending_set[lilong_isa_pkg::RegIrqStatusDoneLsb] = 1'b1;
    if ((state_q == StAborting) && (drained_i || drain_over_q) && !soft_reset) begin
      pending_set[lilong_isa_pkg::RegIrqStatusTrapLsb] = 1'b1;
    end
    if (soft_reset) pending_clear = '1;
    if (reset_over) pending_set[lilong_isa_pkg::RegIrqStatusResetDoneLsb] = 1'b1;
  end
  assign irq_o = |(pending_q & irq_enable_q);

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle: if (start) state_d = StRunning;
      StRunning: begin
        if (trap) state_d = StAborting;
        else if (job_done_i) state_d = StIdle;
      end
      StAborting: if (drained_i || drain_over_q) state_d = StHalted;
      StHalted: ;
      StReset: if (reset_over) state_d = StIdle;
      default: state_d = StIdle;
    endcase
    if (soft_reset) state_d = StReset;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      abort_q   <= 1'b1;
      pending_q <= '0;
      trapped_q <= 1'b0;
    end else begin
      state_q   <= state_d;
      abort_q   <= state_d != StRunning;
      pending_q <= (pending_q & ~pending_clear) | pending_set;
      trapped_q <= trap && !start && !soft_reset;
    end
  end
  `LILONG_ASSERT(AbortUnlessRunning, abort_q == !run_o)

  // What a trap of the last cycle would say; it reaches the registers at the latest with the interrupt.
  always_ff @(posedge clk_i) begin
    seen_sync_q <= sync_trap_valid_i && !port_trap_valid_i;
    if (port_trap_valid_i) begin
      seen_code_q   <= port_trap_code_i;
      seen_engine_q <= port_trap_engine_i;
      seen_instr_q  <= port_trap_instr_i;
      seen_addr_q   <= 52'(port_trap_addr_i);
    end else begin
      seen_code_q   <= lilong_isa_pkg::TrapWatchdog;
      seen_engine_q <= oldest_engine_i;
      seen_instr_q  <= oldest_instr_i;
      seen_addr_q   <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start || soft_reset || clear_q) begin
      trap_code_q   <= '0;
      trap_engine_q <= '0;
      trap_instr_q  <= '0;
      trap_addr_q   <= '0;
    end else if (trapped_q) begin
      trap_code_q   <= seen_sync_q ? sync_trap_code_i : seen_code_q;
      trap_engine_q <= seen_sync_q ? sync_trap_engine_i : seen_engine_q;
      trap_instr_q  <= seen_sync_q ? sync_trap_instr_i : seen_instr_q;
      trap_addr_q   <= seen_sync_q ? sync_trap_addr_i : seen_addr_q;
    end
  end

  // Cycles since the jobs were aborted; zero in all other states.
  always_ff @(posedge clk_i) begin
    if (soft_reset || ((state_q != StAborting) && (state_q != StReset))) begin
      drain_q      <= '0;
      drain_over_q <= drain_limit_q == '0;
    end else begin
      drain_q      <= drain_next;
      drain_over_q <= drain_next >= drain_limit_q;
    end
  end

  // ---- counters; what they count comes from all over the chip, so it is taken a cycle later
  logic run_q;
  logic [lilong_isa_pkg::NumCounters-1:0] count_q;
  logic [10:0] bytes_read_q, bytes_written_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) run_q <= 1'b0;
    else run_q <= run_o;
  end
  always_ff @(posedge clk_i) begin
    count_q         <= count_i;
    bytes_read_q    <= bytes_read_i;
    bytes_written_q <= bytes_written_i;
  end

  logic [NumCounters-1:0] counts;
  logic count_clear;
  assign count_clear = start || soft_reset || clear_q;
  always_comb begin
    counts                                = count_q & {NumCounters{run_q}};
    counts[lilong_isa_pkg::CounterCycles] = run_o || (state_q == StAborting);
  end

  for (genvar n = 0; n < NumCounters; n++) begin : gen_counter
    if (n == lilong_isa_pkg::CounterBytesFetch) begin : gen_fetch
      assign counter_q[n] = progress_q << $clog2(lilong_isa_pkg::DescriptorBytes);
    end else begin : gen_count
      logic [31:0] value_q, step;
      if (n == lilong_isa_pkg::CounterBytesRead) begin : gen_read
        assign step = 32'(bytes_read_q);
      end else if (n == lilong_isa_pkg::CounterBytesWritten) begin : gen_write
        assign step = 32'(bytes_written_q);
      end else begin : gen_one
        assign step = 32'd1;
      end
      always_ff @(posedge clk_i) begin
        if (count_clear) value_q <= 32'(n == lilong_isa_pkg::CounterCycles && start);
        else if (counts[n]) value_q <= value_q + step;
      end
      assign counter_q[n] = value_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (count_clear) progress_q <= '0;
    else if (counts[lilong_isa_pkg::CounterBytesFetch]) progress_q <= progress_q + 32'd1;
  end

  // ---- reads
  logic read, read_region, read_counter;
  logic [11:0] raddr;
  logic [1:0] status;
  logic [31:0] rdata;
  assign read           = axil_arvalid_i && !axil_rvalid_o && !clear_q;
  assign axil_arready_o = read;
  assign raddr          = {axil_araddr_i[11:2], 2'b00};
  assign read_region    = raddr[11:7] == lilong_isa_pkg::RegRegionBaseLoOffset[11:7];
  assign read_index     = raddr[6:4];
  assign read_counter   = (raddr >= lilong_isa_pkg::RegCounterBaseOffset) &&
                          (raddr < lilong_isa_pkg::RegCounterBaseOffset + 12'(4 * NumCounters));

  always_comb begin
    unique case (state_q)
      StIdle: status = lilong_isa_pkg::StateIdle;
      StHalted: status = lilong_isa_pkg::StateHalted;
      StReset: status = lilong_isa_pkg::StateReset;
      default: status = lilong_isa_pkg::StateRunning;
    endcase
  end

  always_comb begin
    rdata = '0;
    if (read) begin
      unique case (raddr)
        lilong_isa_pkg::RegIdOffset: rdata = lilong_isa_pkg::Magic;
        lilong_isa_pkg::RegVersionOffset: rdata = {lilong_isa_pkg::SpecMajor, lilong_isa_pkg::SpecMinor};
        lilong_isa_pkg::RegSpecHashOffset: rdata = lilong_isa_pkg::SpecHash;
        lilong_isa_pkg::RegPreset0Offset:
        rdata = {8'(lilong_isa_pkg::preset_weight_vectors(Preset)), 8'(lilong_isa_pkg::preset_results(Preset)),
                 8'(lilong_isa_pkg::preset_depth(Preset)), 8'(lilong_isa_pkg::preset_lanes(Preset))};
        lilong_isa_pkg::RegPreset1Offset:
        rdata = {8'(lilong_isa_pkg::Banks), 8'(lilong_isa_pkg::preset_axi_bytes(Preset)),
                 16'(lilong_isa_pkg::preset_scratchpad_kib(Preset))};
        lilong_isa_pkg::RegStatusOffset: rdata = {29'd0, irq_o, status};
        lilong_isa_pkg::RegIrqStatusOffset: rdata = 32'(pending_q);
        lilong_isa_pkg::RegIrqEnableOffset: rdata = 32'(irq_enable_q);
        lilong_isa_pkg::RegWatchdogOffset: rdata = watchdog_q;
        lilong_isa_pkg::RegDrainLimitOffset: rdata = drain_limit_q;
        lilong_isa_pkg::RegTrapStatusOffset: rdata = {22'd0, trap_engine_q, trap_code_q};
        lilong_isa_pkg::RegTrapInstructionOffset: rdata = trap_instr_q;
        lilong_isa_pkg::RegTrapAddrLoOffset: rdata = trap_addr_q[31:0];
        lilong_isa_pkg::RegTrapAddrHiOffset: rdata = 32'(trap_addr_q[51:32]);
        lilong_isa_pkg::RegProgressOffset: rdata = progress_q;
        default: begin
          if (read_region) begin
            unique case (raddr[3:2])
              2'd0: rdata = {read_base[25:0], 6'd0};
              2'd1: rdata = {24'd0, read_base[33:26]};
              2'd2: rdata = read_size;
              default: rdata = 32'(read_access);
            endcase
          end
          if (read_counter) rdata = counter_q[raddr[6:2]];
        end
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      axil_rvalid_o <= 1'b0;
      axil_rdata_o  <= '0;
      axil_rresp_o  <= '0;
    end else if (read) begin
      axil_rvalid_o <= 1'b1;
      axil_rdata_o  <= rdata;
      axil_rresp_o  <= mapped(raddr) ? 2'b00 : 2'b10;
    end else if (axil_rready_i) begin
      axil_rvalid_o <= 1'b0;
    end
  end

  logic unused_bits;
  assign unused_bits = ^{axil_awaddr_i[1:0], axil_araddr_i[1:0], count_q[0]};
endmodule
