// SPDX-License-Identifier: Apache-2.0
// Buffer of the ECP5 onto one of its global networks, which reach clocks, clock enables and resets
// of all flip-flops without using wires of the fabric.
(* blackbox *)
module DCCA (
    input  CLKI,
    input  CE,
    output CLKO
);
`ifndef SYNTHESIS
  assign CLKO = CLKI && CE;
`endif
endmodule
