// SPDX-License-Identifier: Apache-2.0
//
// Element by element operations: operands to accumulators for the output pipeline.
//
//   offset | select | multiply (2 stages) | constant | shift | round | combine
//
// Promises one beat of Results elements a cycle while operands are there and en_i is high, in the
// order pixel, lane group, beat.  The arithmetic is that of the execution manual, for any values.
module lilong_eltwise #(
  parameter int unsigned Lanes           = 16,
  parameter int unsigned Depth           = 16,
  parameter int unsigned Results         = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned SW = $clog2(ScratchpadBytes),
  localparam int unsigned DW = $clog2(Depth)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clr_i,
  input  logic                    start_i,
  input  logic [511:0]            cmd_i,         // stable until the last result has left
  // readers of the operands
  output logic [1:0]              rd_valid_o,
  input  logic [1:0]              rd_ready_i,
  output logic [1:0][SW-1:0]      rd_addr_o,
  output logic [1:0][DW:0]        rd_bytes_o,
  input  logic [1:0]              rd_data_valid_i,
  output logic [1:0]              rd_data_ready_o,
  input  logic [1:0][Depth*8-1:0] rd_data_i,
  // accumulators
  input  logic                    active_i,      // this instruction runs: operands are its own
  input  logic                    en_i,
  output logic                    valid_o,
  output logic [Results*32-1:0]   data_o
);
  localparam int unsigned LW    = $clog2(Lanes);
  localparam int unsigned Beats = Lanes / Results;
  localparam int unsigned BW    = (Beats > 1) ? $clog2(Beats) : 1;

  /* verilator lint_off UNUSEDSIGNAL */   // output fields are not used here
  lilong_isa_pkg::eltwise_t cmd, op_q;   // op_q: of the cycle before, for the arithmetic
  /* verilator lint_on UNUSEDSIGNAL */
  logic rescale, pass;
  logic [1:0] high_q;                      // the shift of an operand is above 11
  assign cmd     = cmd_i;
  assign rescale = op_q.binary_op == lilong_isa_pkg::BinaryOpAdd ||
                   op_q.binary_op == lilong_isa_pkg::BinaryOpSub;
  assign pass    = cmd.binary_op == lilong_isa_pkg::BinaryOpPass;

  logic [5:0] shift_a, shift_b;
  assign shift_a = rescale ? op_q.shift_a : 6'd0;
  assign shift_b = op_q.shift_b;

  // Operands come several cycles after the instruction, so what works on them has its own copy of it.
  always_ff @(posedge clk_i) begin
    op_q <= cmd_i;
    high_q <= {shift_b > 6'd11, shift_a > 6'd11};
  end

  // ---- operand addresses
  logic [1:0][LW:0] scan_bytes;
  lilong_scan #(.Lanes(Lanes), .ScratchpadBytes(ScratchpadBytes)) u_scan_a (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i,
    .base_i     (SW'(cmd.a_addr)),
    .row_pitch_i(SW'(cmd.a_row_pitch)),
    .pix_pitch_i(SW'(cmd.a_pix_pitch)),
    .height_i   (cmd.out_height),
    .width_i    (cmd.out_width),
    .channels_i (cmd.channels),
    .scalar_i   (1'b0),
    .valid_o    (rd_valid_o[0]),
    .ready_i    (rd_ready_i[0]),
    .addr_o     (rd_addr_o[0]),
    .bytes_o    (scan_bytes[0])
  );
  lilong_scan #(.Lanes(Lanes), .ScratchpadBytes(ScratchpadBytes)) u_scan_b (
    .clk_i,
    .rst_ni,
    .clr_i,
    .start_i    (start_i && !pass),
    .base_i     (SW'(cmd.b_addr)),
    .row_pitch_i(SW'(cmd.b_row_pitch)),
    .pix_pitch_i(SW'(cmd.b_pix_pitch)),
    .height_i   (cmd.out_height),
    .width_i    (cmd.out_width),
    .channels_i (cmd.channels),
    .scalar_i   (cmd.b_scalar[0]),
    .valid_o    (rd_valid_o[1]),
    .ready_i    (rd_ready_i[1]),
    .addr_o     (rd_addr_o[1]),
    .bytes_o    (scan_bytes[1])
  );
  for (genvar n = 0; n < 2; n++) begin : gen_bytes
    assign rd_bytes_o[n] = (DW+1)'(scan_bytes[n]);
  end

  // ---- beats
  logic [BW-1:0] beat_q;
  logic          beat, last_beat;
  assign beat            = active_i && en_i && rd_data_valid_i[0] && (rd_data_valid_i[1] || pass);
  assign last_beat       = beat && beat_q == BW'(Beats - 1);
  assign rd_data_ready_o = {last_beat && !pass, last_beat};

  localparam int unsigned Stages = 8;
  logic [Stages:1] valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q  <= '0;
      valid_q <= '0;
    end else if (clr_i) begin
      beat_q  <= '0;
      valid_q <= '0;
    end else if (en_i) begin
      if (beat) beat_q <= last_beat ? '0 : (beat_q + BW'(1));
      valid_q <= {valid_q[Stages-1:1], beat};
    end
  end

  // 1: offset.  a' and b', 9 bits signed
  logic [Results-1:0][8:0] a1_q, b1_q;
  logic [Results-1:0][7:0] a_byte, b_byte;
  assign a_byte = rd_data_i[0][32'(beat_q)*Results*8 +: Results*8];
  assign b_byte = op_q.b_scalar[0] ? {Results{rd_data_i[1][7:0]}}
                                 : rd_data_i[1][32'(beat_q)*Results*8 +: Results*8];

  always_ff @(posedge clk_i) begin
    if (beat) begin
      for (int unsigned l = 0; l < Results; l++) begin
        a1_q[l] <= {a_byte[l][7], a_byte[l]} - {op_q.zp_a[7], op_q.zp_a};
        b1_q[l] <= {b_byte[l][7], b_byte[l]} - {op_q.zp_b[7], op_q.zp_b};
      end
    end
  end

  // 2: select.  Two products x * m; what needs no rescaling takes the first one alone
  logic [Results-1:0][8:0]  xa2_q, xb2_q;
  logic [Results-1:0][31:0] ma2_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[1]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        xa2_q[l] <= a1_q[l];
        xb2_q[l] <= b1_q[l];
        ma2_q[l] <= 32'd1;
        unique case (op_q.binary_op)
          lilong_isa_pkg::BinaryOpAdd, lilong_isa_pkg::BinaryOpSub: ma2_q[l] <= {1'b0, op_q.multiplier_a};
          lilong_isa_pkg::BinaryOpMul: ma2_q[l] <= {{23{b1_q[l][8]}}, b1_q[l]};
          lilong_isa_pkg::BinaryOpMin: if ($signed(b1_q[l]) < $signed(a1_q[l])) xa2_q[l] <= b1_q[l];
          lilong_isa_pkg::BinaryOpMax: if ($signed(b1_q[l]) > $signed(a1_q[l])) xa2_q[l] <= b1_q[l];
          default: ;
        endcase
      end
    end
  end

  // 3: halves of the products, four bits of the operand each.  Multiplier blocks are for the array
  // and the requantiser.
  function automatic logic [35:0] times4(input logic [3:0] x, input logic [31:0] m);
    logic [33:0] low, high;
    low    = (x[0] ? {{2{m[31]}}, m} : 34'd0) + (x[1] ? {m[31], m, 1'b0} : 34'd0);
    high   = (x[2] ? {{2{m[31]}}, m} : 34'd0) + (x[3] ? {m[31], m, 1'b0} : 34'd0);
    times4 = {{2{low[33]}}, low} + {high, 2'b00};
  endfunction

  logic [Results-1:0][35:0] la3_q, ha3_q, lb3_q, hb3_q;
  logic [Results-1:0][31:0] ma3_q;
  logic [Results-1:0]       nega3_q, negb3_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[2]) begin
      ma3_q <= ma2_q;
      for (int unsigned l = 0; l < Results; l++) begin
        nega3_q[l] <= xa2_q[l][8];
        negb3_q[l] <= xb2_q[l][8];
        la3_q[l]   <= times4(xa2_q[l][3:0], ma2_q[l]);
        ha3_q[l]   <= times4(xa2_q[l][7:4], ma2_q[l]);
        if (rescale) begin
          lb3_q[l] <= times4(xb2_q[l][3:0], {1'b0, op_q.multiplier_b});
          hb3_q[l] <= times4(xb2_q[l][7:4], {1'b0, op_q.multiplier_b});
        end
      end
    end
  end

  // 4: products.  40 bits signed; the sign bit of the operand counts -256
  function automatic logic [40:0] whole(input logic [35:0] low, input logic [35:0] high,
                                       input logic neg, input logic [31:0] m);
    whole = {{5{low[35]}}, low} + {high[35], high, 4'd0} - (neg ? {m[31], m, 8'd0} : 41'd0);
  endfunction

  logic [Results-1:0][40:0] pa4_q, pb4_q;
  logic [Results-1:0]       nega4_q, negb4_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[3]) begin
      nega4_q <= nega3_q;
      negb4_q <= negb3_q;
      for (int unsigned l = 0; l < Results; l++) begin
        pa4_q[l] <= whole(la3_q[l], ha3_q[l], nega3_q[l], ma3_q[l]);
        if (rescale) pb4_q[l] <= whole(lb3_q[l], hb3_q[l], negb3_q[l], {1'b0, op_q.multiplier_b});
      end
    end
  end

  // 5: constant.  Twice the value, so that the half bit stays below it after the shift
  function automatic logic [41:0] constant(input logic [40:0] p, input logic neg,
                                           input logic high);
    logic [40:0] c;
    c = high ? (neg ? 41'h1ff_ffff_fc00 : 41'h400) : 41'd0;
    constant = {p + c, 1'b0};
  endfunction

  logic [Results-1:0][41:0] pa5_q, pb5_q;
  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[4]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        pa5_q[l] <= constant(pa4_q[l], nega4_q[l], high_q[0]);
        if (rescale) pb5_q[l] <= constant(pb4_q[l], negb4_q[l], high_q[1]);
      end
    end
  end

  // 6: shift.  32 bits and the half bit
  logic [Results-1:0][32:0] sa6_q, sb6_q;
  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[5]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        sa6_q[l] <= 33'($signed(pa5_q[l]) >>> shift_a);
        if (rescale) sb6_q[l] <= 33'($signed(pb5_q[l]) >>> shift_b);
      end
    end
  end

  // 7: round
  logic [Results-1:0][31:0] ra7_q, rb7_q;
  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[6]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        ra7_q[l] <= sa6_q[l][32:1] + {31'd0, sa6_q[l][0]};
        if (rescale) rb7_q[l] <= sb6_q[l][32:1] + {31'd0, sb6_q[l][0]};
      end
    end
  end

  // 8: combine
  logic [Results-1:0][31:0] acc8_q;
  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[7]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        unique case (op_q.binary_op)
          lilong_isa_pkg::BinaryOpAdd: acc8_q[l] <= ra7_q[l] + rb7_q[l];
          lilong_isa_pkg::BinaryOpSub: acc8_q[l] <= ra7_q[l] - rb7_q[l];
          default:                     acc8_q[l] <= ra7_q[l];
        endcase
      end
    end
  end

  assign valid_o = valid_q[Stages];
  assign data_o  = acc8_q;
endmodule
