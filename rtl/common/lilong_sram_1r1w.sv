// SPDX-License-Identifier: Apache-2.0
// Memory with one read and one write port, and a write enable for every granule of 8 bytes.
// A granule read in the cycle in which it is written has no defined value (simulation gives the
// inverse of what is written, so that nobody can rely on it); the other granules of the word are
// right.  Written so that synthesis infers block RAM without collision logic and simulation touches
// one array element per access; contents are not reset.
module lilong_sram_1r1w #(
    parameter int unsigned Rows = 256,
    parameter int unsigned Granules = 2,
    localparam int unsigned RowWidth = $clog2(Rows),
    localparam int unsigned Width = Granules * 64
) (
    input  logic                clk_i,
    input  logic                rd_en_i,
    input  logic [RowWidth-1:0] rd_row_i,
    output logic [Width-1:0]    rd_data_o,
    input  logic [Granules-1:0] wr_en_i,
    input  logic [RowWidth-1:0] wr_row_i,
    input  logic [Width-1:0]    wr_data_i
);
  logic [Width-1:0] mem_q [Rows];

  always_ff @(posedge clk_i) begin
    if (rd_en_i) rd_data_o <= mem_q[rd_row_i];
`ifndef SYNTHESIS
    if (rd_en_i && wr_en_i != '0 && rd_row_i == wr_row_i) begin
      for (int unsigned g = 0; g < Granules; g++) begin
        if (wr_en_i[g]) rd_data_o[g*64+:64] <= ~wr_data_i[g*64+:64];
      end
    end
`endif
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned g = 0; g < Granules; g++) begin
      if (wr_en_i[g]) mem_q[wr_row_i][g*64+:64] <= wr_data_i[g*64+:64];
    end
  end
endmodule
