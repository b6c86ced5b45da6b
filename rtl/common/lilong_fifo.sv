// SPDX-License-Identifier: Apache-2.0
// First-in first-out queue of Depth entries with registered valid and ready: neither output depends
// on an input of the same cycle.  Data appears at the output one cycle after it was pushed.
// clr_i empties it.  The storage is not reset; entries are read only after they were written.
`include "lilong_assert.svh"

module lilong_fifo #(
    parameter int unsigned Width = 8,
    parameter int unsigned Depth = 4,   // at least 2 with Beside
    parameter bit Beside = 1'b0,        // the oldest entry is also in a register, which answers early
    localparam int unsigned CountWidth = $clog2(Depth + 1)
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  clr_i,
    input  logic                  valid_i,
    output logic                  ready_o,
    input  logic [Width-1:0]      data_i,
    output logic                  valid_o,
    input  logic                  ready_i,
    output logic [Width-1:0]      data_o,
    output logic [CountWidth-1:0] count_o
);
  localparam int unsigned PtrWidth = (Depth > 1) ? $clog2(Depth) : 1;
  localparam logic [PtrWidth-1:0] LastEntry = PtrWidth'(Depth - 1);

  logic [Width-1:0] mem_q [Depth];
  logic [PtrWidth-1:0] wptr_q, rptr_q;
  logic [CountWidth-1:0] count_q;
  logic some_q, full_q;  // count_q is not 0, is Depth: what decides about handshakes needs no logic
  logic push, pop;

  assign ready_o = !full_q;
  assign valid_o = some_q;
  assign count_o = count_q;
  assign push    = valid_i && ready_o;
  assign pop     = valid_o && ready_i;

  always_ff @(posedge clk_i) begin
    if (push) mem_q[wptr_q] <= data_i;
  end

  if (Beside) begin : gen_beside
    logic [PtrWidth-1:0] second;   // entry behind the oldest
    logic [Width-1:0] oldest_q;
    assign second = (rptr_q == LastEntry) ? '0 : rptr_q + 1'b1;
    always_ff @(posedge clk_i) begin
      if (pop || !some_q) oldest_q <= (count_q <= CountWidth'(1)) ? data_i : mem_q[second];
    end
    assign data_o = oldest_q;
  end else begin : gen_memory
    assign data_o = mem_q[rptr_q];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wptr_q  <= '0;
      rptr_q  <= '0;
      count_q <= '0;
      some_q  <= 1'b0;
      full_q  <= 1'b0;
    end else if (clr_i) begin
      wptr_q  <= '0;
      rptr_q  <= '0;
      count_q <= '0;
      some_q  <= 1'b0;
      full_q  <= 1'b0;
    end else begin
      some_q <= push || (some_q && !(pop && count_q == CountWidth'(1)));
      full_q <= !pop && (full_q || (push && count_q == CountWidth'(Depth - 1)));
      if (push) wptr_q <= (wptr_q == LastEntry) ? '0 : wptr_q + 1'b1;
      if (pop) rptr_q <= (rptr_q == LastEntry) ? '0 : rptr_q + 1'b1;
      if (push && !pop) count_q <= count_q + 1'b1;
      else if (pop && !push) count_q <= count_q - 1'b1;
    end
  end

  `LILONG_ASSERT(CountInRange, count_q <= CountWidth'(Depth))
  `LILONG_ASSERT(FlagsOfCount, some_q == (count_q != '0) && full_q == (count_q == CountWidth'(Depth)))
endmodule
