// SPDX-License-Identifier: Apache-2.0
// Semaphores, fences, completion, deadlock and the end of the job.
//
//   heads of the 3 queues --> semaphores and fence allow, engine ready? --> at most one head that
//   acquires semaphores, LOAD before EXEC before STORE --> register --> issue
//   issue --> acquisitions, completions of the 3 engines --> signals --> semaphores (next cycle)
//
// An engine that is ready for the head stays so until it gets it.  While a head that acquires is in
// the register, the semaphores are out of date and no other head that acquires is chosen.
//
// A fence is waited for here for LOAD and STORE; EXEC waits itself, because it may prefetch before.
// Queue bits and vectors: 0 LOAD, 1 EXEC, 2 STORE.
// Ends of the job, in this order: semaphore overflow at once; when nothing is in flight, every queue
// is empty or its head waits, and decode is done, blocked or trapped: the pending precise trap, else
// deadlock if an instruction is left, else semaphore_rest (each a cycle later), else job_done (when
// the bus is idle).
module lilong_sync (
    input  logic         clk_i,
    input  logic         rst_ni,
    input  logic         clr_i,
    input  logic [2:0]   head_valid_i,
    // of each head: {both the same, wait1, wait0, there is a wait1, a wait0, fence}
    input  logic [3*36-1:0] head_needs_i,
    input  logic [95:0]  head_instr_i,
    input  logic [2:0]   engine_ready_i,
    output logic [2:0]   issue_o,         // the engine takes the head
    output logic [2:0]   waiting_o,       // head waits for a semaphore or fence
    input  logic [2:0]   done_i,
    input  logic [95:0]  done_signals_i,  // {signal1, signal0} of each, one hot, 0: none
    input  logic [95:0]  done_instr_i,
    input  logic [2:0]   none_i,
    input  logic [2:0]   inflight_i,
    input  logic         decode_done_i,
    input  logic         decode_blocked_i,
    input  logic         decode_trap_i,
    input  logic [7:0]   decode_code_i,
    input  logic [51:0]  decode_addr_i,
    input  logic [31:0]  decode_instr_i,
    input  logic         bus_idle_i,
    output logic         job_done_o,
    output logic         trap_valid_o,
    output logic [7:0]   trap_code_o,    // of a trap of the last cycle, like the rest of it
    output logic [1:0]   trap_engine_o,
    output logic [31:0]  trap_instr_o,
    output logic [51:0]  trap_addr_o
);
  localparam int unsigned Semaphores = lilong_isa_pkg::Semaphores;

  logic [Semaphores-1:0][7:0] semaphore_q;
  logic [Semaphores-1:0] some_q, one_q;  // is not 0, is 1

  // ---- heads
  logic [2:0] fence_en, needs, needs0, needs1, twice;
  logic [2:0][Semaphores-1:0] wait0, wait1;  // one hot, 0: none
  logic [2:0] semaphores_ok, fence_ok, allowed;

  for (genvar q = 0; q < 3; q++) begin : gen_head
    assign {twice[q], wait1[q], wait0[q], needs1[q], needs0[q], fence_en[q]} =
        head_needs_i[q*36+:36];
    assign needs[q]         = needs0[q] || needs1[q];
    assign semaphores_ok[q] = (!needs0[q] || (wait0[q] & some_q) != '0) &&
        (!needs1[q] || (wait1[q] & some_q) != '0) && !(twice[q] && (wait0[q] & one_q) != '0);
    assign fence_ok[q] = (q == 1) || !fence_en[q] || !inflight_i[q];
  end
  assign allowed   = head_valid_i & semaphores_ok & fence_ok;
  assign waiting_o = head_valid_i & ~(semaphores_ok & fence_ok);

  // A head that acquires waits for those before it that do; written out, since all of it comes late.
  logic [2:0] may, taking, behind, issue_q, acquire_q;
  assign may     = allowed & engine_ready_i & ~issue_q;
  assign taking  = may & needs;
  assign behind  = {taking[0] || taking[1], taking[0], 1'b0} | {3{|acquire_q}};
  assign issue_o = issue_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      issue_q   <= '0;
      acquire_q <= '0;
    end else if (clr_i) begin
      issue_q   <= '0;
      acquire_q <= '0;
    end else begin
      issue_q   <= may & ~(needs & behind);
      acquire_q <= taking & ~behind;
    end
  end

  // ---- semaphores
  logic [5:0][Semaphores-1:0] signals;  // of the instructions done, one hot
  logic [Semaphores-1:0] less0, less1;  // acquisitions: one head a cycle, so two at most
  logic any_event;
  assign any_event = (|done_i) || (|acquire_q);
  always_comb begin
    for (int unsigned q = 0; q < 3; q++) begin
      signals[2*q]   = done_signals_i[q*32+:Semaphores] & {Semaphores{done_i[q]}};
      signals[2*q+1] = done_signals_i[q*32+Semaphores+:Semaphores] & {Semaphores{done_i[q]}};
    end
    less0 = (wait0[0] & {Semaphores{acquire_q[0]}}) | (wait0[1] & {Semaphores{acquire_q[1]}}) |
            (wait0[2] & {Semaphores{acquire_q[2]}});
    less1 = (wait1[0] & {Semaphores{acquire_q[0]}}) | (wait1[1] & {Semaphores{acquire_q[1]}}) |
            (wait1[2] & {Semaphores{acquire_q[2]}});
  end

  // {is 1, is not 0, overflow, value} after signals and acquisitions; 0 and 1 are told by the sum
  // before the latter.
  function automatic logic [10:0] update(input logic [7:0] value, input logic [5:0] more,
                                         input logic [1:0] less);
    logic [8:0] sum, rest;
    logic [1:0] taken, half0, half1;  // halves: how many of three, {carry, sum}
    logic both, low;
    half0 = {(more[0] & more[1]) | (more[0] & more[2]) | (more[1] & more[2]), ^more[2:0]};
    half1 = {(more[3] & more[4]) | (more[3] & more[5]) | (more[4] & more[5]), ^more[5:3]};
    both  = half0[0] & half1[0];
    sum   = 9'(value) + 9'({(half0[1] & half1[1]) | (half0[1] & both) | (half1[1] & both),
                            half0[1] ^ half1[1] ^ both, half0[0] ^ half1[0]});
    rest  = sum + {{8{|less}}, ^less};
    taken = 2'(less[0]) + 2'(less[1]);
    low   = sum[8:2] == '0;
    update = {low && sum[1:0] == taken + 2'd1, !(low && sum[1:0] == taken), rest};
  endfunction

  logic [Semaphores-1:0] overflow_q;
  logic event_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      event_q     <= 1'b0;
      semaphore_q <= '0;
      some_q      <= '0;
      one_q       <= '0;
      overflow_q  <= '0;
    end else if (clr_i) begin
      event_q     <= 1'b0;
      semaphore_q <= '0;
      some_q      <= '0;
      one_q       <= '0;
    end else begin
      event_q <= any_event;
      if (any_event) begin
        for (int unsigned s = 0; s < Semaphores; s++) begin
          {one_q[s], some_q[s], overflow_q[s], semaphore_q[s]} <= update(
              semaphore_q[s],
              {signals[5][s], signals[4][s], signals[3][s], signals[2][s], signals[1][s],
               signals[0][s]},
              {less1[s], less0[s]});
        end
      end
    end
  end

  // ---- end of the job; an overflow is reported in the cycle after it
  logic overflow_valid;
  logic [2:0] done_q;
  logic [2:0][Semaphores-1:0] done_signals_q;
  logic [95:0] done_instr_q;
  always_ff @(posedge clk_i) begin
    if (|done_i) begin
      done_q         <= done_i;
      for (int unsigned q = 0; q < 3; q++) begin
        done_signals_q[q] <= done_signals_i[q*32+:Semaphores] |
                             done_signals_i[q*32+Semaphores+:Semaphores];
      end
      done_instr_q   <= done_instr_i;
    end
  end

  logic [1:0] overflow_queue;
  logic [3:0] overflow_number, rest_number;
  always_comb begin
    overflow_valid  = event_q && overflow_q != '0;
    overflow_queue  = '0;
    overflow_number = '0;
    rest_number     = '0;
    // The last assignment wins: LOAD before EXEC before STORE, low semaphores before high ones.
    for (int s = int'(Semaphores) - 1; s >= 0; s--) begin
      if (overflow_q[s]) overflow_number = 4'(s);
      if (some_q[s]) rest_number = 4'(s);
    end
    for (int q = 2; q >= 0; q--) begin
      if (done_q[q] && done_signals_q[q][overflow_number]) overflow_queue = 2'(q);
    end
  end

  logic quiet, all_none;
  assign all_none = none_i == 3'b111;
  assign quiet    = (inflight_i == '0) && (((~head_valid_i) | waiting_o) == 3'b111) &&
                    (decode_done_i || decode_blocked_i || decode_trap_i);

  // Queues without an instruction have no head that waits.
  assign job_done_o = !clr_i && all_none && decode_done_i && (some_q == '0) && bus_idle_i;

  // Of a standstill, reported in the next cycle and kept for one more.
  logic still_q, still_trap_q;
  logic [7:0] still_code_q;
  logic [1:0] still_engine_q;
  logic [31:0] still_instr_q;
  logic [51:0] still_addr_q, still_addr;
  logic [3:0] still_rest_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) still_q <= 1'b0;
    else still_q <= !clr_i && quiet && (decode_trap_i || !all_none || some_q != '0);
  end
  always_ff @(posedge clk_i) begin
    if (quiet && !still_q) begin
      still_code_q   <= lilong_isa_pkg::TrapDeadlock;
      still_engine_q <= lilong_isa_pkg::EngineFetch;
      still_instr_q  <= decode_instr_i;
      still_trap_q   <= decode_trap_i;
      still_addr_q   <= decode_addr_i;   // of a trap of decode
      still_rest_q   <= all_none ? rest_number : '0;
      if (decode_trap_i) begin
        still_code_q <= decode_code_i;
      end else if (!all_none) begin
        if (head_valid_i[0]) begin
          still_engine_q <= lilong_isa_pkg::EngineLoad;
          still_instr_q  <= head_instr_i[31:0];
        end else if (head_valid_i[1]) begin
          still_engine_q <= lilong_isa_pkg::EngineExec;
          still_instr_q  <= head_instr_i[63:32];
        end else begin
          still_engine_q <= lilong_isa_pkg::EngineStore;
          still_instr_q  <= head_instr_i[95:64];
        end
      end else begin
        still_code_q <= lilong_isa_pkg::TrapSemaphoreRest;
      end
    end
  end

  assign still_addr   = still_trap_q ? still_addr_q : 52'(still_rest_q);
  assign trap_valid_o = !clr_i && (overflow_valid || still_q);

  // What is told of an overflow, in the cycle after the trap like what is told of a standstill.
  logic over_q;
  logic [1:0] over_queue_q;
  logic [95:0] over_instr_q;
  logic [3:0] over_number_q;
  always_ff @(posedge clk_i) begin
    over_q <= overflow_valid;
    if (event_q) begin
      over_queue_q  <= overflow_queue;
      over_instr_q  <= done_instr_q;
      over_number_q <= overflow_number;
    end
  end
  assign trap_code_o   = over_q ? lilong_isa_pkg::TrapSemaphoreOverflow : still_code_q;
  assign trap_engine_o = over_q ? over_queue_q + 2'd1 : still_engine_q;
  assign trap_instr_o  = over_q ? over_instr_q[over_queue_q*32+:32] : still_instr_q;
  assign trap_addr_o   = over_q ? 52'(over_number_q) : still_addr;
endmodule
