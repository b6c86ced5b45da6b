// SPDX-License-Identifier: Apache-2.0
// Weight fetch: reads the block of the next step, WeightVectors vectors a cycle, into the shadow
// set while the array works with the active one; runs ahead across instructions and fences.
//
// Timing: a vector granted in cycle t is in the shadow from t + 5 on.  When the last vectors of a
// block are granted in t, a beat that waits for nothing else (want_i) is released in t + 1 and
// copies the shadow at the end of t + 5; the requests of the next block, from t + 1 on, write the
// shadow at the end of t + 5 at the earliest.
module lilong_weights #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16,
    parameter int unsigned WeightVectors = 4,
    parameter int unsigned ScratchpadBytes = 524288,
    localparam int unsigned AW = $clog2(ScratchpadBytes / Depth)
) (
    input  logic                             clk_i,
    input  logic                             rst_ni,
    input  logic                             clr_i,
    input  logic                             blocks_valid_i,
    output logic                             blocks_ready_o,
    input  lilong_path_pkg::blocks_t         blocks_i,
    output logic                             full_o,   // the next block was granted before
    input  logic                             want_i,   // a beat waits for nothing else
    input  logic                             take_i,   // a beat that uses it is released
    output logic [WeightVectors-1:0]         rd_req_o,
    output logic [WeightVectors*AW-1:0]      rd_addr_o,
    input  logic [WeightVectors-1:0]         rd_gnt_i,
    input  logic [WeightVectors*Depth*8-1:0] rd_rdata_i,
    output logic [Lanes*Depth*8-1:0]         shadow_o,
    output logic                             idle_o
);
  localparam int unsigned Width = Depth * 8;
  localparam int unsigned DepthBits = $clog2(Depth);
  localparam int unsigned Rows = Lanes / WeightVectors;  // requests of a block
  localparam int unsigned RowWidth = Rows > 1 ? $clog2(Rows) : 1;

  // ---- requests
  logic active_q, full_q;
  logic [15:0] groups_q, steps_q, step_q;
  logic [5:0] stripe_q;
  logic [31:0] positions_q, left_q;       // positions of the group that later stripes do
  logic [AW-1:0] next_q, group_q;         // next vector to ask for; first of the group
  logic [RowWidth-1:0] row_q, out_row_q;  // row to ask for next; row asked for now
  logic [WeightVectors-1:0] req_q;
  logic [WeightVectors-1:0][AW-1:0] place_q;  // row and bank of every vector asked for
  logic granted, at_end, block_end, ask, last_row;  // ask: if granted
  logic last_step, last_stripe, last_group;
  logic turn_q;   // the last row of a block was asked for in the last cycle

  assign granted   = (req_q & ~rd_gnt_i) == '0;
  assign at_end    = req_q != '0 && out_row_q == RowWidth'(Rows - 1);
  assign block_end = at_end && granted;
  // The first row of the next block: while there is none, or when the last one is or surely will be
  // taken.
  // The grants come late: what depends on them has them as its last condition.
  assign ask       = active_q && (row_q != '0 || !(full_q || at_end) ||
                                  (at_end ? want_i && !take_i : take_i));
  assign last_row  = row_q == RowWidth'(Rows - 1);
  assign last_step = step_q == steps_q - 16'd1;
  // one step: the block stays for all stripes of the group
  assign last_stripe = steps_q == 16'd1 || left_q <= 32'(stripe_q);
  assign last_group  = groups_q == 16'd1;

  assign blocks_ready_o = !active_q;
  assign idle_o         = !active_q && req_q == '0 && !full_q;
  assign rd_req_o       = req_q;
  assign full_o         = full_q;
  assign rd_addr_o      = place_q;

  function automatic logic [AW-1:0] place(input logic [AW-1:0] vector);
    place = {vector[AW-1:3], vector[2:0] + vector[5:3]};
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      full_q      <= 1'b0;
      groups_q    <= '0;
      steps_q     <= '0;
      step_q      <= '0;
      stripe_q    <= '0;
      positions_q <= '0;
      left_q      <= '0;
      next_q      <= '0;
      group_q     <= '0;
      row_q       <= '0;
      out_row_q   <= '0;
      req_q       <= '0;
      place_q     <= '0;
      turn_q      <= 1'b0;
    end else begin
      full_q <= block_end || (full_q && !take_i);
      req_q  <= req_q & ~rd_gnt_i;
      if (granted) begin
        if (ask) begin
          req_q     <= '1;
          out_row_q <= row_q;
          row_q     <= last_row ? '0 : row_q + RowWidth'(1);
          next_q    <= next_q + AW'(WeightVectors);
          for (int unsigned j = 0; j < WeightVectors; j++) place_q[j] <= place(next_q + AW'(j));
        end
        if (ask && last_row && last_step && !last_stripe) next_q <= group_q;
        if (ask && last_row && last_step && last_stripe && last_group) active_q <= 1'b0;
      end
      // What a block changes is not asked for before the last row of the next one; there are at
      // least two.
      turn_q <= granted && ask && last_row;
      if (turn_q) begin
        step_q <= last_step ? 16'd0 : step_q + 16'd1;
        if (last_step && last_stripe) begin
          left_q   <= positions_q;
          group_q  <= next_q;
          groups_q <= groups_q - 16'd1;
        end else if (last_step) begin
          left_q <= left_q - 32'(stripe_q);
        end
      end
      if (blocks_valid_i && blocks_ready_o) begin
        active_q    <= 1'b1;
        groups_q    <= blocks_i.groups;
        steps_q     <= blocks_i.steps;
        step_q      <= '0;
        stripe_q    <= blocks_i.stripe;
        positions_q <= blocks_i.positions;
        left_q      <= blocks_i.positions;
        next_q      <= AW'(blocks_i.addr >> DepthBits);
        group_q     <= AW'(blocks_i.addr >> DepthBits);
        row_q       <= '0;
      end
      if (clr_i) begin
        active_q <= 1'b0;
        full_q   <= 1'b0;
        req_q    <= '0;
      end
    end
  end

  // ---- way back: scratchpad 3 cycles, one register, shadow
  logic [3:0][WeightVectors-1:0] way_q;
  logic [3:0][RowWidth-1:0] way_row_q;
  logic [WeightVectors-1:0][Width-1:0] data_q;
  logic [Lanes-1:0][Width-1:0] shadow_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      way_q     <= '0;
      way_row_q <= '0;
      data_q    <= '0;
      shadow_q  <= '0;
    end else begin
      way_q     <= {way_q[2:0], req_q & rd_gnt_i};
      way_row_q <= {way_row_q[2:0], out_row_q};
      if (way_q[2] != '0) data_q <= rd_rdata_i;
      for (int unsigned j = 0; j < WeightVectors; j++) begin
        if (way_q[3][j]) shadow_q[32'(way_row_q[3])*WeightVectors+j] <= data_q[j];
      end
      if (clr_i) begin
        way_q <= '0;
      end
    end
  end
  assign shadow_o = shadow_q;

  logic unused;
  assign unused = ^blocks_i;
endmodule
