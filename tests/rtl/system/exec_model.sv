// SPDX-License-Identifier: Apache-2.0
// Stand-in for lilong_exec in the bench of the system side: takes every instruction, is busy for a
// number of cycles that follows from the descriptor, and completes it without touching anything.
module lilong_exec #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16,
    parameter int unsigned Results = 16,
    parameter int unsigned WeightVectors = 4,
    parameter int unsigned ScratchpadBytes = 524288,
    localparam int unsigned NP = 6 + WeightVectors,
    localparam int unsigned AW = $clog2(ScratchpadBytes / Depth),
    localparam int unsigned GW = $clog2(ScratchpadBytes / 8)
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  clr_i,
    input  logic                  cmd_valid_i,
    output logic                  cmd_ready_o,
    input  logic [511:0]          cmd_i,
    output logic                  done_o,
    output logic                  start_o,
    output logic                  busy_o,
    output logic                  beat_o,
    output logic                  stall_weights_o,
    output logic                  stall_input_o,
    output logic                  stall_output_o,
    output logic [NP-1:0]         rd_req_o,
    output logic [NP*AW-1:0]      rd_addr_o,
    input  logic [NP-1:0]         rd_gnt_i,
    input  logic [NP-1:0]         rd_rvalid_i,
    input  logic [NP*Depth*8-1:0] rd_rdata_i,
    output logic                  wr_req_o,
    output logic [GW-1:0]         wr_addr_o,
    output logic [Depth*8-1:0]    wr_data_o,
    output logic [Depth/8-1:0]    wr_strobe_o,
    input  logic                  wr_gnt_i
);
  logic busy_q;
  logic [7:0] left_q;
  logic unused;
  assign unused          = ^{rd_gnt_i, rd_rvalid_i, rd_rdata_i, wr_gnt_i, cmd_i, 32'(Lanes), 32'(Results)};
  assign cmd_ready_o     = !busy_q;
  assign start_o         = cmd_valid_i && !busy_q;
  assign busy_o          = busy_q;
  assign done_o          = busy_q && (left_q == '0);
  assign beat_o          = 1'b0;
  assign stall_weights_o = 1'b0;
  assign stall_input_o   = 1'b0;
  assign stall_output_o  = 1'b0;
  assign rd_req_o        = '0;
  assign rd_addr_o       = '0;
  assign wr_req_o        = 1'b0;
  assign wr_addr_o       = '0;
  assign wr_data_o       = '0;
  assign wr_strobe_o     = '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      left_q <= '0;
    end else if (clr_i) begin
      busy_q <= 1'b0;
    end else if (!busy_q) begin
      busy_q <= cmd_valid_i;
      left_q <= cmd_i[43:36];
    end else begin
      busy_q <= left_q != '0;
      left_q <= left_q - 8'd1;
    end
  end
endmodule
