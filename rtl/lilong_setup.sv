// SPDX-License-Identifier: Apache-2.0
// Decodes one conv, dwconv or pool descriptor and computes its products with small serial
// multipliers (8 cycles: one bit a cycle, two where a factor has 16 bits) and, for a padded depthwise window, one serial division
// (12 cycles).  Runs while the instruction before is still at work.
// Work and weight blocks are taken separately, so weights are prefetched early.
`include "lilong_assert.svh"

module lilong_setup #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16
) (
    input  logic                     clk_i,
    input  logic                     rst_ni,
    input  logic                     clr_i,
    input  logic                     cmd_valid_i,
    output logic                     cmd_ready_o,
    input  logic [511:0]             cmd_i,
    input  logic [3:0]               seq_i,
    output logic                     work_valid_o,
    input  logic                     work_ready_i,
    output lilong_path_pkg::work_t   work_o,
    output logic                     blocks_valid_o,
    input  logic                     blocks_ready_i,
    output lilong_path_pkg::blocks_t blocks_o,
    output logic                     idle_o
);
  localparam int unsigned WindowLanes = lilong_isa_pkg::window_lanes(Lanes, Depth);

  lilong_isa_pkg::conv_t conv;
  lilong_isa_pkg::pool_t pool;
  logic is_conv, is_pool, is_max;
  assign conv    = cmd_i;
  assign pool    = cmd_i;
  assign is_conv = conv.opcode == lilong_isa_pkg::OpcodeConv;
  assign is_pool = conv.opcode == lilong_isa_pkg::OpcodePool;
  assign is_max  = is_pool && pool.pool_op[0];

  logic run_q, work_valid_q, blocks_valid_q;
  logic [3:0] left_q;  // cycles of set-up left
  lilong_path_pkg::work_t work_q;
  lilong_path_pkg::blocks_t blocks_q;
  logic accept, finish;

  // free_q says the same as open: one for the handshake, one for the registers that follow the input.
  logic free_q, open;
  assign open           = !run_q && !work_valid_q && !blocks_valid_q;
  assign cmd_ready_o    = free_q;
  assign accept         = cmd_valid_i && free_q;
  assign finish         = run_q && left_q == 4'd0;
  assign work_valid_o   = work_valid_q;
  assign blocks_valid_o = blocks_valid_q;
  assign work_o         = work_q;
  assign blocks_o       = blocks_q;
  assign idle_o         = free_q;

  // ---- serial products, lowest bits of the multiplier first
  logic [23:0] pitch_q;                      // in_row_pitch, shifted
  logic [7:0] mul_stride_q, mul_pad_q, mul_dilation_q;
  logic [23:0] sum_stride_q, sum_pad_q, sum_dilation_q;
  logic [39:0] col_q, sum_col_q;             // pixel pitch shifted; stride_x * pixel pitch
  logic [15:0] mul_col_q;
  logic [31:0] width_q, sum_area_q;          // out_width shifted; out_width * out_height
  logic [15:0] mul_area_q;
  // ---- serial division pad_left / pixel pitch, two quotient bits a cycle
  logic [23:0] dividend_q, quotient_q, divisor_q;
  logic [24:0] rest_q, rest0, rest1, rest2;
  logic bit1, bit0;

  assign rest0 = {rest_q[23:0], dividend_q[23]};
  assign bit1  = rest0 >= {1'b0, divisor_q};
  assign rest1 = bit1 ? rest0 - {1'b0, divisor_q} : rest0;
  assign rest2 = {rest1[23:0], dividend_q[22]};
  assign bit0  = rest2 >= {1'b0, divisor_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pitch_q        <= '0;
      mul_stride_q   <= '0;
      mul_pad_q      <= '0;
      mul_dilation_q <= '0;
      sum_stride_q   <= '0;
      sum_pad_q      <= '0;
      sum_dilation_q <= '0;
      col_q          <= '0;
      sum_col_q      <= '0;
      mul_col_q      <= '0;
      width_q        <= '0;
      sum_area_q     <= '0;
      mul_area_q     <= '0;
      dividend_q     <= '0;
      quotient_q     <= '0;
      divisor_q      <= '0;
      rest_q         <= '0;
    end else if (open) begin
      // follows the input until an instruction is taken
      pitch_q        <= conv.in_row_pitch;
      mul_stride_q   <= conv.stride_y;
      mul_pad_q      <= conv.pad_top;
      mul_dilation_q <= conv.dilation_y;
      sum_stride_q   <= '0;
      sum_pad_q      <= '0;
      sum_dilation_q <= '0;
      col_q          <= {16'd0, conv.dilation_x};
      sum_col_q      <= '0;
      mul_col_q      <= conv.stride_x[15:0];
      width_q        <= {16'd0, conv.out_width};
      sum_area_q     <= '0;
      mul_area_q     <= conv.out_height;
      dividend_q     <= conv.pad_left;
      quotient_q     <= '0;
      divisor_q      <= conv.dilation_x;
      rest_q         <= '0;
    end else if (run_q) begin
      pitch_q        <= {pitch_q[22:0], 1'b0};
      mul_stride_q   <= mul_stride_q >> 1;
      mul_pad_q      <= mul_pad_q >> 1;
      mul_dilation_q <= mul_dilation_q >> 1;
      if (mul_stride_q[0]) sum_stride_q <= sum_stride_q + pitch_q;
      if (mul_pad_q[0]) sum_pad_q <= sum_pad_q + pitch_q;
      if (mul_dilation_q[0]) sum_dilation_q <= sum_dilation_q + pitch_q;
      col_q          <= {col_q[37:0], 2'b00};
      sum_col_q      <= sum_col_q + (mul_col_q[0] ? col_q : 40'd0)
                        + (mul_col_q[1] ? {col_q[38:0], 1'b0} : 40'd0);
      mul_col_q      <= mul_col_q >> 2;
      width_q        <= {width_q[29:0], 2'b00};
      sum_area_q     <= sum_area_q + (mul_area_q[0] ? width_q : 32'd0)
                        + (mul_area_q[1] ? {width_q[30:0], 1'b0} : 32'd0);
      mul_area_q     <= mul_area_q >> 2;
      if (left_q != 4'd0) begin
        dividend_q <= {dividend_q[21:0], 2'b00};
        quotient_q <= {quotient_q[21:0], bit1, bit0};
        rest_q     <= bit0 ? rest2 - {1'b0, divisor_q} : rest2;
      end
    end
  end

  // ---- results
  logic [24:0] left_cols;
  logic [23:0] left_x;
  logic [27:0] col_step;
  always_comb begin
    left_cols = {1'b0, quotient_q} + {24'd0, rest_q != '0};
    left_x    = rest_q == '0 ? 24'd0 : divisor_q - rest_q[23:0];
    if (work_q.pad_left == '0) begin
      left_cols = '0;
      left_x    = '0;
    end else if (divisor_q == '0) begin
      left_cols = '1;  // every column is left of the image
      left_x    = '0;
    end
    col_step = work_q.col_step;  // conv: stride_x is in bytes already
    if (work_q.depthwise) begin
      col_step = sum_col_q >= 40'h2000000 ? lilong_path_pkg::FarRight : sum_col_q[27:0];
    end
  end

  function automatic logic [15:0] whole(input logic [15:0] channels, input int unsigned lanes);
    whole = 16'(({1'b0, channels} + 17'(lanes - 1)) >> $clog2(lanes));
  endfunction

  logic [15:0] groups;
  assign groups = is_conv ? whole(conv.channels, Lanes) : whole(conv.channels, WindowLanes);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q          <= 1'b0;
      work_valid_q   <= 1'b0;
      blocks_valid_q <= 1'b0;
      left_q         <= '0;
      work_q         <= '0;
      blocks_q       <= '0;
    end else begin
      if (work_valid_q && work_ready_i) work_valid_q <= 1'b0;
      if (blocks_valid_q && blocks_ready_i) blocks_valid_q <= 1'b0;
      if (open) begin
        run_q               <= accept;
        left_q              <= (is_conv || conv.pad_left == '0) ? 4'd8 : 4'd12;
        work_q.fence        <= conv.fence[0];
        work_q.seq          <= seq_i;
        work_q.depthwise    <= !is_conv;
        work_q.pool         <= is_pool;
        work_q.max          <= is_max;
        work_q.pad          <= is_max ? 8'h80 : conv.pad_value;
        work_q.out_height   <= conv.out_height;
        work_q.out_width    <= conv.out_width;
        work_q.groups       <= groups;
        work_q.steps        <= is_pool ? {8'd0, pool.steps} : conv.steps;
        work_q.stripe       <= conv.stripe;
        work_q.in_height    <= conv.in_height;
        work_q.row_bytes    <= conv.in_row_bytes;
        work_q.stride_y     <= conv.stride_y;
        work_q.stride_x     <= conv.stride_x[15:0];
        work_q.kernel_rows  <= conv.kernel_rows;
        work_q.kernel_cols  <= conv.kernel_cols;
        work_q.dilation_y   <= conv.dilation_y;
        work_q.dilation_x   <= conv.dilation_x;
        work_q.run          <= conv.run;
        work_q.pad_top      <= conv.pad_top;
        work_q.pad_left     <= conv.pad_left;
        work_q.row0         <= conv.in_addr;
        work_q.col_step     <= {4'd0, conv.stride_x};
        blocks_q.addr       <= conv.weights_addr;
        blocks_q.groups     <= groups;
        blocks_q.window     <= !is_conv;
        blocks_q.steps      <= conv.steps;
        blocks_q.stripe     <= conv.stripe;
      end else if (finish) begin
        run_q               <= 1'b0;
        work_valid_q        <= 1'b1;
        blocks_valid_q      <= !work_q.pool;
        work_q.row0         <= work_q.row0 - sum_pad_q;
        work_q.row_step     <= sum_stride_q;
        work_q.row_dilation <= sum_dilation_q;
        work_q.col_step     <= col_step;
        work_q.left_cols    <= left_cols;
        work_q.left_x       <= left_x;
        blocks_q.positions  <= sum_area_q;
      end else if (run_q) begin
        left_q <= left_q - 4'd1;
      end
      if (clr_i) begin
        run_q          <= 1'b0;
        work_valid_q   <= 1'b0;
        blocks_valid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) free_q <= 1'b1;
    else if (clr_i) free_q <= 1'b1;
    else if (open) free_q <= !accept;
    else free_q <= !run_q && (!work_valid_q || work_ready_i) && (!blocks_valid_q || blocks_ready_i);
  end

  `LILONG_ASSERT(FreeIsOpen, free_q == open)

  // Fields that belong to the output path.
  logic unused;
  assign unused = ^{conv, pool, rest1};
endmodule
