// SPDX-License-Identifier: Apache-2.0
// Array path: conv, dwconv and pool up to the raw accumulators of every position, in order.
//
//   setup -> walk -> range -> stream -> array -> accum -> acc
//        \-> weights ------------------/
//
// Two instructions are inside at most: one at work, the next in set-up with its weights prefetched.
// Only non-empty conv, dwconv and pool instructions come in; done_seq_i counts completed EXEC
// instructions (modulo 16), seq_i numbers them.
`include "lilong_assert.svh"

module lilong_front #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16,
    parameter int unsigned WeightVectors = 4,
    parameter int unsigned ScratchpadBytes = 524288,
    localparam int unsigned AW = $clog2(ScratchpadBytes / Depth)
) (
    input  logic                             clk_i,
    input  logic                             rst_ni,
    input  logic                             clr_i,
    input  logic                             cmd_valid_i,
    output logic                             cmd_ready_o,
    input  logic [511:0]                     cmd_i,
    input  logic [3:0]                       seq_i,
    input  logic [3:0]                       done_seq_i,
    output logic                             idle_o,
    output logic                             beat_o,
    output logic                             stall_weights_o,
    output logic                             stall_input_o,
    output logic                             stall_output_o,
    output logic [5:0]                       act_req_o,
    output logic [6*AW-1:0]                  act_addr_o,
    input  logic [5:0]                       act_gnt_i,
    input  logic [6*Depth*8-1:0]             act_rdata_i,
    output logic                             weights_first_o,  // weight ports before the others
    output logic [WeightVectors-1:0]         weight_req_o,
    output logic [WeightVectors*AW-1:0]      weight_addr_o,
    input  logic [WeightVectors-1:0]         weight_gnt_i,
    input  logic [WeightVectors*Depth*8-1:0] weight_rdata_i,
    output logic                             acc_valid_o,
    input  logic                             acc_ready_i,
    output logic [Lanes*32-1:0]              acc_data_o
);
  logic work_valid, work_ready, blocks_valid, blocks_ready;
  lilong_path_pkg::work_t work;
  lilong_path_pkg::blocks_t blocks;
  logic go, full, place_valid, beat_valid, beat_pop;
  lilong_path_pkg::place_t place;
  lilong_path_pkg::beat_t beat;
  lilong_path_pkg::payload_t payload;
  logic beat_release;
  logic [15:0] in_height;
  logic [23:0] row_bytes;
  logic weights_full, weights_want, weights_take, result_free, result_take;
  logic data_valid, sum_valid;
  lilong_path_pkg::action_t data_act, next_act, sum_act;
  logic [3*Depth*8-1:0] data;
  logic [Lanes*Depth*8-1:0] shadow;
  logic [Lanes*32-1:0] sum;
  logic setup_idle, walk_idle, range_idle, stream_idle, weights_idle, array_idle, accum_idle;

  assign idle_o = setup_idle && walk_idle && range_idle && stream_idle && weights_idle
                  && array_idle && accum_idle;

  lilong_setup #(
      .Lanes(Lanes),
      .Depth(Depth)
  ) u_setup (
      .clk_i         (clk_i),
      .rst_ni        (rst_ni),
      .clr_i         (clr_i),
      .cmd_valid_i   (cmd_valid_i),
      .cmd_ready_o   (cmd_ready_o),
      .cmd_i         (cmd_i),
      .seq_i         (seq_i),
      .work_valid_o  (work_valid),
      .work_ready_i  (work_ready),
      .work_o        (work),
      .blocks_valid_o(blocks_valid),
      .blocks_ready_i(blocks_ready),
      .blocks_o      (blocks),
      .idle_o        (setup_idle)
  );

  lilong_walk #(
      .Lanes(Lanes),
      .Depth(Depth)
  ) u_walk (
      .clk_i        (clk_i),
      .rst_ni       (rst_ni),
      .clr_i        (clr_i),
      .work_valid_i (work_valid),
      .work_ready_o (work_ready),
      .work_i       (work),
      .go_i         (go),
      .full_i       (full),
      .place_valid_o(place_valid),
      .place_o      (place),
      .in_height_o  (in_height),
      .row_bytes_o  (row_bytes),
      .idle_o       (walk_idle)
  );

  lilong_range #(
      .Depth(Depth)
  ) u_range (
      .clk_i        (clk_i),
      .rst_ni       (rst_ni),
      .clr_i        (clr_i),
      .go_o         (go),
      .full_o       (full),
      .place_valid_i(place_valid),
      .place_i      (place),
      .in_height_i  (in_height),
      .row_bytes_i  (row_bytes),
      .beat_valid_o (beat_valid),
      .beat_o       (beat),
      .beat_pop_i   (beat_pop),
      .release_i    (beat_release),
      .payload_o    (payload),
      .idle_o       (range_idle)
  );

  lilong_stream #(
      .Depth          (Depth),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_stream (
      .clk_i          (clk_i),
      .rst_ni         (rst_ni),
      .clr_i          (clr_i),
      .done_seq_i     (done_seq_i),
      .beat_valid_i   (beat_valid),
      .beat_i         (beat),
      .beat_pop_o     (beat_pop),
      .release_o      (beat_release),
      .payload_i      (payload),
      .weights_full_i (weights_full),
      .weights_want_o (weights_want),
      .weights_first_o(weights_first_o),
      .weights_take_o (weights_take),
      .result_free_i  (result_free),
      .result_take_o  (result_take),
      .compute_o      (beat_o),
      .stall_weights_o(stall_weights_o),
      .stall_input_o  (stall_input_o),
      .stall_output_o (stall_output_o),
      .rd_req_o       (act_req_o),
      .rd_addr_o      (act_addr_o),
      .rd_gnt_i       (act_gnt_i),
      .rd_rdata_i     (act_rdata_i),
      .valid_o        (data_valid),
      .act_o          (data_act),
      .data_o         (data),
      .idle_o         (stream_idle)
  );

  lilong_weights #(
      .Lanes          (Lanes),
      .Depth          (Depth),
      .WeightVectors  (WeightVectors),
      .ScratchpadBytes(ScratchpadBytes)
  ) u_weights (
      .clk_i         (clk_i),
      .rst_ni        (rst_ni),
      .clr_i         (clr_i),
      .blocks_valid_i(blocks_valid),
      .blocks_ready_o(blocks_ready),
      .blocks_i      (blocks),
      .full_o        (weights_full),
      .want_i        (weights_want),
      .take_i        (weights_take),
      .rd_req_o      (weight_req_o),
      .rd_addr_o     (weight_addr_o),
      .rd_gnt_i      (weight_gnt_i),
      .rd_rdata_i    (weight_rdata_i),
      .shadow_o      (shadow),
      .idle_o        (weights_idle)
  );

  lilong_array #(
      .Lanes(Lanes),
      .Depth(Depth)
  ) u_array (
      .clk_i      (clk_i),
      .rst_ni     (rst_ni),
      .clr_i      (clr_i),
      .valid_i    (data_valid),
      .act_i      (data_act),
      .data_i     (data),
      .shadow_i   (shadow),
      .next_act_o (next_act),
      .sum_valid_o(sum_valid),
      .sum_act_o  (sum_act),
      .sum_o      (sum),
      .idle_o     (array_idle)
  );

  lilong_accum #(
      .Lanes(Lanes),
      .WindowLanes(lilong_isa_pkg::window_lanes(Lanes, Depth))
  ) u_accum (
      .clk_i      (clk_i),
      .rst_ni     (rst_ni),
      .clr_i      (clr_i),
      .next_act_i (next_act),
      .valid_i    (sum_valid),
      .act_i      (sum_act),
      .sum_i      (sum),
      .free_o     (result_free),
      .take_i     (result_take),
      .acc_valid_o(acc_valid_o),
      .acc_ready_i(acc_ready_i),
      .acc_data_o (acc_data_o),
      .idle_o     (accum_idle)
  );

  `LILONG_ASSERT_STATIC(DepthFits, Depth <= 64)
  `LILONG_ASSERT_STATIC(RowsOfABlock, lilong_isa_pkg::window_lanes(Lanes, Depth) % WeightVectors == 0)
endmodule
