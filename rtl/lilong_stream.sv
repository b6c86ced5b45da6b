// SPDX-License-Identifier: Apache-2.0
// Activation fetch: every stream keeps its last even and its last odd vector, so a vector is read
// only when it is entered.  Port 2s reads the even vectors of stream s, port 2s + 1 the odd ones.
// A beat is released when all its vectors are granted, its weights are granted, and (last step)
// a result entry is free; from then on nothing waits:
//
//   release t | bank t+1 | output register | crossbar, t+3 | held t+4: rotate, mask | window t+5
//
// The first beat of an instruction forgets the vectors held; with `fence` it waits until every
// earlier instruction is done.
module lilong_stream #(
    parameter int unsigned Depth = 16,
    parameter int unsigned ScratchpadBytes = 524288,
    localparam int unsigned AW = $clog2(ScratchpadBytes / Depth)
) (
    input  logic                     clk_i,
    input  logic                     rst_ni,
    input  logic                     clr_i,
    input  logic [3:0]               done_seq_i,      // instructions completed, modulo 16
    input  logic                     beat_valid_i,
    input  lilong_path_pkg::beat_t   beat_i,
    output logic                     beat_pop_o,
    // release
    input  logic                     weights_ready_i,
    output logic                     weights_take_o,
    input  logic                     result_free_i,
    output logic                     result_take_o,
    output logic                     compute_o,       // a computing beat is released
    output logic                     stall_weights_o,
    output logic                     stall_input_o,
    output logic                     stall_output_o,
    // scratchpad
    output logic [5:0]               rd_req_o,
    output logic [6*AW-1:0]          rd_addr_o,
    input  logic [5:0]               rd_gnt_i,
    input  logic [5:0]               rd_rvalid_i,
    input  logic [6*Depth*8-1:0]     rd_rdata_i,
    // to the array
    output logic                     valid_o,
    output lilong_path_pkg::action_t act_o,
    output logic [3*Depth*8-1:0]     data_o,          // dense: stream 0 holds all pieces
    output logic                     idle_o
);
  localparam int unsigned Width = Depth * 8;
  localparam int unsigned TW = AW - 1;  // vector address / 2

  // ---- request
  logic valid_q, hazard_q;
  logic [5:0] req_q, held_q;             // held: the tag is valid
  logic [5:0][TW-1:0] tag_q;             // vector a port holds, or will when its request returns
  lilong_path_pkg::action_t act_q;
  lilong_path_pkg::mask_t [2:0] mask_q;
  logic [5:0] need, hit, req_d;
  logic [5:0][TW-1:0] want;
  logic granted, weights_ok, result_ok, release_beat, take, fence_ok;

  always_comb begin
    need  = '0;
    want  = '0;
    hit   = '0;
    for (int unsigned s = 0; s < 3; s++) begin
      need[2*s]   = beat_i.need_even[s];
      need[2*s+1] = beat_i.need_odd[s];
      want[2*s]   = beat_i.even[s][TW-1:0];
      want[2*s+1] = beat_i.odd[s][TW-1:0];
    end
    for (int unsigned p = 0; p < 6; p++) begin
      hit[p] = held_q[p] && !beat_i.act.open && tag_q[p] == want[p];
    end
    req_d        = need & ~hit;
    granted      = (req_q & ~rd_gnt_i) == '0;
    weights_ok   = !(act_q.load && !act_q.pool) || weights_ready_i;
    result_ok    = !(act_q.compute && act_q.last) || result_free_i;
    release_beat = valid_q && granted && weights_ok && result_ok && !hazard_q;
    fence_ok     = !(beat_i.act.open && beat_i.act.fence) || beat_i.act.seq == done_seq_i;
    take         = beat_valid_i && fence_ok && (!valid_q || release_beat);
  end

  assign beat_pop_o      = take;
  assign weights_take_o  = release_beat && act_q.load && !act_q.pool;
  assign result_take_o   = release_beat && act_q.compute && act_q.last;
  assign compute_o       = release_beat && act_q.compute;
  assign stall_weights_o = valid_q && !weights_ok;
  assign stall_output_o  = valid_q && weights_ok && !result_ok;
  assign stall_input_o   = valid_q && weights_ok && result_ok && !compute_o;
  assign rd_req_o        = req_q;

  always_comb begin
    rd_addr_o = '0;
    for (int unsigned p = 0; p < 6; p++) rd_addr_o[p*AW+:AW] = {tag_q[p], 1'(p)};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      hazard_q <= 1'b0;
      req_q    <= '0;
      held_q   <= '0;
      tag_q    <= '0;
      act_q    <= '0;
      mask_q   <= '0;
    end else if (clr_i) begin
      valid_q  <= 1'b0;
      hazard_q <= 1'b0;
      req_q    <= '0;
      held_q   <= '0;
    end else begin
      // the accumulator of a stripe of one position needs a cycle between two steps
      hazard_q <= release_beat && act_q.single && act_q.compute;
      if (take) begin
        valid_q <= 1'b1;
        req_q   <= req_d;
        held_q  <= beat_i.act.open ? need : held_q | need;
        act_q   <= beat_i.act;
        mask_q  <= beat_i.mask;
        for (int unsigned p = 0; p < 6; p++) begin
          if (need[p]) tag_q[p] <= want[p];
        end
      end else begin
        if (release_beat) valid_q <= 1'b0;
        req_q <= req_q & ~rd_gnt_i;
      end
    end
  end

  // ---- way of a released beat and of its vectors
  logic [3:0] pipe_q;
  lilong_path_pkg::action_t [3:0] pipe_act_q;
  lilong_path_pkg::mask_t [3:0][2:0] pipe_mask_q;
  logic [5:0][Width-1:0] hold_q;

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < 6; p++) begin
      if (rd_rvalid_i[p]) hold_q[p] <= rd_rdata_i[p*Width+:Width];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pipe_q      <= '0;
      pipe_act_q  <= '0;
      pipe_mask_q <= '0;
    end else if (clr_i) begin
      pipe_q <= '0;
    end else begin
      pipe_q <= {pipe_q[2:0], release_beat};
      if (release_beat || pipe_q[2:0] != '0) begin
        pipe_act_q  <= {pipe_act_q[2:0], act_q};
        pipe_mask_q <= {pipe_mask_q[2:0], mask_q};
      end
    end
  end

  // ---- rotate and mask
  logic [2:0][Width-1:0] part, data_q;
  logic [2*Width-1:0] ring;
  logic [Depth-1:0] image, piece;
  lilong_path_pkg::mask_t m;
  always_comb begin
    part   = '0;
    ring   = '0;
    image = '0;
    piece  = '0;
    m      = '0;
    if (pipe_q[3]) begin
      for (int unsigned s = 0; s < 3; s++) begin
        m = pipe_mask_q[3][s];
        if (m.stop != m.dst) begin
          ring    = {hold_q[2*s+1], hold_q[2*s]};
          part[s] = Width'({ring, ring} >> {m.rot, 3'b000});
          piece   = ~({Depth{1'b1}} << m.stop) & ({Depth{1'b1}} << m.dst);
          image  = ~({Depth{1'b1}} << m.to) & ({Depth{1'b1}} << m.from);
          if (image != '1) begin
            for (int unsigned d = 0; d < Depth; d++) begin
              if (!image[d]) part[s][d*8+:8] = piece[d] ? pipe_act_q[3].pad : 8'd0;
            end
          end
        end
      end
      if (!pipe_act_q[3].depthwise) part[0] = part[0] | part[1] | part[2];
    end
  end

  logic out_q;
  lilong_path_pkg::action_t out_act_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_q     <= 1'b0;
      out_act_q <= '0;
      data_q    <= '0;
    end else if (clr_i) begin
      out_q <= 1'b0;
    end else begin
      out_q <= pipe_q[3];
      if (pipe_q[3]) begin
        out_act_q <= pipe_act_q[3];
        data_q[0] <= part[0];
        if (pipe_act_q[3].depthwise) data_q[2:1] <= part[2:1];
      end
    end
  end
  assign valid_o = out_q;
  assign act_o   = out_act_q;
  assign data_o  = data_q;
  assign idle_o  = !valid_q && pipe_q == '0 && !out_q;

  logic unused;
  assign unused = ^beat_i;
endmodule
