// SPDX-License-Identifier: Apache-2.0
//
// Walks an operand pixel by pixel, each pixel in groups of up to Lanes channels.
//
// Promises the byte address and length of every group, in raster order, each until ready_i; with
// scalar_i one byte per group, always the first of the pixel.  start_i loads a new walk.
module lilong_scan #(
  parameter int unsigned Lanes           = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned SW = $clog2(ScratchpadBytes),
  localparam int unsigned LW = $clog2(Lanes)
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          clr_i,
  input  logic          start_i,
  // fields of the instruction, stable until the walk has ended
  input  logic [SW-1:0] base_i,
  input  logic [SW-1:0] row_pitch_i,
  input  logic [SW-1:0] pix_pitch_i,
  input  logic [15:0]   height_i,
  input  logic [15:0]   width_i,
  input  logic [15:0]   channels_i,
  input  logic          scalar_i,
  output logic          valid_o,
  input  logic          ready_i,
  output logic [SW-1:0] addr_o,
  output logic [LW:0]   bytes_o
);
  logic          run_q;
  logic [15:0]   x_q, y_q, channels_q;     // left, the current one included
  logic [SW-1:0] row_q, pix_q, cur_q;
  logic [SW-1:0] next_row, next_pix;
  logic          last_group;

  assign last_group = channels_q <= 16'(Lanes);
  assign next_row   = row_q + row_pitch_i;
  assign next_pix   = pix_q + pix_pitch_i;
  assign valid_o    = run_q;
  assign addr_o     = scalar_i ? pix_q : cur_q;
  assign bytes_o    = scalar_i ? (LW+1)'(1) : (last_group ? (LW+1)'(channels_q) : (LW+1)'(Lanes));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
    end else if (clr_i) begin
      run_q <= 1'b0;
    end else if (start_i) begin
      run_q <= 1'b1;
    end else if (run_q && ready_i && last_group && x_q == 16'd1 && y_q == 16'd1) begin
      run_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      x_q        <= width_i;
      y_q        <= height_i;
      channels_q <= channels_i;
      row_q      <= base_i;
      pix_q      <= base_i;
      cur_q      <= base_i;
    end else if (run_q && ready_i) begin
      cur_q      <= cur_q + SW'(Lanes);
      channels_q <= channels_q - 16'(Lanes);
      if (last_group) begin
        channels_q <= channels_i;
        if (x_q != 16'd1) begin
          x_q   <= x_q - 16'd1;
          pix_q <= next_pix;
          cur_q <= next_pix;
        end else begin
          x_q   <= width_i;
          y_q   <= y_q - 16'd1;
          row_q <= next_row;
          pix_q <= next_row;
          cur_q <= next_row;
        end
      end
    end
  end
endmodule
