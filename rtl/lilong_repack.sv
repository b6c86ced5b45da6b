// SPDX-License-Identifier: Apache-2.0
// Byte stream repacker: words of 1 .. InBytes bytes in, pieces of exactly n_i bytes out.
//
//   in (count bytes, low first) --> [ + rest register ] --> lowest n_i bytes out, others stay as rest
//
// A word is taken only when the rest holds fewer than n_i bytes, so the rest is always shorter than
// one word.  Full rate for any alignment: one piece per cycle as long as a word per cycle arrives.
`include "lilong_assert.svh"

module lilong_repack #(
    parameter int unsigned InBytes = 16,
    parameter int unsigned OutBytes = 16
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  clr_i,
    input  logic                  in_valid_i,
    output logic                  in_ready_o,
    input  logic [InBytes*8-1:0]  in_data_i,   // bytes above in_count_i are zero
    input  logic [5:0]            in_count_i,
    input  logic                  n_valid_i,   // a piece is wanted
    input  logic [5:0]            n_i,         // its bytes, 1 .. OutBytes
    input  logic                  out_ready_i,
    output logic                  out_valid_o,
    output logic [OutBytes*8-1:0] out_data_o   // bytes at and above n_i are anything
);
  localparam int unsigned RestBytes = (InBytes > OutBytes) ? InBytes : OutBytes;
  localparam int unsigned AllBytes = InBytes + OutBytes;
  localparam int unsigned CW = $clog2(RestBytes + 1);  // bits of a number of bytes

  logic [RestBytes*8-1:0] rest_q;
  logic [CW-1:0] count_q, n, in_count;
  logic [CW:0] need;  // bytes that the rest lacks, negative if it has more
  logic enough, have, fire, absorb;
  // The same once more for the data, whose many bits would make the handshake late.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [CW:0] spare;   // its sign
  /* verilator lint_on UNUSEDSIGNAL */
  logic data_enough, data_have;
  logic [AllBytes*8-1:0] all;
  logic [RestBytes*8-1:0] remainder;

  assign n           = n_i[CW-1:0];
  assign in_count    = in_count_i[CW-1:0];
  assign need        = {1'b0, n} - {1'b0, count_q};
  assign enough      = need[CW] || need == '0;
  assign have        = enough || (in_valid_i && in_count >= need[CW-1:0]);
  assign spare       = {1'b0, count_q} - {1'b0, n};
  assign data_enough = !spare[CW];
  assign data_have   = data_enough || (in_valid_i && in_count >= need[CW-1:0]);
  assign out_valid_o = n_valid_i && have;
  assign fire        = out_valid_o && out_ready_i;
  assign absorb      = n_valid_i && in_valid_i && !have;
  assign in_ready_o  = !enough && (fire || absorb);

  always_comb begin
    all       = '0;
    remainder = '0;
    if (n_valid_i) begin
      // what follows the rest does no harm where it is not wanted; without a word no piece is made of it
      all       = (AllBytes*8)'(rest_q) | ((AllBytes*8)'(in_data_i) << {count_q, 3'd0});
      remainder = all[RestBytes*8-1:0];
      if (data_enough) remainder = rest_q >> {n, 3'd0};
      else if (data_have) remainder = (RestBytes*8)'(in_data_i) >> {need[CW-1:0], 3'd0};
    end
  end
  assign out_data_o = all[OutBytes*8-1:0];

  // Bytes of rest_q at and above count_q are zero, and so must be those of in_data_i above its count.
  logic unused_high;
  assign unused_high = ^{all[AllBytes*8-1:OutBytes*8], n_i, in_count_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q  <= '0;
      count_q <= '0;
    end else if (clr_i) begin
      rest_q  <= '0;
      count_q <= '0;
    end else if (fire || absorb) begin
      rest_q  <= remainder;
      count_q <= data_have ? (data_enough ? '0 : in_count) - need[CW-1:0] : count_q + in_count;
    end
  end

  `LILONG_ASSERT(RestFits, count_q <= CW'(RestBytes))
endmodule
