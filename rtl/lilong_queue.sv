// SPDX-License-Identifier: Apache-2.0
// Queue of one engine: QUEUE_DEPTH instructions, the running ones included.
//
//        push          issue         start         done
//         |              |             |             |
//   ... [free] [waiting][head] [issued, not started] [running][oldest] [free] ...
//
// issue: the engine took the head (semaphores acquired); start: it began to work on it (for engines
// that begin at once, the same cycle); done: it completed, in order, and the entry is free again.
// The descriptor memory is not reset; an entry is read only after it was pushed.
`include "lilong_assert.svh"

module lilong_queue #(
    parameter int unsigned Width = 512  // stored bits of the descriptor, from bit 0
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             clr_i,
    input  logic             push_valid_i,
    output logic             push_ready_o,
    input  logic [Width-1:0] push_desc_i,
    input  logic             push_empty_i,
    input  logic [31:0]      push_instr_i,
    output logic             head_valid_o,
    output logic [Width-1:0] head_desc_o,
    output logic             head_empty_o,
    output logic [31:0]      head_instr_o,
    input  logic             issue_i,
    input  logic             start_i,
    output logic [31:0]      start_instr_o,
    input  logic             done_i,
    output logic [31:0]      done_instr_o,     // oldest instruction that is not completed
    output logic [9:0]       done_signals_o,   // {signal1, signal1_en, signal0, signal0_en} of it
    output logic             none_o,           // no instruction in the queue
    output logic             inflight_o        // an issued instruction is not completed
);
  localparam int unsigned Depth = lilong_isa_pkg::QueueDepth;
  localparam int unsigned PtrWidth = $clog2(Depth);

  logic [Width-1:0] desc_q [Depth];
  logic [Depth-1:0][31:0] instr_q;
  logic [Depth-1:0][9:0] signals_q;
  logic [Depth-1:0] empty_q;
  logic [PtrWidth:0] push_q, issue_q, start_q, done_q;  // with a wrap bit

  logic [PtrWidth:0] filled;
  assign filled         = push_q - done_q;
  assign push_ready_o   = filled != (PtrWidth + 1)'(Depth);
  assign head_valid_o   = push_q != issue_q;
  assign head_desc_o    = desc_q[issue_q[PtrWidth-1:0]];
  assign head_empty_o   = empty_q[issue_q[PtrWidth-1:0]];
  assign head_instr_o   = instr_q[issue_q[PtrWidth-1:0]];
  assign start_instr_o  = instr_q[start_q[PtrWidth-1:0]];
  assign done_instr_o   = instr_q[done_q[PtrWidth-1:0]];
  assign done_signals_o = signals_q[done_q[PtrWidth-1:0]];
  assign none_o         = push_q == done_q;
  assign inflight_o     = issue_q != done_q;

  logic push;
  assign push = push_valid_i && push_ready_o;

  always_ff @(posedge clk_i) begin
    if (push) desc_q[push_q[PtrWidth-1:0]] <= push_desc_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      instr_q   <= '0;
      signals_q <= '0;
      empty_q   <= '0;
      push_q    <= '0;
      issue_q   <= '0;
      start_q   <= '0;
      done_q    <= '0;
    end else if (clr_i) begin
      push_q  <= '0;
      issue_q <= '0;
      start_q <= '0;
      done_q  <= '0;
    end else begin
      if (push) begin
        push_q                           <= push_q + 1'b1;
        instr_q[push_q[PtrWidth-1:0]]   <= push_instr_i;
        signals_q[push_q[PtrWidth-1:0]] <= push_desc_i[28:19];
        empty_q[push_q[PtrWidth-1:0]]   <= push_empty_i;
      end
      if (issue_i) issue_q <= issue_q + 1'b1;
      if (start_i) start_q <= start_q + 1'b1;
      if (done_i) done_q <= done_q + 1'b1;
    end
  end

  `LILONG_ASSERT(IssueOnlyHead, clr_i || !issue_i || head_valid_o)
  `LILONG_ASSERT(StartOnlyIssued, clr_i || !start_i || (start_q != issue_q) || issue_i)
  `LILONG_ASSERT(DoneOnlyIssued, clr_i || !done_i || inflight_o)
endmodule
