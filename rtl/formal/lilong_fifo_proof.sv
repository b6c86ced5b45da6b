// SPDX-License-Identifier: Apache-2.0
// Proof of lilong_fifo, any inputs, any number of cycles: entries come out in the order and with the
// content they went in, none is lost or invented, count_o is their number.
//
// One entry is followed: mark_i picks it, freely, when it goes in.  What the solver may not choose is
// asserted, so the proof holds for every choice.  The invariants on the storage make it inductive.
module lilong_fifo_proof #(
    parameter int unsigned Width = 3,
    parameter int unsigned Depth = 4,
    parameter bit Beside = 1'b0
) (
    input logic             clk_i,
    input logic             rst_ni,
    input logic             clr_i,
    input logic             valid_i,
    input logic [Width-1:0] data_i,
    input logic             ready_i,
    input logic             mark_i
);
  localparam int unsigned CountWidth = $clog2(Depth + 1);

  logic ready, valid;
  logic [Width-1:0] data;
  logic [CountWidth-1:0] count;

  lilong_fifo #(
      .Width(Width),
      .Depth(Depth),
      .Beside(Beside)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i,
      .ready_o(ready),
      .data_i,
      .valid_o(valid),
      .ready_i,
      .data_o(data),
      .count_o(count)
  );

  // The model: how many entries there are, and one of them with the number of entries before it.
  logic started_q, follow_q;
  logic [31:0] held_q, before_q;
  logic [Width-1:0] entry_q;
  logic push, pop;
  initial started_q = 1'b0;
  assign push = valid_i && ready;
  assign pop  = valid && ready_i;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni || clr_i) begin
      held_q   <= 32'd0;
      follow_q <= 1'b0;
    end else begin
      held_q <= held_q + 32'(push) - 32'(pop);
      if (follow_q && pop) begin
        before_q <= before_q - 32'd1;
        if (before_q == 32'd0) follow_q <= 1'b0;
      end
      if (push && mark_i && !follow_q) begin
        follow_q <= 1'b1;
        before_q <= held_q - 32'(pop);
        entry_q  <= data_i;
      end
    end
  end

  // Place of the followed entry in the storage.
  logic [31:0] place;
  assign place = (32'(u_fifo.rptr_q) + before_q >= 32'(Depth)) ? 32'(u_fifo.rptr_q) + before_q - 32'(Depth)
                                                             : 32'(u_fifo.rptr_q) + before_q;
  logic [31:0] tail;
  assign tail = (32'(u_fifo.rptr_q) + held_q >= 32'(Depth)) ? 32'(u_fifo.rptr_q) + held_q - 32'(Depth)
                                                          : 32'(u_fifo.rptr_q) + held_q;

  always_comb begin
    if (!started_q) assume (!rst_ni);
    if (started_q && rst_ni) begin
      // what a user relies on
      assert (32'(count) == held_q);
      assert (held_q <= 32'(Depth));
      assert (ready == (held_q != 32'(Depth)));
      assert (valid == (held_q != 32'd0));
      if (follow_q && before_q == 32'd0) assert (valid && data == entry_q);
      // what makes it inductive
      assert (32'(u_fifo.rptr_q) < 32'(Depth));
      assert (32'(u_fifo.wptr_q) == tail);
      if (follow_q) assert (before_q < held_q);
      if (follow_q) assert (u_fifo.mem_q[place] == entry_q);
      if (valid) assert (data == u_fifo.mem_q[u_fifo.rptr_q]);
    end
  end
endmodule
