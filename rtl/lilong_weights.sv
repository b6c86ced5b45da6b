// SPDX-License-Identifier: Apache-2.0
// Weight fetch: reads the block of the next step, WeightVectors vectors a cycle, into the shadow
// set while the array works with the active one; runs ahead across instructions and fences.
//
//   rows of all blocks --> two rows wait --> requests --> way back --> shadow
//                                            ^ grants
//
// A grant decides about the requests and whether the next of the waiting rows follows, nothing else.
//
// Timing: a vector granted in cycle t is in the shadow from t + 6 on.  When the last vectors of a
// block are granted in t, a beat that waits for nothing else (want_i) is released in t + 2 and
// copies the shadow at the end of t + 6; the requests of the next block, from t + 1 on, write the
// shadow at the end of t + 6 at the earliest.
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
  localparam int unsigned WindowRows = lilong_isa_pkg::window_lanes(Lanes, Depth) / WeightVectors;
  localparam int unsigned RowWidth = Rows > 1 ? $clog2(Rows) : 1;

  // ---- rows of all blocks, one after the other
  typedef struct packed {
    logic                            first;  // of its block
    logic                            last;
    logic [RowWidth-1:0]             row;
    logic [WeightVectors-1:0][AW-1:0] place;  // row and bank of every vector
  } row_t;

  logic active_q, window_q;
  logic [15:0] groups_q, steps_q, step_q;
  logic [5:0] stripe_q;
  logic [31:0] positions_q, left_q;       // positions of the group that later stripes do
  logic [AW-1:0] next_q, group_q;         // next vector; first of the group
  logic [RowWidth-1:0] row_q;
  logic more, room, last_row;             // more: a row is put into the queue
  logic last_step, last_stripe, last_group;
  logic turn_q;   // the last row of a block was put into it in the last cycle
  row_t row_new;

  assign more      = active_q && room;
  assign last_row  = row_q == (window_q ? RowWidth'(WindowRows - 1) : RowWidth'(Rows - 1));
  assign last_step = step_q == steps_q - 16'd1;
  // one step: the block stays for all stripes of the group
  assign last_stripe = steps_q == 16'd1 || left_q <= 32'(stripe_q);
  assign last_group  = groups_q == 16'd1;

  assign blocks_ready_o = !active_q;

  function automatic logic [AW-1:0] place(input logic [AW-1:0] vector);
    place = {vector[AW-1:3], vector[2:0] + vector[5:3]};
  endfunction

  always_comb begin
    row_new.first = row_q == '0;
    row_new.last  = last_row;
    row_new.row   = row_q;
    for (int unsigned j = 0; j < WeightVectors; j++) row_new.place[j] = place(next_q + AW'(j));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      window_q    <= 1'b0;
      groups_q    <= '0;
      steps_q     <= '0;
      step_q      <= '0;
      stripe_q    <= '0;
      positions_q <= '0;
      left_q      <= '0;
      next_q      <= '0;
      group_q     <= '0;
      row_q       <= '0;
      turn_q      <= 1'b0;
    end else begin
      if (more) begin
        row_q  <= last_row ? '0 : row_q + RowWidth'(1);
        next_q <= next_q + AW'(WeightVectors);
        if (last_row && last_step && !last_stripe) next_q <= group_q;
        if (last_row && last_step && last_stripe && last_group) active_q <= 1'b0;
      end
      // What a block changes does not matter before the last row of the next one; there are at
      // least two.
      turn_q <= more && last_row;
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
        window_q    <= blocks_i.window;
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
      if (clr_i) active_q <= 1'b0;
    end
  end

  row_t row;
  logic row_valid, row_take;
  lilong_stream_late #(
      .Width($bits(row_t))
  ) u_rows (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(active_q),
      .ready_o(room),
      .data_i (row_new),
      .valid_o(row_valid),
      .ready_i(row_take),
      .data_o (row)
  );

  // ---- requests
  logic full_q, known_q;       // the next block is granted; since the cycle before
  logic [WeightVectors-1:0] req_q;
  logic [WeightVectors-1:0][AW-1:0] place_q;
  logic [RowWidth-1:0] out_row_q;
  logic last_q;                // the row asked for is the last one of its block
  logic granted, at_end, may;

  assign granted = (req_q & ~rd_gnt_i) == '0;
  assign at_end  = req_q != '0 && last_q;
  // The first row of the next block: while there is none, or when the last one is or surely will be
  // taken in the next two cycles.
  // The grants come late: what depends on them has them as its last condition.
  assign may      = row_valid && (!row.first || !(full_q || at_end) ||
                                  (want_i && !(at_end && take_i)));
  assign row_take = may && granted;

  assign idle_o    = !active_q && !row_valid && req_q == '0 && !full_q;
  assign full_o    = known_q;
  assign rd_req_o  = req_q;
  assign rd_addr_o = place_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      full_q  <= 1'b0;
      known_q <= 1'b0;
      req_q   <= '0;
    end else if (clr_i) begin
      full_q  <= 1'b0;
      known_q <= 1'b0;
      req_q   <= '0;
    end else begin
      full_q  <= (at_end && granted) || (full_q && !take_i);
      known_q <= full_q && !take_i;
      req_q   <= row_take ? '1 : req_q & ~rd_gnt_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (row_take) begin
      place_q   <= row.place;
      out_row_q <= row.row;
      last_q    <= row.last;
    end
  end

  // ---- way back: scratchpad, one register, shadow
  localparam int unsigned Way = lilong_path_pkg::ReadLatency + 1;
  logic [Way-1:0][WeightVectors-1:0] way_q;
  logic [Way-1:0][RowWidth-1:0] way_row_q;
  logic [WeightVectors-1:0][Width-1:0] data_q;
  logic [Lanes-1:0][Width-1:0] shadow_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      way_q     <= '0;
      way_row_q <= '0;
      data_q    <= '0;
      shadow_q  <= '0;
    end else begin
      way_q     <= {way_q[Way-2:0], req_q & rd_gnt_i};
      way_row_q <= {way_row_q[Way-2:0], out_row_q};
      if (way_q[Way-2] != '0) data_q <= rd_rdata_i;
      for (int unsigned j = 0; j < WeightVectors; j++) begin
        if (way_q[Way-1][j]) shadow_q[32'(way_row_q[Way-1])*WeightVectors+j] <= data_q[j];
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
