// SPDX-License-Identifier: Apache-2.0
// External memory made of block RAM, behind lilong_axi_slave, for networks that fit: one beat a
// cycle, data three cycles later; the content is not reset.
module lilong_bram_memory #(
    parameter int unsigned AxiBytes = 8,
    parameter int unsigned MemoryBytes = 131_072,
    localparam int unsigned DataWidth = AxiBytes * 8,
    localparam int unsigned Rows = MemoryBytes / AxiBytes,
    localparam int unsigned RowWidth = $clog2(Rows)
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 beat_valid_i,
    output logic                 beat_ready_o,
    input  logic                 beat_write_i,
    input  logic [RowWidth-1:0]  beat_addr_i,
    input  logic [DataWidth-1:0] beat_wdata_i,
    input  logic [AxiBytes-1:0]  beat_wstrb_i,
    output logic                 rsp_valid_o,
    output logic [DataWidth-1:0] rsp_data_o
);
  // A beat is registered before it reaches the many block RAMs, and so is what they give.
  logic read_q, word_valid_q;
  logic [RowWidth-1:0] row_q;
  logic [DataWidth-1:0] wdata_q, word_q;
  logic [AxiBytes-1:0] wstrb_q;

  assign beat_ready_o = 1'b1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q       <= 1'b0;
      word_valid_q <= 1'b0;
      rsp_valid_o  <= 1'b0;
    end else begin
      read_q       <= beat_valid_i && !beat_write_i;
      word_valid_q <= read_q;
      rsp_valid_o  <= word_valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    row_q   <= beat_addr_i;
    wdata_q <= beat_wdata_i;
    wstrb_q <= beat_wstrb_i & {AxiBytes{beat_valid_i && beat_write_i}};
  end

  // A beat either reads or writes, so no word is read in the cycle in which it is written.
  (* no_rw_check *) logic [DataWidth-1:0] mem_q [Rows];

  always_ff @(posedge clk_i) begin
    if (read_q) word_q <= mem_q[row_q];
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned b = 0; b < AxiBytes; b++) begin
      if (wstrb_q[b]) mem_q[row_q][b*8+:8] <= wdata_q[b*8+:8];
    end
  end
  always_ff @(posedge clk_i) begin
    if (word_valid_q) rsp_data_o <= word_q;
  end
endmodule
