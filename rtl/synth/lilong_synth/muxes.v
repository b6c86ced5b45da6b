// SPDX-License-Identifier: Apache-2.0
// lilong_mux8 in cells of the ECP5: four look-up tables choose between neighbours, the multiplexers
// of their slices among the four.  15 pins a bit, and no net between the cells leaves the tile; a
// sum of products of tables alone takes a fifth more tables, 20 pins and nets between them.
module lilong_mux8 #(
    parameter Width = 1
) (
    input  [8*Width-1:0] data_i,
    input  [2:0]         sel_i,
    output [Width-1:0]   data_o
);
  genvar i, k;
  generate
    for (i = 0; i < Width; i = i + 1) begin : gen_bit
      wire [3:0] pair;
      wire [1:0] quad;
      for (k = 0; k < 4; k = k + 1) begin : gen_pair
        LUT4 #(
            .INIT(16'hCACA)  // C ? B : A
        ) u_pair (
            .A(data_i[2*k*Width+i]),
            .B(data_i[(2*k+1)*Width+i]),
            .C(sel_i[0]),
            .D(1'b0),
            .Z(pair[k])
        );
      end
      for (k = 0; k < 2; k = k + 1) begin : gen_quad
        PFUMX u_quad (
            .ALUT(pair[2*k+1]),
            .BLUT(pair[2*k]),
            .C0(sel_i[1]),
            .Z(quad[k])
        );
      end
      L6MUX21 u_word (
          .D0(quad[0]),
          .D1(quad[1]),
          .SD(sel_i[2]),
          .Z(data_o[i])
      );
    end
  endgenerate
endmodule
