// SPDX-License-Identifier: Apache-2.0
// Word number sel_i of eight.  A module of its own, because a device that has multiplexers beside
// its look-up tables needs a third less wires for it with them (rtl/synth/lilong_synth/muxes.v).
module lilong_mux8 #(
    parameter int unsigned Width = 64
) (
    input  logic [7:0][Width-1:0] data_i,
    input  logic [2:0]            sel_i,
    output logic [Width-1:0]      data_o
);
  assign data_o = data_i[sel_i];
endmodule
