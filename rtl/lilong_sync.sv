// SPDX-License-Identifier: Apache-2.0
// Semaphores, fences, completion, deadlock and the end of the job.
//
//   heads of the 3 queues --> semaphores and fence allow? --> at most one head that acquires
//   semaphores per cycle, LOAD before EXEC before STORE --> issue
//   completions of the 3 engines --> signals --> semaphores (next cycle)
//
// A fence is waited for here for LOAD and STORE; EXEC waits itself, because it may prefetch before.
// Queue bits and vectors: 0 LOAD, 1 EXEC, 2 STORE.
// Ends of the job, in this order: semaphore overflow at once; when nothing is in flight, every queue
// is empty or its head waits, and decode is done, blocked or trapped: the pending precise trap, else
// deadlock if an instruction is left, else semaphore_rest, else job_done (when the bus is idle).
module lilong_sync (
    input  logic         clk_i,
    input  logic         rst_ni,
    input  logic         clr_i,
    input  logic [2:0]   head_valid_i,
    input  logic [95:0]  head_header_i,   // word 0 of each head
    input  logic [95:0]  head_instr_i,
    input  logic [2:0]   engine_ready_i,
    output logic [2:0]   head_ready_o,    // may be issued: valid for the engine
    output logic [2:0]   issue_o,
    output logic [2:0]   waiting_o,       // head waits for a semaphore or fence
    input  logic [2:0]   done_i,
    input  logic [29:0]  done_signals_i,
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
    output logic [7:0]   trap_code_o,
    output logic [1:0]   trap_engine_o,
    output logic [31:0]  trap_instr_o,
    output logic [51:0]  trap_addr_o
);
  localparam int unsigned Semaphores = lilong_isa_pkg::Semaphores;
  localparam logic [9:0] Max = 10'(lilong_isa_pkg::SemaphoreMax);

  logic [Semaphores-1:0][7:0] semaphore_q;

  // ---- heads
  logic [2:0] fence_en, wait0_en, wait1_en;
  logic [2:0][3:0] wait0, wait1;
  logic [2:0] semaphores_ok, fence_ok, allowed, acquires, acquire_gnt;

  for (genvar q = 0; q < 3; q++) begin : gen_head
    assign fence_en[q] = head_header_i[q*32+8];
    assign wait0_en[q] = head_header_i[q*32+9];
    assign wait0[q]    = head_header_i[q*32+10+:4];
    assign wait1_en[q] = head_header_i[q*32+14];
    assign wait1[q]    = head_header_i[q*32+15+:4];
    logic [7:0] count0, count1;
    assign count0 = semaphore_q[wait0[q]];
    assign count1 = semaphore_q[wait1[q]];
    assign semaphores_ok[q] = (!wait0_en[q] || (count0 != 8'd0)) && (!wait1_en[q] || (count1 != 8'd0)) &&
        !(wait0_en[q] && wait1_en[q] && (wait0[q] == wait1[q]) && (count0 == 8'd1));
    assign fence_ok[q] = (q == 1) || !fence_en[q] || !inflight_i[q];
  end
  assign allowed   = head_valid_i & semaphores_ok & fence_ok;
  assign waiting_o = head_valid_i & ~(semaphores_ok & fence_ok);
  assign acquires  = allowed & (wait0_en | wait1_en);

  lilong_arbiter #(
      .Ports(3)
  ) u_arbiter (
      .req_i(acquires & engine_ready_i),
      .gnt_o(acquire_gnt)
  );
  assign head_ready_o = allowed & (acquire_gnt | ~(wait0_en | wait1_en));
  assign issue_o      = head_ready_o & engine_ready_i;

  // ---- semaphores
  logic [Semaphores-1:0] overflow;
  logic [Semaphores-1:0][7:0] semaphore_d;
  logic [9:0] sum;
  logic any_event;
  assign any_event = (|done_i) || (|acquire_gnt);

  always_comb begin
    semaphore_d = semaphore_q;
    overflow    = '0;
    sum         = '0;
    if (any_event) begin
      for (int unsigned s = 0; s < Semaphores; s++) begin
        sum = 10'(semaphore_q[s]);
        for (int unsigned q = 0; q < 3; q++) begin
          if (done_i[q] && done_signals_i[q*10] && (done_signals_i[q*10+1+:4] == 4'(s))) sum = sum + 10'd1;
          if (done_i[q] && done_signals_i[q*10+5] && (done_signals_i[q*10+6+:4] == 4'(s))) sum = sum + 10'd1;
          if (acquire_gnt[q] && wait0_en[q] && (wait0[q] == 4'(s))) sum = sum - 10'd1;
          if (acquire_gnt[q] && wait1_en[q] && (wait1[q] == 4'(s))) sum = sum - 10'd1;
        end
        overflow[s]    = sum > Max;
        semaphore_d[s] = sum[7:0];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) semaphore_q <= '0;
    else if (clr_i) semaphore_q <= '0;
    else if (any_event) semaphore_q <= semaphore_d;
  end

  // ---- end of the job
  logic overflow_valid;
  logic [1:0] overflow_queue;
  logic [3:0] overflow_number, rest_number;
  always_comb begin
    overflow_valid  = |overflow;
    overflow_queue  = '0;
    overflow_number = '0;
    rest_number     = '0;
    // The last assignment wins: LOAD before EXEC before STORE, low semaphores before high ones.
    for (int s = int'(Semaphores) - 1; s >= 0; s--) begin
      if (overflow[s]) overflow_number = 4'(s);
      if (semaphore_q[s] != 8'd0) rest_number = 4'(s);
    end
    for (int q = 2; q >= 0; q--) begin
      if (done_i[q] && ((done_signals_i[q*10] && (done_signals_i[q*10+1+:4] == overflow_number)) ||
                        (done_signals_i[q*10+5] && (done_signals_i[q*10+6+:4] == overflow_number)))) begin
        overflow_queue = 2'(q);
      end
    end
  end

  logic quiet, all_none;
  assign all_none = none_i == 3'b111;
  assign quiet    = (inflight_i == '0) && (((~head_valid_i) | waiting_o) == 3'b111) &&
                    (decode_done_i || decode_blocked_i || decode_trap_i);

  assign job_done_o = !clr_i && quiet && all_none && decode_done_i && (semaphore_q == '0) && bus_idle_i;

  always_comb begin
    trap_valid_o  = 1'b0;
    trap_code_o   = lilong_isa_pkg::TrapDeadlock;
    trap_engine_o = lilong_isa_pkg::EngineFetch;
    trap_instr_o  = decode_instr_i;
    trap_addr_o   = '0;
    if (overflow_valid) begin
      trap_valid_o  = 1'b1;
      trap_code_o   = lilong_isa_pkg::TrapSemaphoreOverflow;
      trap_engine_o = overflow_queue + 2'd1;
      trap_instr_o  = done_instr_i[overflow_queue*32+:32];
      trap_addr_o   = 52'(overflow_number);
    end else if (quiet && decode_trap_i) begin
      trap_valid_o = 1'b1;
      trap_code_o  = decode_code_i;
      trap_addr_o  = decode_addr_i;
    end else if (quiet && !all_none) begin
      trap_valid_o = 1'b1;
      if (head_valid_i[0]) begin
        trap_engine_o = lilong_isa_pkg::EngineLoad;
        trap_instr_o  = head_instr_i[31:0];
      end else if (head_valid_i[1]) begin
        trap_engine_o = lilong_isa_pkg::EngineExec;
        trap_instr_o  = head_instr_i[63:32];
      end else begin
        trap_engine_o = lilong_isa_pkg::EngineStore;
        trap_instr_o  = head_instr_i[95:64];
      end
    end else if (quiet && (semaphore_q != '0)) begin
      trap_valid_o = 1'b1;
      trap_code_o  = lilong_isa_pkg::TrapSemaphoreRest;
      trap_addr_o  = 52'(rest_number);
    end
    if (clr_i) trap_valid_o = 1'b0;
  end

  logic unused_header;
  assign unused_header = ^{head_header_i[7:0], head_header_i[31:19], head_header_i[39:32],
                           head_header_i[63:51], head_header_i[71:64], head_header_i[95:83]};
endmodule
