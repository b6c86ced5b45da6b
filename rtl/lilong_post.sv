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
  input  logic                             cmd_valid_i,
  output logic                             cmd_ready_o,
  input  logic [511:0]                     cmd_i,
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
  output logic                             wr_req_o,
  output logic [GW-1:0]                    wr_addr_o,
  output logic [Depth*8-1:0]               wr_data_o,
  output logic [Depth/8-1:0]               wr_strobe_o,
  input  logic                             wr_gnt_i,
  output logic                             idle_o
);
  localparam int unsigned SW = $clog2(ScratchpadBytes);
  localparam int unsigned DW = $clog2(Depth);
  localparam int unsigned TW = $clog2(512 / Depth);

  // ---- classification of an instruction
  typedef struct packed {
    logic empty;      // nothing to do
    logic array;      // accumulators come from the array
    logic eltwise;
    logic softmax;
    logic copy;
  } kind_t;

  function automatic kind_t classify(input logic [511:0] cmd);
    /* verilator lint_off UNUSEDSIGNAL */
    lilong_isa_pkg::conv_t cv;
    lilong_isa_pkg::pool_t pl;
    lilong_isa_pkg::copy_t cp;
    /* verilator lint_on UNUSEDSIGNAL */
    logic no_output;
    cv        = cmd;
    pl        = cmd;
    cp        = cmd;
    no_output = cv.out_height == 16'd0 || cv.out_width == 16'd0 || cv.channels == 16'd0;
    classify  = '0;
    unique case (cv.opcode)
      lilong_isa_pkg::OpcodeConv, lilong_isa_pkg::OpcodeDwconv: begin
        classify.array = 1'b1;
        classify.empty = no_output || cv.steps == 16'd0;
      end
      lilong_isa_pkg::OpcodePool: begin
        classify.array = 1'b1;
        classify.empty = no_output || pl.steps == 8'd0;
      end
      lilong_isa_pkg::OpcodeEltwise: begin
        classify.eltwise = 1'b1;
        classify.empty   = no_output;
      end
      lilong_isa_pkg::OpcodeSoftmax: begin
        classify.softmax = 1'b1;
        classify.empty   = no_output;
      end
      lilong_isa_pkg::OpcodeCopy: begin
        classify.copy  = 1'b1;
        classify.empty = cp.run == 16'd0 || cp.count0 == 16'd0 || cp.count1 == 16'd0 ||
                         cp.count2 == 16'd0 || cp.count3 == 16'd0;
      end
      default: classify.empty = 1'b1;
    endcase
  endfunction

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

  assign kind        = classify(cmd_i);
  assign tail        = head_q ^ valid_q[head_q];
  assign cmd_ready_o = valid_q != 2'b11;
  assign push        = cmd_valid_i && cmd_ready_o;
  assign idle_o      = valid_q == 2'b00 && !done_q;

  logic front_sel, front_valid, load_sel, load_valid, load_done, front_done;
  logic out_done, smx_done, cpy_done;
  assign load_sel    = head_q ^ loaded_q[head_q];
  assign load_valid  = valid_q[load_sel] && !loaded_q[load_sel];
  assign front_sel   = head_q ^ taken_q[head_q];
  assign front_valid = valid_q[front_sel] && !taken_q[front_sel];

  // Vector instructions start when everything before them has been written.
  logic alone, started_q, elt_active, elt_start, smx_start, cpy_start;
  assign alone      = front_valid && front_sel == head_q;
  assign elt_active = alone && kind_q[front_sel].eltwise;
  assign smx_start  = alone && kind_q[front_sel].softmax && !started_q;
  assign cpy_start  = alone && kind_q[front_sel].copy && !started_q;

  assign pop = valid_q[head_q] &&
               (kind_q[head_q].empty || out_done || smx_done || cpy_done);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q   <= '0;
      loaded_q  <= '0;
      taken_q   <= '0;
      head_q    <= 1'b0;
      started_q <= 1'b0;
      done_q    <= 1'b0;
    end else if (clr_i) begin
      valid_q   <= '0;
      loaded_q  <= '0;
      taken_q   <= '0;
      head_q    <= 1'b0;
      started_q <= 1'b0;
      done_q    <= 1'b0;
    end else begin
      done_q <= pop;
      if (load_done) loaded_q[load_sel] <= 1'b1;
      if (front_done || smx_done || cpy_done) begin
        taken_q[front_sel] <= 1'b1;
        started_q          <= 1'b0;
      end else if (elt_start || smx_start || cpy_start) begin
        started_q <= 1'b1;
      end
      if (pop) begin
        valid_q[head_q] <= 1'b0;
        head_q          <= !head_q;
      end
      if (push) begin
        valid_q[tail]  <= 1'b1;
        loaded_q[tail] <= kind.empty || kind.softmax || kind.copy;
        taken_q[tail]  <= kind.empty;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) begin
      cmd_q[tail]  <= cmd_i;
      kind_q[tail] <= kind;
    end
  end
  assign done_o = done_q;

  // ---- constants
  logic [1:0]                  slot_ready, slot_take, slot_free;
  logic [1:0][Lanes-1:0][31:0] bias;
  logic [1:0][Lanes-1:0][30:0] multiplier;
  logic [1:0][Lanes-1:0][5:0]  shift;
  logic                        table_we;
  logic [TW-1:0]               table_row;
  logic [Depth*8-1:0]          table_data;

  lilong_params #(
    .Lanes(Lanes),
    .Depth(Depth),
    .WeightVectors(WeightVectors),
    .ScratchpadBytes(ScratchpadBytes)
  ) u_params (
    .clk_i,
    .rst_ni,
    .clr_i,
    .cmd_valid_i (load_valid),
    .cmd_sel_i   (load_sel),
    .cmd_i       (cmd_q[load_sel]),
    .cmd_done_o  (load_done),
    .ready_o     (slot_ready),
    .take_i      (slot_take),
    .free_i      (slot_free),
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
    .front_valid_i  (front_valid && (kind_q[front_sel].array || elt_active)),
    .front_sel_i    (front_sel),
    .front_eltwise_i(kind_q[front_sel].eltwise),
    .front_done_o   (front_done),
    .done_o         (out_done),
    .ready_i        (slot_ready),
    .take_o         (slot_take),
    .free_o         (slot_free),
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
    .wr_req_o       (out_req),
    .wr_addr_o      (out_addr),
    .wr_data_o      (out_data),
    .wr_strobe_o    (out_strobe),
    .wr_gnt_i       (out_req && wr_gnt_i)
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

  assign elt_start = elt_active && elt_ready && !started_q;

  lilong_eltwise #(
    .Lanes(Lanes),
    .Depth(Depth),
    .Results(Results),
    .ScratchpadBytes(ScratchpadBytes)
  ) u_eltwise (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i        (elt_start),
    .cmd_i          (cmd_q[front_sel]),
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
    .cmd_i          (cmd_q[head_q]),
    .done_o         (smx_done),
    .rd_valid_o     (smx_rd_valid),
    .rd_ready_i     (rd_ready[0]),
    .rd_addr_o      (smx_rd_addr),
    .rd_bytes_o     (smx_rd_bytes),
    .rd_data_valid_i(rd_data_valid[0] && kind_q[head_q].softmax),
    .rd_data_ready_o(smx_rd_pop),
    .rd_data_i      (rd_data[0]),
    .wr_req_o       (smx_req),
    .wr_addr_o      (smx_addr),
    .wr_data_o      (smx_data),
    .wr_gnt_i       (smx_req && wr_gnt_i)
  );

  lilong_copy #(.Depth(Depth), .ScratchpadBytes(ScratchpadBytes)) u_copy (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i        (cpy_start),
    .cmd_i          (cmd_q[head_q]),
    .done_o         (cpy_done),
    .rd_valid_o     (cpy_rd_valid),
    .rd_ready_i     (rd_ready),
    .rd_addr_o      (cpy_rd_addr),
    .rd_bytes_o     (cpy_rd_bytes),
    .rd_data_valid_i(rd_data_valid & {2{kind_q[head_q].copy}}),
    .rd_data_ready_o(cpy_rd_pop),
    .rd_data_i      ({rd_data[1][63:0], rd_data[0][63:0]}),
    .wr_req_o       (cpy_req),
    .wr_addr_o      (cpy_addr),
    .wr_data_o      (cpy_data),
    .wr_gnt_i       (cpy_req && wr_gnt_i)
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
    if (kind_q[head_q].softmax) begin
      rd_valid    = {1'b0, smx_rd_valid};
      rd_addr[0]  = smx_rd_addr;
      rd_bytes[0] = smx_rd_bytes;
      rd_pop      = {1'b0, smx_rd_pop};
    end else if (kind_q[head_q].copy) begin
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

  `LILONG_ASSERT(OneWriter, 2'(out_req) + 2'(smx_req) + 2'(cpy_req) <= 2'd1)
endmodule
