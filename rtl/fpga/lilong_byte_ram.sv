// SPDX-License-Identifier: Apache-2.0
// Memory of bytes with one read and one write port; a byte read in the cycle in which it is written
// has its old value.  Synthesis infers block RAM; contents are not reset.
module lilong_byte_ram #(
    parameter int unsigned Bytes = 1024,
    localparam int unsigned AW = $clog2(Bytes)
) (
    input  logic          clk_i,
    input  logic          rd_en_i,
    input  logic [AW-1:0] rd_addr_i,
    output logic [7:0]    rd_data_o,
    input  logic          wr_en_i,
    input  logic [AW-1:0] wr_addr_i,
    input  logic [7:0]    wr_data_i
);
  logic [7:0] mem_q [Bytes];

  always_ff @(posedge clk_i) begin
    if (rd_en_i) rd_data_o <= mem_q[rd_addr_i];
  end

  always_ff @(posedge clk_i) begin
    if (wr_en_i) mem_q[wr_addr_i] <= wr_data_i;
  end
endmodule
