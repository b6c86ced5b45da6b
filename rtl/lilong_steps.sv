// SPDX-License-Identifier: Apache-2.0
// Walks the kernel of one instruction: K steps of a convolution (up to three pieces of kernel rows
// each) or passes of a depthwise window, one piece a cycle, up to two steps ahead of the position walk.
// After the last step it starts again with the first.
module lilong_steps #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   clr_i,
    input  logic                   restart_i,  // new instruction; work_i is valid from the next cycle
    input  lilong_path_pkg::work_t work_i,
    output logic                   step_valid_o,
    output lilong_path_pkg::step_t step_o,
    input  logic                   step_pop_i
);
  localparam logic [6:0] Full = 7'(Depth);
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

  logic active_q, fresh_q, closed_q, step_ready;
  logic [15:0] count_q;  // number of the step that is being built
  logic [1:0] piece_q;   // number of the piece
  logic [6:0] fill_q;    // bytes in the step so far
  kernel_t kernel_q, now, nxt;
  lilong_path_pkg::step_t build_q;
  lilong_path_pkg::piece_t piece;
  logic move, go, close, wrap;
  logic [6:0] room, take;
  logic [7:0] tap_cols, cols_now;
  logic [1:0] tap_rows;
  logic [27:0] col_next, group_bytes;

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

  always_comb begin
    // shape of a depthwise pass
    tap_rows    = 2'd1;
    tap_cols    = Cols1;
    group_bytes = times(work_i.dilation_x, Depth);
    if (work_i.kernel_cols <= Cols3) begin
      tap_rows    = 2'd3;
      tap_cols    = Cols3;
      group_bytes = times(work_i.dilation_x, Depth / 3);
    end else if (work_i.kernel_cols <= Cols2) begin
      tap_rows    = 2'd2;
      tap_cols    = Cols2;
      group_bytes = times(work_i.dilation_x, Depth / 2);
    end

    now = kernel_q;
    if (fresh_q) begin
      now.done  = work_i.kernel_rows == '0 || work_i.kernel_cols == '0;
      now.rows  = work_i.kernel_rows;
      now.rows0 = work_i.kernel_rows;
      now.cols  = work_i.kernel_cols;
      now.bytes = work_i.run;
    end

    nxt        = now;
    room       = Full - fill_q;
    take       = '0;
    close      = 1'b0;
    cols_now   = now.cols > tap_cols ? tap_cols : now.cols;
    col_next   = far(now.col + 28'(work_i.dilation_x));
    piece.iy   = now.iy;
    piece.x    = now.x;
    piece.addr = now.addr;
    piece.dst  = fill_q;
    if (!work_i.depthwise) begin
      if (!now.done) begin
        take = now.bytes > 16'(room) ? room : now.bytes[6:0];
        if (now.bytes > 16'(room)) begin
          nxt.bytes = now.bytes - 16'(room);
          nxt.x     = now.x + 28'(room);
        end else begin
          nxt.bytes = work_i.run;
          if (now.cols == 8'd1) begin
            nxt.cols = work_i.kernel_cols;
            nxt.col  = '0;
            nxt.x    = '0;
            nxt.iy   = now.iy + 17'(work_i.dilation_y);
            nxt.addr = now.addr + work_i.row_dilation;
            nxt.rows = now.rows - 8'd1;
            nxt.done = now.rows == 8'd1;
          end else begin
            nxt.cols = now.cols - 8'd1;
            nxt.col  = col_next;
            nxt.x    = col_next;
          end
        end
      end
      close = take == room || piece_q == 2'd2 || nxt.done;
    end else begin
      take     = (now.done || now.rows == '0) ? 7'd0 : 7'(Lanes);
      close    = piece_q == tap_rows - 2'd1;
      nxt.iy   = now.iy + 17'(work_i.dilation_y);
      nxt.addr = now.addr + work_i.row_dilation;
      nxt.rows = now.rows == '0 ? 8'd0 : now.rows - 8'd1;
      piece.dst = '0;
      if (close) begin
        if (now.cols > tap_cols) begin
          nxt.cols = now.cols - tap_cols;
          nxt.k0   = now.k0 + tap_cols;
          nxt.x    = far(now.x + group_bytes);
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
          nxt.done  = now.done || nxt.rows == '0;
        end
      end
    end
    piece.n = take;
    wrap    = close && count_q == work_i.steps - 16'd1;
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
      .data_i(build_q),
      .valid_o(step_valid_o),
      .ready_i(step_pop_i),
      .data_o(step_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      fresh_q  <= 1'b0;
      closed_q <= 1'b0;
      count_q  <= '0;
      piece_q  <= '0;
      fill_q   <= '0;
    end else if (clr_i) begin
      active_q <= 1'b0;
      closed_q <= 1'b0;
    end else if (restart_i) begin
      active_q <= 1'b1;
      fresh_q  <= 1'b1;
      closed_q <= 1'b0;
      count_q  <= '0;
      piece_q  <= '0;
      fill_q   <= '0;
    end else begin
      if (move) closed_q <= 1'b0;
      if (go) begin
        fresh_q  <= wrap;
        closed_q <= close;
        piece_q  <= close ? 2'd0 : piece_q + 2'd1;
        fill_q   <= close ? 7'd0 : fill_q + take;
        if (close) count_q <= wrap ? 16'd0 : count_q + 16'd1;
      end
    end
  end

  // At the begin of the kernel everything is zero, but for what comes from the instruction.
  always_ff @(posedge clk_i) begin
    if (restart_i || (go && wrap)) kernel_q <= '0;
    else if (go) kernel_q <= nxt;
  end

  always_ff @(posedge clk_i) begin
    if (go) begin
      if (piece_q == 2'd0) begin
        build_q       <= '0;
        build_q.k0    <= now.k0;
        build_q.cols  <= now.done ? 7'd0 : cols_now[6:0];
        build_q.rows  <= take != '0 ? 2'd1 : 2'd0;
        build_q.first <= count_q == '0;
        build_q.last  <= count_q == work_i.steps - 16'd1;
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
  assign unused = ^{work_i, cols_now[7]};
endmodule
