// SPDX-License-Identifier: Apache-2.0
// Input of the ECP5 for both edges: what was sampled at the rising (Q0) and the following falling
// edge (Q1), both from the next rising edge on.
(* blackbox *)
module IDDRX1F (
    input  D,
    input  SCLK,
    input  RST,
    output Q0,
    output Q1
);
`ifndef SYNTHESIS
  logic rising_q, falling_q, q0_q, q1_q;
  always_ff @(posedge SCLK) begin
    rising_q <= D;
    q0_q     <= rising_q;
    q1_q     <= falling_q;
  end
  always_ff @(negedge SCLK) falling_q <= D;
  assign Q0 = q0_q;
  assign Q1 = q1_q;
`endif
endmodule
