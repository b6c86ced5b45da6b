// SPDX-License-Identifier: Apache-2.0
// Activation fetch: every stream keeps its last even and its last odd vector, so a vector is read
// only when it is entered.  Port 2s reads the even vectors of stream s, port 2s + 1 the odd ones.
//
// Up to five beats ask ahead: every port has a queue of its own, so ports that meet in a bank drift
// apart instead of meeting again with every beat.  Beats are released in order, two cycles after
// all their vectors and weights were granted at the earliest, and (last step) when a result entry is
// free; from then on nothing waits:
//
//   grant t | row t+1 | bank t+2: release | output register | crossbar, t+4 | held t+5: rotate,
//                                                                             mask | t+6
//
// In the cycle after one in which the oldest beat only waited for weights, these come first.
// A grant changes the queues at once; all else learns of it from a register, a cycle later.
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
    output logic                     release_o,       // of the oldest beat taken
    input  lilong_path_pkg::payload_t payload_i,      // of it, from the next cycle
    // release
    input  logic                     weights_full_i,  // granted before this cycle
    output logic                     weights_want_o,  // the oldest beat waits for nothing else
    output logic                     weights_first_o, // and did so in the cycle before
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
    input  logic [6*Depth*8-1:0]     rd_rdata_i,
    // to the array
    output logic                     valid_o,
    output lilong_path_pkg::action_t act_o,
    output logic [3*Depth*8-1:0]     data_o,          // dense: stream 0 holds all pieces
    output logic                     idle_o
);
  localparam int unsigned Width = Depth * 8;
  localparam int unsigned DepthBits = $clog2(Depth);
  localparam int unsigned TW = AW - 1;  // vector address / 2
  localparam int unsigned Ahead = 5;    // beats that ask ahead
  localparam int unsigned Slots = 8;    // for beats, requests of a port, vectors held: more than Ahead

  // What the release needs of a beat.
  typedef struct packed {
    logic [5:0] req;      // ports that this beat asks
    logic       weights;  // takes the next block
    logic       result;   // takes a result entry
    logic       compute;
    logic       gap;      // no release in the next cycle
  } control_t;

  typedef logic [5:0][2:0] slots_t;  // where its vectors lie

  // Physical address of a vector: row and bank.
  function automatic logic [AW-1:0] place(input logic [AW-1:0] vector);
    place = {vector[AW-1:3], vector[2:0] + vector[5:3]};
  endfunction

  // ---- enter: which vectors are missing
  logic [5:0] held_q, need, hit, push;
  logic [5:0][TW-1:0] tag_q, want;            // newest vector of a port
  logic [5:0][AW-1:0] new_place;
  logic [5:0][2:0] write_q;                   // next slot of a port
  logic [2:0] count_q;
  logic [2:0] first_q, next_q;                // oldest beat, next free entry
  logic take, fence_ok;
  slots_t enter_slot;
  control_t enter_control;

  always_comb begin
    need  = '0;
    want  = '0;
    hit   = '0;
    new_place = '0;
    enter_slot = '0;
    for (int unsigned s = 0; s < 3; s++) begin
      need[2*s]   = beat_i.need_even[s];
      need[2*s+1] = beat_i.need_odd[s];
      want[2*s]   = beat_i.even[s][TW-1:0];
      want[2*s+1] = beat_i.odd[s][TW-1:0];
    end
    fence_ok = !(beat_i.open && beat_i.fence) || beat_i.seq == done_seq_i;
    take     = beat_valid_i && fence_ok && count_q != 3'(Ahead);
    for (int unsigned p = 0; p < 6; p++) begin
      new_place[p]  = place({want[p], 1'(p)});
      hit[p]        = held_q[p] && !beat_i.open && tag_q[p] == want[p];
      enter_slot[p] = write_q[p] - 3'(hit[p] || !need[p]);
    end
    enter_control.req     = need & ~hit;
    enter_control.weights = beat_i.weights;
    enter_control.result  = beat_i.result;
    enter_control.compute = beat_i.compute;
    enter_control.gap     = beat_i.gap;
    push                  = take ? enter_control.req : '0;
  end
  assign beat_pop_o = take;

  // ---- ask: a queue for every port
  logic [5:0][2:0] read_q;
  logic [5:0][2:0] waiting_q;   // requests not granted
  logic [5:0][2:0] granted_q;   // requests granted before that, beat not released
  logic [5:0] req_q, gnt;
  logic [5:0] gnt_q;            // of the cycle before
  logic [5:0][AW-1:0] place_q;  // of the request that comes next
  logic [5:0][AW-1:0] second;   // behind the one that asks now
  logic [5:0][2:0] waiting_d;
  logic [5:0][AW-1:0] place_d;

  always_comb begin
    for (int unsigned p = 0; p < 6; p++) begin
      waiting_d[p] = waiting_q[p] + 3'(push[p]) - 3'(gnt[p]);
      // behind a grant the next one of the queue; the one pushed now may be the only one
      if (gnt[p]) place_d[p] = waiting_q[p] == 3'd1 ? new_place[p] : second[p];
      else place_d[p] = waiting_q[p] == 3'd0 ? new_place[p] : place_q[p];
    end
  end
  for (genvar p = 0; p < 6; p++) begin : gen_queue
    logic [AW-1:0] queue_q[Slots];
    logic [2:0] read_next;
    assign read_next = read_q[p] + 3'd1;
    always_ff @(posedge clk_i) begin
      if (push[p]) queue_q[write_q[p]] <= new_place[p];
    end
    assign second[p] = queue_q[read_next];
  end
  assign rd_req_o  = req_q;
  assign rd_addr_o = place_q;
  assign gnt       = req_q & rd_gnt_i;

  // ---- release: a function of registers only
  slots_t slot_q[Slots];
  control_t [Ahead-1:0] control_q, control_d;   // oldest first
  control_t head;
  logic valid, hazard_q, ready, weights_ok, result_ok, release_beat, first_weights_q;

  assign head      = control_q[0];
  assign release_o = release_beat;
  always_comb begin
    ready = 1'b1;
    for (int unsigned p = 0; p < 6; p++) begin
      if (head.req[p] && granted_q[p] == '0) ready = 1'b0;
    end
    valid        = count_q != '0;
    weights_ok   = !head.weights || weights_full_i;
    result_ok    = !head.result || result_free_i;
    release_beat = valid && ready && weights_ok && result_ok && !hazard_q;
  end

  always_comb begin
    control_d = control_q;
    if (release_beat) control_d = control_q >> $bits(control_t);
    if (take) control_d[count_q - 3'(release_beat)] = enter_control;
  end

  assign weights_want_o  = valid && ready && head.weights && result_ok && !hazard_q;
  assign weights_first_o = first_weights_q;
  assign weights_take_o  = release_beat && head.weights;
  assign result_take_o   = release_beat && head.result;
  assign compute_o       = release_beat && head.compute;
  assign stall_weights_o = valid && !weights_ok;
  assign stall_output_o  = valid && weights_ok && !result_ok;
  assign stall_input_o   = valid && weights_ok && result_ok && !compute_o;

  always_ff @(posedge clk_i) begin
    if (take) slot_q[next_q] <= enter_slot;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q    <= '0;
      tag_q     <= '0;
      write_q   <= '0;
      count_q   <= '0;
      first_q   <= '0;
      next_q    <= '0;
      read_q    <= '0;
      waiting_q <= '0;
      req_q     <= '0;
      place_q   <= '0;
      gnt_q     <= '0;
      granted_q       <= '0;
      hazard_q        <= 1'b0;
      first_weights_q <= 1'b0;
      control_q       <= '0;
    end else begin
      gnt_q   <= gnt;
      count_q <= count_q + 3'(take) - 3'(release_beat);
      if (release_beat) first_q <= first_q + 3'd1;
      if (take || release_beat) control_q <= control_d;
      hazard_q        <= release_beat && head.gap;
      first_weights_q <= valid && ready && head.weights && !weights_full_i;
      if (take) begin
        next_q <= next_q + 3'd1;
        held_q <= beat_i.open ? need : held_q | need;
      end
      for (int unsigned p = 0; p < 6; p++) begin
        if (push[p]) begin
          tag_q[p]   <= want[p];
          write_q[p] <= write_q[p] + 3'd1;
        end
        if (gnt[p]) read_q[p] <= read_q[p] + 3'd1;
        waiting_q[p] <= waiting_d[p];
        req_q[p]     <= waiting_d[p] != '0;
        if (push[p] || gnt[p]) place_q[p] <= place_d[p];
        granted_q[p] <= granted_q[p] + 3'(gnt_q[p]) - 3'(release_beat && head.req[p]);
      end
      if (clr_i) begin
        held_q          <= '0;
        write_q         <= '0;
        count_q         <= '0;
        first_q         <= '0;
        next_q          <= '0;
        read_q          <= '0;
        waiting_q       <= '0;
        req_q           <= '0;
        gnt_q           <= '0;
        granted_q       <= '0;
        hazard_q        <= 1'b0;
        first_weights_q <= 1'b0;
      end
    end
  end

  // ---- way of a released beat and of its vectors
  // What the masks of a stream say of each byte and where it comes from.
  typedef struct packed {
    logic [Depth-1:0]     keep;  // byte of the image
    logic [Depth-1:0]     fill;  // pad
    logic [Depth-1:0]     odd;   // lane of the odd vector, not of the even one
    logic [DepthBits-1:0] rot;   // lanes move down
  } part_t;

  logic [2:0] pipe_q;
  slots_t [2:0] pipe_slot_q;
  lilong_path_pkg::mask_t [2:0] mask_q;          // in the second cycle
  lilong_path_pkg::action_t act1_q, act2_q;      // in the second and the third
  part_t [2:0] parts_q;
  localparam int unsigned Way = lilong_path_pkg::ReadLatency - 1;
  logic [Way-1:0][5:0] way_q;
  logic [5:0][2:0] store_q;     // slot of the vector that comes next
  logic [5:0][Width-1:0] hold;

  // Of a range of bytes: those from `first` on.
  function automatic logic [Depth-1:0] from(input logic [DepthBits:0] first);
    from = {Depth{1'b1}} << first;
  endfunction

  function automatic part_t part_of(input lilong_path_pkg::mask_t mask);
    part_of.rot  = mask.rot[DepthBits-1:0];
    part_of.keep = from(mask.from[DepthBits:0]) & ~from(mask.to[DepthBits:0]);
    part_of.fill = from(mask.dst[DepthBits:0]) & ~from(mask.stop[DepthBits:0]) & ~part_of.keep;
    // the ring of two vectors, seen from its lanes
    part_of.odd  = {Depth{mask.rot[DepthBits]}} ^ ~from({1'b0, mask.rot[DepthBits-1:0]});
  endfunction

  for (genvar p = 0; p < 6; p++) begin : gen_hold
    logic [Width-1:0] hold_q[Slots];
    always_ff @(posedge clk_i) begin
      if (way_q[Way-1][p]) hold_q[store_q[p]] <= rd_rdata_i[p*Width+:Width];
    end
    assign hold[p] = hold_q[pipe_slot_q[2][p]];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pipe_q  <= '0;
      way_q   <= '0;
      store_q <= '0;
    end else if (clr_i) begin
      pipe_q  <= '0;
      way_q   <= '0;
      store_q <= '0;
    end else begin
      pipe_q <= {pipe_q[1:0], release_beat};
      way_q  <= {way_q[Way-2:0], gnt_q};
      for (int unsigned p = 0; p < 6; p++) begin
        if (way_q[Way-1][p]) store_q[p] <= store_q[p] + 3'd1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (release_beat) pipe_slot_q[0] <= slot_q[first_q];
    if (pipe_q[0]) begin
      pipe_slot_q[1] <= pipe_slot_q[0];
      mask_q         <= payload_i.mask;
      act1_q         <= payload_i.act;
    end
    if (pipe_q[1]) begin
      pipe_slot_q[2] <= pipe_slot_q[1];
      act2_q         <= act1_q;
      for (int unsigned s = 0; s < 3; s++) parts_q[s] <= part_of(mask_q[s]);
    end
  end

  // ---- rotate and mask
  // All bits of the bytes that are set, four bytes at a time.
  localparam logic [511:0] Bytes = {
      32'hffffffff, 32'hffffff00, 32'hffff00ff, 32'hffff0000, 32'hff00ffff, 32'hff00ff00,
      32'hff0000ff, 32'hff000000, 32'h00ffffff, 32'h00ffff00, 32'h00ff00ff, 32'h00ff0000,
      32'h0000ffff, 32'h0000ff00, 32'h000000ff, 32'h00000000};
  function automatic logic [Width-1:0] bytes(input logic [Depth-1:0] set);
    for (int unsigned d = 0; d < Depth; d += 4) bytes[d*8+:32] = Bytes[{set[d+:4], 5'd0}+:32];
  endfunction

  logic [2:0][Width-1:0] part, data_q;
  logic [Width-1:0] lanes, take_odd;
  always_comb begin
    part     = '0;
    lanes    = '0;
    take_odd = '0;
    if (pipe_q[2]) begin
      for (int unsigned s = 0; s < 3; s++) begin
        take_odd = bytes(parts_q[s].odd);
        lanes    = (hold[2*s+1] & take_odd) | (hold[2*s] & ~take_odd);
        part[s]  = (Width'({lanes, lanes} >> {parts_q[s].rot, 3'b000}) & bytes(parts_q[s].keep)) |
                   ({Depth{act2_q.pad}} & bytes(parts_q[s].fill));
      end
      if (!act2_q.depthwise) part[0] = part[0] | part[1] | part[2];
    end
  end

  logic out_q;
  lilong_path_pkg::action_t out_act_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_q     <= 1'b0;
      out_act_q <= '0;
      data_q    <= '0;
    end else begin
      out_q <= pipe_q[2];
      if (pipe_q[2]) begin
        out_act_q <= act2_q;
        data_q[0] <= part[0];
        if (act2_q.depthwise) data_q[2:1] <= part[2:1];
      end
      if (clr_i) begin
        out_q <= 1'b0;
      end
    end
  end
  assign valid_o = out_q;
  assign act_o   = out_act_q;
  assign data_o  = data_q;
  assign idle_o  = count_q == '0 && pipe_q == '0 && !out_q;

  logic unused;
  assign unused = ^{beat_i, mask_q};
endmodule
