// SPDX-License-Identifier: Apache-2.0
// PLL of the ECP5.  In simulation the output is the input: the bench drives the clock of the system.
(* blackbox *)
module EHXPLLL #(
    parameter CLKI_DIV = 1,
    parameter CLKFB_DIV = 1,
    parameter CLKOP_DIV = 8,
    parameter CLKOP_CPHASE = 0,
    parameter FEEDBK_PATH = "CLKOP"
) (
    input  CLKI,
    input  CLKFB,
    input  RST,
    input  STDBY,
    input  PHASESEL0,
    input  PHASESEL1,
    input  PHASEDIR,
    input  PHASESTEP,
    input  PHASELOADREG,
    input  PLLWAKESYNC,
    input  ENCLKOP,
    output CLKOP,
    output LOCK
);
`ifndef SYNTHESIS
  assign CLKOP = CLKI;
  assign LOCK  = 1'b1;
`endif
endmodule
