// SPDX-License-Identifier: Apache-2.0
// STORE engine: scratchpad to memory.
//
//   cmd -+-> [command queue] --> lilong_rows (source) --> read port --> [vector queue] --> align
//        |                                                                                  |
//        |                                                                    register --> lilong_repack
//        +-> lilong_bursts --> write requests to the AXI port                               |
//                 | first byte, bytes of every burst                                        v
//                 +-> [burst queue] -----------------------------> bytes of each word --> shift --> W
//                 +-> [response queue]: one entry per burst; the last one of an instruction completes it
//
// Up to WRITE_OUTSTANDING bursts are in flight.  The AXI port makes the strobes.  An instruction
// without bytes passes through the response queue, so done_o comes in order.
`include "lilong_assert.svh"

module lilong_store #(
    parameter int unsigned AxiBytes = 16,
    parameter int unsigned Depth = 16,
    parameter int unsigned ScratchpadBytes = 524288,
    localparam int unsigned DataWidth = AxiBytes * 8,
    localparam int unsigned AW = $clog2(ScratchpadBytes / Depth)
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 clr_i,
    input  logic                 cmd_valid_i,     // only when ready
    output logic                 cmd_ready_o,
    input  logic [319:0]         cmd_i,
    input  logic                 cmd_empty_i,
    input  logic [31:0]          cmd_instr_i,
    output logic                 done_o,
    output logic [2:0]           window_index_o,  // region of the command, and its window
    input  logic [33:0]          window_base_i,
    output logic                 req_valid_o,
    input  logic                 req_ready_i,
    output logic [40:0]          req_addr_o,
    output logic [10:0]          req_bytes_o,
    output logic [2:0]           req_region_o,
    output logic [31:0]          req_instr_o,
    output logic                 w_valid_o,
    input  logic                 w_ready_i,
    output logic [DataWidth-1:0] w_data_o,
    input  logic                 b_done_i,
    output logic                 rd_req_o,
    output logic [AW-1:0]        rd_addr_o,
    input  logic                 rd_gnt_i,
    input  logic                 rd_rvalid_i,
    input  logic [Depth*8-1:0]   rd_rdata_i,
    output logic                 stall_memory_o,
    output logic                 stall_bank_o,
    output logic                 burst_o,        // a burst is issued in this cycle
    output logic [10:0]          bytes_o         // its bytes
);
  localparam int unsigned ByteWidth = $clog2(AxiBytes);
  localparam int unsigned VectorWidth = $clog2(Depth);
  localparam int unsigned Vectors = 8;  // vectors in flight from the scratchpad

  // ---- fields (words 0 to 9 of the descriptor)
  logic [2:0] region;
  logic [31:0] mem_offset, mem_row_stride, mem_plane_stride;
  logic [20:0] sp_granule, sp_row_stride, sp_plane_stride;
  logic [23:0] row_bytes;
  logic [15:0] rows, planes;
  assign region           = cmd_i[34:32];
  assign window_index_o   = region;
  assign mem_offset       = cmd_i[64+:32];
  assign mem_row_stride   = cmd_i[96+:32];
  assign mem_plane_stride = cmd_i[128+:32];
  assign sp_granule       = cmd_i[163+:21];
  assign sp_row_stride    = cmd_i[195+:21];
  assign sp_plane_stride  = cmd_i[227+:21];
  assign row_bytes        = cmd_i[256+:24];
  assign rows             = cmd_i[288+:16];
  assign planes           = cmd_i[304+:16];

  // ---- memory side: bursts
  logic bursts_ready, rows_ready, order_ready, info_ready, cmd_fire;
  logic burst_valid, burst_fire, burst_last;

  // An instruction without bytes needs its place in the response queue at once.
  assign cmd_ready_o = bursts_ready && rows_ready && order_ready;
  assign cmd_fire    = cmd_valid_i;

  lilong_bursts u_bursts (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(cmd_fire && !cmd_empty_i),
      .ready_o(bursts_ready),
      .base_i(window_base_i),
      .region_i(region),
      .mem_offset_i(mem_offset),
      .row_stride_i(mem_row_stride),
      .plane_stride_i(mem_plane_stride),
      .row_bytes_i(row_bytes),
      .rows_i(rows),
      .planes_i(planes),
      .instr_i(cmd_instr_i),
      .valid_o(burst_valid),
      .ready_i(burst_fire),
      .addr_o(req_addr_o),
      .bytes_o(req_bytes_o),
      .region_o(req_region_o),
      .instr_o(req_instr_o),
      .last_o(burst_last)
  );
  assign req_valid_o = burst_valid && info_ready && order_ready;
  assign burst_fire  = req_valid_o && req_ready_i;
  assign burst_o     = burst_fire;
  assign bytes_o     = req_bytes_o;

  // ---- responses, in order: {instruction without bytes, last burst of its instruction}
  logic order_valid, order_pop, order_empty, order_last;
  logic [4:0] order_count_unused;
  logic [3:0] responses_q;  // responses that have come and wait for their turn
  lilong_fifo #(
      .Width(2),
      .Depth(16)
  ) u_order (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(burst_fire || (cmd_fire && cmd_empty_i)),
      .ready_o(order_ready),
      .data_i({!burst_fire, !burst_fire || burst_last}),
      .valid_o(order_valid),
      .ready_i(order_pop),
      .data_o({order_empty, order_last}),
      .count_o(order_count_unused)
  );
  assign order_pop = order_empty || (responses_q != '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_o      <= 1'b0;
      responses_q <= '0;
    end else if (clr_i) begin
      done_o      <= 1'b0;
      responses_q <= '0;
    end else begin
      done_o      <= order_valid && order_pop && order_last;
      responses_q <= responses_q + 4'(b_done_i) -
                     4'(order_valid && !order_empty && (responses_q != '0));
    end
  end

  // ---- source side: vectors of the rows
  localparam int unsigned RowsWidth = 3 * 21 + 24 + 2 * 16;
  logic queued_valid, queued_ready;
  logic [20:0] queued_granule, queued_row_stride, queued_plane_stride;
  logic [23:0] queued_row_bytes;
  logic [15:0] queued_rows, queued_planes;
  logic [2:0] queued_count_unused;
  lilong_fifo #(
      .Width(RowsWidth),
      .Depth(4)
  ) u_commands (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(cmd_fire && !cmd_empty_i),
      .ready_o(rows_ready),
      .data_i({sp_granule, sp_row_stride, sp_plane_stride, row_bytes, rows, planes}),
      .valid_o(queued_valid),
      .ready_i(queued_ready),
      .data_o({queued_granule, queued_row_stride, queued_plane_stride, queued_row_bytes, queued_rows,
               queued_planes}),
      .count_o(queued_count_unused)
  );

  logic walk_valid, walk_empty_unused, walk_last_unused, walk_advance, request_ready, owes_all;
  logic [20:0] granule;
  logic [VectorWidth-1:0] piece_first;
  logic [5:0] piece_count;
  logic [Depth-1:0] piece_mask_unused;
  lilong_rows #(
      .Bytes(Depth),
      .Aligned(1'b1)
  ) u_rows (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(queued_valid),
      .ready_o(queued_ready),
      .empty_i(1'b0),
      .granule_i(queued_granule),
      .row_stride_i(queued_row_stride),
      .plane_stride_i(queued_plane_stride),
      .row_bytes_i(queued_row_bytes),
      .rows_i(queued_rows),
      .planes_i(queued_planes),
      .valid_o(walk_valid),
      .empty_o(walk_empty_unused),
      .granule_o(granule),
      .count_o(piece_count),
      .mask_o(piece_mask_unused),
      .last_o(walk_last_unused),
      .advance_i(walk_advance)
  );
  assign walk_advance = walk_valid && request_ready && !owes_all;
  if (Depth > 8) begin : gen_first
    assign piece_first = {granule[VectorWidth-4:0], 3'd0};
  end else begin : gen_first_zero
    assign piece_first = '0;
  end

  // Requests: row and bank.  Whoever enters has a place in the vector queue, so that the request
  // comes from a register; the range of bytes goes ahead of the vector.
  logic request_valid;
  logic [3:0] owed_q;
  logic place_q;          // owed_q is below Vectors
  logic vector_pop;
  lilong_stream_reg #(
      .Width(AW)
  ) u_request (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(walk_advance),
      .ready_o(request_ready),
      .data_i({granule[VectorWidth+:AW-3], granule[VectorWidth-3+:3] + granule[VectorWidth+:3]}),
      .valid_o(request_valid),
      .ready_i(rd_gnt_i),
      .data_o(rd_addr_o)
  );
  assign owes_all = !place_q;
  assign rd_req_o = request_valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      owed_q  <= '0;
      place_q <= 1'b1;
    end else if (clr_i) begin
      owed_q  <= '0;
      place_q <= 1'b1;
    end else begin
      owed_q  <= owed_q + 4'(walk_advance) - 4'(vector_pop);
      place_q <= vector_pop || (walk_advance ? owed_q != 4'(Vectors - 1) : place_q);
    end
  end
  `LILONG_ASSERT(PlaceInRegister, place_q == (owed_q < 4'(Vectors)))

  logic range_valid_unused, range_ready_unused, data_valid, data_ready_unused;
  logic [VectorWidth-1:0] range_first;
  logic [5:0] range_count;
  logic [Depth*8-1:0] vector_data, word_in;
  logic [3:0] range_count_unused, data_count_unused;
  lilong_fifo #(
      .Width(VectorWidth + 6),
      .Depth(Vectors)
  ) u_ranges (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(walk_advance),
      .ready_o(range_ready_unused),
      .data_i({piece_first, piece_count}),
      .valid_o(range_valid_unused),
      .ready_i(vector_pop),
      .data_o({range_first, range_count}),
      .count_o(range_count_unused)
  );
  lilong_fifo #(
      .Width(Depth * 8),
      .Depth(Vectors)
  ) u_vectors (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(rd_rvalid_i),
      .ready_o(data_ready_unused),
      .data_i(rd_rdata_i),
      .valid_o(data_valid),
      .ready_i(vector_pop),
      .data_o(vector_data),
      .count_o(data_count_unused)
  );

  always_comb begin
    word_in = '0;
    if (data_valid) begin
      word_in = vector_data >> {range_first, 3'd0};
      for (int unsigned b = 0; b < Depth; b++) begin
        if (range_count[VectorWidth:0] <= (VectorWidth + 1)'(b)) word_in[b*8+:8] = '0;
      end
    end
  end

  logic align_ready, word_valid, word_ready;
  logic [5:0] word_count;
  logic [Depth*8-1:0] word_data;
  assign vector_pop = data_valid && align_ready;
  lilong_stream_reg #(
      .Width(Depth * 8 + 6)
  ) u_align (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(data_valid),
      .ready_o(align_ready),
      .data_i({range_count, word_in}),
      .valid_o(word_valid),
      .ready_i(word_ready),
      .data_o({word_count, word_data})
  );

  // ---- memory side: words of the bursts
  logic info_valid, info_pop, beat_valid, beat_fire;
  logic [ByteWidth-1:0] info_first, beat_offset;
  logic [10:0] info_bytes;
  logic [5:0] beat_count;
  logic [3:0] info_count_unused;
  lilong_fifo #(
      .Width(ByteWidth + 11),
      .Depth(lilong_isa_pkg::WriteOutstanding)
  ) u_info (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(burst_fire),
      .ready_o(info_ready),
      .data_i({req_addr_o[ByteWidth-1:0], req_bytes_o}),
      .valid_o(info_valid),
      .ready_i(info_pop),
      .data_o({info_first, info_bytes}),
      .count_o(info_count_unused)
  );
  lilong_beats #(
      .AxiBytes(AxiBytes)
  ) u_beats (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(info_valid),
      .ready_o(info_pop),
      .first_i(info_first),
      .bytes_i(info_bytes),
      .valid_o(beat_valid),
      .offset_o(beat_offset),
      .count_o(beat_count),
      .advance_i(beat_fire)
  );

  logic packed_valid, out_ready;
  logic [DataWidth-1:0] packed_data;
  lilong_repack #(
      .InBytes(Depth),
      .OutBytes(AxiBytes)
  ) u_repack (
      .clk_i,
      .rst_ni,
      .clr_i,
      .in_valid_i(word_valid),
      .in_ready_o(word_ready),
      .in_data_i(word_data),
      .in_count_i(word_count),
      .n_valid_i(beat_valid),
      .n_i(beat_count),
      .out_ready_i(out_ready),
      .out_valid_o(packed_valid),
      .out_data_o(packed_data)
  );
  assign beat_fire = packed_valid && out_ready;

  lilong_stream_reg #(
      .Width(DataWidth)
  ) u_out (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(packed_valid),
      .ready_o(out_ready),
      .data_i(packed_data << {beat_offset, 3'd0}),
      .valid_o(w_valid_o),
      .ready_i(w_ready_i),
      .data_o(w_data_o)
  );

  assign stall_memory_o = w_valid_o && !w_ready_i;
  assign stall_bank_o   = rd_req_o && !rd_gnt_i && !stall_memory_o;

  logic unused_fields;
  assign unused_fields = ^{cmd_i[31:0], cmd_i[63:35], cmd_i[162:160], cmd_i[191:184], cmd_i[194:192],
                           cmd_i[223:216], cmd_i[226:224], cmd_i[255:248], cmd_i[287:280]};
  if (AW + VectorWidth < 24) begin : gen_unused
    logic unused_granule;
    assign unused_granule = ^granule[20:AW+VectorWidth-3];
  end

  `LILONG_ASSERT(OnlyWhenReady, !cmd_valid_i || cmd_ready_o)
  `LILONG_ASSERT(GranuleInside, !walk_valid || (32'(granule) < 32'(ScratchpadBytes / 8)))
  `LILONG_ASSERT(VectorHasPlace, !(rd_rvalid_i && !data_ready_unused))
  `LILONG_ASSERT(RangeBesideData, !data_valid || range_valid_unused)
endmodule
