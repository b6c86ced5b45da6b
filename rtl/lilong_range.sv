// SPDX-License-Identifier: Apache-2.0
// Cuts the pieces of a beat to the image and turns them into vectors and masks (two stages), then
// queues up to 8 beats.  A beat enters only when there is room for it, so nothing here waits.
// Bytes outside the image are never asked for.
module lilong_range #(
    parameter int unsigned Depth = 16
) (
    input  logic                    clk_i,
    input  logic                    rst_ni,
    input  logic                    clr_i,
    output logic                    go_o,
    input  logic                    place_valid_i,
    input  lilong_path_pkg::place_t place_i,
    input  logic [15:0]             in_height_i,
    input  logic [23:0]             row_bytes_i,
    output logic                    beat_valid_o,
    output lilong_path_pkg::beat_t  beat_o,
    input  logic                    beat_pop_i,
    output logic                    idle_o
);
  localparam int unsigned DepthBits = $clog2(Depth);
  localparam int unsigned Entries = 8;

  // Piece after the cut.
  typedef struct packed {
    logic        valid;
    logic [23:0] addr;  // of the first byte of the piece, inside the image or not
    logic [6:0]  from;  // bytes of the piece inside the image
    logic [6:0]  to;
    logic [6:0]  n;
    logic [6:0]  dst;
  } cut_t;

  logic valid1_q, valid2_q;
  lilong_path_pkg::place_t place_q;
  lilong_path_pkg::action_t act_q;
  cut_t [2:0] cut, cut_q;
  lilong_path_pkg::beat_t beat;

  // ---- cut to the image
  logic signed [28:0] x, rest;
  logic signed [26:0] iy;
  always_comb begin
    cut  = '0;
    x    = '0;
    rest = '0;
    iy   = '0;
    for (int unsigned s = 0; s < 3; s++) begin
      x              = 29'(signed'(place_q.x[s]));
      rest           = 29'(row_bytes_i) - x;
      iy             = place_q.iy[s];
      cut[s].n       = place_q.n[s];
      cut[s].dst     = place_q.dst[s];
      cut[s].addr    = place_q.addr[s] + x[23:0];
      cut[s].to      = place_q.n[s];
      if (rest[28]) cut[s].to = '0;
      else if (rest < 29'(place_q.n[s])) cut[s].to = rest[6:0];
      // a column left of the image is pad as a whole, a run may begin there
      if (place_q.left || (x[28] && -x >= 29'(place_q.n[s]))) cut[s].from = place_q.n[s];
      else if (x[28]) cut[s].from = -x[6:0];
      cut[s].valid   = !iy[26] && iy < 27'(in_height_i) && cut[s].from < cut[s].to;
    end
  end

  // ---- vectors and masks
  logic [23:0] head, tail;
  logic crosses;
  always_comb begin
    beat     = '0;
    head     = '0;
    tail     = '0;
    crosses    = 1'b0;
    beat.act = act_q;
    for (int unsigned s = 0; s < 3; s++) begin
      head  = cut_q[s].addr + 24'(cut_q[s].from);
      tail  = cut_q[s].addr + 24'(cut_q[s].to) - 24'd1;
      crosses = head[DepthBits] != tail[DepthBits];
      beat.odd[s]       = 23'(head >> (DepthBits + 1));
      beat.even[s]      = 23'((head >> (DepthBits + 1))) + 23'(head[DepthBits]);
      beat.need_even[s] = cut_q[s].valid && (!head[DepthBits] || crosses);
      beat.need_odd[s]  = cut_q[s].valid && (head[DepthBits] || crosses);
      beat.mask[s].rot  = 7'((cut_q[s].addr - 24'(cut_q[s].dst)) & 24'(2 * Depth - 1));
      beat.mask[s].dst  = cut_q[s].dst;
      beat.mask[s].stop = cut_q[s].dst + cut_q[s].n;
      beat.mask[s].from = cut_q[s].dst;
      beat.mask[s].to   = cut_q[s].dst;
      if (cut_q[s].valid) begin
        beat.mask[s].from = cut_q[s].dst + cut_q[s].from;
        beat.mask[s].to   = cut_q[s].dst + cut_q[s].to;
      end
    end
  end

  // ---- queue
  lilong_path_pkg::beat_t fifo_q[Entries];
  logic [2:0] head_q, tail_q;
  logic [3:0] count_q, credit_q;

  assign go_o         = credit_q != '0;
  assign beat_valid_o = count_q != '0;
  assign beat_o       = fifo_q[head_q];
  assign idle_o       = credit_q == 4'(Entries);

  always_ff @(posedge clk_i) begin
    if (valid2_q) fifo_q[tail_q] <= beat;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      place_q  <= '0;
      act_q    <= '0;
      cut_q    <= '0;
      head_q   <= '0;
      tail_q   <= '0;
      count_q  <= '0;
      credit_q <= 4'(Entries);
    end else if (clr_i) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      head_q   <= '0;
      tail_q   <= '0;
      count_q  <= '0;
      credit_q <= 4'(Entries);
    end else begin
      valid1_q <= place_valid_i;
      valid2_q <= valid1_q;
      if (place_valid_i) place_q <= place_i;
      if (valid1_q) begin
        act_q <= place_q.act;
        cut_q <= cut;
      end
      if (valid2_q) tail_q <= tail_q + 3'd1;
      if (beat_pop_i) head_q <= head_q + 3'd1;
      count_q  <= count_q + 4'(valid2_q) - 4'(beat_pop_i);
      credit_q <= credit_q + 4'(beat_pop_i) - 4'(place_valid_i);
    end
  end

  logic unused;
  assign unused = ^{tail, x};
endmodule
