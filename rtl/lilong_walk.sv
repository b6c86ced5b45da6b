// SPDX-License-Identifier: Apache-2.0
// Order of work of the array path: lane group, stripe, K step, position; one beat a cycle.
// A depthwise position takes one beat per column that enters the window, the last one computes.
// An instruction with one step is one stripe: nothing is accumulated across beats, so the window
// lives on from stripe to stripe.
`include "lilong_assert.svh"

module lilong_walk #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16
) (
    input  logic                    clk_i,
    input  logic                    rst_ni,
    input  logic                    clr_i,
    input  logic                    work_valid_i,
    output logic                    work_ready_o,
    input  lilong_path_pkg::work_t  work_i,
    input  logic                    go_i,           // there is room for one more beat
    input  logic                    full_i,         // the opposite, for the end of a step
    output logic                    place_valid_o,
    output lilong_path_pkg::place_t place_o,
    output logic [15:0]             in_height_o,    // of the place of the cycle before
    output logic [23:0]             row_bytes_o,
    output logic                    idle_o
);
  localparam int unsigned WindowLanes = lilong_isa_pkg::window_lanes(Lanes, Depth);

  // Output position; x, iy and addr of its first kernel byte, without the kernel walk.
  typedef struct packed {
    logic [15:0] ox;
    logic [15:0] oy;
    logic [27:0] x;     // signed, saturated
    logic [26:0] iy;    // signed
    logic [23:0] addr;
    logic [24:0] left;  // columns from here that are left of the image
    logic beyond;       // left has more than 9 bits
    logic last_x;       // ox is the last of the row
    logic last_y;       // oy is the last row
  } position_t;

  lilong_path_pkg::work_t work_q;
  lilong_path_pkg::step_t step;
  position_t pos_q, start_q, pos_next, origin;
  logic busy_q, open_q, fill_q;
  logic one_x_q, one_y_q;               // the image has one column, one row
  logic [15:0] before_x_q, before_y_q;  // the last column and row but one
  logic new_q;               // the instruction came in the cycle before; no step is ready yet
  logic [4:0] index_q;
  logic [15:0] group_q;      // groups left, this one included
  logic [16:0] group_byte_q; // depthwise: first channel of the group
  logic [6:0] col_q;         // depthwise: columns of this position that have entered
  logic [9:0] reach_q;       // lowest 9 bits of pos_q.left, plus col_q
  logic multi_q;             // the instruction has several steps
  logic [5:0] before_stripe_q;  // stripe - 1
  logic [6:0] before_stride_q;  // stride_x - 1
  logic still_q;                // stride_x is 0
  logic [1:0] taps_q;           // kernel rows that a pass may cover
  logic [27:0] x_q;          // depthwise: next column
  logic accept, step_valid, step_pop, emit;
  logic last_col, row_end, image_end, stripe_end;
  logic left_some, left_all, none, col_last;
  /* verilator lint_off UNUSEDSIGNAL */  // only their signs
  logic [9:0] over_k0, over_end;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [27:0] x_first, x_now, x_after;

  assign work_ready_o = !busy_q;
  assign idle_o       = !busy_q;
  assign accept       = work_valid_i && work_ready_o;
  assign in_height_o  = work_q.in_height;
  assign row_bytes_o  = work_q.row_bytes;

  lilong_steps #(
      .Lanes(Lanes),
      .Depth(Depth)
  ) u_steps (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .clr_i       (clr_i),
      .restart_i   (accept),
      .next_i      (work_i),
      .work_i      (work_q),
      .step_valid_o(step_valid),
      .step_o      (step),
      .step_pop_i  (step_pop)
  );

  function automatic logic [27:0] far(input logic [27:0] x);
    far = (!x[27] && x >= lilong_path_pkg::FarRight) ? lilong_path_pkg::FarRight : x;
  endfunction

  // ---- where we are
  always_comb begin
    emit       = busy_q && step_valid && go_i;
    // depthwise window: columns k0 .. end_k of the kernel, those below pos_q.left are left of the
    // image and enter with the filling; without filling stride_x columns enter
    over_k0    = 10'(step.k0) - 10'(pos_q.left[8:0]);
    over_end   = 10'(step.end_k) - 10'(pos_q.left[8:0]);
    left_some  = step.cols != '0 && (pos_q.beyond || over_k0[9]);
    left_all   = pos_q.beyond || over_end[9];
    none       = fill_q ? (step.cols == '0 || left_all) : still_q;
    if (!fill_q) col_last = col_q == before_stride_q;
    else if (left_some) col_last = reach_q == 10'(step.end_k);
    else col_last = col_q == step.last_col;
    x_first    = left_some ? {4'd0, work_q.left_x} : pos_q.x + step.piece[0].x;
    x_now      = (fill_q && col_q == '0) ? x_first : x_q;
    x_after    = far(x_now + 28'(work_q.dilation_x));
    last_col   = !work_q.depthwise || none || col_last;
    // ends
    row_end    = pos_q.last_x;
    image_end  = pos_q.last_x && pos_q.last_y;
    stripe_end = image_end || (multi_q && 6'(index_q) == before_stripe_q);
    step_pop   = busy_q && step_valid && !full_i && last_col && stripe_end && multi_q;
    // next position
    origin      = '0;
    origin.x    = -28'(work_q.pad_left);
    origin.iy   = -27'(work_q.pad_top);
    origin.addr = work_q.row0;
    origin.left = work_q.left_cols;
    origin.beyond = work_q.left_cols[24:9] != '0;
    origin.last_x = one_x_q;
    origin.last_y = one_y_q;
    pos_next = pos_q;
    if (row_end) begin
      pos_next.ox   = '0;
      pos_next.oy   = pos_q.oy + 16'd1;
      pos_next.x    = origin.x;
      pos_next.iy   = pos_q.iy + 27'(work_q.stride_y);
      pos_next.addr = pos_q.addr + work_q.row_step;
      pos_next.left = work_q.left_cols;
      pos_next.last_x = one_x_q;
      pos_next.last_y = pos_q.oy == before_y_q;
    end else begin
      pos_next.ox   = pos_q.ox + 16'd1;
      pos_next.last_x = pos_q.ox == before_x_q;
      pos_next.x    = far(pos_q.x + work_q.col_step);
      pos_next.left = pos_q.left > {9'd0, work_q.stride_x} ? pos_q.left - {9'd0, work_q.stride_x}
                                                          : 25'd0;
    end
    pos_next.beyond = pos_next.left[24:9] != '0;
  end

  // ---- the beat
  always_comb begin
    place_valid_o         = emit;
    place_o               = '0;
    place_o.left          = work_q.depthwise && x_now[27];
    for (int unsigned s = 0; s < 3; s++) begin
      place_o.x[s]    = work_q.depthwise ? x_now + 28'(group_byte_q) : pos_q.x + step.piece[s].x;
      place_o.iy[s]   = pos_q.iy + 27'(step.piece[s].iy);
      place_o.addr[s] = pos_q.addr + step.piece[s].addr;
      place_o.n[s]    = (work_q.depthwise && none) ? 7'd0 : step.piece[s].n;
      place_o.dst[s]  = step.piece[s].dst;
    end
    place_o.act.open      = open_q;
    place_o.act.fence     = work_q.fence;
    place_o.act.seq       = work_q.seq;
    place_o.act.depthwise = work_q.depthwise;
    place_o.act.pool      = work_q.pool;
    place_o.act.max       = work_q.max;
    place_o.act.pad       = work_q.pad;
    place_o.act.shift     = work_q.depthwise && !none;
    place_o.act.init      = fill_q && col_q == '0;
    place_o.act.compute   = last_col;
    place_o.act.load      = last_col && index_q == '0 && (multi_q || pos_q.ox == '0 && pos_q.oy == '0);
    place_o.act.first     = step.first;
    place_o.act.last      = step.last;
    place_o.act.single    = multi_q && stripe_end && index_q == '0;
    place_o.act.index     = index_q;
    place_o.act.cols      = step.cols;
    place_o.act.rows      = step.rows;
    place_o.act.taps      = taps_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      new_q        <= 1'b0;
      open_q       <= 1'b0;
      fill_q       <= 1'b0;
      index_q      <= '0;
      group_q      <= '0;
      group_byte_q <= '0;
      col_q        <= '0;
      reach_q      <= '0;
      x_q          <= '0;
      work_q       <= '0;
      multi_q         <= 1'b0;
      before_stripe_q <= '0;
      before_stride_q <= '0;
      still_q         <= 1'b0;
      taps_q          <= '0;
      pos_q        <= '0;
      start_q      <= '0;
      one_x_q      <= 1'b0;
      one_y_q      <= 1'b0;
      before_x_q   <= '0;
      before_y_q   <= '0;
    end else begin
      if (accept) begin
        busy_q       <= 1'b1;
        open_q       <= 1'b1;
        fill_q       <= 1'b1;
        index_q      <= '0;
        group_q      <= work_i.groups;
        group_byte_q <= '0;
        col_q        <= '0;
        work_q       <= work_i;
        multi_q         <= work_i.steps != 16'd1;
        before_stripe_q <= work_i.stripe - 6'd1;
        before_stride_q <= work_i.stride_x[6:0] - 7'd1;
        still_q         <= work_i.stride_x[6:0] == '0;
        taps_q          <= 2'd1;
        if (work_i.kernel_cols <= 8'(Depth / 3)) taps_q <= 2'd3;
        else if (work_i.kernel_cols <= 8'(Depth / 2)) taps_q <= 2'd2;
        one_x_q      <= work_i.out_width == 16'd1;
        one_y_q      <= work_i.out_height == 16'd1;
        before_x_q   <= work_i.out_width - 16'd2;
        before_y_q   <= work_i.out_height - 16'd2;
        new_q        <= 1'b1;
      end else if (new_q) begin
        new_q   <= 1'b0;
        pos_q   <= origin;
        reach_q <= 10'(origin.left[8:0]);
        start_q <= origin;
      end else if (emit) begin
        open_q <= 1'b0;
        if (!none) x_q <= x_after;
        col_q   <= last_col ? 7'd0 : col_q + 7'd1;
        reach_q <= last_col ? 10'(pos_next.left[8:0]) : reach_q + 10'd1;
        if (last_col) begin
          index_q <= stripe_end ? 5'd0 : index_q + 5'd1;
          // the window is filled again where it does not hold the neighbours of the next position
          fill_q  <= stripe_end || row_end || work_q.stride_x >= {9'd0, step.cols}
                     || (fill_q && none);
          pos_q   <= pos_next;
          if (stripe_end) begin
            if (!step.last) begin
              pos_q   <= start_q;
              reach_q <= 10'(start_q.left[8:0]);
            end else if (image_end) begin
              pos_q        <= origin;
              reach_q      <= 10'(origin.left[8:0]);
              start_q      <= origin;
              group_q      <= group_q - 16'd1;
              group_byte_q <= group_byte_q + 17'(WindowLanes);
              if (group_q == 16'd1) busy_q <= 1'b0;
            end else begin
              start_q <= pos_next;
            end
          end
        end
      end
      if (clr_i) begin
        busy_q <= 1'b0;
        new_q  <= 1'b0;
      end
    end
  end

  `LILONG_ASSERT(Reach, new_q || !busy_q || reach_q == 10'(pos_q.left[8:0]) + 10'(col_q))
  `LILONG_ASSERT(NoStepYet, !(new_q && step_valid))
endmodule
