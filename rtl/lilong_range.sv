// SPDX-License-Identifier: Apache-2.0
// Cuts the pieces of a beat to the image and turns them into vectors and masks (two stages), then
// queues up to 8 beats.  A beat enters only when there is room for it, so nothing here waits.
// Bytes outside the image are never asked for.
// What a beat needs after its release lies in distributed memory, which also keeps that of the beats
// that the stream has taken (at most 5); it is read by the release.
`include "lilong_assert.svh"

module lilong_range #(
    parameter int unsigned Depth = 16
) (
    input  logic                    clk_i,
    input  logic                    rst_ni,
    input  logic                    clr_i,
    output logic                    go_o,        // there is room for one more beat
    output logic                    full_o,      // there is none: the same from another register
    input  logic                    place_valid_i,
    input  lilong_path_pkg::place_t place_i,
    input  logic [15:0]             in_height_i,
    input  logic [23:0]             row_bytes_i,
    output logic                    beat_valid_o,
    output lilong_path_pkg::beat_t  beat_o,
    input  logic                    beat_pop_i,
    input  logic                    release_i,   // of the oldest beat that the stream has taken
    output lilong_path_pkg::payload_t payload_o, // of the beat released last
    output logic                    idle_o
);
  localparam int unsigned DepthBits = $clog2(Depth);
  localparam int unsigned NB = DepthBits + 1;  // bits of a number of bytes of a vector
  localparam int unsigned Entries = 8;
  localparam int unsigned Payloads = 16;

  // Piece after the cut.
  typedef struct packed {
    logic        valid;
    logic [23:0] addr;  // of the first byte of the piece, inside the image or not
    logic [NB-1:0] from;  // bytes of the piece inside the image
    logic [NB-1:0] to;
    logic [NB-1:0] n;
    logic [NB-1:0] dst;
  } cut_t;

  logic valid1_q, valid2_q;
  lilong_path_pkg::place_t place_q;
  lilong_path_pkg::action_t act_q;
  cut_t [2:0] cut, cut_q;
  lilong_path_pkg::beat_t beat;
  lilong_path_pkg::payload_t payload;

  // ---- cut to the image: of large numbers only the sign and whether they are below 2^NB matter
  logic [27:0] x, rest;
  logic [26:0] iy;
  logic [NB-1:0] n, left;
  always_comb begin
    cut  = '0;
    x    = '0;
    rest = '0;
    iy   = '0;
    n    = '0;
    left = '0;
    for (int unsigned s = 0; s < 3; s++) begin
      x              = place_q.x[s];
      rest           = {4'd0, row_bytes_i} - x;
      left           = -x[NB-1:0];
      iy             = place_q.iy[s];
      n              = place_q.n[s][NB-1:0];
      cut[s].n       = n;
      cut[s].dst     = place_q.dst[s][NB-1:0];
      cut[s].addr    = place_q.addr[s] + x[23:0];
      cut[s].to      = n;
      if (rest[27]) cut[s].to = '0;
      else if (rest[26:NB] == '0 && rest[NB-1:0] < n) cut[s].to = rest[NB-1:0];
      // a column left of the image is pad as a whole, a run may begin there
      if (place_q.left) cut[s].from = n;
      else if (x[27]) cut[s].from = (&x[26:NB] && left != '0 && left < n) ? left : n;
      cut[s].valid   = iy[26:16] == '0 && iy[15:0] < in_height_i && cut[s].from < cut[s].to;
    end
  end

  // ---- vectors and masks
  logic [23:0] head, tail;
  logic crosses;
  logic [NB-1:0] stop, from, to;
  always_comb begin
    beat     = '0;
    payload  = '0;
    head     = '0;
    tail     = '0;
    crosses  = 1'b0;
    stop     = '0;
    from     = '0;
    to       = '0;
    payload.act  = act_q;
    beat.open    = act_q.open;
    beat.fence   = act_q.fence;
    beat.seq     = act_q.seq;
    beat.weights = act_q.load && !act_q.pool;
    beat.result  = act_q.compute && act_q.last;
    beat.compute = act_q.compute;
    // the accumulator of a stripe of one position needs a cycle between two steps
    beat.gap     = act_q.single && act_q.compute;
    for (int unsigned s = 0; s < 3; s++) begin
      head  = cut_q[s].addr + 24'(cut_q[s].from);
      tail  = cut_q[s].addr + 24'(cut_q[s].to) - 24'd1;
      crosses = head[DepthBits] != tail[DepthBits];
      beat.odd[s]       = 23'(head >> (DepthBits + 1));
      beat.even[s]      = 23'((head >> (DepthBits + 1))) + 23'(head[DepthBits]);
      beat.need_even[s] = cut_q[s].valid && (!head[DepthBits] || crosses);
      beat.need_odd[s]  = cut_q[s].valid && (head[DepthBits] || crosses);
      stop = cut_q[s].dst + cut_q[s].n;
      from = cut_q[s].dst;
      to   = cut_q[s].dst;
      if (cut_q[s].valid) begin
        from = cut_q[s].dst + cut_q[s].from;
        to   = cut_q[s].dst + cut_q[s].to;
      end
      payload.mask[s].rot  = 7'(NB'(cut_q[s].addr) - cut_q[s].dst);
      payload.mask[s].dst  = 7'(cut_q[s].dst);
      payload.mask[s].stop = 7'(stop);
      payload.mask[s].from = 7'(from);
      payload.mask[s].to   = 7'(to);
    end
  end

  // ---- queue
  lilong_path_pkg::beat_t fifo_q[Entries];
  lilong_path_pkg::beat_t oldest_q;   // beside its entry: a register answers earlier than the memory
  logic some_q;                       // count_q is not 0
  logic alone;                        // no other beat waits behind the oldest, if any
  (* ram_style = "distributed" *) lilong_path_pkg::payload_t payload_q[Payloads];
  lilong_path_pkg::payload_t payload_out_q;
  logic [2:0] head_q;
  logic [3:0] tail_q, release_q;
  logic [3:0] count_q, credit_q;
  logic go_q, full_q, go_d;           // credit_q is not 0

  assign go_o         = go_q;
  assign full_o       = full_q;
  assign go_d         = beat_pop_i || (place_valid_i ? credit_q[3:1] != '0 : go_q);
  assign beat_valid_o = some_q;
  assign beat_o       = oldest_q;
  assign alone        = count_q[3:1] == '0;
  assign payload_o    = payload_out_q;
  assign idle_o       = credit_q == 4'(Entries);

  always_ff @(posedge clk_i) begin
    if (valid2_q) begin
      fifo_q[tail_q[2:0]] <= beat;
      payload_q[tail_q]   <= payload;
    end
  end
  always_ff @(posedge clk_i) begin
    if (beat_pop_i || (valid2_q && !some_q)) oldest_q <= alone ? beat : fifo_q[head_q+3'd1];
  end
  always_ff @(posedge clk_i) begin
    if (release_i) payload_out_q <= payload_q[release_q];
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
      release_q <= '0;
      count_q  <= '0;
      some_q   <= 1'b0;
      credit_q <= 4'(Entries);
      go_q     <= 1'b1;
      full_q   <= 1'b0;
    end else begin
      valid1_q <= place_valid_i;
      valid2_q <= valid1_q;
      place_q  <= place_i;   // of a beat if valid1_q
      if (valid1_q) begin
        act_q <= place_q.act;
        cut_q <= cut;
      end
      if (valid2_q) tail_q <= tail_q + 4'd1;
      if (release_i) release_q <= release_q + 4'd1;
      if (beat_pop_i) head_q <= head_q + 3'd1;
      count_q  <= count_q + 4'(valid2_q) - 4'(beat_pop_i);
      some_q   <= valid2_q || (some_q && !(beat_pop_i && alone));
      credit_q <= credit_q + 4'(beat_pop_i) - 4'(place_valid_i);
      go_q     <= go_d;
      full_q   <= !go_d;
      if (clr_i) begin
        valid1_q <= 1'b0;
        valid2_q <= 1'b0;
        head_q   <= '0;
        tail_q   <= '0;
        release_q <= '0;
        count_q  <= '0;
        some_q   <= 1'b0;
        credit_q <= 4'(Entries);
        go_q     <= 1'b1;
        full_q   <= 1'b0;
      end
    end
  end

  `LILONG_ASSERT(RoomInRegisters, go_q == (credit_q != '0) && full_q == !go_q)

  logic unused;
  assign unused = ^{tail, place_q};
endmodule
