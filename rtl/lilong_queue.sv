// SPDX-License-Identifier: Apache-2.0
// Queue of one engine: QUEUE_DEPTH instructions, the running ones included.
//
//     write ... push          issue             done
//                 |             |                |
//   ... [free] [waiting]     [head]  [issued] [oldest] [free] ...
//
// write: decode puts the instruction into the entry that the next push takes; push, a cycle later at
// the earliest, makes it part of the queue; issue: the engine took the head (semaphores acquired)
// and begins; done: it completed, in order, and the entry is free again.
// Descriptors lie in distributed memory with a row for every value of the pointers, wrap bit
// included, so a write never meets an instruction of the queue.  The head is read in every cycle, the
// oldest in that of the push or completion that changes it.
// What decides about the start of the head comes from registers that follow the pointers.
`include "lilong_assert.svh"

module lilong_queue #(
    parameter int unsigned Width = 512  // stored bits of the descriptor, from bit 0
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             clr_i,
    input  logic             write_i,
    input  logic             push_valid_i,
    output logic             push_ready_o,
    input  logic [Width-1:0] push_desc_i,   // stable from write_i to the push
    input  logic [5:0]       push_kind_i,
    input  logic             push_empty_i,
    input  logic [31:0]      push_instr_i,  // number, below 2^26
    output logic             head_valid_o,
    // {both waits the same, wait1, wait0 one hot, there is a wait1, a wait0, fence}
    output logic [35:0]      head_needs_o,
    output logic [5:0]       head_kind_o,
    output logic [Width-1:0] head_desc_o,
    output logic             head_empty_o,
    output logic [31:0]      head_instr_o,
    input  logic             issue_i,
    input  logic             done_i,
    output logic [31:0]      done_instr_o,     // oldest instruction that is not completed
    output logic [31:0]      done_signals_o,   // {signal1, signal0} of it, one hot, 0: none
    output logic             none_o,           // no instruction in the queue
    output logic             inflight_o,       // an issued instruction is not completed
    output logic             settled_o         // the opposite, for those who are not in a hurry
);
  localparam int unsigned Depth = lilong_isa_pkg::QueueDepth;
  localparam int unsigned PtrWidth = $clog2(Depth);
  localparam int unsigned Rows = 2 * Depth;

  // What the start of the head depends on: {kind, wait1, wait1_en, wait0, wait0_en, fence}.
  typedef struct packed {
    logic [5:0] kind;
    logic [3:0] wait1;
    logic       wait1_en;
    logic [3:0] wait0;
    logic       wait0_en;
    logic       fence;
  } flags_t;

  (* ram_style = "distributed" *) logic [Width+26:0] desc_q [Rows];   // {number, empty, descriptor}
  (* ram_style = "distributed" *) logic [25:0] done_mem_q [Rows];     // number
  (* ram_style = "distributed" *) logic [9:0] signals_mem_q [Rows];  // they are needed early
  flags_t flags_mem_q [Rows];
  logic [Width+26:0] head_q;
  logic [25:0] oldest_q;
  logic [9:0] signals;                         // {signal1, signal1_en, signal0, signal0_en}
  logic [31:0] signals_q;
  logic [PtrWidth:0] push_q, issue_q, done_q;  // with a wrap bit
  logic head_valid_q, inflight_q, settled_q, settles;

  logic room_q;                                // fewer than Depth instructions
  assign push_ready_o   = room_q;
  assign head_valid_o   = head_valid_q;
  assign head_desc_o    = head_q[Width-1:0];
  assign head_empty_o   = head_q[Width];
  assign head_instr_o   = {6'd0, head_q[Width+1+:26]};
  assign done_signals_o = signals_q;
  assign done_instr_o   = {6'd0, oldest_q};
  assign none_o         = push_q == done_q;
  assign inflight_o     = inflight_q;
  assign settled_o      = settled_q;

  logic push;
  logic [PtrWidth:0] filled;
  assign push   = push_valid_i && push_ready_o;
  assign filled = push_q - done_q;

  logic [PtrWidth:0] issue_next, issue_d, done_d;
  assign issue_next = issue_q + 1'b1;
  assign issue_d    = issue_i ? issue_next : issue_q;
  assign done_d     = done_i ? done_q + 1'b1 : done_q;

  assign settles    = done_i && issue_q == done_q + 1'b1;  // unless one is issued

  // ---- memories; a row is never read in the cycle in which it is written, unless in vain.  The head
  // is read in every cycle: what says that it changes is late and would have to reach all its bits.
  flags_t push_flags;
  assign push_flags = {push_kind_i, push_desc_i[18:8]};

  always_ff @(posedge clk_i) begin
    if (write_i) begin
      desc_q[push_q]      <= {push_instr_i[25:0], push_empty_i, push_desc_i};
      done_mem_q[push_q]  <= push_instr_i[25:0];
      flags_mem_q[push_q] <= push_flags;
      signals_mem_q[push_q] <= push_desc_i[28:19];
    end
  end
  always_ff @(posedge clk_i) begin
    head_q <= desc_q[issue_d];
  end
  assign signals = signals_mem_q[done_d];
  always_ff @(posedge clk_i) begin
    if (push || done_i) begin
      oldest_q  <= done_mem_q[done_d];
      signals_q <= {16'(signals[5]) << signals[9:6], 16'(signals[0]) << signals[4:1]};
    end
  end

  // ---- flags of the next head
  flags_t flags;
  logic waits;  // an instruction waits, so the next head is behind it
  logic [15:0] wait0, wait1;
  logic [35:0] needs_q;
  logic [5:0] kind_q;
  assign waits        = push_q != issue_q;
  assign flags        = waits ? flags_mem_q[issue_next] : push_flags;
  assign wait0        = 16'(flags.wait0_en) << flags.wait0;
  assign wait1        = 16'(flags.wait1_en) << flags.wait1;
  assign head_needs_o = needs_q;
  assign head_kind_o  = kind_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      push_q       <= '0;
      issue_q      <= '0;
      done_q       <= '0;
      needs_q      <= '0;
      kind_q       <= '0;
      head_valid_q <= 1'b0;
      inflight_q   <= 1'b0;
      settled_q    <= 1'b1;
      room_q       <= 1'b1;
    end else if (clr_i) begin
      push_q       <= '0;
      issue_q      <= '0;
      done_q       <= '0;
      head_valid_q <= 1'b0;
      inflight_q   <= 1'b0;
      settled_q    <= 1'b1;
      room_q       <= 1'b1;
    end else begin
      inflight_q   <= issue_i || (inflight_q && !settles);
      settled_q    <= !issue_i && (settled_q || settles);
      head_valid_q <= issue_i ? (push || push_q != issue_next) : (push || waits);
      if (issue_i || (push && !waits)) begin
        needs_q <= {flags.wait0_en && flags.wait1_en && flags.wait0 == flags.wait1, wait1, wait0,
                    flags.wait1_en, flags.wait0_en, flags.fence};
        kind_q  <= flags.kind;
      end
      if (push) push_q <= push_q + 1'b1;
      room_q <= done_i || (push ? filled != (PtrWidth + 1)'(Depth - 1) : room_q);
      issue_q <= issue_d;
      done_q  <= done_d;
    end
  end

  logic unused;
  assign unused = ^push_instr_i[31:26];

  `LILONG_ASSERT(IssueOnlyHead, clr_i || !issue_i || head_valid_o)
  `LILONG_ASSERT(RoomInRegister, room_q == (filled != (PtrWidth + 1)'(Depth)))
  `LILONG_ASSERT(InflightInRegisters, inflight_q == (issue_q != done_q) && settled_q != inflight_q)
  `LILONG_ASSERT(DoneOnlyIssued, clr_i || !done_i || inflight_o)
  `LILONG_ASSERT(PushAfterWrite, clr_i || !(push && write_i))
endmodule
