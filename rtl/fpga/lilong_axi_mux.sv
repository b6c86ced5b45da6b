// SPDX-License-Identifier: Apache-2.0
// Two AXI4 masters on one memory: the chip (AxiBytes wide) and the link to the host (8 bytes wide).
// The bursts of the link become narrow bursts of the wider bus.  ID to the memory = {link, chip's ID}.
// The link goes first: it has one burst outstanding and is slow.  Write data follows the order of the
// addresses.
`include "lilong_assert.svh"

module lilong_axi_mux #(
    parameter int unsigned AxiBytes = 8,
    localparam int unsigned DataWidth = AxiBytes * 8
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    // chip
    input  logic                 chip_awvalid_i,
    output logic                 chip_awready_o,
    input  logic [3:0]           chip_awid_i,
    input  logic [39:0]          chip_awaddr_i,
    input  logic [7:0]           chip_awlen_i,
    input  logic                 chip_wvalid_i,
    output logic                 chip_wready_o,
    input  logic [DataWidth-1:0] chip_wdata_i,
    input  logic [AxiBytes-1:0]  chip_wstrb_i,
    output logic                 chip_bvalid_o,
    input  logic                 chip_bready_i,
    output logic [3:0]           chip_bid_o,
    output logic [1:0]           chip_bresp_o,
    input  logic                 chip_arvalid_i,
    output logic                 chip_arready_o,
    input  logic [3:0]           chip_arid_i,
    input  logic [39:0]          chip_araddr_i,
    input  logic [7:0]           chip_arlen_i,
    output logic                 chip_rvalid_o,
    input  logic                 chip_rready_i,
    output logic [3:0]           chip_rid_o,
    output logic [DataWidth-1:0] chip_rdata_o,
    output logic [1:0]           chip_rresp_o,
    output logic                 chip_rlast_o,
    // link
    input  logic                 link_awvalid_i,
    output logic                 link_awready_o,
    input  logic [31:0]          link_awaddr_i,
    input  logic [7:0]           link_awlen_i,
    input  logic                 link_wvalid_i,
    output logic                 link_wready_o,
    input  logic [63:0]          link_wdata_i,
    input  logic [7:0]           link_wstrb_i,
    output logic                 link_bvalid_o,
    input  logic                 link_bready_i,
    output logic [1:0]           link_bresp_o,
    input  logic                 link_arvalid_i,
    output logic                 link_arready_o,
    input  logic [31:0]          link_araddr_i,
    input  logic [7:0]           link_arlen_i,
    output logic                 link_rvalid_o,
    input  logic                 link_rready_i,
    output logic [63:0]          link_rdata_o,
    output logic [1:0]           link_rresp_o,
    output logic                 link_rlast_o,
    // memory
    output logic                 mem_awvalid_o,
    input  logic                 mem_awready_i,
    output logic [4:0]           mem_awid_o,
    output logic [39:0]          mem_awaddr_o,
    output logic [7:0]           mem_awlen_o,
    output logic [2:0]           mem_awsize_o,
    output logic                 mem_wvalid_o,
    input  logic                 mem_wready_i,
    output logic [DataWidth-1:0] mem_wdata_o,
    output logic [AxiBytes-1:0]  mem_wstrb_o,
    input  logic                 mem_bvalid_i,
    output logic                 mem_bready_o,
    input  logic [4:0]           mem_bid_i,
    input  logic [1:0]           mem_bresp_i,
    output logic                 mem_arvalid_o,
    input  logic                 mem_arready_i,
    output logic [4:0]           mem_arid_o,
    output logic [39:0]          mem_araddr_o,
    output logic [7:0]           mem_arlen_o,
    output logic [2:0]           mem_arsize_o,
    input  logic                 mem_rvalid_i,
    output logic                 mem_rready_o,
    input  logic [4:0]           mem_rid_i,
    input  logic [DataWidth-1:0] mem_rdata_i,
    input  logic [1:0]           mem_rresp_i,
    input  logic                 mem_rlast_i
);
  localparam logic [2:0] ChipSize = 3'($clog2(AxiBytes));
  localparam logic [2:0] LinkSize = 3'd3;
  localparam int unsigned Lanes = AxiBytes / 8;
  localparam int unsigned LaneWidth = (Lanes > 1) ? $clog2(Lanes) : 1;

  // ---- addresses: a register, filled by the link if it asks, else by the chip
  logic ar_free, aw_free, order_ready;
  assign ar_free         = !mem_arvalid_o || mem_arready_i;
  assign aw_free         = (!mem_awvalid_o || mem_awready_i) && order_ready;
  assign link_arready_o  = ar_free;
  assign chip_arready_o  = ar_free && !link_arvalid_i;
  assign link_awready_o  = aw_free;
  assign chip_awready_o  = aw_free && !link_awvalid_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mem_arvalid_o <= 1'b0;
      mem_arid_o    <= '0;
      mem_araddr_o  <= '0;
      mem_arlen_o   <= '0;
      mem_arsize_o  <= '0;
    end else if (ar_free) begin
      mem_arvalid_o <= link_arvalid_i || chip_arvalid_i;
      if (link_arvalid_i) begin
        mem_arid_o   <= 5'h10;
        mem_araddr_o <= {8'd0, link_araddr_i};
        mem_arlen_o  <= link_arlen_i;
        mem_arsize_o <= LinkSize;
      end else if (chip_arvalid_i) begin
        mem_arid_o   <= {1'b0, chip_arid_i};
        mem_araddr_o <= chip_araddr_i;
        mem_arlen_o  <= chip_arlen_i;
        mem_arsize_o <= ChipSize;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mem_awvalid_o <= 1'b0;
      mem_awid_o    <= '0;
      mem_awaddr_o  <= '0;
      mem_awlen_o   <= '0;
      mem_awsize_o  <= '0;
    end else if (aw_free) begin
      mem_awvalid_o <= link_awvalid_i || chip_awvalid_i;
      if (link_awvalid_i) begin
        mem_awid_o   <= 5'h10;
        mem_awaddr_o <= {8'd0, link_awaddr_i};
        mem_awlen_o  <= link_awlen_i;
        mem_awsize_o <= LinkSize;
      end else if (chip_awvalid_i) begin
        mem_awid_o   <= {1'b0, chip_awid_i};
        mem_awaddr_o <= chip_awaddr_i;
        mem_awlen_o  <= chip_awlen_i;
        mem_awsize_o <= ChipSize;
      end
    end else if (mem_awready_i) begin
      mem_awvalid_o <= 1'b0;
    end
  end

  // ---- write data: {from the link, its length} of every burst whose data is owed
  logic order_valid, order_link, order_pop, w_last;
  logic [7:0] order_len, w_beat_q;
  logic [3:0] order_count_unused;

  lilong_fifo #(
      .Width(9),
      .Depth(8)
  ) u_order (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(aw_free && (link_awvalid_i || chip_awvalid_i)),
      .ready_o(order_ready),
      .data_i(link_awvalid_i ? {1'b1, link_awlen_i} : {1'b0, chip_awlen_i}),
      .valid_o(order_valid),
      .ready_i(order_pop),
      .data_o({order_link, order_len}),
      .count_o(order_count_unused)
  );

  // The chip's data goes through a register, which ends its way back here.
  logic w_valid, w_ready;
  logic [DataWidth-1:0] w_data;
  logic [AxiBytes-1:0] w_strb;
  lilong_stream_reg #(
      .Width(DataWidth + AxiBytes)
  ) u_w (
      .clk_i,
      .rst_ni,
      .clr_i(1'b0),
      .valid_i(chip_wvalid_i),
      .ready_o(chip_wready_o),
      .data_i({chip_wdata_i, chip_wstrb_i}),
      .valid_o(w_valid),
      .ready_i(w_ready),
      .data_o({w_data, w_strb})
  );

  logic [LaneWidth-1:0] w_lane_q, r_lane_q;  // lane of the next beat of the link
  assign mem_wvalid_o  = order_valid && (order_link ? link_wvalid_i : w_valid);
  assign w_ready       = order_valid && !order_link && mem_wready_i;
  assign link_wready_o = order_valid && order_link && mem_wready_i;
  assign w_last        = w_beat_q == order_len;
  assign order_pop     = mem_wvalid_o && mem_wready_i && w_last;
  assign mem_wdata_o   = order_link ? {Lanes{link_wdata_i}} : w_data;

  always_comb begin
    mem_wstrb_o = w_strb;
    if (order_link) begin
      mem_wstrb_o = '0;
      for (int unsigned l = 0; l < Lanes; l++) begin
        if (w_lane_q == LaneWidth'(l)) mem_wstrb_o[l*8+:8] = link_wstrb_i;
      end
    end
  end

  if (Lanes > 1) begin : gen_lanes
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        w_lane_q <= '0;
        r_lane_q <= '0;
      end else begin
        if (link_awvalid_i && link_awready_o) w_lane_q <= link_awaddr_i[3+:LaneWidth];
        else if (link_wvalid_i && link_wready_o) w_lane_q <= w_lane_q + 1'b1;
        if (link_arvalid_i && link_arready_o) r_lane_q <= link_araddr_i[3+:LaneWidth];
        else if (link_rvalid_o && link_rready_i) r_lane_q <= r_lane_q + 1'b1;
      end
    end
    assign link_rdata_o = mem_rdata_i[r_lane_q*64+:64];
  end else begin : gen_one_lane
    assign w_lane_q     = '0;
    assign r_lane_q     = '0;
    assign link_rdata_o = mem_rdata_i;
    logic unused_lane;
    assign unused_lane = r_lane_q[0];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) w_beat_q <= '0;
    else if (mem_wvalid_o && mem_wready_i) w_beat_q <= w_last ? '0 : w_beat_q + 8'd1;
  end

  // ---- answers
  assign chip_bvalid_o = mem_bvalid_i && !mem_bid_i[4];
  assign link_bvalid_o = mem_bvalid_i && mem_bid_i[4];
  assign mem_bready_o  = mem_bid_i[4] ? link_bready_i : chip_bready_i;
  assign chip_bid_o    = mem_bid_i[3:0];
  assign chip_bresp_o  = mem_bresp_i;
  assign link_bresp_o  = mem_bresp_i;

  assign chip_rvalid_o = mem_rvalid_i && !mem_rid_i[4];
  assign link_rvalid_o = mem_rvalid_i && mem_rid_i[4];
  assign mem_rready_o  = mem_rid_i[4] ? link_rready_i : chip_rready_i;
  assign chip_rid_o    = mem_rid_i[3:0];
  assign chip_rdata_o  = mem_rdata_i;
  assign chip_rresp_o  = mem_rresp_i;
  assign chip_rlast_o  = mem_rlast_i;
  assign link_rresp_o  = mem_rresp_i;
  assign link_rlast_o  = mem_rlast_i;

  `LILONG_ASSERT_STATIC(LinkNotWider, AxiBytes >= 8)
endmodule
