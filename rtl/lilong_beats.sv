// SPDX-License-Identifier: Apache-2.0
// Cuts bursts into bus words: first byte and bytes of every word, in registers.
//
//   burst (first byte in its word, bytes) --> [word: offset, count, last] --advance--> next word
//
// The next burst is taken together with the last word of the one before, so words follow each other
// without a gap.
module lilong_beats #(
    parameter int unsigned AxiBytes = 16,
    localparam int unsigned ByteWidth = $clog2(AxiBytes)
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 clr_i,
    input  logic                 valid_i,
    output logic                 ready_o,
    input  logic [ByteWidth-1:0] first_i,
    input  logic [10:0]          bytes_i,   // at least 1
    output logic                 valid_o,
    output logic [ByteWidth-1:0] offset_o,
    output logic [5:0]           count_o,
    input  logic                 advance_i
);
  logic valid_q, last_q;
  logic [ByteWidth-1:0] offset_q;
  logic [5:0] count_q;
  logic [10:0] left_q;  // bytes of the burst behind this word

  logic [5:0] room;
  logic [10:0] bytes;
  logic last;
  assign ready_o  = !valid_q || (advance_i && last_q);
  assign valid_o  = valid_q;
  assign offset_o = offset_q;
  assign count_o  = count_q;
  // A new burst, or the next word.
  assign room     = (!valid_q || last_q) ? 6'(AxiBytes) - 6'(first_i) : 6'(AxiBytes);
  assign bytes    = (!valid_q || last_q) ? bytes_i : left_q;
  assign last     = bytes <= 11'(room);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      last_q   <= 1'b0;
      offset_q <= '0;
      count_q  <= '0;
      left_q   <= '0;
    end else if (clr_i) begin
      valid_q <= 1'b0;
    end else if (!valid_q || advance_i) begin
      valid_q  <= (valid_q && !last_q) || valid_i;
      last_q   <= last;
      offset_q <= (!valid_q || last_q) ? first_i : '0;
      count_q  <= last ? bytes[5:0] : room;
      left_q   <= bytes - 11'(room);
    end
  end
endmodule
