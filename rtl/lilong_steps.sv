// SPDX-License-Identifier: Apache-2.0
// Walks the kernel of one instruction: K steps of a convolution (up to three pieces of kernel rows
// each) or passes of a depthwise window, one piece a cycle, up to two steps ahead of the position walk.
// After the last step it starts again with the first.
`include "lilong_assert.svh"

module lilong_steps #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   clr_i,
    input  logic                   restart_i,  // new instruction: next_i, from the next cycle on work_i
    input  lilong_path_pkg::work_t next_i,
    input  lilong_path_pkg::work_t work_i,
    output logic                   step_valid_o,
    output lilong_path_pkg::step_t step_o,
    input  logic                   step_pop_i
);
  localparam logic [6:0] Full = 7'(Depth);
  localparam logic [6:0] WindowBytes = 7'(lilong_isa_pkg::window_lanes(Lanes, Depth));
  localparam logic [7:0] Cols3 = 8'(Depth / 3);
  localparam logic [7:0] Cols2 = 8'(Depth / 2);
  localparam logic [7:0] Cols1 = 8'(Depth);

  // Place in the kernel.
  typedef struct packed {
    logic        done;   // no kernel rows left
    logic [7:0]  rows;   // kernel rows left, this one included
    logic [7:0]  cols;   // kernel columns left, this one (or group) included
    logic [15:0] bytes;  // conv: bytes left of the run
    logic [27:0] x;      // conv: first byte of the rest of the run; depthwise: of the column group
    logic [27:0] col;    // conv: first byte of the kernel column
    logic [16:0] iy;
    logic [23:0] addr;
    logic [7:0]  k0;     // depthwise: first column of the group
    logic [7:0]  rows0;  // depthwise: rows, iy, addr at the begin of the row group
    logic [16:0] iy0;
    logic [23:0] addr0;
  } kernel_t;

  logic active_q, closed_q, step_ready;
  logic [15:0] count_q;  // number of the step that is being built
  logic [1:0] piece_q;   // number of the piece
  logic [6:0] fill_q, room_q;  // bytes in the step so far, still free
  kernel_t kernel_q, nxt;
  lilong_path_pkg::step_t build_q, built;
  lilong_path_pkg::piece_t piece;
  logic move, go, close, wrap;
  logic [6:0] take;
  logic [7:0] cols_now;
  logic [27:0] col_next;
  // of the instruction: columns and rows - 1 of a depthwise pass, bytes of its columns, steps - 2
  logic [7:0] tap_cols_q;
  logic [1:0] tap_last_q;
  logic [27:0] group_bytes_q;
  logic [15:0] before_step_q;
  logic one_step_q;       // the instruction has one step
  logic last_step_q;      // count_q is that of the last step
  logic more, fits, one_col, one_row;
  logic dense_q;  // not depthwise

  assign move         = closed_q && step_ready;
  assign go           = active_q && (!closed_q || move);

  function automatic logic [27:0] far(input logic [27:0] x);
    far = x >= lilong_path_pkg::FarRight ? lilong_path_pkg::FarRight : x;
  endfunction

  // Product with a constant, without a multiplier.
  function automatic logic [27:0] times(input logic [23:0] x, input int unsigned factor);
    times = '0;
    for (int unsigned i = 0; i < 6; i++) begin
      if (((factor >> i) & 32'd1) != 32'd0) times = times + (28'(x) << i);
    end
  endfunction

  // Begin of the kernel.
  function automatic kernel_t begin_of(input logic [7:0] rows, input logic [7:0] cols,
                                       input logic [15:0] run);
    begin_of       = '0;
    begin_of.done  = rows == '0 || cols == '0;
    begin_of.rows  = rows;
    begin_of.rows0 = rows;
    begin_of.cols  = cols;
    begin_of.bytes = run;
  endfunction

  // Shape of a depthwise pass.
  always_ff @(posedge clk_i) begin
    if (restart_i) begin
      dense_q       <= !next_i.depthwise;
      before_step_q <= next_i.steps - 16'd2;
      one_step_q    <= next_i.steps == 16'd1;
      tap_last_q    <= 2'd0;
      tap_cols_q    <= Cols1;
      group_bytes_q <= times(next_i.dilation_x, Depth);
      if (next_i.kernel_cols <= Cols3) begin
        tap_last_q    <= 2'd2;
        tap_cols_q    <= Cols3;
        group_bytes_q <= times(next_i.dilation_x, Depth / 3);
      end else if (next_i.kernel_cols <= Cols2) begin
        tap_last_q    <= 2'd1;
        tap_cols_q    <= Cols2;
        group_bytes_q <= times(next_i.dilation_x, Depth / 2);
      end
    end
  end

  kernel_t now;
  always_comb begin
    now        = kernel_q;
    nxt        = now;
    take       = '0;
    fits       = now.bytes <= 16'(room_q);
    one_col    = now.cols == 8'd1;
    one_row    = now.rows == 8'd1;
    more       = now.cols > tap_cols_q;
    cols_now   = more ? tap_cols_q : now.cols;
    col_next   = far(now.col + 28'(work_i.dilation_x));
    piece.iy   = now.iy;
    piece.x    = now.x;
    piece.addr = now.addr;
    piece.dst  = fill_q;
    if (dense_q) begin
      // the vector is full, there is no piece left in it, or no byte left in the kernel
      close = now.bytes >= 16'(room_q) || piece_q == 2'd2 || now.done || (one_col && one_row);
      if (!now.done) begin
        take = fits ? now.bytes[6:0] : room_q;
        if (!fits) begin
          nxt.bytes = now.bytes - 16'(room_q);
          nxt.x     = now.x + 28'(room_q);
        end else begin
          nxt.bytes = work_i.run;
          if (one_col) begin
            nxt.cols = work_i.kernel_cols;
            nxt.col  = '0;
            nxt.x    = '0;
            nxt.iy   = now.iy + 17'(work_i.dilation_y);
            nxt.addr = now.addr + work_i.row_dilation;
            nxt.rows = now.rows - 8'd1;
            nxt.done = one_row;
          end else begin
            nxt.cols = now.cols - 8'd1;
            nxt.col  = col_next;
            nxt.x    = col_next;
          end
        end
      end
    end else begin
      take     = (now.done || now.rows == '0) ? 7'd0 : WindowBytes;
      close    = piece_q == tap_last_q;
      nxt.iy   = now.iy + 17'(work_i.dilation_y);
      nxt.addr = now.addr + work_i.row_dilation;
      nxt.rows = now.rows == '0 ? 8'd0 : now.rows - 8'd1;
      piece.dst = '0;
      if (close) begin
        if (more) begin
          nxt.cols = now.cols - tap_cols_q;
          nxt.k0   = now.k0 + tap_cols_q;
          nxt.x    = far(now.x + group_bytes_q);
          nxt.rows = now.rows0;
          nxt.iy   = now.iy0;
          nxt.addr = now.addr0;
        end else begin
          nxt.cols  = work_i.kernel_cols;
          nxt.k0    = '0;
          nxt.x     = '0;
          nxt.rows0 = nxt.rows;
          nxt.iy0   = nxt.iy;
          nxt.addr0 = nxt.addr;
          nxt.done  = now.done || now.rows == '0 || one_row;
        end
      end
    end
    piece.n   = take;
    wrap      = close && last_step_q;
    // what the position walk compares with
    built        = build_q;
    built.last_col = build_q.cols - 7'd1;
    built.end_k  = 9'(build_q.k0) + 9'(build_q.cols) - 9'd1;
  end

  // Steps that are ready; the way back from the position walk ends here.
  lilong_stream_reg #(
      .Width($bits(lilong_path_pkg::step_t))
  ) u_steps (
      .clk_i,
      .rst_ni,
      .clr_i(clr_i || restart_i),
      .valid_i(closed_q),
      .ready_o(step_ready),
      .data_i(built),
      .valid_o(step_valid_o),
      .ready_i(step_pop_i),
      .data_o(step_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      closed_q <= 1'b0;
      count_q  <= '0;
      last_step_q <= 1'b0;
      piece_q  <= '0;
      fill_q   <= '0;
      room_q   <= Full;
    end else begin
      if (restart_i) begin
        active_q <= 1'b1;
        closed_q <= 1'b0;
        count_q  <= '0;
        last_step_q <= next_i.steps == 16'd1;
        piece_q  <= '0;
        fill_q   <= '0;
        room_q   <= Full;
      end else begin
        if (move) closed_q <= 1'b0;
        if (go) begin
          closed_q <= close;
          piece_q  <= close ? 2'd0 : piece_q + 2'd1;
          fill_q   <= close ? 7'd0 : fill_q + take;
          room_q   <= close ? Full : room_q - take;
          if (close) begin
            count_q     <= wrap ? 16'd0 : count_q + 16'd1;
            last_step_q <= wrap ? one_step_q : count_q == before_step_q;
          end
        end
      end
      if (clr_i) begin
        active_q <= 1'b0;
        closed_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (restart_i) kernel_q <= begin_of(next_i.kernel_rows, next_i.kernel_cols, next_i.run);
    else if (go) begin
      kernel_q <= nxt;
      if (wrap) kernel_q <= begin_of(work_i.kernel_rows, work_i.kernel_cols, work_i.run);
    end
  end

  always_ff @(posedge clk_i) begin
    if (go) begin
      if (piece_q == 2'd0) begin
        build_q       <= '0;
        build_q.k0    <= now.k0;
        build_q.cols  <= now.done ? 7'd0 : cols_now[6:0];
        build_q.rows  <= take != '0 ? 2'd1 : 2'd0;
        build_q.first <= count_q == '0;
        build_q.last  <= last_step_q;
      end else if (take != '0) begin
        build_q.rows <= piece_q + 2'd1;
      end
      unique case (piece_q)
        2'd0:    build_q.piece[0] <= piece;
        2'd1:    build_q.piece[1] <= piece;
        default: build_q.piece[2] <= piece;
      endcase
    end
  end

  logic unused;
  assign unused = ^{work_i, next_i, cols_now[7], build_q};

  `LILONG_ASSERT(LastInRegister, !active_q || last_step_q == (count_q == before_step_q + 16'd1))
endmodule
