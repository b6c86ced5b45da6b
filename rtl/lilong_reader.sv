// SPDX-License-Identifier: Apache-2.0
//
// Reads unaligned groups of 1 to Depth bytes of the scratchpad through two ports.
//
// Promises the groups in the order asked for, the first byte in bits 7:0 (bytes behind the group
// are arbitrary), one group a cycle as long as the bank grants, and never asks for a vector that
// holds no byte of the group.  Up to Entries groups may be under way; data waits in a queue.
// ready_o is registered: one more group may wait until the one that asks is granted.
`include "lilong_assert.svh"

module lilong_reader #(
  parameter int unsigned Depth           = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  parameter int unsigned Entries         = 8,
  localparam int unsigned SW = $clog2(ScratchpadBytes),
  localparam int unsigned DW = $clog2(Depth),
  localparam int unsigned AW = SW - DW
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clr_i,
  // groups to read
  input  logic                 valid_i,
  output logic                 ready_o,
  input  logic [SW-1:0]        addr_i,      // first byte
  input  logic [DW:0]          bytes_i,     // 1 .. Depth
  // data
  output logic                 valid_o,
  input  logic                 ready_i,
  output logic [Depth*8-1:0]   data_o,
  // scratchpad: port 0 the vector of the first byte, port 1 the next one
  output logic [1:0]           vec_req_o,
  output logic [2*AW-1:0]      vec_addr_o,
  input  logic [1:0]           vec_gnt_i,
  input  logic [1:0]           vec_rvalid_i,
  input  logic [2*Depth*8-1:0] vec_rdata_i
);
  localparam int unsigned CW = $clog2(Entries + 1);

  logic [1:0]       pend_q;
  logic [1:0][AW-1:0] place_q;     // row and bank of both vectors
  logic [DW-1:0]    offset_q;
  logic [CW-1:0]    count_q;       // groups accepted and not yet taken away
  logic [CW-1:0]    more, same;    // with a group accepted, without
  logic             full_q;        // as many as there are entries
  logic             next_q;        // a group waits
  logic [SW-1:0]    next_addr_q, addr;
  logic [DW:0]      next_bytes_q, bytes;
  logic             accept, granted, take, there;
  logic [DW:0]      last_byte;     // offset of the group's last byte in the first vector

  assign granted   = pend_q != 2'b00 && (pend_q & ~vec_gnt_i) == 2'b00;
  assign ready_o   = !next_q;
  assign there     = next_q || valid_i;
  assign addr      = next_q ? next_addr_q : addr_i;
  assign bytes     = next_q ? next_bytes_q : bytes_i;
  assign accept    = there && (pend_q & ~vec_gnt_i) == 2'b00 && !full_q;
  assign take      = valid_o && ready_i;
  assign more      = take ? count_q : count_q + CW'(1);
  assign same      = take ? count_q - CW'(1) : count_q;
  assign last_byte = {1'b0, addr[DW-1:0]} + bytes - (DW+1)'(1);

  function automatic logic [AW-1:0] place(input logic [AW-1:0] vector);
    place = {vector[AW-1:3], vector[2:0] + vector[5:3]};
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pend_q  <= 2'b00;
      next_q  <= 1'b0;
      count_q <= '0;
      full_q  <= 1'b0;
    end else if (clr_i) begin
      pend_q  <= 2'b00;
      next_q  <= 1'b0;
      count_q <= '0;
      full_q  <= 1'b0;
    end else begin
      pend_q  <= accept ? {last_byte[DW], 1'b1} : (pend_q & ~vec_gnt_i);
      next_q  <= there && !accept;
      count_q <= accept ? more : same;
      full_q  <= accept ? more == CW'(Entries) : same == CW'(Entries);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!next_q) begin
      next_addr_q  <= addr_i;
      next_bytes_q <= bytes_i;
    end
    if (accept) begin
      place_q  <= {place(addr[SW-1:DW] + AW'(1)), place(addr[SW-1:DW])};
      offset_q <= addr[DW-1:0];
    end
  end

  assign vec_req_o  = pend_q;
  assign vec_addr_o = place_q;

  // ---- answers, a fixed time behind the last grant of a group; a vector that came earlier is kept
  localparam int unsigned Way = lilong_path_pkg::ReadLatency;
  logic [Way-1:0]         tag_valid_q;
  logic [Way-1:0][DW-1:0] tag_offset_q;
  logic [1:0][Depth*8-1:0] kept_q, both;
  /* verilator lint_off UNUSEDSIGNAL */   // only the first Depth bytes belong to the group
  logic [1:0][Depth*8-1:0] rotated;
  /* verilator lint_on UNUSEDSIGNAL */

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tag_valid_q <= '0;
    end else if (clr_i) begin
      tag_valid_q <= '0;
    end else begin
      tag_valid_q <= {tag_valid_q[Way-2:0], granted};
    end
  end

  always_ff @(posedge clk_i) begin
    if (granted || tag_valid_q != '0) tag_offset_q <= {tag_offset_q[Way-2:0], offset_q};
    for (int unsigned p = 0; p < 2; p++) begin
      if (vec_rvalid_i[p]) kept_q[p] <= vec_rdata_i[p*Depth*8 +: Depth*8];
    end
  end

  always_comb begin
    both    = '0;
    rotated = '0;
    if (tag_valid_q[Way-1]) begin
      for (int unsigned p = 0; p < 2; p++) begin
        both[p] = vec_rvalid_i[p] ? vec_rdata_i[p*Depth*8 +: Depth*8] : kept_q[p];
      end
      rotated = both >> {tag_offset_q[Way-1], 3'b000};
    end
  end

  /* verilator lint_off UNUSEDSIGNAL */   // there is always room
  logic room;
  logic [CW-1:0] waiting;
  /* verilator lint_on UNUSEDSIGNAL */
  lilong_fifo #(.Width(Depth*8), .Depth(Entries)) u_fifo (
    .clk_i,
    .rst_ni,
    .clr_i,
    .valid_i(tag_valid_q[Way-1]),
    .ready_o(room),
    .data_i (rotated[0]),
    .valid_o,
    .ready_i,
    .data_o,
    .count_o(waiting)
  );
  `LILONG_ASSERT(FifoHasRoom, !tag_valid_q[Way-1] || room)
endmodule
