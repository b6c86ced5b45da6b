// SPDX-License-Identifier: Apache-2.0
// Bidirectional pin of the ECP5; T high: not driven.
(* blackbox *)
module BB (
    input  I,
    input  T,
    output O,
    inout  B
);
`ifndef SYNTHESIS
  assign B = T ? 1'bz : I;
  assign O = B;
`endif
endmodule
