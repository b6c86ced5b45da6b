// SPDX-License-Identifier: Apache-2.0
// CRC-32 of IEEE 802.3, one byte a cycle.  crc_o is the value to send; residue_o is high when the
// bytes so far end with their own CRC.  clr_i begins anew and has priority.
module lilong_crc32 (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        clr_i,
    input  logic        valid_i,
    input  logic [7:0]  data_i,
    output logic [31:0] crc_o,
    output logic        residue_o
);
  localparam logic [31:0] Polynomial = 32'hedb8_8320;
  localparam logic [31:0] Residue = 32'hdebb_20e3;

  function automatic logic [31:0] next(input logic [31:0] crc, input logic [7:0] data);
    next = crc ^ {24'd0, data};
    for (int unsigned i = 0; i < 8; i++) next = {1'b0, next[31:1]} ^ (next[0] ? Polynomial : 32'd0);
  endfunction

  logic [31:0] crc_q;
  assign crc_o     = ~crc_q;
  assign residue_o = crc_q == Residue;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) crc_q <= '1;
    else if (clr_i) crc_q <= '1;
    else if (valid_i) crc_q <= next(crc_q, data_i);
  end
endmodule
