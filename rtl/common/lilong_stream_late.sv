// SPDX-License-Identifier: Apache-2.0
// Stream register with two entries for a reader that decides late in the cycle: the same behaviour
// in every cycle as lilong_stream_reg, but ready_i reaches a single flip-flop.
//
//   cycle      t        t + 1                      t + 2
//   ready_i    1
//   gone_q     0        1: data_o is next_q        0: next_q has moved to head_q
//
// An entry that was taken stays for one more cycle, in which the other one is shown.  It is not
// counted, so there is room for a third: never more than two are held for good.
`include "lilong_assert.svh"

module lilong_stream_late #(
    parameter int unsigned Width = 8
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             clr_i,
    input  logic             valid_i,
    output logic             ready_o,
    input  logic [Width-1:0] data_i,
    output logic             valid_o,
    input  logic             ready_i,
    output logic [Width-1:0] data_o
);
  logic gone_q;                     // the head was taken in the cycle before
  logic head_valid_q, next_valid_q;
  logic [Width-1:0] head_q, next_q;
  logic next_stays;                 // next_q is not the head of the next cycle

  assign ready_o    = !next_valid_q || gone_q;
  assign valid_o    = gone_q ? next_valid_q : head_valid_q;
  assign data_o     = gone_q ? next_q : head_q;
  assign next_stays = next_valid_q && !gone_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      gone_q       <= 1'b0;
      head_valid_q <= 1'b0;
      next_valid_q <= 1'b0;
    end else if (clr_i) begin
      gone_q       <= 1'b0;
      head_valid_q <= 1'b0;
      next_valid_q <= 1'b0;
    end else begin
      gone_q       <= valid_o && ready_i;
      head_valid_q <= valid_o || valid_i;
      next_valid_q <= next_stays || (valid_o && valid_i);
    end
  end

  // Data is taken whenever there is room, valid or not.
  always_ff @(posedge clk_i) begin
    if (gone_q || !head_valid_q) head_q <= valid_o ? next_q : data_i;
    if (!next_stays) next_q <= data_i;
  end

  `LILONG_ASSERT(InOrder_A, head_valid_q || !next_valid_q)
  `LILONG_ASSERT(TakenOnce_A, !gone_q || head_valid_q)
endmodule
