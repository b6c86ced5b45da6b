// SPDX-License-Identifier: Apache-2.0
// Proof that lilong_stream_late behaves as lilong_stream_reg in every cycle, any inputs, any number
// of cycles.
module lilong_stream_late_proof #(
    parameter int unsigned Width = 3
) (
    input logic             clk_i,
    input logic             rst_ni,
    input logic             clr_i,
    input logic             valid_i,
    input logic [Width-1:0] data_i,
    input logic             ready_i
);
  logic ready_late, valid_late, ready, valid;
  logic [Width-1:0] data_late, data;

  lilong_stream_late #(
      .Width(Width)
  ) u_late (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i,
      .ready_o(ready_late),
      .data_i,
      .valid_o(valid_late),
      .ready_i,
      .data_o (data_late)
  );

  lilong_stream_reg #(
      .Width(Width)
  ) u_reg (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i,
      .ready_o(ready),
      .data_i,
      .valid_o(valid),
      .ready_i,
      .data_o (data)
  );

  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;

  always_comb begin
    if (!started_q) assume (!rst_ni);
    if (started_q && rst_ni) begin
      // what a user relies on
      assert (ready_late == ready);
      assert (valid_late == valid);
      if (valid) assert (data_late == data);
      // what makes it inductive: where the entries are
      if (!ready) assert (u_late.next_q == u_reg.back_q);
      if (u_late.gone_q || u_late.next_valid_q) assert (u_late.head_valid_q);
      if (!ready) assert (valid);
    end
  end
endmodule
