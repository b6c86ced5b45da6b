// SPDX-License-Identifier: Apache-2.0
// Program fetch: reads descriptors ahead, in order, from offset 0 of region 0.
//
//   run --> bursts of up to 256 bytes (4 descriptors, up to 4 in flight) --> AXI port
//   beats --> [1 KiB queue] --> shift register of one descriptor --> lilong_decode
//
// A burst is asked for only when the queue has room for it, so beats are always taken.  Whole
// descriptors inside the region are read, nothing else.  The descriptor that does not fit is
// delivered as desc_missing_o (program_range).  stop_i (END or trap decoded) ends the reading ahead.
// clr_i is low while a job runs; reading starts when it falls.
module lilong_fetch #(
    parameter int unsigned AxiBytes = 16,
    localparam int unsigned DataWidth = AxiBytes * 8
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 clr_i,
    input  logic                 stop_i,
    input  logic [33:0]          region_base_i,
    input  logic [25:0]          region_size_i,   // whole descriptors in the region
    input  logic                 region_read_i,
    output logic                 req_valid_o,
    input  logic                 req_ready_i,
    output logic [40:0]          req_addr_o,
    output logic [10:0]          req_bytes_o,
    output logic [31:0]          req_instr_o,
    input  logic                 r_valid_i,
    output logic                 r_ready_o,
    input  logic [DataWidth-1:0] r_data_i,
    output logic                 desc_valid_o,
    input  logic                 desc_ready_i,
    output logic                 desc_missing_o,
    output logic [511:0]         desc_o,
    output logic [25:0]          desc_number_o    // number of the instruction in the program
);
  localparam int unsigned QueueBytes = 1024;
  localparam int unsigned ChunkBytes = 256;
  localparam int unsigned Entries = QueueBytes / AxiBytes;
  localparam int unsigned ChunkBeats = ChunkBytes / AxiBytes;
  localparam int unsigned CountWidth = $clog2(Entries + 1);
  localparam int unsigned Beats = 64 / AxiBytes;  // of one descriptor
  localparam int unsigned BeatWidth = $clog2(Beats);

  // ---- requests; offsets count descriptors
  logic [25:0] total;       // whole descriptors in the region
  logic [25:0] next_q;      // next descriptor to ask for
  logic [34:0] addr_q;      // its address / 64
  logic [25:0] left_q;      // descriptors not asked for
  logic more_q;             // there are some
  logic [1:0] position_q;   // of next_q in its 256 bytes
  logic [2:0] chunk;        // descriptors up to the next multiple of 256 bytes
  logic [2:0] take;
  logic last;               // all that are left
  logic [CountWidth-1:0] owed_q;  // entries occupied or asked for
  logic [CountWidth-1:0] owed_more, owed_same;  // with a request, without
  logic room_q;             // for the entries of a request
  logic beat_pop;

  assign total       = region_read_i ? region_size_i : '0;
  assign chunk       = 3'd4 - 3'(position_q);
  assign last        = left_q[25:3] == '0 && left_q[2:0] <= chunk;
  assign take        = last ? left_q[2:0] : chunk;
  assign req_valid_o = !stop_i && more_q && room_q;
  assign req_addr_o  = {addr_q, 6'd0};
  assign req_bytes_o = {2'd0, take, 6'd0};
  assign req_instr_o = {6'd0, next_q};

  logic req_fire;
  assign req_fire  = req_valid_o && req_ready_i;
  assign owed_same = owed_q - CountWidth'(beat_pop);
  assign owed_more = owed_same + CountWidth'(32'(take) * Beats);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_q     <= '0;
      addr_q     <= '0;
      left_q     <= '0;
      more_q     <= 1'b0;
      position_q <= '0;
      owed_q     <= '0;
      room_q     <= 1'b1;
    end else if (clr_i) begin
      next_q     <= '0;
      addr_q     <= {1'b0, region_base_i};
      left_q     <= total;
      more_q     <= total != '0;
      position_q <= region_base_i[1:0];
      owed_q     <= '0;
      room_q     <= 1'b1;
    end else begin
      if (req_fire) begin
        next_q     <= next_q + 26'(take);
        addr_q     <= addr_q + 35'(take);
        left_q     <= left_q - 26'(take);
        more_q     <= !last;
        position_q <= '0;
      end
      owed_q <= req_fire ? owed_more : owed_same;
      room_q <= (req_fire ? owed_more : owed_same) <= CountWidth'(Entries - ChunkBeats);
    end
  end

  // ---- beats
  logic beat_valid;
  logic [DataWidth-1:0] beat_data;
  logic [CountWidth-1:0] count_unused;
  logic ready_unused;  // there is room for whatever was asked for
  assign r_ready_o = 1'b1;
  lilong_fifo #(
      .Width(DataWidth),
      .Depth(Entries)
  ) u_beats (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i(r_valid_i),
      .ready_o(ready_unused),
      .data_i(r_data_i),
      .valid_o(beat_valid),
      .ready_i(beat_pop),
      .data_o(beat_data),
      .count_o(count_unused)
  );

  // ---- one descriptor, first beat at the bottom
  logic full_q;
  logic [BeatWidth-1:0] beat_q;
  logic [511:0] desc_q;
  logic [25:0] number_q, rest_q;  // of this descriptor; descriptors from this one on
  logic missing_q;                // there are none

  assign desc_missing_o = missing_q;
  assign desc_valid_o   = !clr_i && (full_q || desc_missing_o);
  assign desc_o         = desc_q;
  assign desc_number_o  = number_q;
  assign beat_pop       = beat_valid && !full_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      full_q   <= 1'b0;
      beat_q   <= '0;
      desc_q   <= '0;
      number_q <= '0;
      rest_q    <= '0;
      missing_q <= 1'b0;
    end else if (clr_i) begin
      full_q   <= 1'b0;
      beat_q   <= '0;
      number_q <= '0;
      rest_q    <= total;
      missing_q <= total == '0;
    end else begin
      if (beat_pop) begin
        desc_q <= {beat_data, desc_q[511:DataWidth]};
        beat_q <= beat_q + 1'b1;
        full_q <= beat_q == BeatWidth'(Beats - 1);
      end
      if (desc_valid_o && desc_ready_i && !desc_missing_o) begin
        full_q    <= 1'b0;
        number_q  <= number_q + 26'd1;
        rest_q    <= rest_q - 26'd1;
        missing_q <= rest_q == 26'd1;
      end
    end
  end
endmodule
