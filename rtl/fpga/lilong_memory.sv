// SPDX-License-Identifier: Apache-2.0
// External memory with an AXI4 port: block RAM (Memory 0) or the controller of an SDRAM (Memory 1).
// The pins of the SDRAM are those of lilong_sdram_ctrl; they are constant with block RAM.
module lilong_memory #(
    parameter int unsigned Memory = 1,
    parameter int unsigned MemoryBytes = 32 * 1024 * 1024,  // 32 MiB for the SDRAM
    parameter int unsigned AxiBytes = 8,
    parameter int unsigned IdWidth = 5,
    parameter int unsigned ClockHz = 60_000_000,
    parameter int unsigned CasLatency = 2,
    parameter int unsigned ReadDelay = 4,
    localparam int unsigned DataWidth = AxiBytes * 8
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    output logic                 ready_o,
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
    output logic                 sdram_cke_o,
    output logic                 sdram_csn_o,
    output logic                 sdram_rasn_o,
    output logic                 sdram_casn_o,
    output logic                 sdram_wen_o,
    output logic [1:0]           sdram_ba_o,
    output logic [12:0]          sdram_a_o,
    output logic [1:0]           sdram_dqm_o,
    output logic [15:0]          sdram_dq_o,
    output logic                 sdram_dq_oe_o,
    input  logic [15:0]          sdram_dq_i
);
  localparam int unsigned BeatWidth = $clog2(MemoryBytes / AxiBytes);
  logic beat_valid, beat_ready, beat_write, rsp_valid;
  logic [BeatWidth-1:0] beat_addr;
  logic [DataWidth-1:0] beat_wdata, rsp_data;
  logic [AxiBytes-1:0] beat_wstrb;

  lilong_axi_slave #(
      .AxiBytes(AxiBytes),
      .IdWidth(IdWidth),
      .MemoryBytes(MemoryBytes)
  ) u_slave (
      .clk_i,
      .rst_ni,
      .axi_awvalid_i,
      .axi_awready_o,
      .axi_awid_i,
      .axi_awaddr_i,
      .axi_awlen_i,
      .axi_awsize_i,
      .axi_awburst_i,
      .axi_wvalid_i,
      .axi_wready_o,
      .axi_wdata_i,
      .axi_wstrb_i,
      .axi_bvalid_o,
      .axi_bready_i,
      .axi_bid_o,
      .axi_bresp_o,
      .axi_arvalid_i,
      .axi_arready_o,
      .axi_arid_i,
      .axi_araddr_i,
      .axi_arlen_i,
      .axi_arsize_i,
      .axi_arburst_i,
      .axi_rvalid_o,
      .axi_rready_i,
      .axi_rid_o,
      .axi_rdata_o,
      .axi_rresp_o,
      .axi_rlast_o,
      .beat_valid_o(beat_valid),
      .beat_ready_i(beat_ready),
      .beat_write_o(beat_write),
      .beat_addr_o(beat_addr),
      .beat_wdata_o(beat_wdata),
      .beat_wstrb_o(beat_wstrb),
      .rsp_valid_i(rsp_valid),
      .rsp_data_i(rsp_data)
  );

  if (Memory == 1) begin : gen_sdram
    lilong_sdram_ctrl #(
        .ClockHz(ClockHz),
        .AxiBytes(AxiBytes),
        .CasLatency(CasLatency),
        .ReadDelay(ReadDelay)
    ) u_memory (
        .clk_i,
        .rst_ni,
        .ready_o,
        .beat_valid_i(beat_valid),
        .beat_ready_o(beat_ready),
        .beat_write_i(beat_write),
        .beat_addr_i(beat_addr),
        .beat_wdata_i(beat_wdata),
        .beat_wstrb_i(beat_wstrb),
        .rsp_valid_o(rsp_valid),
        .rsp_data_o(rsp_data),
        .sdram_cke_o,
        .sdram_csn_o,
        .sdram_rasn_o,
        .sdram_casn_o,
        .sdram_wen_o,
        .sdram_ba_o,
        .sdram_a_o,
        .sdram_dqm_o,
        .sdram_dq_o,
        .sdram_dq_oe_o,
        .sdram_dq_i
    );
  end else begin : gen_bram
    lilong_bram_memory #(
        .AxiBytes(AxiBytes),
        .MemoryBytes(MemoryBytes)
    ) u_memory (
        .clk_i,
        .rst_ni,
        .beat_valid_i(beat_valid),
        .beat_ready_o(beat_ready),
        .beat_write_i(beat_write),
        .beat_addr_i(beat_addr),
        .beat_wdata_i(beat_wdata),
        .beat_wstrb_i(beat_wstrb),
        .rsp_valid_o(rsp_valid),
        .rsp_data_o(rsp_data)
    );
    assign ready_o = 1'b1;
    assign sdram_cke_o    = 1'b0;
    assign sdram_csn_o    = 1'b1;
    assign sdram_rasn_o   = 1'b1;
    assign sdram_casn_o   = 1'b1;
    assign sdram_wen_o    = 1'b1;
    assign sdram_ba_o     = '0;
    assign sdram_a_o      = '0;
    assign sdram_dqm_o    = '1;
    assign sdram_dq_o     = '0;
    assign sdram_dq_oe_o  = 1'b0;
    logic unused_dq;
    assign unused_dq = ^sdram_dq_i;
  end

endmodule
