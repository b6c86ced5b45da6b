// SPDX-License-Identifier: Apache-2.0
//
// Loads the constants of the output pipeline ahead of their use: table, head and the record of
// every lane group, through the weight ports.
//
// Promises two slots that fill in the order of the instructions and of their lane groups: ready_o
// of a slot rises when its bias, multiplier and shift are valid and the table of its instruction
// has been written.  take_i clears ready_o (the group's last position has been accepted), free_i
// says that the values are no longer read, and lets the slot be filled again.
// Requests are made in batches of up to WeightVectors neighbouring vectors, the table one vector at
// a time; a batch follows when every vector of the one before has been granted.  Grants may be
// refused at any time; data follows a grant by a fixed time.
//
//   sequence of batches --> two batches wait --> requests --> tags of what comes back
//                                                ^ grants
`include "lilong_assert.svh"

module lilong_params #(
  parameter int unsigned Lanes           = 16,
  parameter int unsigned Depth           = 16,
  parameter int unsigned Results         = 16,
  parameter int unsigned WeightVectors   = 4,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned AW = $clog2(ScratchpadBytes / Depth),
  localparam int unsigned BW = (Lanes > Results) ? $clog2(Lanes / Results) : 1,
  localparam int unsigned TW = $clog2(512 / Depth)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic                               clr_i,
  // instruction to load constants for; held until done
  input  logic                               cmd_valid_i,
  input  logic                               cmd_sel_i,     // which table it uses
  input  logic [511:0]                       cmd_i,
  output logic                               cmd_done_o,    // cmd_i is not needed any more, pulse
  // slots
  output logic [1:0]                         ready_o,
  input  logic [1:0]                         take_i,
  input  logic [1:0]                         free_i,
  input  logic                               read_slot_i,
  input  logic [BW-1:0]                      read_beat_i,   // Results lanes each
  output logic [Results-1:0][31:0]           bias_o,
  output logic [Results-1:0][30:0]           multiplier_o,
  output logic [Results-1:0][5:0]            shift_o,
  // table writes: row of Depth bytes
  output logic                               table_we_o,
  output logic [TW-1:0]                      table_row_o,
  output logic [Depth*8-1:0]                 table_data_o,
  // weight ports
  output logic [WeightVectors-1:0]           prm_req_o,
  output logic [WeightVectors*AW-1:0]        prm_addr_o,
  input  logic [WeightVectors-1:0]           prm_gnt_i,
  input  logic [WeightVectors-1:0]           prm_rvalid_i,
  input  logic [WeightVectors*Depth*8-1:0]   prm_rdata_i
);
  localparam int unsigned TableVecs   = 256 / Depth;
  localparam int unsigned BiasVecs    = 4 * Lanes / Depth;
  localparam int unsigned ChannelVecs = (9 * Lanes + Depth - 1) / Depth;
  localparam int unsigned IW          = $clog2(TableVecs + ChannelVecs + WeightVectors) + 1;
  localparam int unsigned RawBits     = ChannelVecs * Depth * 8;

  localparam logic [1:0] PhIdle = 2'd0, PhTable = 2'd1, PhHead = 2'd2, PhRecord = 2'd3;

  /* verilator lint_off UNUSEDSIGNAL */   // few of the fields matter here
  lilong_isa_pkg::conv_t cv;
  lilong_isa_pkg::pool_t pl;
  lilong_isa_pkg::eltwise_t el;
  /* verilator lint_on UNUSEDSIGNAL */
  logic is_conv, is_pool, per_channel;
  logic [15:0] width;   // channels of a record
  assign cv          = cmd_i;
  assign pl          = cmd_i;
  assign el          = cmd_i;
  assign is_conv     = cv.opcode == lilong_isa_pkg::OpcodeConv ||
                       cv.opcode == lilong_isa_pkg::OpcodeDwconv;
  assign is_pool     = cv.opcode == lilong_isa_pkg::OpcodePool;
  assign per_channel = is_conv && cv.per_channel[0];
  assign width       = cv.opcode == lilong_isa_pkg::OpcodeConv ?
                       16'(Lanes) : 16'(lilong_isa_pkg::window_lanes(Lanes, Depth));

  // What an answer must know.
  typedef struct packed {
    logic [1:0]    phase;
    logic [IW-1:0] index;        // number of port 0's vector within the phase
    logic          slot;
    logic          sel;
    logic          per_channel;
  } tag_t;

  typedef struct packed {
    logic [WeightVectors-1:0]         mask;   // ports
    logic [WeightVectors-1:0][AW-1:0] place;  // row and bank of every port's vector
    logic                             last;   // of its record
    tag_t                             tag;
  } batch_t;

  // ---- sequence of batches
  logic [1:0]               phase_q, phase_d;
  logic [IW-1:0]            left_q, left_d;      // vectors of the phase that no batch has yet
  logic [IW-1:0]            index_q, index_d;    // of the batch made last
  logic [AW-1:0]            addr_q, addr_d;      // vector address of its port 0
  logic [IW-1:0]            size_q, size_d;      // its vectors
  logic [IW-1:0]            left_with;           // left_d and size_d
  logic [15:0]              channels_q;   // channels from this lane group on
  logic                     slot_q, slot_d;
  logic [1:0]               busy_q, busy_d;
  logic [1:0]               ready_q, ready_d;
  logic                     room;         // for a batch: the sequence goes on
  logic                     record_end;   // behind the batch made last
  logic                     alloc, fill, finish;

  // ---- requests
  batch_t                           batch_new, batch_next;
  logic                             batch_made, batch_valid, batch_take;
  logic [WeightVectors-1:0]         pend_q;      // vectors of the batch not yet granted
  logic [WeightVectors-1:0][AW-1:0] place_q;
  logic                             last_q;
  tag_t                             now_q;       // of the batch
  logic [WeightVectors-1:0]         granted;
  logic                             batch_done;

  // ---- answers: what was granted one, two, ... cycles ago
  localparam int unsigned Way = lilong_path_pkg::ReadLatency;
  logic [Way-1:0][WeightVectors-1:0] tag_valid_q;
  logic [Way-1:0]                    tag_finish_q;
  tag_t [Way-1:0]                    tag_q;
  tag_t                              tag;        // of the data that comes now
  logic                              in_flight_q; // something is asked for or comes back

  assign granted    = pend_q & prm_gnt_i;
  assign batch_done = (pend_q & ~prm_gnt_i) == '0;
  assign batch_take = batch_valid && batch_done;
  assign record_end = phase_q == PhRecord && left_q == '0 && size_q != '0;
  assign tag        = tag_q[Way-1];
  assign prm_req_o  = pend_q;
  assign prm_addr_o = place_q;

  function automatic logic [AW-1:0] place(input logic [AW-1:0] vector);
    place = {vector[AW-1:3], vector[2:0] + vector[5:3]};
  endfunction

  // Where the next batch starts.
  logic [AW-1:0] addr_next;
  assign addr_next = phase_q == PhIdle ? AW'(cv.params_addr / Depth) : addr_q + AW'(size_q);

  function automatic logic [IW-1:0] batch(input logic [IW-1:0] left, input logic wide);
    if (!wide) batch = IW'(1);
    else if (left > IW'(WeightVectors)) batch = IW'(WeightVectors);
    else batch = left;
  endfunction

  always_comb begin
    phase_d    = phase_q;
    left_d     = left_q;
    index_d    = index_q;
    addr_d     = addr_q;
    size_d     = size_q;
    left_with  = '0;
    slot_d     = slot_q;
    alloc      = 1'b0;
    fill       = 1'b0;
    finish     = 1'b0;
    cmd_done_o = 1'b0;

    if (room) begin
      // The next batch starts where the one before ended.
      addr_d  = addr_next;
      index_d = index_q + size_q;
      size_d  = '0;
      unique case (phase_q)
        PhIdle: begin
          index_d    = '0;
          if (cmd_valid_i) begin
            if (cv.table_en[0]) begin
              phase_d = PhTable;
              left_d  = IW'(TableVecs);
            end else if (is_conv && !per_channel) begin
              phase_d = PhHead;
              left_d  = IW'(1);
            end else begin
              phase_d = PhRecord;
              left_d  = '0;
            end
          end
        end
        PhTable, PhHead: begin
          if (left_q == '0) begin
            index_d = '0;
            if (phase_q == PhTable && is_conv && !per_channel) begin
              phase_d = PhHead;
              left_d  = IW'(1);
            end else begin
              phase_d = PhRecord;
              left_d  = '0;
            end
          end
        end
        PhRecord: begin
          if (left_q == '0 && size_q != '0) begin       // all batches of a record are made
            finish = 1'b1;
            slot_d = !slot_q;
            if (channels_q <= width) begin
              phase_d    = PhIdle;
              cmd_done_o = 1'b1;
            end
          end
        end
        default: ;
      endcase

      // A record starts as soon as its slot is free.
      if (phase_q == PhRecord && left_q == '0 && !cmd_done_o && !busy_q[slot_d]) begin
        if (is_conv) begin
          alloc   = 1'b1;
          index_d = '0;
          left_d  = per_channel ? IW'(ChannelVecs) : IW'(BiasVecs);
        end else if (!in_flight_q) begin
          alloc      = 1'b1;
          fill       = 1'b1;
          slot_d     = !slot_q;
          phase_d    = PhIdle;
          cmd_done_o = 1'b1;
        end
      end

      left_with = left_d;
      if (left_d != '0) begin
        size_d = batch(left_d, phase_d == PhRecord);
        left_d = left_d - size_d;
      end
    end
  end

  // Told by what is left before the batch, which is known earlier than what is left behind it.
  assign batch_made = room && left_with != '0;
  always_comb begin
    for (int unsigned p = 0; p < WeightVectors; p++) begin
      batch_new.mask[p]  = IW'(p) < size_d;
      batch_new.place[p] = place(addr_next + AW'(p));
    end
    batch_new.last            = phase_d == PhRecord && left_with <= IW'(WeightVectors);
    batch_new.tag.phase       = phase_d;
    batch_new.tag.index       = index_d;
    batch_new.tag.slot        = slot_d;
    batch_new.tag.sel         = cmd_sel_i;
    batch_new.tag.per_channel = per_channel;
  end

  lilong_stream_late #(
    .Width($bits(batch_t))
  ) u_batches (
    .clk_i,
    .rst_ni,
    .clr_i,
    .valid_i(batch_made),
    .ready_o(room),
    .data_i (batch_new),
    .valid_o(batch_valid),
    .ready_i(batch_take),
    .data_o (batch_next)
  );

  // The slot that alloc and fill mean.
  logic target;
  assign target = finish ? !slot_q : slot_q;

  always_comb begin
    busy_d  = busy_q & ~free_i;
    ready_d = ready_q & ~take_i;
    if (alloc) busy_d[target] = 1'b1;
    if (fill) ready_d[target] = 1'b1;
    if (tag_finish_q[Way-1]) ready_d[tag.slot] = 1'b1;
  end
  assign ready_o = ready_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q    <= PhIdle;
      left_q     <= '0;
      index_q    <= '0;
      addr_q     <= '0;
      size_q     <= '0;
      pend_q     <= '0;
      channels_q <= '0;
      slot_q     <= 1'b0;
      busy_q     <= '0;
      ready_q    <= '0;
    end else if (clr_i) begin
      phase_q    <= PhIdle;
      left_q     <= '0;
      index_q    <= '0;
      addr_q     <= '0;
      size_q     <= '0;
      pend_q     <= '0;
      channels_q <= '0;
      slot_q     <= 1'b0;
      busy_q     <= '0;
      ready_q    <= '0;
    end else begin
      phase_q    <= phase_d;
      left_q     <= left_d;
      index_q    <= index_d;
      addr_q     <= addr_d;
      size_q     <= size_d;
      pend_q     <= batch_take ? batch_next.mask : pend_q & ~prm_gnt_i;
      if (phase_q == PhIdle) channels_q <= cv.channels;
      else if (record_end && room) channels_q <= channels_q - width;
      slot_q     <= slot_d;
      busy_q     <= busy_d;
      ready_q    <= ready_d;
    end
  end

  // Known a cycle before: a batch becomes a request, and a request that is granted a tag.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) in_flight_q <= 1'b0;
    else in_flight_q <= !clr_i && (tag_valid_q[Way-2:0] != '0 || pend_q != '0 || batch_valid ||
                                   batch_made);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tag_valid_q  <= '0;
      tag_finish_q <= '0;
      tag_q        <= '0;
    end else if (clr_i) begin
      tag_valid_q  <= '0;
      tag_finish_q <= '0;
    end else if (tag_valid_q != '0 || pend_q != '0) begin
      tag_valid_q  <= {tag_valid_q[Way-2:0], granted};
      tag_finish_q <= {tag_finish_q[Way-2:0], granted != '0 && batch_done && last_q};
      tag_q        <= {tag_q[Way-2:0], now_q};
    end
  end

  always_ff @(posedge clk_i) begin
    if (batch_take) begin
      place_q <= batch_next.place;
      last_q  <= batch_next.last;
      now_q   <= batch_next.tag;
    end
  end

  // ---- table
  assign table_we_o   = tag_valid_q[Way-1][0] && tag.phase == PhTable;
  assign table_row_o  = {tag.sel, tag.index[TW-2:0]};
  assign table_data_o = prm_rdata_i[Depth*8-1:0];

  // ---- slots: the record as it lies in memory
  logic [30:0] head_multiplier_q;
  logic [5:0]  head_shift_q;
  logic [1:0][RawBits-1:0] raw_q;

  always_ff @(posedge clk_i) begin
    if (tag_valid_q[Way-1][0] && tag.phase == PhHead) begin
      head_multiplier_q <= prm_rdata_i[30:0];
      head_shift_q      <= prm_rdata_i[37:32];
    end
  end

  // Vector v of a record always comes through port v mod WeightVectors.  Where the data goes that
  // comes next is known a cycle before.
  logic [1:0][ChannelVecs-1:0] raw_we, raw_we_q;
  /* verilator lint_off UNUSEDSIGNAL */   // where data goes, nothing else of it
  tag_t next_tag;
  /* verilator lint_on UNUSEDSIGNAL */
  assign next_tag = tag_q[Way-2];
  always_comb begin
    raw_we = '0;
    for (int unsigned v = 0; v < ChannelVecs; v++) begin
      raw_we[next_tag.slot][v] = next_tag.phase == PhRecord &&
                                 tag_valid_q[Way-2][v%WeightVectors] &&
                                 next_tag.index == IW'(v - v % WeightVectors);
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) raw_we_q <= '0;
    else raw_we_q <= clr_i ? '0 : raw_we;
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned s = 0; s < 2; s++) begin
      for (int unsigned v = 0; v < ChannelVecs; v++) begin
        if (raw_we_q[s][v]) begin
          raw_q[s][v*Depth*8 +: Depth*8] <= prm_rdata_i[(v%WeightVectors)*Depth*8 +: Depth*8];
        end
      end
    end
  end

  // Slots whose lanes have values in common: bias of `pool` and `eltwise`, multiplier and shift of
  // everything but per_channel.
  logic [1:0]       same_bias_q, same_scale_q;
  logic [1:0][31:0] common_bias_q;
  logic [1:0][30:0] common_multiplier_q;
  logic [1:0][5:0]  common_shift_q;

  // A slot that is free takes the values of the instruction at hand all the time, so that they are
  // there when fill names it; what a record leaves in it before its end is not read.
  always_ff @(posedge clk_i) begin
    for (int unsigned s = 0; s < 2; s++) begin
      if (!busy_q[s]) begin
        same_bias_q[s]         <= 1'b1;
        same_scale_q[s]        <= 1'b1;
        common_bias_q[s]       <= is_pool ? pl.bias : 32'd0;
        common_multiplier_q[s] <= el.multiplier;
        common_shift_q[s]      <= el.shift;
      end else if (tag_finish_q[Way-1] && tag.slot == 1'(s)) begin
        same_bias_q[s]         <= 1'b0;
        same_scale_q[s]        <= !tag.per_channel;
        common_multiplier_q[s] <= head_multiplier_q;
        common_shift_q[s]      <= head_shift_q;
      end
    end
  end

  always_comb begin
    for (int unsigned l = 0; l < Results; l++) begin
      bias_o[l]       = same_bias_q[read_slot_i] ? common_bias_q[read_slot_i] :
                        raw_q[read_slot_i][32*(32'(read_beat_i)*Results+l) +: 32];
      multiplier_o[l] = same_scale_q[read_slot_i] ? common_multiplier_q[read_slot_i] :
                        raw_q[read_slot_i][32*(Lanes+32'(read_beat_i)*Results+l) +: 31];
      shift_o[l]      = same_scale_q[read_slot_i] ? common_shift_q[read_slot_i] :
                        raw_q[read_slot_i][64*Lanes+8*(32'(read_beat_i)*Results+l) +: 6];
    end
  end

  `LILONG_ASSERT(FillsFreeSlot_A, !fill || !busy_q[target])
  `LILONG_ASSERT(RecordHasSlot_A, !tag_finish_q[Way-1] || busy_q[tag.slot])
  `LILONG_ASSERT(InFlightKnown_A,
                 in_flight_q == (tag_valid_q != '0 || pend_q != '0 || batch_valid))
  `LILONG_ASSERT(RoomWhenAtRest, in_flight_q || room)
  `LILONG_ASSERT(DataFollowsGrant, (tag_valid_q[Way-1] & ~prm_rvalid_i) == '0)
endmodule
