// SPDX-License-Identifier: Apache-2.0
// Bytes of the line to whole frames: takes the stuffing away, checks the CRC and keeps header and
// payload of good frames in a ring.  A frame shows at the output only after its CRC was right;
// everything else leaves no trace but bad_o.
//
// The oldest frame is at the output (frame_valid_o, frame_bytes_o) until frame_pop_i; its bytes are
// read with rd_en_i and rd_index_i, counted from its first, one cycle later.
module lilong_link_rx #(
    parameter int unsigned ClockHz = 60_000_000,
    localparam int unsigned RingWidth = $clog2(lilong_link_pkg::BufferBytes)
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        byte_valid_i,
    input  logic        byte_error_i,
    input  logic [7:0]  byte_i,
    output logic        frame_valid_o,
    output logic [10:0] frame_bytes_o,
    input  logic        frame_pop_i,
    input  logic        rd_en_i,
    input  logic [10:0] rd_index_i,
    output logic [7:0]  rd_data_o,
    output logic        good_o,
    output logic        bad_o
);
  localparam int unsigned MinBytes = lilong_link_pkg::HeaderBytes + lilong_link_pkg::CrcBytes;
  localparam int unsigned MaxBytes = MinBytes + lilong_link_pkg::MaxPayload;
  localparam int unsigned Timeout = (ClockHz / 1000) * lilong_link_pkg::FrameTimeoutMs;
  localparam int unsigned TimerWidth = $clog2(Timeout + 1);
  localparam int unsigned Frames = 2 * lilong_link_pkg::Window;

  // ---- the frame that is being received
  logic inside_q, escaped_q, broken_q;
  logic [10:0] count_q;
  logic [TimerWidth-1:0] timer_q;
  logic [RingWidth:0] first_q, next_q, base_q;  // of the frame, next byte, first byte not yet freed
  logic is_flag, is_escape, escape_ok, begun, take, full, expired, good, bad, residue, room;
  logic [7:0] data;
  logic [31:0] unused_crc;
  logic [$clog2(Frames+1)-1:0] unused_count;
  assign is_flag   = byte_i == lilong_link_pkg::Flag;
  assign is_escape = byte_i == lilong_link_pkg::Escape;
  assign data      = escaped_q ? byte_i ^ lilong_link_pkg::EscapeXor : byte_i;
  assign escape_ok = (data == lilong_link_pkg::Flag) || (data == lilong_link_pkg::Escape);
  assign begun     = (count_q != '0) || escaped_q || broken_q;
  assign full      = ((next_q - base_q) == (RingWidth + 1)'(lilong_link_pkg::BufferBytes)) ||
                     (count_q == 11'(MaxBytes));
  assign take      = byte_valid_i && inside_q && !broken_q && !is_flag && !full &&
                     (escaped_q ? escape_ok : !is_escape);
  assign expired   = timer_q == TimerWidth'(Timeout);
  assign good      = byte_valid_i && is_flag && inside_q && !broken_q && !escaped_q && residue &&
                     (count_q >= 11'(MinBytes)) && room;
  assign bad       = inside_q && begun && ((byte_valid_i && is_flag && !good) || expired);

  lilong_crc32 u_crc (
      .clk_i,
      .rst_ni,
      .clr_i(byte_valid_i && is_flag),
      .valid_i(take),
      .data_i(data),
      .crc_o(unused_crc),
      .residue_o(residue)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q  <= 1'b0;
      escaped_q <= 1'b0;
      broken_q  <= 1'b0;
      count_q   <= '0;
      timer_q   <= '0;
      first_q   <= '0;
      next_q    <= '0;
    end else begin
      timer_q <= (byte_valid_i || byte_error_i || !begun) ? '0 : timer_q + 1'b1;
      if (byte_valid_i && is_flag) begin
        inside_q  <= 1'b1;
        escaped_q <= 1'b0;
        broken_q  <= 1'b0;
        count_q   <= '0;
        first_q   <= good ? next_q - (RingWidth + 1)'(lilong_link_pkg::CrcBytes) : first_q;
        next_q    <= good ? next_q - (RingWidth + 1)'(lilong_link_pkg::CrcBytes) : first_q;
      end else if (expired) begin
        inside_q  <= 1'b0;
        escaped_q <= 1'b0;
        broken_q  <= 1'b0;
        count_q   <= '0;
        next_q    <= first_q;
      end else if (byte_error_i) begin
        broken_q <= inside_q;
      end else if (byte_valid_i && inside_q && !broken_q) begin
        escaped_q <= !escaped_q && is_escape;
        if (take) begin
          count_q <= count_q + 1'b1;
          next_q  <= next_q + 1'b1;
        end else if (escaped_q || !is_escape) begin
          broken_q <= 1'b1;  // too long, no room, or a wrong escape
        end
      end
    end
  end

  // ---- whole frames
  lilong_fifo #(
      .Width(11),
      .Depth(Frames)
  ) u_frames (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(good),
      .ready_o(room),
      .data_i(count_q - 11'(lilong_link_pkg::CrcBytes)),
      .valid_o(frame_valid_o),
      .ready_i(frame_pop_i),
      .data_o(frame_bytes_o),
      .count_o(unused_count)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) base_q <= '0;
    else if (frame_valid_o && frame_pop_i) base_q <= base_q + (RingWidth + 1)'(frame_bytes_o);
  end

  lilong_byte_ram #(
      .Bytes(lilong_link_pkg::BufferBytes)
  ) u_ring (
      .clk_i,
      .rd_en_i,
      .rd_addr_i(base_q[RingWidth-1:0] + RingWidth'(rd_index_i)),
      .rd_data_o,
      .wr_en_i(take),
      .wr_addr_i(next_q[RingWidth-1:0]),
      .wr_data_i(data)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      good_o <= 1'b0;
      bad_o  <= 1'b0;
    end else begin
      good_o <= good;
      bad_o  <= bad;
    end
  end
endmodule
