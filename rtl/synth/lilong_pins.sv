// SPDX-License-Identifier: Apache-2.0
// The chip alone on the FPGA: every port behind a register, all inputs from one serial chain, all
// outputs folded into one pin, so that any bus width fits the package.  For resources and timing of
// the chip without a board around it; it computes nothing of use.
module lilong_pins #(
    parameter int unsigned Preset = 0,
    localparam int unsigned AxiBytes = lilong_isa_pkg::preset_axi_bytes(Preset),
    localparam int unsigned Inputs = 83 + AxiBytes * 8,
    localparam int unsigned Outputs = 374 + AxiBytes * 9,
    localparam int unsigned Folds = 32
) (
    input  logic clk_i,
    input  logic rst_ni,
    input  logic serial_i,
    output logic folded_o
);
  logic [1:0] reset_q;  // asserted at once, released with the clock
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) reset_q <= '0;
    else reset_q <= {reset_q[0], 1'b1};
  end

  logic [Inputs-1:0] chain_q, in_q;
  logic [Outputs-1:0] out, out_q;
  logic [Folds-1:0] fold, fold_q;
  logic folded_q;

  always_comb begin
    fold = '0;
    for (int unsigned i = 0; i < Outputs; i++) fold[i%Folds] = fold[i%Folds] ^ out_q[i];
  end
  always_ff @(posedge clk_i) begin
    chain_q  <= {chain_q[Inputs-2:0], serial_i};
    in_q     <= chain_q;
    out_q    <= out;
    fold_q   <= fold;
    folded_q <= ^fold_q;
  end
  assign folded_o = folded_q;

  lilong_top #(
      .Preset(Preset)
  ) u_chip (
      .clk_i,
      .rst_ni(reset_q[1]),
      .axil_awvalid_i(in_q[0]),
      .axil_awready_o(out[0]),
      .axil_awaddr_i(in_q[1+:12]),
      .axil_wvalid_i(in_q[13]),
      .axil_wready_o(out[1]),
      .axil_wdata_i(in_q[14+:32]),
      .axil_wstrb_i(in_q[46+:4]),
      .axil_bvalid_o(out[2]),
      .axil_bready_i(in_q[50]),
      .axil_bresp_o(out[3+:2]),
      .axil_arvalid_i(in_q[51]),
      .axil_arready_o(out[5]),
      .axil_araddr_i(in_q[52+:12]),
      .axil_rvalid_o(out[6]),
      .axil_rready_i(in_q[64]),
      .axil_rdata_o(out[7+:32]),
      .axil_rresp_o(out[39+:2]),
      .axi_awvalid_o(out[41]),
      .axi_awready_i(in_q[65]),
      .axi_awid_o(out[42+:4]),
      .axi_awaddr_o(out[46+:40]),
      .axi_awlen_o(out[86+:8]),
      .axi_awsize_o(out[94+:3]),
      .axi_awburst_o(out[97+:2]),
      .axi_awcache_o(out[99+:4]),
      .axi_awprot_o(out[103+:3]),
      .axi_wvalid_o(out[106]),
      .axi_wready_i(in_q[66]),
      .axi_wlast_o(out[107]),
      .axi_bvalid_i(in_q[67]),
      .axi_bready_o(out[108]),
      .axi_bid_i(in_q[68+:4]),
      .axi_bresp_i(in_q[72+:2]),
      .axi_arvalid_o(out[109]),
      .axi_arready_i(in_q[74]),
      .axi_arid_o(out[110+:4]),
      .axi_araddr_o(out[114+:40]),
      .axi_arlen_o(out[154+:8]),
      .axi_arsize_o(out[162+:3]),
      .axi_arburst_o(out[165+:2]),
      .axi_arcache_o(out[167+:4]),
      .axi_arprot_o(out[171+:3]),
      .axi_rvalid_i(in_q[75]),
      .axi_rready_o(out[174]),
      .axi_rid_i(in_q[76+:4]),
      .axi_rresp_i(in_q[80+:2]),
      .axi_rlast_i(in_q[82]),
      .irq_o(out[175]),
      .trace_start_o(out[176+:3]),
      .trace_done_o(out[179+:3]),
      .trace_start_instr_o(out[182+:96]),
      .trace_done_instr_o(out[278+:96]),
      .axi_wdata_o(out[374+:AxiBytes*8]),
      .axi_wstrb_o(out[374+AxiBytes*8+:AxiBytes]),
      .axi_rdata_i(in_q[83+:AxiBytes*8])
  );
endmodule
