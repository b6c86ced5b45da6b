// SPDX-License-Identifier: Apache-2.0
// Output of the ECP5 for both edges: D0 while the clock is high, D1 while it is low.  The model
// leaves the delay of one cycle out; here both inputs are constants.
(* blackbox *)
module ODDRX1F (
    input  SCLK,
    input  RST,
    input  D0,
    input  D1,
    output Q
);
`ifndef SYNTHESIS
  assign Q = SCLK ? D0 : D1;
`endif
endmodule
