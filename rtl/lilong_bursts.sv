// SPDX-License-Identifier: Apache-2.0
// Memory side of a DMA instruction: planes of rows in, bursts out.
//
//   Idle --cmd--> Multiply (rows * row_bytes) --> Merge --> Walk: one burst per cycle --> Idle
//                                                  |  ^
//                                                  v  |  planes contiguous too
//                                                 Planes (planes * plane bytes)
//
// Rows that follow each other without a gap are merged into one segment, and planes of such rows too;
// a segment is cut only at multiples of BURST_BYTES.  A single row per plane is treated as one plane
// of rows.  The instruction is not empty and its footprint was checked: offsets stay below 2^32.
`include "lilong_assert.svh"

module lilong_bursts (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        clr_i,
    input  logic        valid_i,
    output logic        ready_o,
    input  logic [33:0] base_i,          // region base / 64
    input  logic [2:0]  region_i,
    input  logic [31:0] mem_offset_i,
    input  logic [31:0] row_stride_i,
    input  logic [31:0] plane_stride_i,
    input  logic [23:0] row_bytes_i,
    input  logic [15:0] rows_i,
    input  logic [15:0] planes_i,
    input  logic [31:0] instr_i,
    output logic        valid_o,
    input  logic        ready_i,
    output logic [40:0] addr_o,
    output logic [10:0] bytes_o,
    output logic [2:0]  region_o,
    output logic [31:0] instr_o,
    output logic        last_o           // last burst of the instruction
);
  localparam int unsigned BurstShift = $clog2(lilong_isa_pkg::BurstBytes);

  typedef enum logic [2:0] {
    StIdle,
    StMultiply,
    StMerge,
    StPlanes,
    StPlanesDone,
    StWalk
  } state_e;

  state_e state_q;
  logic [40:0] addr_q, row_addr_q, plane_addr_q;
  logic [31:0] left_q, segment_q, row_stride_q, plane_stride_q, instr_q;
  logic [15:0] rows_q, planes_q, row_count_q, plane_count_q;
  logic [2:0] region_q;
  logic [15:0] factor_q;
  logic [47:0] product_q;

  logic rows_merge, planes_merge;
  assign rows_merge   = (rows_q == 16'd1) || (row_stride_q == segment_q);
  assign planes_merge = rows_merge && (planes_q != 16'd1) && (48'(plane_stride_q) == product_q);

  logic [10:0] to_boundary;
  logic segment_end_q;   // the burst is the last of its segment
  logic row_end_q;       // the row is the last of its plane
  assign to_boundary = 11'(lilong_isa_pkg::BurstBytes) - 11'(addr_q[BurstShift-1:0]);

  assign ready_o  = state_q == StIdle;
  assign valid_o  = state_q == StWalk;
  assign addr_o   = addr_q;
  assign bytes_o  = segment_end_q ? left_q[10:0] : to_boundary;
  assign region_o = region_q;
  assign instr_o  = instr_q;
  assign last_o   = segment_end_q && row_end_q && (plane_count_q == 16'd1);

  // Does a segment end within the burst that starts at its first byte?
  function automatic logic ends(input logic [31:0] bytes, input logic [BurstShift-1:0] first);
    ends = bytes[31:BurstShift+1] == '0 &&
           bytes[BurstShift:0] <= (BurstShift+1)'(lilong_isa_pkg::BurstBytes) - {1'b0, first};
  endfunction

  // Behind the last row of a plane the next plane, else the next row.
  logic [40:0] next_addr;
  assign next_addr = (row_end_q ? plane_addr_q : row_addr_q) +
                     41'(row_end_q ? plane_stride_q : row_stride_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= StIdle;
      addr_q         <= '0;
      row_addr_q     <= '0;
      plane_addr_q   <= '0;
      left_q         <= '0;
      segment_q      <= '0;
      row_stride_q   <= '0;
      plane_stride_q <= '0;
      instr_q        <= '0;
      rows_q         <= '0;
      planes_q       <= '0;
      row_count_q    <= '0;
      plane_count_q  <= '0;
      region_q       <= '0;
      factor_q       <= '0;
      product_q      <= '0;
      segment_end_q  <= 1'b0;
      row_end_q      <= 1'b0;
    end else begin
      unique case (state_q)
        StIdle: begin
          // Follows the input until an instruction is there.
          if (valid_i) state_q <= StMultiply;
          addr_q         <= {1'b0, base_i, 6'd0} + 41'(mem_offset_i);
          segment_q      <= 32'(row_bytes_i);
          region_q       <= region_i;
          instr_q        <= instr_i;
          plane_stride_q <= plane_stride_i;
          if (rows_i == 16'd1) begin
            row_stride_q <= plane_stride_i;
            rows_q       <= planes_i;
            planes_q     <= 16'd1;
            factor_q     <= planes_i;
          end else begin
            row_stride_q <= row_stride_i;
            rows_q       <= rows_i;
            planes_q     <= planes_i;
            factor_q     <= rows_i;
          end
        end
        StMultiply: begin
          product_q    <= 48'(factor_q) * 48'(segment_q);
          row_addr_q   <= addr_q;
          plane_addr_q <= addr_q;
          state_q      <= StMerge;
        end
        StMerge: begin
          row_count_q   <= rows_q;
          plane_count_q <= planes_q;
          factor_q      <= planes_q;
          left_q        <= segment_q;
          segment_end_q <= ends(segment_q, addr_q[BurstShift-1:0]);
          row_end_q     <= rows_merge || rows_q == 16'd1;
          state_q       <= StWalk;
          if (rows_merge) begin
            segment_q   <= product_q[31:0];
            left_q      <= product_q[31:0];
            segment_end_q <= ends(product_q[31:0], addr_q[BurstShift-1:0]);
            rows_q      <= 16'd1;
            row_count_q <= 16'd1;
          end
          if (planes_merge) state_q <= StPlanes;
        end
        StPlanes: begin
          product_q <= 48'(factor_q) * 48'(segment_q);
          state_q   <= StPlanesDone;
        end
        StPlanesDone: begin
          left_q        <= product_q[31:0];
          segment_end_q <= ends(product_q[31:0], addr_q[BurstShift-1:0]);
          plane_count_q <= 16'd1;
          state_q       <= StWalk;
        end
        StWalk: begin
          if (ready_i) begin
            addr_q <= {addr_q[40:BurstShift] + 1'b1, BurstShift'(0)};
            left_q <= left_q - 32'(to_boundary);
            // the next burst starts at a multiple of BURST_BYTES
            segment_end_q <= left_q[31:12] == '0 &&
                             left_q[11:0] <= 12'(to_boundary) + 12'(lilong_isa_pkg::BurstBytes);
            if (segment_end_q) begin
              segment_end_q <= ends(segment_q, next_addr[BurstShift-1:0]);
              left_q     <= segment_q;
              addr_q     <= next_addr;
              row_addr_q <= next_addr;
              row_end_q <= row_end_q ? rows_q == 16'd1 : row_count_q == 16'd2;
              if (!row_end_q) begin
                row_count_q <= row_count_q - 16'd1;
              end else begin
                row_count_q   <= rows_q;
                plane_count_q <= plane_count_q - 16'd1;
                plane_addr_q  <= next_addr;
              end
            end
            if (last_o) state_q <= StIdle;
          end
        end
        default: state_q <= StIdle;
      endcase
      if (clr_i) begin
        state_q <= StIdle;
      end
    end
  end

  `LILONG_ASSERT(RowEnd, state_q != StWalk || row_end_q == (row_count_q == 16'd1))
  `LILONG_ASSERT(SegmentEnd, state_q != StWalk || segment_end_q == (left_q <= 32'(to_boundary)))
endmodule
