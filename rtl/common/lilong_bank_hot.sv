// SPDX-License-Identifier: Apache-2.0
// Banks of the scratchpad that a write of several granules touches, one hot: those of the vector of
// its first granule and, if it goes on there, of the next vector.
module lilong_bank_hot #(
    parameter int unsigned Depth = 16,
    parameter int unsigned GranuleWidth = 16,  // of its address
    parameter int unsigned Granules = 2        // at most Depth / 8
) (
    input  logic [GranuleWidth-1:0] granule_i,
    input  logic [Granules-1:0]     strobe_i,
    output logic [7:0]              hot_o
);
  localparam int unsigned InVector = Depth / 8;
  logic [1:0][InVector-1:0] places;  // granules of the first and of the second vector
  logic [5:0]               vector;
  always_comb begin
    places = (2 * InVector)'(strobe_i);
    if (InVector > 1) places = places << (32'(granule_i) % InVector);
    vector = 6'(granule_i >> $clog2(InVector));
    hot_o  = '0;
    if (places[0] != '0) hot_o = hot_o | lilong_path_pkg::bank_hot(vector);
    if (places[1] != '0) hot_o = hot_o | lilong_path_pkg::bank_hot(vector + 6'd1);
  end
endmodule
