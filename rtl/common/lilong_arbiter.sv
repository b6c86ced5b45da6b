// SPDX-License-Identifier: Apache-2.0
// Fixed-priority arbiter: grants the requester with the lowest index.  Combinational.
module lilong_arbiter #(
    parameter int unsigned Ports = 3
) (
    input  logic [Ports-1:0] req_i,
    output logic [Ports-1:0] gnt_o
);
  // The lowest set bit of a number and of its negation agree; all higher bits differ.
  assign gnt_o = req_i & (~req_i + {{(Ports - 1) {1'b0}}, 1'b1});
endmodule
