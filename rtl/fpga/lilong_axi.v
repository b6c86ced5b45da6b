// SPDX-License-Identifier: Apache-2.0
// The chip under the port names that block-design tools know: clock aclk, reset aresetn, registers
// on s_axi (AXI4-Lite), external memory on m_axi (AXI4), interrupt irq (level, high).  Plain Verilog,
// because such tools take no SystemVerilog top.  Wiring only; nobody uses the trace.
//
// PRESET: 0 nano, 1 lite, 2 edge, 3 plus, 4 edge-fpga.  AXI_BYTES follows from it and is not to be set.
module lilong_axi #(
    parameter PRESET = 1,
    parameter AXI_BYTES = (PRESET == 3) ? 32 : (PRESET == 2) ? 16 : 8
) (
    (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK" *)
    (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axi:m_axi, ASSOCIATED_RESET aresetn" *)
    input  wire                   aclk,
    (* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST" *)
    (* X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)
    input  wire                   aresetn,
    (* X_INTERFACE_INFO = "xilinx.com:signal:interrupt:1.0 irq INTERRUPT" *)
    (* X_INTERFACE_PARAMETER = "SENSITIVITY LEVEL_HIGH" *)
    output wire                   irq,
    // registers
    input  wire                   s_axi_awvalid,
    output wire                   s_axi_awready,
    input  wire [11:0]            s_axi_awaddr,
    input  wire [2:0]             s_axi_awprot,
    input  wire                   s_axi_wvalid,
    output wire                   s_axi_wready,
    input  wire [31:0]            s_axi_wdata,
    input  wire [3:0]             s_axi_wstrb,
    output wire                   s_axi_bvalid,
    input  wire                   s_axi_bready,
    output wire [1:0]             s_axi_bresp,
    input  wire                   s_axi_arvalid,
    output wire                   s_axi_arready,
    input  wire [11:0]            s_axi_araddr,
    input  wire [2:0]             s_axi_arprot,
    output wire                   s_axi_rvalid,
    input  wire                   s_axi_rready,
    output wire [31:0]            s_axi_rdata,
    output wire [1:0]             s_axi_rresp,
    // external memory
    output wire                   m_axi_awvalid,
    input  wire                   m_axi_awready,
    output wire [3:0]             m_axi_awid,
    output wire [39:0]            m_axi_awaddr,
    output wire [7:0]             m_axi_awlen,
    output wire [2:0]             m_axi_awsize,
    output wire [1:0]             m_axi_awburst,
    output wire [3:0]             m_axi_awcache,
    output wire [2:0]             m_axi_awprot,
    output wire                   m_axi_wvalid,
    input  wire                   m_axi_wready,
    output wire [AXI_BYTES*8-1:0] m_axi_wdata,
    output wire [AXI_BYTES-1:0]   m_axi_wstrb,
    output wire                   m_axi_wlast,
    input  wire                   m_axi_bvalid,
    output wire                   m_axi_bready,
    input  wire [3:0]             m_axi_bid,
    input  wire [1:0]             m_axi_bresp,
    output wire                   m_axi_arvalid,
    input  wire                   m_axi_arready,
    output wire [3:0]             m_axi_arid,
    output wire [39:0]            m_axi_araddr,
    output wire [7:0]             m_axi_arlen,
    output wire [2:0]             m_axi_arsize,
    output wire [1:0]             m_axi_arburst,
    output wire [3:0]             m_axi_arcache,
    output wire [2:0]             m_axi_arprot,
    input  wire                   m_axi_rvalid,
    output wire                   m_axi_rready,
    input  wire [3:0]             m_axi_rid,
    input  wire [AXI_BYTES*8-1:0] m_axi_rdata,
    input  wire [1:0]             m_axi_rresp,
    input  wire                   m_axi_rlast
);
  wire [2:0]  trace_start, trace_done;
  wire [95:0] trace_start_instr, trace_done_instr;
  wire        unused = &{1'b0, s_axi_awprot, s_axi_arprot, trace_start, trace_done,
                         trace_start_instr, trace_done_instr};

  lilong_top #(
      .Preset(PRESET)
  ) u_top (
      .clk_i(aclk),
      .rst_ni(aresetn),
      .axil_awvalid_i(s_axi_awvalid),
      .axil_awready_o(s_axi_awready),
      .axil_awaddr_i(s_axi_awaddr),
      .axil_wvalid_i(s_axi_wvalid),
      .axil_wready_o(s_axi_wready),
      .axil_wdata_i(s_axi_wdata),
      .axil_wstrb_i(s_axi_wstrb),
      .axil_bvalid_o(s_axi_bvalid),
      .axil_bready_i(s_axi_bready),
      .axil_bresp_o(s_axi_bresp),
      .axil_arvalid_i(s_axi_arvalid),
      .axil_arready_o(s_axi_arready),
      .axil_araddr_i(s_axi_araddr),
      .axil_rvalid_o(s_axi_rvalid),
      .axil_rready_i(s_axi_rready),
      .axil_rdata_o(s_axi_rdata),
      .axil_rresp_o(s_axi_rresp),
      .axi_awvalid_o(m_axi_awvalid),
      .axi_awready_i(m_axi_awready),
      .axi_awid_o(m_axi_awid),
      .axi_awaddr_o(m_axi_awaddr),
      .axi_awlen_o(m_axi_awlen),
      .axi_awsize_o(m_axi_awsize),
      .axi_awburst_o(m_axi_awburst),
      .axi_awcache_o(m_axi_awcache),
      .axi_awprot_o(m_axi_awprot),
      .axi_wvalid_o(m_axi_wvalid),
      .axi_wready_i(m_axi_wready),
      .axi_wdata_o(m_axi_wdata),
      .axi_wstrb_o(m_axi_wstrb),
      .axi_wlast_o(m_axi_wlast),
      .axi_bvalid_i(m_axi_bvalid),
      .axi_bready_o(m_axi_bready),
      .axi_bid_i(m_axi_bid),
      .axi_bresp_i(m_axi_bresp),
      .axi_arvalid_o(m_axi_arvalid),
      .axi_arready_i(m_axi_arready),
      .axi_arid_o(m_axi_arid),
      .axi_araddr_o(m_axi_araddr),
      .axi_arlen_o(m_axi_arlen),
      .axi_arsize_o(m_axi_arsize),
      .axi_arburst_o(m_axi_arburst),
      .axi_arcache_o(m_axi_arcache),
      .axi_arprot_o(m_axi_arprot),
      .axi_rvalid_i(m_axi_rvalid),
      .axi_rready_o(m_axi_rready),
      .axi_rid_i(m_axi_rid),
      .axi_rdata_i(m_axi_rdata),
      .axi_rresp_i(m_axi_rresp),
      .axi_rlast_i(m_axi_rlast),
      .irq_o(irq),
      .trace_start_o(trace_start),
      .trace_done_o(trace_done),
      .trace_start_instr_o(trace_start_instr),
      .trace_done_instr_o(trace_done_instr)
  );
endmodule
