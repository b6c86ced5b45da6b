// SPDX-License-Identifier: Apache-2.0
// AXI4 slave in front of a memory that does one beat after the other.
//
//   AR, AW -> queue -> one burst at a time -> beats to the memory, in order
//   W ------> queue ------------------------^        |
//   R <----- register <- queue <------- data, in the order of the beats
//   B <----- queue, as soon as the memory took the last beat
//
// Incrementing bursts of beats that are at most AxiBytes wide (narrow ones cost a beat each); every
// other burst kind and everything outside the memory is answered with DECERR and touches nothing.
// Reads and writes take turns; answers come in the order of the bursts of a direction.  The memory
// sees beats in one order, so a read that is accepted after a write was answered finds its data.
// The memory may take its time with a beat but never refuses read data: a read beat is issued only
// when there is room for its answer.
// MemoryBytes is a multiple of 4 KiB, which no AXI burst crosses.
`include "lilong_assert.svh"

module lilong_axi_slave #(
    parameter int unsigned AxiBytes = 8,
    parameter int unsigned IdWidth = 5,
    parameter int unsigned MemoryBytes = 65536,
    localparam int unsigned DataWidth = AxiBytes * 8,
    localparam int unsigned ByteWidth = $clog2(AxiBytes),
    localparam int unsigned BeatWidth = $clog2(MemoryBytes) - ByteWidth  // address of a beat
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    // AXI4
    input  logic                 axi_awvalid_i,
    output logic                 axi_awready_o,
    input  logic [IdWidth-1:0]   axi_awid_i,
    input  logic [39:0]          axi_awaddr_i,
    input  logic [7:0]           axi_awlen_i,
    input  logic [2:0]           axi_awsize_i,
    input  logic [1:0]           axi_awburst_i,
    input  logic                 axi_wvalid_i,
    output logic                 axi_wready_o,
    input  logic [DataWidth-1:0] axi_wdata_i,
    input  logic [AxiBytes-1:0]  axi_wstrb_i,
    output logic                 axi_bvalid_o,
    input  logic                 axi_bready_i,
    output logic [IdWidth-1:0]   axi_bid_o,
    output logic [1:0]           axi_bresp_o,
    input  logic                 axi_arvalid_i,
    output logic                 axi_arready_o,
    input  logic [IdWidth-1:0]   axi_arid_i,
    input  logic [39:0]          axi_araddr_i,
    input  logic [7:0]           axi_arlen_i,
    input  logic [2:0]           axi_arsize_i,
    input  logic [1:0]           axi_arburst_i,
    output logic                 axi_rvalid_o,
    input  logic                 axi_rready_i,
    output logic [IdWidth-1:0]   axi_rid_o,
    output logic [DataWidth-1:0] axi_rdata_o,
    output logic [1:0]           axi_rresp_o,
    output logic                 axi_rlast_o,
    // beats to the memory
    output logic                 beat_valid_o,
    input  logic                 beat_ready_i,
    output logic                 beat_write_o,
    output logic [BeatWidth-1:0] beat_addr_o,   // in units of AxiBytes
    output logic [DataWidth-1:0] beat_wdata_o,
    output logic [AxiBytes-1:0]  beat_wstrb_o,
    input  logic                 rsp_valid_i,   // data of the oldest read beat
    input  logic [DataWidth-1:0] rsp_data_i
);
  localparam int unsigned MemWidth = $clog2(MemoryBytes);
  localparam int unsigned AddressDepth = 4;
  localparam int unsigned DataDepth = 16;  // beats
  localparam logic [1:0] Okay = 2'b00;
  localparam logic [1:0] DecErr = 2'b11;

  // ---- queues of addresses and of write data
  localparam int unsigned RoomWidth = $clog2(DataDepth + 1);
  localparam int unsigned AddrWidth = IdWidth + 1 + MemWidth + 8 + 3;
  logic ar_valid, ar_pop, aw_valid, aw_pop, w_valid, w_pop;
  logic [AddrWidth-1:0] ar, aw;
  logic [$clog2(AddressDepth+1)-1:0] ar_count_unused, aw_count_unused, b_count_unused, i_count_unused;
  logic [RoomWidth-1:0] w_count_unused, r_count_unused;

  function automatic logic bad(input logic [39:0] address, input logic [1:0] kind,
                               input logic [2:0] size);
    bad = (address >= 40'(MemoryBytes)) || (kind != 2'b01) || (size > 3'(ByteWidth));
  endfunction

  lilong_fifo #(
      .Width(AddrWidth),
      .Depth(AddressDepth)
  ) u_ar (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(axi_arvalid_i),
      .ready_o(axi_arready_o),
      .data_i({axi_arid_i, bad(axi_araddr_i, axi_arburst_i, axi_arsize_i),
               axi_araddr_i[MemWidth-1:0], axi_arlen_i, axi_arsize_i}),
      .valid_o(ar_valid),
      .ready_i(ar_pop),
      .data_o(ar),
      .count_o(ar_count_unused)
  );
  lilong_fifo #(
      .Width(AddrWidth),
      .Depth(AddressDepth)
  ) u_aw (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(axi_awvalid_i),
      .ready_o(axi_awready_o),
      .data_i({axi_awid_i, bad(axi_awaddr_i, axi_awburst_i, axi_awsize_i),
               axi_awaddr_i[MemWidth-1:0], axi_awlen_i, axi_awsize_i}),
      .valid_o(aw_valid),
      .ready_i(aw_pop),
      .data_o(aw),
      .count_o(aw_count_unused)
  );
  lilong_fifo #(
      .Width(DataWidth + AxiBytes),
      .Depth(DataDepth)
  ) u_w (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(axi_wvalid_i),
      .ready_o(axi_wready_o),
      .data_i({axi_wdata_i, axi_wstrb_i}),
      .valid_o(w_valid),
      .ready_i(w_pop),
      .data_o({beat_wdata_o, beat_wstrb_o}),
      .count_o(w_count_unused)
  );

  // ---- the burst that runs
  logic busy_q, write_q, bad_q, last_was_write_q;
  logic [IdWidth-1:0] id_q;
  logic [MemWidth-1:0] addr_q;
  logic [7:0] left_q;  // beats after this one
  logic none_left_q;   // there is none, or the burst is nothing but its entry
  logic ar_bad;
  logic [7:0] ar_len, aw_len;
  logic [2:0] size_q;
  logic [RoomWidth-1:0] room_q;  // free entries of the R queue that no beat has claimed
  logic info_ready, b_ready, can_read, can_write, take_write, step, last;
  logic [MemWidth-1:0] increment;

  assign can_read   = ar_valid && info_ready;
  assign can_write  = aw_valid && w_valid && b_ready;
  assign take_write = can_write && !(can_read && last_was_write_q);
  assign ar_pop     = !busy_q && can_read && !take_write;
  assign aw_pop     = !busy_q && take_write;

  // A bad read burst is made of nothing but its entry in the info queue.
  assign beat_valid_o = busy_q && !bad_q && (write_q ? w_valid : (room_q != '0));
  assign beat_write_o = write_q;
  assign beat_addr_o  = addr_q[MemWidth-1:ByteWidth];
  assign step         = bad_q ? (busy_q && (!write_q || w_valid)) : (beat_valid_o && beat_ready_i);
  assign last         = none_left_q;
  assign w_pop        = step && write_q;
  assign increment    = MemWidth'(1) << size_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q           <= 1'b0;
      write_q          <= 1'b0;
      bad_q            <= 1'b0;
      last_was_write_q <= 1'b0;
      id_q             <= '0;
      addr_q           <= '0;
      left_q           <= '0;
      none_left_q      <= 1'b0;
      size_q           <= '0;
    end else if (!busy_q) begin
      // Follows the queues until a burst is taken, so that the choice of one holds up no register.
      if (ar_pop || aw_pop) begin
        busy_q           <= 1'b1;
        last_was_write_q <= take_write;
      end
      write_q <= take_write;
      {id_q, bad_q, addr_q, left_q, size_q} <= take_write ? aw : ar;
      none_left_q <= take_write ? (aw_len == 8'd0) : (ar_len == 8'd0) || ar_bad;
    end else if (step) begin
      busy_q <= !last;
      left_q <= left_q - 8'd1;
      none_left_q <= left_q == 8'd1;
      addr_q <= ((addr_q >> size_q) << size_q) + increment;
    end
  end

  // ---- write responses
  lilong_fifo #(
      .Width(IdWidth + 2),
      .Depth(AddressDepth)
  ) u_b (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(step && write_q && last),
      .ready_o(b_ready),
      .data_i({id_q, bad_q ? DecErr : Okay}),
      .valid_o(axi_bvalid_o),
      .ready_i(axi_bready_i),
      .data_o({axi_bid_o, axi_bresp_o}),
      .count_o(b_count_unused)
  );

  // ---- read data: what the memory gave, and what it belongs to
  logic data_valid, data_pop, data_ready, info_valid, info_pop, info_bad;
  logic [7:0] info_len, r_beat_q;
  logic [IdWidth-1:0] ar_id, info_id;
  logic [DataWidth-1:0] data;

  assign ar_id  = ar[AddrWidth-1-:IdWidth];
  assign ar_bad = ar[AddrWidth-1-IdWidth];
  assign ar_len = ar[10:3];
  assign aw_len = aw[10:3];

  lilong_fifo #(
      .Width(IdWidth + 1 + 8),
      .Depth(AddressDepth)
  ) u_info (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(ar_pop),
      .ready_o(info_ready),
      .data_i({ar_id, ar_bad, ar_len}),
      .valid_o(info_valid),
      .ready_i(info_pop),
      .data_o({info_id, info_bad, info_len}),
      .count_o(i_count_unused)
  );
  lilong_fifo #(
      .Width(DataWidth),
      .Depth(DataDepth)
  ) u_r (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(rsp_valid_i),
      .ready_o(data_ready),
      .data_i(rsp_data_i),
      .valid_o(data_valid),
      .ready_i(data_pop),
      .data_o(data),
      .count_o(r_count_unused)
  );

  // A register before the bus, so that a master that is far away moves no queue.
  logic r_valid, r_ready, r_last;
  lilong_stream_reg #(
      .Width(IdWidth + DataWidth + 2 + 1)
  ) u_answer (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(r_valid),
      .ready_o(r_ready),
      .data_i({info_id, data, info_bad ? DecErr : Okay, r_last}),
      .valid_o(axi_rvalid_o),
      .ready_i(axi_rready_i),
      .data_o({axi_rid_o, axi_rdata_o, axi_rresp_o, axi_rlast_o})
  );
  assign r_valid  = info_valid && (info_bad || data_valid);
  assign r_last   = r_beat_q == info_len;
  assign data_pop = r_ready && info_valid && !info_bad;
  assign info_pop = r_valid && r_ready && r_last;

  logic claim, free;
  assign claim = step && !write_q && !bad_q;
  assign free  = data_pop && data_valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      r_beat_q <= '0;
      room_q   <= RoomWidth'(DataDepth);
    end else begin
      if (r_valid && r_ready) r_beat_q <= r_last ? '0 : r_beat_q + 8'd1;
      if (free && !claim) room_q <= room_q + 1'b1;
      else if (claim && !free) room_q <= room_q - 1'b1;
    end
  end

  `LILONG_ASSERT_STATIC(WholePages, (MemoryBytes % 4096) == 0)
  `LILONG_ASSERT(RoomForReadData, !(rsp_valid_i && !data_ready))
  `LILONG_ASSERT(RoomForResponse, !(step && write_q && last && !b_ready))
endmodule
