// SPDX-License-Identifier: Apache-2.0
// Global reset of the ECP5, active low, released with the clock: flip-flops whose asynchronous reset
// is this net need no way through the fabric for it.  In simulation they keep their own reset.
(* blackbox *)
module SGSR (
    input GSR,
    input CLK
);
endmodule
