// SPDX-License-Identifier: Apache-2.0
//
// Everything behind the accumulators, and the vector path: takes every EXEC instruction in order,
// loads its constants ahead, and writes its results.
//
// Promises one done_o pulse for each instruction, in order, one cycle after its last granule was
// granted; empty instructions and nop_exec are done as soon as they are the oldest.  Two
// instructions may be inside: the constants of the second are loaded, and its accumulators taken,
// while the first drains.  eltwise, softmax and copy start when they are the oldest.
// clr_i drops everything; answers to reads asked for before are ignored.
`include "lilong_assert.svh"

module lilong_post #(
  parameter int unsigned Lanes           = 16,
  parameter int unsigned Depth           = 16,
  parameter int unsigned Results         = 16,
  parameter int unsigned WeightVectors   = 4,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned AW = $clog2(ScratchpadBytes / Depth),
  localparam int unsigned GW = $clog2(ScratchpadBytes / 8)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             clr_i,
  // instructions
  input  logic                             cmd_valid_i,      // only when ready
  output logic                             cmd_ready_o,
  input  logic [511:0]                     cmd_i,
  input  logic [5:0]                       cmd_kind_i,   // see lilong_exec
  // accumulators of one position, in the order lane group, position
  input  logic                             acc_valid_i,
  output logic                             acc_ready_o,
  input  logic [Lanes*32-1:0]              acc_data_i,
  output logic                             done_o,
  // scratchpad: constants, vector operands, results
  output logic [WeightVectors-1:0]         prm_req_o,
  output logic [WeightVectors*AW-1:0]      prm_addr_o,
  input  logic [WeightVectors-1:0]         prm_gnt_i,
  input  logic [WeightVectors-1:0]         prm_rvalid_i,
  input  logic [WeightVectors*Depth*8-1:0] prm_rdata_i,
  output logic [3:0]                       vec_req_o,
  output logic [4*AW-1:0]                  vec_addr_o,
  input  logic [3:0]                       vec_gnt_i,
  input  logic [3:0]                       vec_rvalid_i,
  input  logic [4*Depth*8-1:0]             vec_rdata_i,
  output logic [7:0]                       wr_hot_o,      // banks that the write request needs
  output logic                             wr_req_o,
  output logic [GW-1:0]                    wr_addr_o,
  output logic [Depth*8-1:0]               wr_data_o,
  output logic [Depth/8-1:0]               wr_strobe_o,
  input  logic                             wr_gnt_i,
  output logic                             idle_o
);
  localparam int unsigned SW = $clog2(ScratchpadBytes);
  localparam int unsigned DW = $clog2(Depth);
  localparam int unsigned BW = (Lanes > Results) ? $clog2(Lanes / Results) : 1;
  localparam int unsigned TW = $clog2(512 / Depth);

  // ---- kind of an instruction
  typedef struct packed {
    logic empty;      // nothing to do
    logic array;      // accumulators come from the array
    logic groups;     // a parameter record for every lane group
    logic dense;      // a lane group has all lanes
    logic eltwise;
    logic softmax;
    logic copy;
  } kind_t;

  // ---- the two instructions inside
  logic [1:0][511:0] cmd_q;
  kind_t [1:0]       kind_q;
  logic [1:0]        valid_q;
  logic [1:0]        loaded_q;      // constants asked for
  logic [1:0]        taken_q;       // last accumulators taken, or the unit has finished
  logic              head_q;        // oldest
  logic              tail;
  logic              push, pop;
  kind_t             kind;
  logic              done_q;

  assign kind.empty   = cmd_kind_i[5];
  assign kind.array   = cmd_kind_i[0];
  assign kind.groups  = cmd_kind_i[2];
  assign kind.dense   = cmd_kind_i[2] && cmd_i[7:0] == lilong_isa_pkg::OpcodeConv;
  assign kind.eltwise = cmd_kind_i[1] && !cmd_kind_i[3] && !cmd_kind_i[4];
  assign kind.softmax = cmd_kind_i[3];
  assign kind.copy    = cmd_kind_i[4];
  assign tail        = head_q ^ valid_q[head_q];
  assign cmd_ready_o = valid_q != 2'b11;
  assign push        = cmd_valid_i;
  assign idle_o      = valid_q == 2'b00 && !done_q;

  // Selected instructions, registered: functions of the next state.
  logic front_sel, load_sel, load_valid, load_done, front_done;
  logic alone, takes;   // the front instruction is the oldest; it takes accumulators
  logic out_done, smx_done, cpy_done;
  /* verilator lint_off UNUSEDSIGNAL */   // not every bit of both is asked for
  kind_t front_kind, head_kind;
  /* verilator lint_on UNUSEDSIGNAL */
  logic head_other_q;  // the oldest is no copy: a register beside u_copy
  logic load_done_q;   // of the cycle before: grants come late in a cycle
  logic [1:0] valid_d, loaded_d, taken_d;
  // The front's end comes late: its selection is made for both cases.
  logic [1:0][1:0] taken_if;
  logic [1:0] sel_if, valid_if, alone_if, takes_if;
  kind_t [1:0] kind_if;
  logic finished;
  kind_t [1:0] kind_d;
  logic head_d, load_sel_d;

  // Vector instructions start when everything before them has been written.
  logic started_q, elt_active, elt_start, smx_start, cpy_start;
  assign elt_active = alone && front_kind.eltwise;
  assign smx_start  = alone && front_kind.softmax && !started_q;
  assign cpy_start  = alone && front_kind.copy && !started_q;

  assign pop = valid_q[head_q] &&
               (head_kind.empty || out_done || smx_done || cpy_done);

  always_comb begin
    valid_d  = valid_q;
    loaded_d = loaded_q;
    taken_if = {2{taken_q}};
    taken_if[1][front_sel] = 1'b1;
    kind_d   = kind_q;
    head_d   = head_q;
    if (load_done_q) loaded_d[load_sel] = 1'b1;
    if (pop) begin
      valid_d[head_q] = 1'b0;
      head_d          = !head_q;
    end
    if (push) begin
      valid_d[tail]  = 1'b1;
      loaded_d[tail] = kind.empty || kind.softmax || kind.copy;
      taken_if[0][tail] = kind.empty;
      taken_if[1][tail] = kind.empty;
      kind_d[tail]   = kind;
    end
    for (int unsigned i = 0; i < 2; i++) begin
      sel_if[i]   = head_d ^ taken_if[i][head_d];
      kind_if[i]  = kind_d[sel_if[i]];
      valid_if[i] = valid_d[sel_if[i]] && !taken_if[i][sel_if[i]];
      alone_if[i] = valid_if[i] && sel_if[i] == head_d;
      takes_if[i] = valid_if[i] && (kind_if[i].array || (kind_if[i].eltwise && sel_if[i] == head_d));
    end
  end
  assign finished   = front_done || smx_done || cpy_done;
  assign taken_d    = taken_if[finished];
  assign load_sel_d = head_d ^ loaded_d[head_d];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q     <= '0;
      loaded_q    <= '0;
      taken_q     <= '0;
      kind_q      <= '0;
      head_q      <= 1'b0;
      started_q   <= 1'b0;
      done_q      <= 1'b0;
      front_sel   <= 1'b0;
      alone       <= 1'b0;
      takes       <= 1'b0;
      load_sel    <= 1'b0;
      load_valid  <= 1'b0;
      load_done_q <= 1'b0;
      front_kind  <= '0;
      head_kind   <= '0;
      head_other_q <= 1'b1;
    end else if (clr_i) begin
      valid_q     <= '0;
      loaded_q    <= '0;
      taken_q     <= '0;
      head_q      <= 1'b0;
      started_q   <= 1'b0;
      done_q      <= 1'b0;
      front_sel   <= 1'b0;
      alone       <= 1'b0;
      takes       <= 1'b0;
      load_sel    <= 1'b0;
      load_valid  <= 1'b0;
      load_done_q <= 1'b0;
      front_kind  <= '0;
      head_kind   <= '0;
      head_other_q <= 1'b1;
    end else begin
      done_q      <= pop;
      valid_q     <= valid_d;
      loaded_q    <= loaded_d;
      taken_q     <= taken_d;
      kind_q      <= kind_d;
      head_q      <= head_d;
      front_sel   <= sel_if[finished];
      alone       <= alone_if[finished];
      takes       <= takes_if[finished];
      load_sel    <= load_sel_d;
      load_done_q <= load_done;
      load_valid  <= valid_d[load_sel_d] && !loaded_d[load_sel_d];
      front_kind  <= kind_if[finished];
      head_kind   <= kind_d[head_d];
      head_other_q <= !kind_d[head_d].copy;
      if (finished) started_q <= 1'b0;
      else if (elt_start || smx_start || cpy_start) started_q <= 1'b1;
    end
  end

  // A free place follows the input; a vector instruction comes when nothing else is inside.
  logic [511:0] vector_cmd_q;
  always_ff @(posedge clk_i) begin
    if (cmd_ready_o) cmd_q[tail] <= cmd_i;
    if (valid_q == 2'b00) vector_cmd_q <= cmd_i;
  end
  assign done_o = done_q;

  // ---- constants
  logic [1:0]                  slot_ready, slot_take, slot_free;
  logic                        read_slot;
  logic [BW-1:0]               read_beat;
  logic [Results-1:0][31:0]    bias;
  logic [Results-1:0][30:0]    multiplier;
  logic [Results-1:0][5:0]     shift;
  logic                        table_we;
  logic [TW-1:0]               table_row;
  logic [Depth*8-1:0]          table_data;

  lilong_params #(
    .Lanes(Lanes),
    .Depth(Depth),
    .Results(Results),
    .WeightVectors(WeightVectors),
    .ScratchpadBytes(ScratchpadBytes)
  ) u_params (
    .clk_i,
    .rst_ni,
    .clr_i,
    .cmd_valid_i (load_valid && !load_done_q),
    .cmd_sel_i   (load_sel),
    .cmd_i       (cmd_q[load_sel]),
    .cmd_done_o  (load_done),
    .ready_o     (slot_ready),
    .take_i      (slot_take),
    .free_i      (slot_free),
    .read_slot_i (read_slot),
    .read_beat_i (read_beat),
    .bias_o      (bias),
    .multiplier_o(multiplier),
    .shift_o     (shift),
    .table_we_o  (table_we),
    .table_row_o (table_row),
    .table_data_o(table_data),
    .prm_req_o,
    .prm_addr_o,
    .prm_gnt_i,
    .prm_rvalid_i,
    .prm_rdata_i
  );

  // ---- output pipeline
  logic                   en, elt_ready, elt_valid;
  logic [Results*32-1:0]  elt_data;
  logic                   out_req;
  logic [GW-1:0]          out_addr;
  logic [Depth*8-1:0]     out_data;
  logic [Depth/8-1:0]     out_strobe;
  logic [7:0]             out_hot;

  lilong_output #(
    .Lanes(Lanes),
    .Depth(Depth),
    .Results(Results),
    .ScratchpadBytes(ScratchpadBytes)
  ) u_output (
    .clk_i,
    .rst_ni,
    .clr_i,
    .cmd_i          (cmd_q),
    .front_valid_i  (takes),
    .front_sel_i    (front_sel),
    .front_eltwise_i(front_kind.eltwise),
    .front_groups_i (front_kind.groups),
    .front_dense_i  (front_kind.dense),
    .front_done_o   (front_done),
    .done_o         (out_done),
    .ready_i        (slot_ready),
    .take_o         (slot_take),
    .free_o         (slot_free),
    .read_slot_o    (read_slot),
    .read_beat_o    (read_beat),
    .bias_i         (bias),
    .multiplier_i   (multiplier),
    .shift_i        (shift),
    .table_we_i     (table_we),
    .table_row_i    (table_row),
    .table_data_i   (table_data),
    .acc_valid_i,
    .acc_ready_o,
    .acc_data_i,
    .en_o           (en),
    .elt_ready_o    (elt_ready),
    .elt_valid_i    (elt_valid),
    .elt_data_i     (elt_data),
    .wr_hot_o       (out_hot),
    .wr_req_o       (out_req),
    .wr_addr_o      (out_addr),
    .wr_data_o      (out_data),
    .wr_strobe_o    (out_strobe),
    .wr_gnt_i       (wr_gnt_i)
  );

  // ---- vector units
  logic [1:0]              elt_rd_valid, elt_rd_pop, cpy_rd_valid, cpy_rd_pop;
  logic [1:0][SW-1:0]      elt_rd_addr, cpy_rd_addr;
  logic [1:0][DW:0]        elt_rd_bytes, cpy_rd_bytes;
  logic                    smx_rd_valid, smx_rd_pop;
  logic [SW-1:0]           smx_rd_addr;
  logic [DW:0]             smx_rd_bytes;
  logic [1:0]              rd_ready, rd_data_valid;
  logic [1:0][Depth*8-1:0] rd_data;
  logic                    smx_req, cpy_req;
  logic [GW-1:0]           smx_addr, cpy_addr;
  logic [63:0]             smx_data, cpy_data;
  logic [7:0]              smx_hot, cpy_hot;

  assign elt_start = elt_active && elt_ready && !started_q;

  lilong_eltwise #(
    .Lanes(lilong_isa_pkg::window_lanes(Lanes, Depth)),
    .Depth(Depth),
    .Results(Results),
    .ScratchpadBytes(ScratchpadBytes)
  ) u_eltwise (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i        (elt_start),
    .cmd_i          (vector_cmd_q),
    .rd_valid_o     (elt_rd_valid),
    .rd_ready_i     (rd_ready),
    .rd_addr_o      (elt_rd_addr),
    .rd_bytes_o     (elt_rd_bytes),
    .rd_data_valid_i(rd_data_valid),
    .rd_data_ready_o(elt_rd_pop),
    .rd_data_i      (rd_data),
    .active_i       (elt_active),
    .en_i           (en),
    .valid_o        (elt_valid),
    .data_o         (elt_data)
  );

  lilong_softmax #(.Depth(Depth), .ScratchpadBytes(ScratchpadBytes)) u_softmax (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i        (smx_start),
    .cmd_i          (vector_cmd_q),
    .done_o         (smx_done),
    .rd_valid_o     (smx_rd_valid),
    .rd_ready_i     (rd_ready[0]),
    .rd_addr_o      (smx_rd_addr),
    .rd_bytes_o     (smx_rd_bytes),
    .rd_data_valid_i(rd_data_valid[0] && head_kind.softmax),
    .rd_data_ready_o(smx_rd_pop),
    .rd_data_i      (rd_data[0]),
    .wr_hot_o       (smx_hot),
    .wr_req_o       (smx_req),
    .wr_addr_o      (smx_addr),
    .wr_data_o      (smx_data),
    .wr_gnt_i       (wr_gnt_i)
  );

  lilong_copy #(.Depth(Depth), .ScratchpadBytes(ScratchpadBytes)) u_copy (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i        (cpy_start),
    .cmd_i          (vector_cmd_q),
    .done_o         (cpy_done),
    .rd_valid_o     (cpy_rd_valid),
    .rd_ready_i     (rd_ready),
    .rd_addr_o      (cpy_rd_addr),
    .rd_bytes_o     (cpy_rd_bytes),
    .rd_data_valid_i(rd_data_valid & {2{!head_other_q}}),
    .rd_data_ready_o(cpy_rd_pop),
    .rd_data_i      ({rd_data[1][63:0], rd_data[0][63:0]}),
    .wr_hot_o       (cpy_hot),
    .wr_req_o       (cpy_req),
    .wr_addr_o      (cpy_addr),
    .wr_data_o      (cpy_data),
    .wr_gnt_i       (wr_gnt_i)
  );

  // ---- readers, used by one unit at a time
  logic [1:0]         rd_valid, rd_pop;
  logic [1:0][SW-1:0] rd_addr;
  logic [1:0][DW:0]   rd_bytes;

  always_comb begin
    rd_valid = elt_rd_valid;
    rd_addr  = elt_rd_addr;
    rd_bytes = elt_rd_bytes;
    rd_pop   = elt_rd_pop;
    if (head_kind.softmax) begin
      rd_valid    = {1'b0, smx_rd_valid};
      rd_addr[0]  = smx_rd_addr;
      rd_bytes[0] = smx_rd_bytes;
      rd_pop      = {1'b0, smx_rd_pop};
    end else if (head_kind.copy) begin
      rd_valid = cpy_rd_valid;
      rd_addr  = cpy_rd_addr;
      rd_bytes = cpy_rd_bytes;
      rd_pop   = cpy_rd_pop;
    end
  end

  for (genvar n = 0; n < 2; n++) begin : gen_reader
    lilong_reader #(.Depth(Depth), .ScratchpadBytes(ScratchpadBytes)) u_reader (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i     (rd_valid[n]),
      .ready_o     (rd_ready[n]),
      .addr_i      (rd_addr[n]),
      .bytes_i     (rd_bytes[n]),
      .valid_o     (rd_data_valid[n]),
      .ready_i     (rd_pop[n]),
      .data_o      (rd_data[n]),
      .vec_req_o   (vec_req_o[2*n +: 2]),
      .vec_addr_o  (vec_addr_o[2*n*AW +: 2*AW]),
      .vec_gnt_i   (vec_gnt_i[2*n +: 2]),
      .vec_rvalid_i(vec_rvalid_i[2*n +: 2]),
      .vec_rdata_i (vec_rdata_i[2*n*Depth*8 +: 2*Depth*8])
    );
  end

  // ---- result port, used by one unit at a time
  always_comb begin
    wr_req_o    = out_req;
    wr_addr_o   = out_addr;
    wr_data_o   = out_data;
    wr_strobe_o = out_strobe;
    if (smx_req || cpy_req) begin
      wr_req_o    = 1'b1;
      wr_addr_o   = smx_req ? smx_addr : cpy_addr;
      wr_data_o   = (Depth*8)'(smx_req ? smx_data : cpy_data);
      wr_strobe_o = (Depth/8)'(1);
    end
  end

  assign wr_hot_o = out_hot | smx_hot | cpy_hot;

  `LILONG_ASSERT(VectorAlone, !(push && (kind.eltwise || kind.softmax || kind.copy)) || valid_q == 2'b00)
  `LILONG_ASSERT(OneWriter, 2'(out_req) + 2'(smx_req) + 2'(cpy_req) <= 2'd1)
endmodule
