// SPDX-License-Identifier: Apache-2.0
// Queue of one engine: QUEUE_DEPTH instructions, the running ones included.
//
//        push          issue         start         done
//         |              |             |             |
//   ... [free] [waiting][head] [issued, not started] [running][oldest] [free] ...
//
// issue: the engine took the head (semaphores acquired); start: it began to work on it (for engines
// that begin at once, the same cycle); done: it completed, in order, and the entry is free again.
// What decides about the start of the head and about semaphores comes from registers that follow the
// pointers; the rest of the descriptor comes from a memory that is not reset and is read only after
// the entry was pushed.
`include "lilong_assert.svh"

module lilong_queue #(
    parameter int unsigned Width = 512,  // stored bits of the descriptor, from bit 0
    parameter int unsigned Flags = 36
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             clr_i,
    input  logic             push_valid_i,
    output logic             push_ready_o,
    input  logic [Width-1:0] push_desc_i,
    input  logic [Flags-1:0] push_flags_i,
    input  logic             push_empty_i,
    input  logic [31:0]      push_instr_i,
    output logic             head_valid_o,
    output logic [Flags-1:0] head_flags_o,
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
  logic [Depth-1:0][Flags-1:0] flags_q;
  logic [Flags-1:0] head_flags_q;
  logic [9:0] done_signals_q;
  logic head_valid_q;

  logic [PtrWidth:0] filled;
  assign filled         = push_q - done_q;
  assign push_ready_o   = filled != (PtrWidth + 1)'(Depth);
  assign head_valid_o   = head_valid_q;
  assign head_flags_o   = head_flags_q;
  assign head_desc_o    = desc_q[issue_q[PtrWidth-1:0]];
  assign head_empty_o   = empty_q[issue_q[PtrWidth-1:0]];
  assign head_instr_o   = instr_q[issue_q[PtrWidth-1:0]];
  assign start_instr_o  = instr_q[start_q[PtrWidth-1:0]];
  assign done_instr_o   = instr_q[done_q[PtrWidth-1:0]];
  assign done_signals_o = done_signals_q;
  assign none_o         = push_q == done_q;
  assign inflight_o     = issue_q != done_q;

  logic push;
  assign push = push_valid_i && push_ready_o;

  // Flags of the next head and signals of the next oldest; both may be pushed in this cycle.
  logic [PtrWidth:0] issue_next, done_next;
  logic [Flags-1:0] flags0, flags1;
  logic [9:0] signals0, signals1;
  assign issue_next = issue_q + 1'b1;
  assign done_next  = done_q + 1'b1;
  assign flags0     = (push && push_q == issue_q) ? push_flags_i : flags_q[issue_q[PtrWidth-1:0]];
  assign flags1     = (push && push_q == issue_next) ? push_flags_i :
                                                       flags_q[issue_next[PtrWidth-1:0]];
  assign signals0   = (push && push_q == done_q) ? push_desc_i[28:19] : signals_q[done_q[PtrWidth-1:0]];
  assign signals1   = (push && push_q == done_next) ? push_desc_i[28:19] :
                                                      signals_q[done_next[PtrWidth-1:0]];

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
      flags_q        <= '0;
      head_flags_q   <= '0;
      done_signals_q <= '0;
      head_valid_q   <= 1'b0;
    end else if (clr_i) begin
      push_q       <= '0;
      issue_q      <= '0;
      start_q      <= '0;
      done_q       <= '0;
      head_valid_q <= 1'b0;
    end else begin
      head_valid_q   <= issue_i ? (push || push_q != issue_next) : (push || push_q != issue_q);
      head_flags_q   <= issue_i ? flags1 : flags0;
      done_signals_q <= done_i ? signals1 : signals0;
      if (push) begin
        push_q                           <= push_q + 1'b1;
        instr_q[push_q[PtrWidth-1:0]]   <= push_instr_i;
        signals_q[push_q[PtrWidth-1:0]] <= push_desc_i[28:19];
        empty_q[push_q[PtrWidth-1:0]]   <= push_empty_i;
        flags_q[push_q[PtrWidth-1:0]]   <= push_flags_i;
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
