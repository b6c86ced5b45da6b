// SPDX-License-Identifier: Apache-2.0
// LOAD engine: memory to scratchpad.
//
//   cmd -+-> lilong_bursts --> read requests to the AXI port (up to READ_OUTSTANDING in flight)
//        |        | first byte, bytes of every burst
//        |        v
//        |   [burst queue]   R beats --> align to byte 0 --> register --> lilong_repack
//        |                                                                 | pieces of the rows
//        +-> [command queue] --> lilong_rows (destination) ----------------+--> register --> scratchpad
//
// Bytes of all bursts form one stream; the destination side cuts it into row pieces of up to AxiBytes
// bytes that start at multiples of 8, and fills the last piece of a row with zeros to a multiple of 8.
// The next instruction may issue its bursts while this one is still writing.  done_o comes in order,
// the cycle after the last granule was written; an instruction without bytes passes the same way.
`include "lilong_assert.svh"

module lilong_load #(
    parameter int unsigned AxiBytes = 16,
    parameter int unsigned Depth = 16,
    parameter int unsigned ScratchpadBytes = 524288,
    localparam int unsigned DataWidth = AxiBytes * 8,
    localparam int unsigned GW = $clog2(ScratchpadBytes / 8)
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
    input  logic                 r_valid_i,
    output logic                 r_ready_o,
    input  logic [DataWidth-1:0] r_data_i,
    output logic [7:0]           wr_hot_o,        // banks of the request
    output logic                 wr_req_o,
    output logic [GW-1:0]        wr_addr_o,
    output logic [Depth*8-1:0]   wr_data_o,
    output logic [Depth/8-1:0]   wr_strobe_o,
    input  logic                 wr_gnt_i,
    output logic                 stall_memory_o,
    output logic                 stall_bank_o,
    output logic                 burst_o,         // a burst is asked for in this cycle
    output logic [10:0]          bytes_o          // its bytes
);
  localparam int unsigned ByteWidth = $clog2(AxiBytes);
  localparam int unsigned Granules = AxiBytes / 8;
  localparam int unsigned CountWidth = $clog2(AxiBytes + 1);  // bits of a number of bytes of a word

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

  // ---- memory side
  logic bursts_ready, burst_valid, burst_fire, burst_last_unused;
  logic info_ready, rows_ready, cmd_fire;

  assign cmd_ready_o = bursts_ready && rows_ready;
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
      .last_o(burst_last_unused)
  );
  assign req_valid_o = burst_valid && info_ready;
  assign burst_fire  = req_valid_o && req_ready_i;
  assign burst_o     = burst_fire;
  assign bytes_o     = req_bytes_o;

  // ---- beats: which bytes of the word belong to the burst
  logic info_valid, info_pop;
  logic beat_valid;
  logic [ByteWidth-1:0] info_first;
  logic [10:0] info_bytes;
  logic beat_fire;
  logic [ByteWidth-1:0] beat_offset;
  logic [5:0] beat_count;
  logic [DataWidth-1:0] beat_data;
  logic align_ready;
  logic [3:0] info_count_unused;

  lilong_fifo #(
      .Width(ByteWidth + 11),
      .Depth(lilong_isa_pkg::ReadOutstanding)
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
  assign r_ready_o = align_ready && beat_valid;
  assign beat_fire = r_valid_i && r_ready_o;

  // Bytes moved to the bottom, bytes behind the count cleared.
  always_comb begin
    beat_data = '0;
    if (beat_valid) begin
      beat_data = r_data_i >> {beat_offset, 3'd0};
      for (int unsigned b = 0; b < AxiBytes; b++) begin
        if (beat_count[CountWidth-1:0] <= CountWidth'(b)) beat_data[b*8+:8] = '0;
      end
    end
  end

  logic word_valid, word_ready;
  logic [5:0] word_count;
  logic [DataWidth-1:0] word_data;
  lilong_stream_reg #(
      .Width(DataWidth + 6)
  ) u_align (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(beat_fire),
      .ready_o(align_ready),
      .data_i({beat_count, beat_data}),
      .valid_o(word_valid),
      .ready_i(word_ready),
      .data_o({word_count, word_data})
  );

  // ---- destination side
  localparam int unsigned RowsWidth = 1 + 3 * 21 + 24 + 2 * 16;
  logic queued_valid, queued_ready, queued_empty;
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
      .valid_i(cmd_fire),
      .ready_o(rows_ready),
      .data_i({cmd_empty_i, sp_granule, sp_row_stride, sp_plane_stride, row_bytes, rows, planes}),
      .valid_o(queued_valid),
      .ready_i(queued_ready),
      .data_o({queued_empty, queued_granule, queued_row_stride, queued_plane_stride, queued_row_bytes,
               queued_rows, queued_planes}),
      .count_o(queued_count_unused)
  );

  logic walk_valid, walk_empty, walk_last, piece_fire, out_ready;
  logic [20:0] granule;
  logic [5:0] piece;
  logic [AxiBytes-1:0] piece_mask;
  lilong_rows #(
      .Bytes(AxiBytes)
  ) u_rows (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(queued_valid),
      .ready_o(queued_ready),
      .empty_i(queued_empty),
      .granule_i(queued_granule),
      .row_stride_i(queued_row_stride),
      .plane_stride_i(queued_plane_stride),
      .row_bytes_i(queued_row_bytes),
      .rows_i(queued_rows),
      .planes_i(queued_planes),
      .valid_o(walk_valid),
      .empty_o(walk_empty),
      .granule_o(granule),
      .count_o(piece),
      .mask_o(piece_mask),
      .last_o(walk_last),
      .advance_i(piece_fire)
  );

  logic packed_valid;
  logic [DataWidth-1:0] packed_data, piece_data;
  logic [Granules-1:0] piece_strobe;
  lilong_repack #(
      .InBytes(AxiBytes),
      .OutBytes(AxiBytes)
  ) u_repack (
      .clk_i,
      .rst_ni,
      .clr_i,
      .in_valid_i(word_valid),
      .in_ready_o(word_ready),
      .in_data_i(word_data),
      .in_count_i(word_count),
      .n_valid_i(walk_valid && !walk_empty),
      .n_i(piece),
      .out_ready_i(out_ready),
      .out_valid_o(packed_valid),
      .out_data_o(packed_data)
  );
  assign piece_fire = out_ready && walk_valid && (walk_empty || packed_valid);

  // Zeros behind the row, whole granules.
  always_comb begin
    piece_data   = '0;
    piece_strobe = '0;
    if (walk_valid && !walk_empty) begin
      piece_data = packed_data;
      for (int unsigned b = 0; b < AxiBytes; b++) begin
        if (!piece_mask[b]) piece_data[b*8+:8] = '0;
      end
      for (int unsigned g = 0; g < Granules; g++) piece_strobe[g] = piece_mask[g*8];
    end
  end

  // ---- write to the scratchpad
  localparam int unsigned OutWidth = 2 + 8 + GW + DataWidth + Granules;
  logic [7:0] hot;
  lilong_bank_hot #(
      .Depth(Depth),
      .GranuleWidth(21),
      .Granules(Granules)
  ) u_hot (
      .granule_i(granule),
      .strobe_i(piece_strobe),
      .hot_o(hot)
  );

  logic out_valid, out_pop, out_write, out_last;
  logic [DataWidth-1:0] out_data;
  logic [Granules-1:0] out_strobe;
  lilong_stream_reg #(
      .Width(OutWidth)
  ) u_out (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(piece_fire),
      .ready_o(out_ready),
      .data_i({!walk_empty, walk_last, hot, granule[GW-1:0], piece_data, piece_strobe}),
      .valid_o(out_valid),
      .ready_i(out_pop),
      .data_o({out_write, out_last, wr_hot_o, wr_addr_o, out_data, out_strobe})
  );
  assign wr_req_o    = out_valid && out_write;
  assign wr_data_o   = (Depth * 8)'(out_data);
  assign wr_strobe_o = (Depth / 8)'(out_strobe);
  assign out_pop     = !out_write || wr_gnt_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) done_o <= 1'b0;
    else if (clr_i) done_o <= 1'b0;
    else done_o <= out_valid && out_pop && out_last;
  end

  assign stall_bank_o   = wr_req_o && !wr_gnt_i;
  assign stall_memory_o = walk_valid && !walk_empty && !packed_valid && !stall_bank_o;

  logic unused_fields;
  assign unused_fields = ^{cmd_i[31:0], cmd_i[63:35], cmd_i[162:160], cmd_i[191:184], cmd_i[194:192],
                           cmd_i[223:216], cmd_i[226:224], cmd_i[255:248], cmd_i[287:280]};
  if (GW < 21) begin : gen_unused
    logic unused_granule;
    assign unused_granule = ^granule[20:GW];
  end

  `LILONG_ASSERT(OnlyWhenReady, !cmd_valid_i || cmd_ready_o)
  `LILONG_ASSERT(GranuleInside, !walk_valid || walk_empty || (32'(granule) < 32'(ScratchpadBytes / 8)))
endmodule
