// SPDX-License-Identifier: Apache-2.0
// Dispatches EXEC instructions, in order, to the array path (front) and the output and vector path
// (post), and shares the read ports between them.
//
//   conv, dwconv, pool   front and post at the same time
//   eltwise, softmax, copy   post, when nothing is at work; nothing enters front until it is done
//   nop, empty conv, dwconv, pool   post only
//
// `fence` needs nothing here but the instruction's number: front holds back the first activation
// read until every earlier instruction is done; vector instructions run alone anyway.
`include "lilong_assert.svh"

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
    input  logic                  cmd_valid_i,   // only when ready
    output logic                  cmd_ready_o,
    input  logic [511:0]          cmd_i,
    // {empty, copy, softmax, with a parameter record for every lane group, vector path (alone),
    // array path (front and post)}
    input  logic [5:0]            cmd_kind_i,
    output logic                  done_o,
    output logic                  start_o,
    output logic                  busy_o,
    output logic                  beat_o,
    output logic                  stall_weights_o,
    output logic                  stall_input_o,
    output logic                  stall_output_o,
    output logic                  rd_upper_first_o,  // ports 6.. before ports 0..5
    output logic [NP-1:0]         rd_req_o,
    output logic [NP*AW-1:0]      rd_addr_o,
    input  logic [NP-1:0]         rd_gnt_i,
    input  logic [NP-1:0]         rd_rvalid_i,
    input  logic [NP*Depth*8-1:0] rd_rdata_i,
    output logic [7:0]            wr_hot_o,
    output logic                  wr_req_o,
    output logic [GW-1:0]         wr_addr_o,
    output logic [Depth*8-1:0]    wr_data_o,
    output logic [Depth/8-1:0]    wr_strobe_o,
    input  logic                  wr_gnt_i
);
  localparam int unsigned Width = Depth * 8;

  // ---- dispatch
  logic to_front, to_vector, go;
  logic front_ready, front_idle, post_ready, post_idle, post_done;
  logic [3:0] vector_seq_q;  // number of the vector instruction at work
  logic vector_q;               // a vector instruction is at work
  logic [3:0] seq_q, done_q;    // instructions taken and completed, modulo 16

  assign to_front  = cmd_kind_i[0];
  assign to_vector = cmd_kind_i[1];
  // When post is idle, so is front, and no vector instruction is at work.
  assign go = to_vector ? post_idle : (!to_front || (front_ready && !vector_q));

  assign cmd_ready_o = post_ready && go;
  assign start_o     = cmd_valid_i;
  assign done_o      = post_done;
  assign busy_o      = seq_q != done_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      vector_q <= 1'b0;
      seq_q    <= '0;
      done_q   <= '0;
    end else if (clr_i) begin
      vector_q <= 1'b0;
      seq_q    <= '0;
      done_q   <= '0;
    end else begin
      // instructions behind a vector instruction that need no front may already be in post
      if (cmd_valid_i && to_vector) vector_q <= 1'b1;
      else if (post_done && done_q == vector_seq_q) vector_q <= 1'b0;
      if (cmd_valid_i) seq_q <= seq_q + 4'd1;
      if (post_done) done_q <= done_q + 4'd1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) vector_seq_q <= '0;
    else if (cmd_valid_i && to_vector) vector_seq_q <= seq_q;
  end

  // ---- paths
  logic acc_valid, acc_ready;
  logic [Lanes*32-1:0] acc_data;
  logic [5:0] act_req;
  logic [6*AW-1:0] act_addr;
  logic [WeightVectors-1:0] weight_req, weight_gnt, prm_req, prm_gnt, prm_rvalid;
  logic [WeightVectors*AW-1:0] weight_addr, prm_addr;
  logic [3:0] vec_req, vec_rvalid;
  logic [4*AW-1:0] vec_addr;

  lilong_front #(
      .Lanes          (Lanes),
      .Depth          (Depth),
      .WeightVectors  (WeightVectors),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_front (
      .clk_i          (clk_i),
      .rst_ni         (rst_ni),
      .clr_i          (clr_i),
      .cmd_valid_i    (cmd_valid_i && to_front),
      .cmd_ready_o    (front_ready),
      .cmd_i          (cmd_i),
      .seq_i          (seq_q),
      .done_seq_i     (done_q),
      .idle_o         (front_idle),
      .beat_o         (beat_o),
      .stall_weights_o(stall_weights_o),
      .stall_input_o  (stall_input_o),
      .stall_output_o (stall_output_o),
      .act_req_o      (act_req),
      .act_addr_o     (act_addr),
      .act_gnt_i      (rd_gnt_i[5:0] & act_req),
      .act_rdata_i    (rd_rdata_i[6*Width-1:0]),
      .weights_first_o(rd_upper_first_o),
      .weight_req_o   (weight_req),
      .weight_addr_o  (weight_addr),
      .weight_gnt_i   (weight_gnt),
      .weight_rdata_i (rd_rdata_i[NP*Width-1:6*Width]),
      .acc_valid_o    (acc_valid),
      .acc_ready_i    (acc_ready),
      .acc_data_o     (acc_data)
  );

  lilong_post #(
      .Lanes          (Lanes),
      .Depth          (Depth),
      .Results        (Results),
      .WeightVectors  (WeightVectors),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_post (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .clr_i       (clr_i),
      .cmd_valid_i (cmd_valid_i),
      .cmd_ready_o (post_ready),
      .cmd_i       (cmd_i),
      .cmd_kind_i  (cmd_kind_i),
      .acc_valid_i (acc_valid),
      .acc_ready_o (acc_ready),
      .acc_data_i  (acc_data),
      .done_o      (post_done),
      .prm_req_o   (prm_req),
      .prm_addr_o  (prm_addr),
      .prm_gnt_i   (prm_gnt),
      .prm_rvalid_i(prm_rvalid),
      .prm_rdata_i (rd_rdata_i[NP*Width-1:6*Width]),
      .vec_req_o   (vec_req),
      .vec_addr_o  (vec_addr),
      .vec_gnt_i   (rd_gnt_i[3:0] & vec_req),
      .vec_rvalid_i(vec_rvalid),
      .vec_rdata_i (rd_rdata_i[4*Width-1:0]),
      .wr_hot_o    (wr_hot_o),
      .wr_req_o    (wr_req_o),
      .wr_addr_o   (wr_addr_o),
      .wr_data_o   (wr_data_o),
      .wr_strobe_o (wr_strobe_o),
      .wr_gnt_i    (wr_gnt_i),
      .idle_o      (post_idle)
  );

  // ---- read ports: parameters before weights; the vector path and the array path never meet
  assign weight_gnt = rd_gnt_i[NP-1:6] & weight_req & ~prm_req;
  assign prm_gnt    = rd_gnt_i[NP-1:6] & prm_req;

  always_comb begin
    rd_req_o       = {weight_req | prm_req, act_req};
    rd_req_o[3:0]  = act_req[3:0] | vec_req;
    rd_addr_o      = {weight_addr, act_addr};
    for (int unsigned p = 0; p < 4; p++) begin
      if (vec_req[p]) rd_addr_o[p*AW+:AW] = vec_addr[p*AW+:AW];
    end
    for (int unsigned j = 0; j < WeightVectors; j++) begin
      if (prm_req[j]) rd_addr_o[(6+j)*AW+:AW] = prm_addr[j*AW+:AW];
    end
  end

  // Whose data comes back.
  localparam int unsigned Way = lilong_path_pkg::ReadLatency;
  logic [Way-1:0][WeightVectors-1:0] prm_way_q;
  logic [Way-1:0][3:0] vec_way_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      prm_way_q <= '0;
      vec_way_q <= '0;
    end else if (clr_i) begin
      prm_way_q <= '0;
      vec_way_q <= '0;
    end else begin
      prm_way_q <= {prm_way_q[Way-2:0], prm_gnt};
      vec_way_q <= {vec_way_q[Way-2:0], rd_gnt_i[3:0] & vec_req};
    end
  end
  assign prm_rvalid = rd_rvalid_i[NP-1:6] & prm_way_q[Way-1];
  assign vec_rvalid = rd_rvalid_i[3:0] & vec_way_q[Way-1];

  `LILONG_ASSERT(OnlyWhenReady, clr_i || !cmd_valid_i || cmd_ready_o)
  `LILONG_ASSERT(IdleTogether, !post_idle || (front_idle && !vector_q))
  `LILONG_ASSERT(PathsApart, (act_req[3:0] == '0) || (vec_req == '0))

  logic unused;
  assign unused = ^{rd_rvalid_i, front_idle};
endmodule
