// SPDX-License-Identifier: Apache-2.0
// Accumulators: one 1R1W memory of MAX_STRIPE positions for the steps of the running stripe, and a
// queue of MAX_STRIPE finished positions that drains while the next stripe is at work.  A position
// leaves with its last step, so the drain follows position by position.
// The read of a position is one cycle ahead of its write; the same position comes back after two
// cycles at the earliest, so no value is forwarded.
// The queue never overflows: a beat that ends a position takes its entry when it is released.
// Its memory answers in the cycle in which it is asked, so a position can leave in the cycle behind
// its arrival; whoever takes it has a register of its own.
module lilong_accum #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned WindowLanes = 16  // the first, that may be asked for a maximum
) (
    input  logic                     clk_i,
    input  logic                     rst_ni,
    input  logic                     clr_i,
    input  lilong_path_pkg::action_t next_act_i,    // of the sum of the next cycle, if one comes
    input  logic                     valid_i,
    input  lilong_path_pkg::action_t act_i,
    input  logic [Lanes*32-1:0]      sum_i,
    output logic                     free_o,        // an entry is free
    input  logic                     take_i,        // it is taken
    output logic                     acc_valid_o,
    input  logic                     acc_ready_i,
    output logic [Lanes*32-1:0]      acc_data_o,
    output logic                     idle_o
);
  localparam int unsigned Entries = lilong_isa_pkg::MaxStripe;
  localparam int unsigned Bits = $clog2(Entries);
  localparam int unsigned Width = Lanes * 32;

  // Few words, but wide: the pins of block RAM would lie too close together.
  (* ram_style = "distributed" *) logic [Width-1:0] running_q[Entries];
  (* ram_style = "distributed" *) logic [Width-1:0] finished_q[Entries];
  logic [Width-1:0] old_q, total;
  logic [Bits-1:0] head_q, tail_q;  // the oldest; behind the last
  logic [Bits:0] count_q, free_q;
  logic some_q, some_free_q;  // they are not 0
  logic push, pop;

  // ---- accumulate; the read is for nothing where no sum comes or it is the first
  always_ff @(posedge clk_i) old_q <= running_q[next_act_i.index];

  // A maximum is the sum of one of the two and nothing; both are results of maxima, 8 bits.
  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic [31:0] old, sum;
    /* verilator lint_off UNUSEDSIGNAL */  // only its sign
    logic [8:0] gap;
    /* verilator lint_on UNUSEDSIGNAL */
    logic larger, use_old, use_sum;
    assign old     = old_q[l*32+:32];
    assign sum     = sum_i[l*32+:32];
    // by the carry of a difference: the memory answers late
    assign gap     = {old[7], old[7:0]} - {sum[7], sum[7:0]};
    assign larger  = !gap[8];  // or equal, which makes no difference
    assign use_old = !act_i.first && (!act_i.max || l >= WindowLanes || larger);
    assign use_sum = act_i.first || !act_i.max || l >= WindowLanes || !larger;
    assign total[l*32+:32] = (use_old ? old : '0) + (use_sum ? sum : '0);
  end

  // ---- queue of finished positions
  assign push = valid_i && act_i.last;
  assign pop  = acc_valid_o && acc_ready_i;

  assign acc_valid_o = some_q;
  assign acc_data_o  = finished_q[head_q];
  assign free_o      = some_free_q;
  assign idle_o      = free_q == (Bits + 1)'(Entries);

  always_ff @(posedge clk_i) begin
    if (valid_i && !act_i.last) running_q[act_i.index] <= total;
  end
  always_ff @(posedge clk_i) begin
    if (push) finished_q[tail_q] <= total;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q   <= '0;
      tail_q   <= '0;
      count_q  <= '0;
      free_q   <= (Bits + 1)'(Entries);
      some_q   <= 1'b0;
      some_free_q <= 1'b1;
    end else if (clr_i) begin
      head_q   <= '0;
      tail_q   <= '0;
      count_q  <= '0;
      free_q   <= (Bits + 1)'(Entries);
      some_q   <= 1'b0;
      some_free_q <= 1'b1;
    end else begin
      if (push) tail_q <= tail_q + Bits'(1);
      if (pop) head_q <= head_q + Bits'(1);
      if (push && !pop) count_q <= count_q + (Bits + 1)'(1);
      else if (pop && !push) count_q <= count_q - (Bits + 1)'(1);
      if (pop && !take_i) free_q <= free_q + (Bits + 1)'(1);
      else if (take_i && !pop) free_q <= free_q - (Bits + 1)'(1);
      some_q      <= push || (some_q && !(pop && count_q == (Bits + 1)'(1)));
      some_free_q <= pop || (some_free_q && !(take_i && free_q == (Bits + 1)'(1)));
    end
  end

  logic unused;
  assign unused = ^{next_act_i, act_i};
endmodule
