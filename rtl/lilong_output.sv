// SPDX-License-Identifier: Apache-2.0
//
// Output pipeline: accumulators to written granules, Results lanes a cycle.
//
//   walk | shift | bias | requantise (8 stages) | zero point and clamp | table | write
//
// A position of the array is taken as a whole with its first beat; its other beats then move down:
//
//   lanes of acc_data_i      Beats-1       ...          1             0
//                               |                       |             |      first beat
//                               v                       v             v
//   register               wait_q[Beats-2] -> ... -> wait_q[0] -> shift_data_q -> bias
//                                                                             every other beat
//
// Promises one beat a cycle as long as writes are granted, the bytes and addresses of the
// execution manual (pad bytes of the last granule are the zero point), and nothing written outside
// the output of the instruction.  Positions come lane group by lane group from the array, or pixel
// by pixel (all channels of one pixel first) from eltwise.
// A write holds the channels of one vector at most: where a position has more (dense, Lanes above
// Depth), it leaves as several parts, as many as its channels need.
// The two instructions inside are told apart by the bit sel; cmd_i holds both.
`include "lilong_assert.svh"

module lilong_output #(
  parameter int unsigned Lanes           = 16,
  parameter int unsigned Depth           = 16,
  parameter int unsigned Results         = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned GW = $clog2(ScratchpadBytes / 8),
  localparam int unsigned Beats = Lanes / Results,
  localparam int unsigned BW = (Beats > 1) ? $clog2(Beats) : 1,
  localparam int unsigned TW = $clog2(512 / Depth)
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        clr_i,
  // instructions
  input  logic [1:0][511:0]           cmd_i,
  input  logic                        front_valid_i,    // front_sel_i names an instruction that
  input  logic                        front_sel_i,      // takes accumulators
  input  logic                        front_eltwise_i,
  input  logic                        front_groups_i,   // conv, dwconv: a record for every lane group
  input  logic                        front_dense_i,    // conv: a lane group has all lanes
  output logic                        front_done_o,     // its last accumulators have been taken
  output logic                        done_o,           // last granule of an instruction granted
  // parameters
  input  logic [1:0]                  ready_i,
  output logic [1:0]                  take_o,
  output logic [1:0]                  free_o,
  output logic                        read_slot_o,      // parameters of the beat at the input
  output logic [BW-1:0]               read_beat_o,
  input  logic [Results-1:0][31:0]    bias_i,
  input  logic [Results-1:0][30:0]    multiplier_i,
  input  logic [Results-1:0][5:0]     shift_i,
  input  logic                        table_we_i,
  input  logic [TW-1:0]               table_row_i,
  input  logic [Depth*8-1:0]          table_data_i,
  // accumulators of one position from the array
  input  logic                        acc_valid_i,
  output logic                        acc_ready_o,
  input  logic [Lanes*32-1:0]         acc_data_i,
  // one beat of accumulators from eltwise; taken whenever en_o is high
  output logic                        en_o,
  output logic                        elt_ready_o,      // parameters are there, beats may start
  input  logic                        elt_valid_i,
  input  logic [Results*32-1:0]       elt_data_i,
  // result port
  output logic [7:0]                  wr_hot_o,
  output logic                        wr_req_o,
  output logic [GW-1:0]               wr_addr_o,
  output logic [Depth*8-1:0]          wr_data_o,
  output logic [Depth/8-1:0]          wr_strobe_o,
  input  logic                        wr_gnt_i
);
  localparam int unsigned WindowLanes = lilong_isa_pkg::window_lanes(Lanes, Depth);
  localparam int unsigned Parts       = Lanes / WindowLanes;    // of a position, at most
  localparam int unsigned PartBeats   = WindowLanes / Results;
  localparam int unsigned PBW   = (PartBeats > 1) ? $clog2(PartBeats) : 1;
  localparam int unsigned CW    = $clog2(Lanes) + 1;
  localparam int unsigned PCW   = $clog2(WindowLanes) + 1;
  localparam int unsigned DW    = $clog2(Depth);

  typedef struct packed {
    logic          sel;      // instruction
    logic          slot;     // parameters
    logic          free;     // last beat that reads this slot
    logic           last;    // last part of the instruction
    logic [PBW-1:0] beat;    // of the part
    logic [PCW-1:0] count;   // channels of the part
    logic [GW-1:0]  addr;    // first granule
  } tag_t;

  logic en;
  assign en_o = en;

  // ---- walk: position and lane group of the accumulators at the input
  /* verilator lint_off UNUSEDSIGNAL */   // few of the fields matter here
  lilong_isa_pkg::eltwise_t [1:0] cmd;
  lilong_isa_pkg::eltwise_t front;
  /* verilator lint_on UNUSEDSIGNAL */
  assign cmd   = cmd_i;
  assign front = cmd[front_sel_i];

  logic          init_q, rest_q;  // counters belong to the front instruction; they do not
  logic          slot_q, other_q; // parameters; the other slot: for the handshake, less fan-out
  logic [BW-1:0] beat_q, end_q;   // of the position; its last one
  logic          first_q;         // beat_q is 0
  logic          at_end_q;        // beat_q is end_q
  logic          last_x_q, last_y_q, last_group_q;
  logic [15:0]   x_q, y_q;        // pixels and rows left, this one included
  logic [15:0]   channels_q;      // channels left, this group included
  logic [GW-1:0] base_q, row_q, pix_q, cur_q;   // granules: group, row, pixel, position

  logic          take_beat, take_position;
  logic          last_x, last_y, last_group, last_position, leave_slot;
  logic [15:0]   width;           // channels of a group that is not the last
  logic [CW-1:0] count, left;     // of the position; from this part on
  logic [PBW-1:0] part_beat;
  logic [GW-1:0] part_granule;    // behind the first of the position
  logic          last_part;

  assign last_x        = last_x_q;
  assign last_y        = last_y_q;
  assign last_group    = last_group_q;
  assign last_position = last_x && last_y && last_group;
  assign width         = front_dense_i ? 16'(Lanes) : 16'(WindowLanes);
  assign count         = last_group ? CW'(channels_q) : CW'(width);
  if (Parts > 1) begin : gen_parts
    logic [CW-1:0] part;
    assign part         = CW'(beat_q / BW'(PartBeats));
    assign part_beat    = PBW'(beat_q % BW'(PartBeats));
    assign part_granule = GW'(part) * GW'(WindowLanes / 8);
    assign left         = count - part * CW'(WindowLanes);
    assign last_part    = left <= CW'(WindowLanes);
  end else begin : gen_parts
    assign part_beat    = beat_q;
    assign part_granule = '0;
    assign left         = count;
    assign last_part    = 1'b1;
  end
  assign leave_slot    = front_groups_i ? (last_x && last_y) : last_position;

  logic ready;
  assign ready         = front_valid_i && init_q && ready_i[!other_q];
  assign elt_ready_o   = ready && front_eltwise_i;
  assign take_beat     = en && ready && (front_eltwise_i ? elt_valid_i : acc_valid_i);
  assign take_position = take_beat && at_end_q;
  assign acc_ready_o   = en && ready && !front_eltwise_i && at_end_q;
  assign front_done_o  = take_position && last_position;
  assign read_slot_o   = slot_q;
  assign read_beat_o   = beat_q;

  always_comb begin
    take_o = '0;
    if (take_position && leave_slot) take_o[!other_q] = 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      init_q  <= 1'b0;
      rest_q  <= 1'b1;
      slot_q  <= 1'b0;
      other_q <= 1'b1;
      beat_q  <= '0;
      first_q <= 1'b1;
    end else if (clr_i) begin
      init_q  <= 1'b0;
      rest_q  <= 1'b1;
      slot_q  <= 1'b0;
      other_q <= 1'b1;
      beat_q  <= '0;
      first_q <= 1'b1;
    end else begin
      init_q  <= front_valid_i && !front_done_o;
      rest_q  <= !(front_valid_i && !front_done_o);
      if (take_beat) begin
        beat_q  <= take_position ? '0 : (beat_q + BW'(1));
        first_q <= take_position;
      end
      if (take_position && leave_slot) begin
        slot_q  <= other_q;
        other_q <= slot_q;
      end
    end
  end

  logic [GW-1:0] next_base, next_row, next_pix;
  assign next_base = base_q + GW'(width / 8);
  assign next_row  = row_q + GW'(front.out_row_pitch / 8);
  assign next_pix  = pix_q + GW'(front.out_pix_pitch / 8);

  // Pixels, rows and channels left behind this position, and the last beat of the next.
  logic [15:0]   x_d, y_d, channels_d;
  logic [BW-1:0] end_d;
  always_comb begin
    x_d        = x_q;
    y_d        = y_q;
    channels_d = channels_q;
    if (front_eltwise_i && !last_group) begin
      channels_d = channels_q - width;
    end else begin
      if (front_eltwise_i) channels_d = front.channels;
      x_d = last_x ? front.out_width : (x_q - 16'd1);
      if (last_x) begin
        y_d = last_y ? front.out_height : (y_q - 16'd1);
        if (last_y && !front_eltwise_i) channels_d = channels_q - width;
      end
    end
    if (!init_q) begin
      x_d        = front.out_width;
      y_d        = front.out_height;
      channels_d = front.channels;
    end
    end_d = BW'(PartBeats - 1);
    for (int unsigned p = 1; p < Parts; p++) begin
      if (front_dense_i && channels_d > 16'(p * WindowLanes)) end_d = BW'((p + 1) * PartBeats - 1);
    end
  end

  always_ff @(posedge clk_i) begin
    if ((front_valid_i && !init_q) || take_position) begin
      end_q        <= end_d;
      at_end_q     <= end_d == '0;
      x_q          <= x_d;
      y_q          <= y_d;
      channels_q   <= channels_d;
      last_x_q     <= x_d == 16'd1;
      last_y_q     <= y_d == 16'd1;
      last_group_q <= channels_d <= width;
    end else if (take_beat) begin
      at_end_q <= beat_q + BW'(1) == end_q;
    end
    if (front_valid_i && !init_q) begin
      base_q <= GW'(front.out_addr / 8);
      row_q  <= GW'(front.out_addr / 8);
      pix_q  <= GW'(front.out_addr / 8);
      cur_q  <= GW'(front.out_addr / 8);
    end else if (take_position) begin
      if (front_eltwise_i && !last_group) begin
        cur_q <= cur_q + GW'(width / 8);
      end else if (!last_x) begin
        pix_q <= next_pix;
        cur_q <= next_pix;
      end else if (!last_y) begin
        row_q <= next_row;
        pix_q <= next_row;
        cur_q <= next_row;
      end else begin
        base_q <= next_base;
        row_q  <= next_base;
        pix_q  <= next_base;
        cur_q  <= next_base;
      end
    end
  end

  tag_t tag;
  always_comb begin
    tag.sel   = front_sel_i;
    tag.slot  = slot_q;
    tag.free  = take_position && leave_slot;
    tag.last  = last_position && last_part;
    tag.beat  = part_beat;
    tag.count = last_part ? PCW'(left) : PCW'(WindowLanes);
    tag.addr  = cur_q + part_granule;
  end

  // ---- shift
  logic                     shift_valid_q, bias_valid_q;
  tag_t                     shift_tag_q, bias_tag_q;
  logic [Results-1:0][31:0] shift_data_q, bias_data_q;
  logic [2:0]               shift_more_q;   // the rest of the shift, in units of 4 bits
  // parameters travel with the beat
  logic [Results-1:0][31:0] shift_bias_q;
  logic [Results-1:0][30:0] shift_multiplier_q, bias_multiplier_q;
  logic [Results-1:0][5:0]  shift_shift_q, bias_shift_q;
  logic [Lanes-1:0][31:0]   acc;
  logic [Results-1:0][31:0] beat_data;     // of a beat from the array
  assign acc = acc_data_i;

  if (Beats > 1) begin : gen_wait
    logic [Lanes-Results-1:0][31:0] wait_q;
    logic [Lanes-1:0][31:0]         moved;   // what waits, and nothing that matters above it
    assign moved     = {acc[Lanes-1-:Results], wait_q};
    assign beat_data = first_q ? acc[Results-1:0] : moved[Results-1:0];
    always_ff @(posedge clk_i) begin
      if (en && !rest_q) wait_q <= first_q ? acc[Lanes-1:Results] : moved[Lanes-1:Results];
    end
  end else begin : gen_no_wait
    assign beat_data = acc;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      shift_valid_q <= 1'b0;
      bias_valid_q  <= 1'b0;
    end else if (clr_i) begin
      shift_valid_q <= 1'b0;
      bias_valid_q  <= 1'b0;
    end else if (en) begin
      shift_valid_q <= take_beat;
      bias_valid_q  <= shift_valid_q;
    end
  end

  // Taken whenever there may be a beat: only shift_valid_q says that there is one.
  always_ff @(posedge clk_i) begin
    if (en && !rest_q) begin
      shift_tag_q        <= tag;
      shift_bias_q       <= bias_i;
      shift_multiplier_q <= multiplier_i;
      shift_shift_q      <= shift_i;
      shift_more_q       <= front_eltwise_i ? 3'd0 : front.acc_shift[4:2];
      if (front_eltwise_i) begin
        shift_data_q <= elt_data_i;
      end else begin
        for (int unsigned l = 0; l < Results; l++) begin
          shift_data_q[l] <= beat_data[l] << front.acc_shift[1:0];
        end
      end
    end
  end

  // ---- bias
  always_ff @(posedge clk_i) begin
    if (en && shift_valid_q) begin
      bias_tag_q        <= shift_tag_q;
      bias_multiplier_q <= shift_multiplier_q;
      bias_shift_q      <= shift_shift_q;
      for (int unsigned l = 0; l < Results; l++) begin
        bias_data_q[l] <= (shift_data_q[l] << {shift_more_q, 2'b00}) + shift_bias_q[l];
      end
    end
  end

  // ---- requantise
  logic                     req_valid;
  tag_t                     req_tag;
  /* verilator lint_off UNUSEDSIGNAL */
  tag_t                     next_tag;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [Results-1:0][10:0] req_data;

  always_comb begin
    free_o = '0;
    if (en && bias_valid_q && bias_tag_q.free) free_o[bias_tag_q.slot] = 1'b1;
  end

  lilong_requant #(
    .Results(Results),
    .TagBits($bits(tag_t))
  ) u_requant (
    .clk_i,
    .rst_ni,
    .clr_i,
    .en_i        (en),
    .valid_i     (bias_valid_q),
    .rounding_i  (cmd[bias_tag_q.sel].rounding),
    .tag_i       (bias_tag_q),
    .acc_i       (bias_data_q),
    .multiplier_i(bias_multiplier_q),
    .shift_i     (bias_shift_q),
    .valid_o     (req_valid),
    .tag_o       (req_tag),
    .tag_next_o  (next_tag),
    .result_o    (req_data)
  );

  // ---- zero point and clamp
  function automatic logic [7:0] clamp(input logic [10:0] r, input logic [7:0] zp,
                                       input logic [7:0] lo, input logic [7:0] hi);
    logic signed [11:0] v;
    v = $signed({r[10], r}) + $signed({{4{zp[7]}}, zp});
    clamp = v[7:0];
    if (v > $signed({{4{hi[7]}}, hi})) clamp = hi;
    // the lower limit comes first, so the upper one also holds for it
    if (v < $signed({{4{lo[7]}}, lo})) clamp = $signed(lo) > $signed(hi) ? hi : lo;
  endfunction

  logic                    clamp_valid_q, table_valid_q;
  tag_t                    clamp_tag_q;
  /* verilator lint_off UNUSEDSIGNAL */   // parameters have been used
  tag_t                    table_tag_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [Results-1:0][7:0] clamp_data_q, table_data_q;
  logic [Results-1:0]      clamp_pad_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clamp_valid_q <= 1'b0;
      table_valid_q <= 1'b0;
    end else if (clr_i) begin
      clamp_valid_q <= 1'b0;
      table_valid_q <= 1'b0;
    end else if (en) begin
      clamp_valid_q <= req_valid;
      table_valid_q <= clamp_valid_q;
    end
  end

  // What the instruction of the beat says, picked in the cycle before.
  logic [Results-1:0]      pad_q;                 // behind the last channel
  logic [7:0]              zp_q, min_q, max_q;
  logic                    table_en_q, clamp_table_q;
  always_ff @(posedge clk_i) begin
    if (en) begin
      zp_q       <= cmd[next_tag.sel].zp_out;
      min_q      <= cmd[next_tag.sel].clamp_min;
      max_q      <= cmd[next_tag.sel].clamp_max;
      table_en_q <= cmd[next_tag.sel].table_en[0];
      for (int unsigned l = 0; l < Results; l++) begin
        pad_q[l] <= 32'(next_tag.beat) * Results + l >= 32'(next_tag.count);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (en && req_valid) begin
      clamp_tag_q   <= req_tag;
      clamp_table_q <= table_en_q;
      clamp_pad_q   <= pad_q;
      for (int unsigned l = 0; l < Results; l++) begin
        clamp_data_q[l] <= pad_q[l] ? zp_q : clamp(req_data[l], zp_q, min_q, max_q);
      end
    end
  end

  // ---- table: one for each of the two instructions
  logic [Depth*8-1:0] table_q [512/Depth];

  always_ff @(posedge clk_i) begin
    if (table_we_i) table_q[table_row_i] <= table_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (en && clamp_valid_q) begin
      table_tag_q  <= clamp_tag_q;
      table_data_q <= clamp_data_q;
      if (clamp_table_q) begin
        for (int unsigned l = 0; l < Results; l++) begin
          if (!clamp_pad_q[l]) begin
            table_data_q[l] <=
                table_q[{clamp_tag_q.sel, clamp_data_q[l][7:DW]}][clamp_data_q[l][DW-1:0]*8 +: 8];
          end
        end
      end
    end
  end

  // ---- write
  lilong_writer #(
    .Lanes(WindowLanes),
    .Depth(Depth),
    .Results(Results),
    .ScratchpadBytes(ScratchpadBytes)
  ) u_writer (
    .clk_i,
    .rst_ni,
    .clr_i,
    .en_o    (en),
    .valid_i (table_valid_q),
    .beat_i  (table_tag_q.beat),
    .last_i  (table_tag_q.last),
    .addr_i  (table_tag_q.addr),
    .count_i (table_tag_q.count),
    .data_i  (table_data_q),
    .wr_hot_o,
    .wr_req_o,
    .wr_addr_o,
    .wr_data_o,
    .wr_strobe_o,
    .wr_gnt_i,
    .done_o
  );

  `LILONG_ASSERT(LastBeatKnown_A,
                 !take_beat || at_end_q == (part_beat == PBW'(PartBeats - 1) && last_part))
  // what waits moves with every cycle, until it is dropped
  `LILONG_ASSERT(BeatsWithoutGap_A, clr_i || first_q || front_eltwise_i || !en || take_beat)
endmodule
