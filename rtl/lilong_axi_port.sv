// SPDX-License-Identifier: Apache-2.0
// The only path to the AXI4 master: no other module drives it.
//
//   fetch, load --> arbiter --> s1 --> s2 (window check) --> AR, ok       R --> skid --> fetch | load
//   store ------------------->  s1 --> s2 (window check) --> AW, ok       B --> register --> store
//   store data ---------------------> strobes, last ---------> W
//
// Every burst is checked against its window (region base, size, right) before it is emitted; a
// violating burst raises `window` and goes nowhere: the register of its address is not offered, and
// not left before the abort.  Strobes are made here from the checked byte
// addresses, so a write can touch no byte outside.  A read may fetch the rest of the bus words at the
// ends of its range (region bases are 64-byte aligned); the engines never see those bytes.
// Bursts are bus-aligned, at most BURST_BYTES long and never cross a multiple of it.
//
// ID = {0, engine, epoch}; the bursts of one engine are answered in order.
// abort_i (a level: no job is running): no new addresses; addresses already offered stay; owed write
// beats are supplied with strobes 0 whatever the engine does, read data is discarded.
// flip_i (soft reset gave up waiting): responses owed so far become those of the old epoch and are
// ignored when they come.  With one epoch bit only one old epoch is known: if responses are still owed
// at a second flip, they count as lost; should they come after all, they are errors, not data, as long
// as the running job has nothing in flight with their ID.
`include "lilong_assert.svh"

module lilong_axi_port #(
    parameter int unsigned AxiBytes = 16,
    localparam int unsigned DataWidth = AxiBytes * 8
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 abort_i,
    input  logic                 flip_i,
    output logic                 drained_o,
    // windows of the regions named (0 reads, 1 writes): base / 64, size in bytes, {write, read}
    output logic [2*3-1:0]       window_index_o,
    input  logic [2*34-1:0]      window_base_i,
    input  logic [2*32-1:0]      window_size_i,
    input  logic [2*2-1:0]       window_access_i,
    // read requests: 0 fetch, 1 load
    input  logic [1:0]           rd_req_valid_i,
    output logic [1:0]           rd_req_ready_o,
    input  logic [2*41-1:0]      rd_req_addr_i,
    input  logic [2*11-1:0]      rd_req_bytes_i,
    input  logic [2*3-1:0]       rd_req_region_i,
    input  logic [2*32-1:0]      rd_req_instr_i,
    output logic [1:0]           rd_valid_o,
    input  logic [1:0]           rd_ready_i,
    output logic [DataWidth-1:0] rd_data_o,
    // write requests, data and responses of store
    input  logic                 wr_req_valid_i,
    output logic                 wr_req_ready_o,
    input  logic [40:0]          wr_req_addr_i,
    input  logic [10:0]          wr_req_bytes_i,
    input  logic [2:0]           wr_req_region_i,
    input  logic [31:0]          wr_req_instr_i,
    input  logic                 wr_valid_i,
    output logic                 wr_ready_o,
    input  logic [DataWidth-1:0] wr_data_i,
    output logic                 wr_done_o,
    // traps
    output logic                 trap_valid_o,
    output logic [7:0]           trap_code_o,
    output logic [1:0]           trap_engine_o,
    output logic [31:0]          trap_instr_o,
    output logic [39:0]          trap_addr_o,
    // AXI4
    output logic                  axi_awvalid_o,
    input  logic                  axi_awready_i,
    output logic [3:0]            axi_awid_o,
    output logic [39:0]           axi_awaddr_o,
    output logic [7:0]            axi_awlen_o,
    output logic                  axi_wvalid_o,
    input  logic                  axi_wready_i,
    output logic [DataWidth-1:0]  axi_wdata_o,
    output logic [AxiBytes-1:0]   axi_wstrb_o,
    output logic                  axi_wlast_o,
    input  logic                  axi_bvalid_i,
    output logic                  axi_bready_o,
    input  logic [3:0]            axi_bid_i,
    input  logic [1:0]            axi_bresp_i,
    output logic                  axi_arvalid_o,
    input  logic                  axi_arready_i,
    output logic [3:0]            axi_arid_o,
    output logic [39:0]           axi_araddr_o,
    output logic [7:0]            axi_arlen_o,
    input  logic                  axi_rvalid_i,
    output logic                  axi_rready_o,
    input  logic [3:0]            axi_rid_i,
    input  logic [DataWidth-1:0]  axi_rdata_i,
    input  logic [1:0]            axi_rresp_i,
    input  logic                  axi_rlast_i
);
  localparam int unsigned ByteWidth = $clog2(AxiBytes);
  localparam int unsigned FetchOutstanding = 4;
  localparam int unsigned LoadOutstanding = lilong_isa_pkg::ReadOutstanding;
  localparam int unsigned StoreOutstanding = lilong_isa_pkg::WriteOutstanding;

  logic epoch_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) epoch_q <= 1'b0;
    else if (flip_i) epoch_q <= !epoch_q;
  end

  // ---- read requests: arbitration, then the common window check
  logic [1:0] rd_room, rd_gnt;
  logic rd_pick;  // 1: load
  logic ar_free, rd_stage_ready;
  logic rd_out_valid, rd_out_ok, rd_out_load;
  logic [39:0] rd_out_addr;
  logic [10:0] rd_out_bytes;
  logic [31:0] rd_out_instr;
  logic rd_s1_valid, rd_s1_tag;
  logic [3:0] load_count;
  logic [2:0] fetch_count;
  logic [3:0] load_owed_q;
  logic [2:0] fetch_owed_q;
  logic [1:0] ar_push, info_pop;   // a burst is offered for the first time; its last data came

  // Bursts of each engine in flight or on the way; bounded by the depth of the queues below.  An abort
  // leaves those that were offered.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      load_owed_q  <= '0;
      fetch_owed_q <= '0;
    end else if (flip_i) begin
      load_owed_q  <= '0;
      fetch_owed_q <= '0;
    end else if (abort_i) begin
      load_owed_q  <= load_count + 4'(ar_push[1]) - 4'(info_pop[1]);
      fetch_owed_q <= fetch_count + 3'(ar_push[0]) - 3'(info_pop[0]);
    end else begin
      load_owed_q  <= load_owed_q + 4'(rd_gnt[1] && rd_stage_ready) - 4'(info_pop[1]);
      fetch_owed_q <= fetch_owed_q + 3'(rd_gnt[0] && rd_stage_ready) - 3'(info_pop[0]);
    end
  end
  assign rd_room = {load_owed_q < 4'(LoadOutstanding), fetch_owed_q < 3'(FetchOutstanding)};

  lilong_arbiter #(
      .Ports(2)
  ) u_rd_arbiter (
      .req_i(rd_req_valid_i & rd_room),
      .gnt_o(rd_gnt)
  );
  assign rd_pick        = !rd_gnt[0];           // of no matter without a grant
  assign rd_req_ready_o = rd_gnt & {2{rd_stage_ready}};  // in an abort it is dropped

  lilong_window_check #(
      .Write(1'b0)
  ) u_rd_check (
      .clk_i,
      .rst_ni,
      .clr_i(abort_i),
      .window_index_o(window_index_o[0+:3]),
      .window_base_i(window_base_i[0+:34]),
      .window_size_i(window_size_i[0+:32]),
      .window_access_i(window_access_i[0+:2]),
      .valid_i(|rd_gnt),
      .ready_o(rd_stage_ready),
      .addr_i(rd_pick ? rd_req_addr_i[41+:41] : rd_req_addr_i[0+:41]),
      .bytes_i(rd_pick ? rd_req_bytes_i[11+:11] : rd_req_bytes_i[0+:11]),
      .region_i(rd_pick ? rd_req_region_i[3+:3] : rd_req_region_i[0+:3]),
      .instr_i(rd_pick ? rd_req_instr_i[32+:32] : rd_req_instr_i[0+:32]),
      .tag_i(rd_pick),
      .s1_valid_o(rd_s1_valid),
      .s1_tag_o(rd_s1_tag),
      .valid_o(rd_out_valid),
      .ok_o(rd_out_ok),
      .ready_i(ar_free),
      .addr_o(rd_out_addr),
      .bytes_o(rd_out_bytes),
      .instr_o(rd_out_instr),
      .tag_o(rd_out_load)
  );

  // Bus words of a burst, less one.
  function automatic logic [7:0] burst_len(input logic [ByteWidth-1:0] first,
                                           input logic [10:0] bytes);
    logic [11:0] last;
    last = 12'(first) + 12'(bytes) - 12'd1;
    burst_len = 8'(last >> ByteWidth);
  endfunction

  logic ar_full, ar_push_any, ar_bad, ar_load, ar_epoch;
  logic [39:0] ar_addr;
  logic [31:0] ar_instr;
  logic [7:0] ar_len;
  lilong_axi_offer #(
      .Width(2 + 40 + 32 + 8)
  ) u_ar (
      .clk_i,
      .rst_ni,
      .abort_i,
      .hold_i(1'b0),
      .valid_i(rd_out_valid),
      .ready_o(ar_free),
      .ok_i(rd_out_ok),
      .data_i({rd_out_load, epoch_q, rd_out_addr, rd_out_instr,
               burst_len(rd_out_addr[ByteWidth-1:0], rd_out_bytes)}),
      .full_o(ar_full),
      .offer_o(axi_arvalid_o),
      .push_o(ar_push_any),
      .bad_o(ar_bad),
      .ax_ready_i(axi_arready_i),
      .data_o({ar_load, ar_epoch, ar_addr, ar_instr, ar_len})
  );
  assign ar_push      = {2{ar_push_any}} & {ar_load, !ar_load};
  assign axi_arid_o   = {1'b0, 1'b0, ar_load, ar_epoch};
  assign axi_araddr_o = {ar_addr[39:ByteWidth], {ByteWidth{1'b0}}};
  assign axi_arlen_o  = ar_len;

  // ---- bursts in flight, one queue per reading engine: {instruction, address, beats - 1}
  localparam int unsigned InfoWidth = 32 + 40 + 8;
  logic [1:0] info_valid;
  logic [1:0][InfoWidth-1:0] info;
  logic [1:0] info_ready_unused;

  lilong_fifo #(
      .Width(InfoWidth),
      .Depth(FetchOutstanding)
  ) u_fetch_info (
      .clk_i,
      .rst_ni,
      .clr_i(flip_i),
      .valid_i(ar_push[0]),
      .ready_o(info_ready_unused[0]),
      .data_i({ar_instr, ar_addr, ar_len}),
      .valid_o(info_valid[0]),
      .ready_i(info_pop[0]),
      .data_o(info[0]),
      .count_o(fetch_count)
  );
  lilong_fifo #(
      .Width(InfoWidth),
      .Depth(LoadOutstanding)
  ) u_load_info (
      .clk_i,
      .rst_ni,
      .clr_i(flip_i),
      .valid_i(ar_push[1]),
      .ready_o(info_ready_unused[1]),
      .data_i({ar_instr, ar_addr, ar_len}),
      .valid_o(info_valid[1]),
      .ready_i(info_pop[1]),
      .data_o(info[1]),
      .count_o(load_count)
  );

  // ---- read data
  localparam int unsigned RWidth = 4 + 2 + 1 + DataWidth;
  logic r_valid, r_pop;
  logic [3:0] r_id;
  logic [1:0] r_resp;
  logic r_last;
  logic [DataWidth-1:0] r_data;

  lilong_stream_reg #(
      .Width(RWidth)
  ) u_r (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(axi_rvalid_i),
      .ready_o(axi_rready_o),
      .data_i({axi_rid_i, axi_rresp_i, axi_rlast_i, axi_rdata_i}),
      .valid_o(r_valid),
      .ready_i(r_pop),
      .data_o({r_id, r_resp, r_last, r_data})
  );

  logic [1:0][7:0] beat_q;
  logic [3:0] old_load_q;
  logic [2:0] old_fetch_q;
  logic [3:0] old_store_q;
  logic r_unit;        // 0 fetch, 1 load
  logic r_known, r_old_known;
  logic r_expect_last, r_bad, r_good;

  assign r_unit        = r_id[1];
  assign r_known       = (r_id[3:2] == 2'b00) && (r_id[0] == epoch_q) && info_valid[r_unit];
  assign r_old_known   = (r_id[3:2] == 2'b00) && (r_id[0] != epoch_q) &&
                         (r_unit ? (old_load_q != '0) : (old_fetch_q != '0));
  assign r_expect_last = beat_q[r_unit] == info[r_unit][7:0];
  assign r_bad         = r_known ? (r_resp[1] || (r_last != r_expect_last)) : !r_old_known;
  // A beat that is or is not the last against expectation traps, but its data goes on: the job ends
  // anyway, and the count of beats stays out of the handshake.  Nobody holds data in an abort.
  assign r_good        = r_valid && r_known && !r_resp[1];
  assign rd_valid_o    = {r_good && r_unit, r_good && !r_unit};
  assign rd_data_o     = r_data;
  assign r_pop         = abort_i || !r_good || rd_ready_i[r_unit];
  assign info_pop      = {2{r_valid && r_pop && r_known && r_last}} & {r_unit, !r_unit};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) beat_q <= '0;
    else if (flip_i) beat_q <= '0;
    else if (r_valid && r_pop && r_known) begin
      // A burst that is too long stays at its last beat until its end comes.
      if (r_last) beat_q[r_unit] <= '0;
      else if (!r_expect_last) beat_q[r_unit] <= beat_q[r_unit] + 8'd1;
    end
  end

  // ---- write requests
  logic aw_free, aw_push;
  logic wr_stage_ready, wr_out_valid, wr_out_ok, wr_s1_valid;
  logic [39:0] wr_out_addr;
  logic [10:0] wr_out_bytes;
  logic [31:0] wr_out_instr;
  logic wr_room, store_info_pop;
  logic [3:0] store_count, w_count, store_owed_q;
  logic wr_tag_unused, wr_s1_tag_unused;

  // As for reads.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) store_owed_q <= '0;
    else if (flip_i) store_owed_q <= '0;
    else if (abort_i) store_owed_q <= store_count + 4'(aw_push) - 4'(store_info_pop);
    else store_owed_q <= store_owed_q + 4'(wr_req_valid_i && wr_room && wr_stage_ready) -
                         4'(store_info_pop);
  end
  assign wr_room        = store_owed_q < 4'(StoreOutstanding);
  assign wr_req_ready_o = wr_stage_ready && wr_room;

  lilong_window_check #(
      .Write(1'b1)
  ) u_wr_check (
      .clk_i,
      .rst_ni,
      .clr_i(abort_i),
      .window_index_o(window_index_o[3+:3]),
      .window_base_i(window_base_i[34+:34]),
      .window_size_i(window_size_i[32+:32]),
      .window_access_i(window_access_i[2+:2]),
      .valid_i(wr_req_valid_i && wr_room),
      .ready_o(wr_stage_ready),
      .addr_i(wr_req_addr_i),
      .bytes_i(wr_req_bytes_i),
      .region_i(wr_req_region_i),
      .instr_i(wr_req_instr_i),
      .tag_i(1'b0),
      .s1_valid_o(wr_s1_valid),
      .s1_tag_o(wr_s1_tag_unused),
      .valid_o(wr_out_valid),
      .ok_o(wr_out_ok),
      .ready_i(aw_free),
      .addr_o(wr_out_addr),
      .bytes_o(wr_out_bytes),
      .instr_o(wr_out_instr),
      .tag_o(wr_tag_unused)
  );

  // A burst occupies the W queue until its data is sent and store_info until its response comes.
  // Old owed data may still occupy the W queue after a flip.
  logic aw_full, aw_bad, aw_epoch;
  logic [39:0] aw_addr;
  logic [31:0] aw_instr;
  logic [ByteWidth-1:0] aw_last_byte;
  logic [7:0] aw_len;
  logic [3:0] w_owed;   // with the burst that is offered for the first time
  lilong_axi_offer #(
      .Width(1 + 40 + 32 + ByteWidth + 8)
  ) u_aw (
      .clk_i,
      .rst_ni,
      .abort_i,
      .hold_i(w_owed == 4'(StoreOutstanding)),
      .valid_i(wr_out_valid),
      .ready_o(aw_free),
      .ok_i(wr_out_ok),
      .data_i({epoch_q, wr_out_addr, wr_out_instr,
               wr_out_addr[ByteWidth-1:0] + wr_out_bytes[ByteWidth-1:0] - ByteWidth'(1),
               burst_len(wr_out_addr[ByteWidth-1:0], wr_out_bytes)}),
      .full_o(aw_full),
      .offer_o(axi_awvalid_o),
      .push_o(aw_push),
      .bad_o(aw_bad),
      .ax_ready_i(axi_awready_i),
      .data_o({aw_epoch, aw_addr, aw_instr, aw_last_byte, aw_len})
  );
  assign w_owed       = w_count + 4'(aw_push);
  assign axi_awid_o   = {1'b0, lilong_isa_pkg::EngineStore, aw_epoch};
  assign axi_awaddr_o = {aw_addr[39:ByteWidth], {ByteWidth{1'b0}}};
  assign axi_awlen_o  = aw_len;

  // ---- write data: {first byte in the first word, last byte in the last word, beats - 1}
  localparam int unsigned WInfoWidth = 2 * ByteWidth + 8;
  logic w_info_valid, w_info_pop, w_info_ready_unused;
  logic [ByteWidth-1:0] w_first, w_last_byte;
  logic [7:0] w_len, w_beat_q;
  logic w_free, w_open, w_is_last, w_dead, w_take;
  logic [3:0] dead_q;
  logic [AxiBytes-1:0] w_strb;

  lilong_fifo #(
      .Width(WInfoWidth),
      .Depth(StoreOutstanding)
  ) u_w_info (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(aw_push),
      .ready_o(w_info_ready_unused),
      .data_i({aw_addr[ByteWidth-1:0], aw_last_byte, aw_len}),
      .valid_o(w_info_valid),
      .ready_i(w_info_pop),
      .data_o({w_first, w_last_byte, w_len}),
      .count_o(w_count)
  );

  // Data follows its address: the newest entry waits while its address is still offered.
  assign w_free     = !axi_wvalid_o || axi_wready_i;
  assign w_dead     = abort_i || (dead_q != '0);
  assign w_is_last  = w_beat_q == w_len;
  assign w_open     = w_info_valid && w_free && (w_count > 4'(axi_awvalid_o && !aw_push));
  assign w_take     = w_open && (w_dead || wr_valid_i);
  assign wr_ready_o = w_open && !w_dead;
  assign w_info_pop = w_take && w_is_last;

  always_comb begin
    w_strb = '1;
    if (w_beat_q == 8'd0) w_strb = w_strb & ({AxiBytes{1'b1}} << w_first);
    if (w_is_last) w_strb = w_strb & ({AxiBytes{1'b1}} >> (ByteWidth'(AxiBytes - 1) - w_last_byte));
    if (w_dead) w_strb = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      axi_wvalid_o <= 1'b0;
      axi_wdata_o  <= '0;
      axi_wstrb_o  <= '0;
      axi_wlast_o  <= 1'b0;
      w_beat_q     <= '0;
      dead_q       <= '0;
    end else begin
      if (w_free) begin
        axi_wvalid_o <= w_take;
        if (w_take) begin
          axi_wdata_o <= w_dead ? '0 : wr_data_i;
          axi_wstrb_o <= w_strb;
          axi_wlast_o <= w_is_last;
          w_beat_q    <= w_is_last ? '0 : w_beat_q + 8'd1;
        end
      end
      // Bursts that an abort found in the queue stay dead, whatever runs later.
      if (abort_i) dead_q <= w_owed - 4'(w_info_pop);
      else if (w_info_pop && (dead_q != '0)) dead_q <= dead_q - 4'd1;
    end
  end

  // ---- write responses
  logic store_info_valid, store_info_ready_unused;
  logic [31:0] store_instr;
  logic [39:0] store_addr;
  logic b_valid_q;
  logic [3:0] b_id_q;
  logic [1:0] b_resp_q;
  logic b_known, b_old_known, b_bad;

  lilong_fifo #(
      .Width(32 + 40),
      .Depth(StoreOutstanding)
  ) u_store_info (
      .clk_i,
      .rst_ni,
      .clr_i(flip_i),
      .valid_i(aw_push),
      .ready_o(store_info_ready_unused),
      .data_i({aw_instr, aw_addr}),
      .valid_o(store_info_valid),
      .ready_i(store_info_pop),
      .data_o({store_instr, store_addr}),
      .count_o(store_count)
  );

  assign axi_bready_o = 1'b1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      b_valid_q <= 1'b0;
      b_id_q    <= '0;
      b_resp_q  <= '0;
    end else begin
      b_valid_q <= axi_bvalid_i;
      if (axi_bvalid_i) begin
        b_id_q   <= axi_bid_i;
        b_resp_q <= axi_bresp_i;
      end
    end
  end
  assign b_known        = (b_id_q == {1'b0, lilong_isa_pkg::EngineStore, epoch_q}) && store_info_valid;
  assign b_old_known    = (b_id_q == {1'b0, lilong_isa_pkg::EngineStore, !epoch_q}) && (old_store_q != '0);
  assign b_bad          = b_known ? b_resp_q[1] : !b_old_known;
  assign store_info_pop = b_valid_q && b_known;
  assign wr_done_o      = b_valid_q && b_known && !b_bad && !abort_i;

  // ---- responses of the old epoch that are still owed
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      old_fetch_q <= '0;
      old_load_q  <= '0;
      old_store_q <= '0;
    end else if (flip_i) begin
      old_fetch_q <= fetch_count + 3'(ar_push[0]) - 3'(info_pop[0]);
      old_load_q  <= load_count + 4'(ar_push[1]) - 4'(info_pop[1]);
      old_store_q <= store_count + 4'(aw_push) - 4'(store_info_pop);
    end else begin
      if (r_valid && r_old_known && r_last) begin
        if (r_unit) old_load_q <= old_load_q - 4'd1;
        else old_fetch_q <= old_fetch_q - 3'd1;
      end
      if (b_valid_q && b_old_known) old_store_q <= old_store_q - 4'd1;
    end
  end
  assign drained_o   = (fetch_count == '0) && (load_count == '0) && (store_count == '0) &&
                       (w_count == '0) && !axi_wvalid_o && !aw_full && !ar_full &&
                       !rd_s1_valid && !rd_out_valid && !wr_s1_valid && !wr_out_valid;

  // ---- answers of the cycle before, for those that were bad; reads first
  logic read_bad_q, read_known_q, read_unit_q, write_bad_q, write_known_q;
  logic [31:0] read_instr_q, write_instr_q;
  logic [39:0] read_addr_q, write_addr_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_bad_q  <= 1'b0;
      write_bad_q <= 1'b0;
    end else begin
      read_bad_q  <= !abort_i && r_valid && r_bad;
      write_bad_q <= !abort_i && b_valid_q && b_bad;
    end
  end
  always_ff @(posedge clk_i) begin
    if (r_valid) begin
      read_known_q <= r_known;
      read_unit_q  <= r_unit;
      read_instr_q <= info[r_unit][48+:32];
      read_addr_q  <= info[r_unit][8+:40];
    end
    if (b_valid_q) begin
      write_known_q <= b_known;
      write_instr_q <= store_instr;
      write_addr_q  <= store_addr;
    end
  end

  // ---- traps; the receiver ignores them while no job is running
  always_comb begin
    trap_valid_o  = 1'b1;
    trap_code_o   = lilong_isa_pkg::TrapWindow;
    trap_engine_o = lilong_isa_pkg::EngineFetch;
    trap_instr_o  = ar_instr;
    trap_addr_o   = ar_addr;
    if (ar_bad) begin
      trap_engine_o = ar_load ? lilong_isa_pkg::EngineLoad : lilong_isa_pkg::EngineFetch;
    end else if (aw_bad) begin
      trap_engine_o = lilong_isa_pkg::EngineStore;
      trap_instr_o  = aw_instr;
      trap_addr_o   = aw_addr;
    end else if (read_bad_q) begin
      trap_code_o   = lilong_isa_pkg::TrapReadError;
      trap_engine_o = read_unit_q ? lilong_isa_pkg::EngineLoad : lilong_isa_pkg::EngineFetch;
      trap_instr_o  = read_known_q ? read_instr_q : '0;
      trap_addr_o   = read_known_q ? read_addr_q : '0;
    end else if (write_bad_q) begin
      trap_code_o   = lilong_isa_pkg::TrapWriteError;
      trap_engine_o = lilong_isa_pkg::EngineStore;
      trap_instr_o  = write_known_q ? write_instr_q : '0;
      trap_addr_o   = write_known_q ? write_addr_q : '0;
    end else begin
      trap_valid_o = 1'b0;
    end
  end

  logic unused_resp;
  assign unused_resp = ^{r_resp[0], b_resp_q[0], rd_s1_tag};

  `LILONG_ASSERT(InfoQueuesHaveRoom, (ar_push & ~info_ready_unused) == '0)
  `LILONG_ASSERT(StoreQueuesHaveRoom, !(aw_push && !(store_info_ready_unused && w_info_ready_unused)))
endmodule
