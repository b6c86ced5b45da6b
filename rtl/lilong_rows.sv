// SPDX-License-Identifier: Apache-2.0
// Scratchpad side of a DMA instruction: walks planes of rows in pieces.
//
//   cmd --> [Walk: address, bytes left in the row] --advance by step_i granules / take_i bytes--> next
//
// The user looks at granule_o and left_o, chooses how many bytes the piece takes, and advances; the
// piece that takes all bytes left leads to the next row, after the last row to the next plane.
// empty_o marks an instruction without bytes; it is left by one advance.
module lilong_rows (
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
    output logic [23:0] left_o,          // bytes left in the row, at least 1 unless empty
    output logic        last_row_o,      // the row is the last of the instruction
    input  logic        advance_i,
    input  logic        row_done_i,      // the piece takes all bytes left
    input  logic [5:0]  take_i,          // bytes of the piece otherwise
    input  logic [5:0]  step_i           // granules of the piece otherwise
);
  logic valid_q, empty_q;
  logic [20:0] granule_q, row_q, plane_q, row_stride_q, plane_stride_q;
  logic [23:0] left_q, row_bytes_q;
  logic [15:0] rows_q, row_count_q, plane_count_q;
  logic row_end;

  assign row_end    = row_count_q == 16'd1;
  assign ready_o    = !valid_q;
  assign valid_o    = valid_q;
  assign empty_o    = empty_q;
  assign granule_o  = granule_q;
  assign left_o     = left_q;
  assign last_row_o = empty_q || (row_end && (plane_count_q == 16'd1));

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
    end else if (clr_i) begin
      valid_q <= 1'b0;
    end else if (!valid_q) begin
      if (valid_i) begin
        valid_q        <= 1'b1;
        empty_q        <= empty_i;
        granule_q      <= granule_i;
        row_q          <= granule_i;
        plane_q        <= granule_i;
        row_stride_q   <= row_stride_i;
        plane_stride_q <= plane_stride_i;
        left_q         <= row_bytes_i;
        row_bytes_q    <= row_bytes_i;
        rows_q         <= rows_i;
        row_count_q    <= rows_i;
        plane_count_q  <= planes_i;
      end
    end else if (advance_i) begin
      if (!row_done_i && !empty_q) begin
        granule_q <= granule_q + 21'(step_i);
        left_q    <= left_q - 24'(take_i);
      end else if (last_row_o) begin
        valid_q <= 1'b0;
      end else begin
        left_q <= row_bytes_q;
        if (!row_end) begin
          row_count_q <= row_count_q - 16'd1;
          row_q       <= row_q + row_stride_q;
          granule_q   <= row_q + row_stride_q;
        end else begin
          row_count_q   <= rows_q;
          plane_count_q <= plane_count_q - 16'd1;
          plane_q       <= plane_q + plane_stride_q;
          row_q         <= plane_q + plane_stride_q;
          granule_q     <= plane_q + plane_stride_q;
        end
      end
    end
  end
endmodule
