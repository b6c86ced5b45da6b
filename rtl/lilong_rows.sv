// SPDX-License-Identifier: Apache-2.0
// Scratchpad side of a DMA instruction: walks planes of rows in pieces.
//
//   cmd --> [Walk: address, bytes of the piece, bytes left in the row] --advance--> next
//
// A piece has up to Bytes bytes; with Aligned it ends at a multiple of Bytes of the scratchpad.  The
// piece that takes all bytes left leads to the next row, after the last row to the next plane.
// empty_o marks an instruction without bytes; it is left by one advance.  Everything about a piece
// is in registers.
module lilong_rows #(
    parameter int unsigned Bytes = 16,
    parameter bit Aligned = 1'b0
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        clr_i,
    input  logic        valid_i,
    output logic        ready_o,
    input  logic        empty_i,
    input  logic [20:0] granule_i,       // addresses and strides in granules of 8 bytes
    input  logic [20:0] row_stride_i,
    input  logic [20:0] plane_stride_i,
    input  logic [23:0] row_bytes_i,
    input  logic [15:0] rows_i,
    input  logic [15:0] planes_i,
    output logic        valid_o,
    output logic        empty_o,
    output logic [20:0] granule_o,
    output logic [5:0]  count_o,         // bytes of the piece, at least 1 unless empty
    output logic [Bytes-1:0] mask_o,     // one bit for each
    output logic        last_o,          // the piece is the last of the instruction
    input  logic        advance_i
);
  localparam int unsigned Granules = Bytes / 8;
  logic valid_q, empty_q;
  logic [20:0] granule_q, row_q, plane_q, row_stride_q, plane_stride_q;
  logic [23:0] left_q, row_bytes_q;
  logic [15:0] rows_q, row_count_q, plane_count_q;
  logic [5:0] count_q, count_d;
  logic [Bytes-1:0] mask_q, mask_d;
  logic row_done_q, row_end, last_row, next_is_row, next_is_plane;

  // The next piece: its address and the bytes of the row from there on.
  logic [20:0] granule_d, next_row, next_plane;
  logic [23:0] left_d;
  logic [5:0] room;
  logic row_done_d;
  assign next_row   = row_q + row_stride_q;
  assign next_plane = plane_q + plane_stride_q;
  always_comb begin
    granule_d = granule_q + 21'(count_q[5:3]);
    left_d    = left_q - 24'(count_q);
    if (!valid_q) begin
      granule_d = granule_i;
      left_d    = row_bytes_i;
    end else if (row_done_q) begin
      granule_d = row_end ? next_plane : next_row;
      left_d    = row_bytes_q;
    end
  end
  if (Aligned && Granules > 1) begin : gen_aligned
    assign room = 6'(Bytes) - {granule_d[2:0] & 3'(Granules - 1), 3'd0};
  end else begin : gen_whole
    assign room = 6'(Bytes);
  end
  assign row_done_d = left_d <= 24'(room);
  assign count_d    = row_done_d ? left_d[5:0] : room;
  always_comb begin
    for (int unsigned b = 0; b < Bytes; b++) mask_d[b] = count_d > 6'(b);
  end

  assign row_end    = row_count_q == 16'd1;
  assign ready_o    = !valid_q;
  assign valid_o    = valid_q;
  assign empty_o    = empty_q;
  assign granule_o  = granule_q;
  assign count_o    = count_q;
  assign mask_o     = mask_q;
  assign last_row   = row_end && (plane_count_q == 16'd1);
  assign next_is_row   = row_done_q && !last_o;
  assign next_is_plane = row_done_q && !last_o && row_end;
  assign last_o     = empty_q || (row_done_q && last_row);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q        <= 1'b0;
      empty_q        <= 1'b0;
      granule_q      <= '0;
      row_q          <= '0;
      plane_q        <= '0;
      row_stride_q   <= '0;
      plane_stride_q <= '0;
      left_q         <= '0;
      row_bytes_q    <= '0;
      rows_q         <= '0;
      row_count_q    <= '0;
      plane_count_q  <= '0;
      count_q        <= '0;
      mask_q         <= '0;
      row_done_q     <= 1'b0;
    end else begin
      if (!valid_q) begin
        // Follows the input until an instruction is there.
        valid_q        <= valid_i;
        empty_q        <= empty_i;
        granule_q      <= granule_d;
        count_q        <= count_d;
        mask_q         <= mask_d;
        row_done_q     <= row_done_d;
        row_q          <= granule_i;
        plane_q        <= granule_i;
        row_stride_q   <= row_stride_i;
        plane_stride_q <= plane_stride_i;
        left_q         <= left_d;
        row_bytes_q    <= row_bytes_i;
        rows_q         <= rows_i;
        row_count_q    <= rows_i;
        plane_count_q  <= planes_i;
      end else begin
        // What happens next is known; when it happens is not before late in the cycle.
        if (advance_i) begin
          granule_q  <= granule_d;
          left_q     <= left_d;
          count_q    <= count_d;
          mask_q     <= mask_d;
          row_done_q <= row_done_d;
        end
        if (last_o && advance_i) valid_q <= 1'b0;
        if (next_is_row && advance_i) begin
          row_count_q <= row_end ? rows_q : row_count_q - 16'd1;
          row_q       <= row_end ? next_plane : next_row;
        end
        if (next_is_plane && advance_i) begin
          plane_count_q <= plane_count_q - 16'd1;
          plane_q       <= next_plane;
        end
      end
      if (clr_i) begin
        valid_q <= 1'b0;
      end
    end
  end
endmodule
