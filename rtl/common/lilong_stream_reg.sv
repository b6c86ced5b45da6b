// SPDX-License-Identifier: Apache-2.0
// Stream register with two entries (skid buffer): full throughput, and valid, ready and data are all
// registered, so it cuts every path between its two sides.
module lilong_stream_reg #(
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
  // front is the output; back holds what arrived while front was blocked.  Data is taken whenever
  // there is room, valid or not, so only the two valid bits depend on valid_i.
  logic front_valid_q, back_valid_q;
  logic [Width-1:0] front_q, back_q;

  assign ready_o = !back_valid_q;
  assign valid_o = front_valid_q;
  assign data_o  = front_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      front_valid_q <= 1'b0;
      back_valid_q  <= 1'b0;
    end else if (clr_i) begin
      front_valid_q <= 1'b0;
      back_valid_q  <= 1'b0;
    end else begin   // without enables: ready_i comes late
      front_valid_q <= valid_i || back_valid_q || (front_valid_q && !ready_i);
      back_valid_q  <= (valid_i || back_valid_q) && front_valid_q && !ready_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      front_q <= '0;
      back_q  <= '0;
    end else begin
      if (!front_valid_q || ready_i) front_q <= back_valid_q ? back_q : data_i;
      if (!back_valid_q) back_q <= data_i;
    end
  end
endmodule
