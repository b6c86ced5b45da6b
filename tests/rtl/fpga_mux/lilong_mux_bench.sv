// SPDX-License-Identifier: Apache-2.0
// lilong_axi_mux with block RAM behind it, for the test of both.
module lilong_mux_bench #(
    parameter int unsigned AxiBytes = 16,
    parameter int unsigned MemoryBytes = 65_536,
    localparam int unsigned DataWidth = AxiBytes * 8
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
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
    output logic                 link_rlast_o
);
  logic mem_awvalid;
  logic mem_awready;
  logic [4:0] mem_awid;
  logic [39:0] mem_awaddr;
  logic [7:0] mem_awlen;
  logic [2:0] mem_awsize;
  logic mem_wvalid;
  logic mem_wready;
  logic [DataWidth-1:0] mem_wdata;
  logic [AxiBytes-1:0] mem_wstrb;
  logic mem_bvalid;
  logic mem_bready;
  logic [4:0] mem_bid;
  logic [1:0] mem_bresp;
  logic mem_arvalid;
  logic mem_arready;
  logic [4:0] mem_arid;
  logic [39:0] mem_araddr;
  logic [7:0] mem_arlen;
  logic [2:0] mem_arsize;
  logic mem_rvalid;
  logic mem_rready;
  logic [4:0] mem_rid;
  logic [DataWidth-1:0] mem_rdata;
  logic [1:0] mem_rresp;
  logic mem_rlast;

  lilong_axi_mux #(
      .AxiBytes(AxiBytes)
  ) u_mux (
      .clk_i,
      .rst_ni,
      .chip_awvalid_i,
      .chip_awready_o,
      .chip_awid_i,
      .chip_awaddr_i,
      .chip_awlen_i,
      .chip_wvalid_i,
      .chip_wready_o,
      .chip_wdata_i,
      .chip_wstrb_i,
      .chip_bvalid_o,
      .chip_bready_i,
      .chip_bid_o,
      .chip_bresp_o,
      .chip_arvalid_i,
      .chip_arready_o,
      .chip_arid_i,
      .chip_araddr_i,
      .chip_arlen_i,
      .chip_rvalid_o,
      .chip_rready_i,
      .chip_rid_o,
      .chip_rdata_o,
      .chip_rresp_o,
      .chip_rlast_o,
      .link_awvalid_i,
      .link_awready_o,
      .link_awaddr_i,
      .link_awlen_i,
      .link_wvalid_i,
      .link_wready_o,
      .link_wdata_i,
      .link_wstrb_i,
      .link_bvalid_o,
      .link_bready_i,
      .link_bresp_o,
      .link_arvalid_i,
      .link_arready_o,
      .link_araddr_i,
      .link_arlen_i,
      .link_rvalid_o,
      .link_rready_i,
      .link_rdata_o,
      .link_rresp_o,
      .link_rlast_o,
      .mem_awvalid_o(mem_awvalid),
      .mem_awready_i(mem_awready),
      .mem_awid_o(mem_awid),
      .mem_awaddr_o(mem_awaddr),
      .mem_awlen_o(mem_awlen),
      .mem_awsize_o(mem_awsize),
      .mem_wvalid_o(mem_wvalid),
      .mem_wready_i(mem_wready),
      .mem_wdata_o(mem_wdata),
      .mem_wstrb_o(mem_wstrb),
      .mem_bvalid_i(mem_bvalid),
      .mem_bready_o(mem_bready),
      .mem_bid_i(mem_bid),
      .mem_bresp_i(mem_bresp),
      .mem_arvalid_o(mem_arvalid),
      .mem_arready_i(mem_arready),
      .mem_arid_o(mem_arid),
      .mem_araddr_o(mem_araddr),
      .mem_arlen_o(mem_arlen),
      .mem_arsize_o(mem_arsize),
      .mem_rvalid_i(mem_rvalid),
      .mem_rready_o(mem_rready),
      .mem_rid_i(mem_rid),
      .mem_rdata_i(mem_rdata),
      .mem_rresp_i(mem_rresp),
      .mem_rlast_i(mem_rlast)
  );

  logic ready_unused, cke_unused, csn_unused, rasn_unused, casn_unused, wen_unused, oe_unused;
  logic [1:0] ba_unused, dqm_unused;
  logic [12:0] a_unused;
  logic [15:0] dq_unused;
  lilong_memory #(
      .Memory(0),
      .MemoryBytes(MemoryBytes),
      .AxiBytes(AxiBytes)
  ) u_memory (
      .clk_i,
      .rst_ni,
      .ready_o(ready_unused),
      .axi_awvalid_i(mem_awvalid),
      .axi_awready_o(mem_awready),
      .axi_awid_i(mem_awid),
      .axi_awaddr_i(mem_awaddr),
      .axi_awlen_i(mem_awlen),
      .axi_awsize_i(mem_awsize),
      .axi_awburst_i(2'b01),
      .axi_wvalid_i(mem_wvalid),
      .axi_wready_o(mem_wready),
      .axi_wdata_i(mem_wdata),
      .axi_wstrb_i(mem_wstrb),
      .axi_bvalid_o(mem_bvalid),
      .axi_bready_i(mem_bready),
      .axi_bid_o(mem_bid),
      .axi_bresp_o(mem_bresp),
      .axi_arvalid_i(mem_arvalid),
      .axi_arready_o(mem_arready),
      .axi_arid_i(mem_arid),
      .axi_araddr_i(mem_araddr),
      .axi_arlen_i(mem_arlen),
      .axi_arsize_i(mem_arsize),
      .axi_arburst_i(2'b01),
      .axi_rvalid_o(mem_rvalid),
      .axi_rready_i(mem_rready),
      .axi_rid_o(mem_rid),
      .axi_rdata_o(mem_rdata),
      .axi_rresp_o(mem_rresp),
      .axi_rlast_o(mem_rlast),
      .sdram_cke_o(cke_unused),
      .sdram_csn_o(csn_unused),
      .sdram_rasn_o(rasn_unused),
      .sdram_casn_o(casn_unused),
      .sdram_wen_o(wen_unused),
      .sdram_ba_o(ba_unused),
      .sdram_a_o(a_unused),
      .sdram_dqm_o(dqm_unused),
      .sdram_dq_o(dq_unused),
      .sdram_dq_oe_o(oe_unused),
      .sdram_dq_i('0)
  );
endmodule
