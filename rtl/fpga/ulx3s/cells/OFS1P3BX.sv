// SPDX-License-Identifier: Apache-2.0
// Output register in a pin of the ECP5, with enable SP and preset PD.
(* blackbox *)
module OFS1P3BX (
    input  PD,
    input  D,
    input  SP,
    input  SCLK,
    output Q
);
`ifndef SYNTHESIS
  logic q_q;
  always_ff @(posedge SCLK or posedge PD) begin
    if (PD) q_q <= 1'b1;
    else if (SP) q_q <= D;
  end
  assign Q = q_q;
`endif
endmodule
