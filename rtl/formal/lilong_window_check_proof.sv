// SPDX-License-Identifier: Apache-2.0
// Proof of lilong_window_check, any windows, any requests, any number of cycles: a burst is called
// ok exactly if all its bytes lie in its window, the window grants the access, and it is one burst
// of the bus.  Requests leave in order and unchanged.
//
// The rule is written here a second time, in integers wide enough that nothing wraps.  Windows are
// constants of any value: they are locked while a job runs.
module lilong_window_check_proof #(
    parameter bit Write = 1'b0
) (
    input logic        clk_i,
    input logic        rst_ni,
    input logic        clr_i,
    input logic        valid_i,
    input logic [40:0] addr_i,
    input logic [10:0] bytes_i,
    input logic [2:0]  region_i,
    input logic [31:0] instr_i,
    input logic        tag_i,
    input logic        ready_i
);
  // Registers without reset that keep their value: constants that the solver chooses.
  logic [8*34-1:0] base_q;
  logic [8*32-1:0] size_q;
  logic [8*2-1:0] access_q;
  always_ff @(posedge clk_i) begin
    base_q   <= base_q;
    size_q   <= size_q;
    access_q <= access_q;
  end

  logic ready, valid, ok, tag, s1_valid, s1_tag;
  logic [2:0] index;
  logic [39:0] addr;
  logic [10:0] bytes;
  logic [31:0] instr;

  lilong_window_check #(
      .Write(Write)
  ) u_check (
      .clk_i,
      .rst_ni,
      .clr_i,
      .window_index_o(index),
      .window_base_i(base_q[index*34+:34]),
      .window_size_i(size_q[index*32+:32]),
      .window_access_i(access_q[index*2+:2]),
      .valid_i,
      .ready_o(ready),
      .addr_i,
      .bytes_i,
      .region_i,
      .instr_i,
      .tag_i,
      .s1_valid_o(s1_valid),
      .s1_tag_o(s1_tag),
      .valid_o(valid),
      .ok_o(ok),
      .ready_i,
      .addr_o(addr),
      .bytes_o(bytes),
      .instr_o(instr),
      .tag_o(tag)
  );

  // The model: a queue of the requests that are inside, at most three.
  typedef struct packed {
    logic [40:0] addr;
    logic [10:0] bytes;
    logic [2:0]  region;
    logic [31:0] instr;
    logic        tag;
  } request_t;

  logic started_q;
  logic [1:0] held_q;
  request_t first_q, second_q, third_q, request;
  logic push, pop;
  initial started_q = 1'b0;
  assign request = {addr_i, bytes_i, region_i, instr_i, tag_i};
  assign push    = valid_i && ready;
  assign pop     = valid && ready_i;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni || clr_i) begin
      held_q <= 2'd0;
    end else begin
      held_q <= held_q + 2'(push) - 2'(pop);
      if (pop) begin
        first_q  <= (held_q == 2'd1) ? request : second_q;
        second_q <= (held_q == 2'd2) ? request : third_q;
      end else if (push) begin
        if (held_q == 2'd0) first_q <= request;
        if (held_q == 2'd1) second_q <= request;
        if (held_q == 2'd2) third_q <= request;
      end
    end
  end

  // The rule, for a request.
  function automatic logic allowed(input request_t r, input logic [33:0] base64,
                                   input logic [31:0] size, input logic access);
    logic [63:0] first, last, base, limit;
    first = 64'(r.addr);
    last  = first + 64'(r.bytes) - 64'd1;
    base  = 64'(base64) * 64'd64;
    limit = base + 64'(size);
    allowed = access && (r.bytes != 11'd0) && (first >= base) && (last < limit) &&
              (last < 64'h100_0000_0000) && (first / 64'd1024 == last / 64'd1024);
  endfunction

  logic [33:0] first_base;
  logic [31:0] first_size;
  logic first_access;
  assign first_base   = base_q[first_q.region*34+:34];
  assign first_size   = size_q[first_q.region*32+:32];
  assign first_access = access_q[first_q.region*2+(Write?1:0)];

  always_comb begin
    if (!started_q) assume (!rst_ni);
    if (started_q && rst_ni) begin
      // what a user relies on
      if (valid) begin
        assert (held_q != 2'd0);
        assert (addr == first_q.addr[39:0] && bytes == first_q.bytes);
        assert (instr == first_q.instr && tag == first_q.tag);
        assert (ok == allowed(first_q, first_base, first_size, first_access));
      end
      assert (held_q == 2'(valid) + 2'(s1_valid) + 2'(!ready));
      assert (ready || s1_valid);
      // what makes it inductive: the second stage holds the oldest, the first those behind it
      if (valid) begin
        assert (u_check.s2_addr_q == first_q.addr);
        assert (u_check.s2_last_q == first_q.addr + 41'(first_q.bytes) - 41'd1);
        assert (u_check.s2_base_q == {first_base, 6'd0});
        assert (u_check.s2_limit_q == {1'b0, first_base, 6'd0} + 41'(first_size));
        assert (u_check.s2_right_q == first_access);
      end
      if (s1_valid) assert (u_check.u_s1.front_q == (valid ? second_q : first_q));
      if (!ready) assert (u_check.u_s1.back_q == (valid ? third_q : second_q));
    end
  end
endmodule
