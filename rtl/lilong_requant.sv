// SPDX-License-Identifier: Apache-2.0
//
// Requantiser: Results lanes a cycle, eight stages, all five rounding modes of the specification.
//
// Promises round(acc * multiplier / 2^shift) exactly for every result in [-512, 511]; anything
// larger comes out as +-512, which zero point and clamp bring to the same limit.  A tag travels with
// every beat.  Everything advances only when en_i is set.
//
//   1 magnitude f32_rne: |accumulator|; else the accumulator
//   2 operand   f32_rne: rounded to 24 bits
//   3 product   registered operands, registered product (one DSP column)
//   4 constant  the part of the rounding constant that does not depend on the shift
//   5 shift     one 64-bit shifter for all modes; keeps the bits the rounding needs
//   6 find      f32_rne: place and direction of the second rounding; all: overflow
//   7 round     f32_rne: product to 24 bits; the others: nothing left to do but the half bit
//   8 result    adds the half bit, restores the sign
module lilong_requant #(
  parameter int unsigned Results = 16,
  parameter int unsigned TagBits = 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     clr_i,
  input  logic                     en_i,
  input  logic                     valid_i,
  input  logic [2:0]               rounding_i,
  input  logic [TagBits-1:0]       tag_i,
  input  logic [Results-1:0][31:0] acc_i,
  input  logic [Results-1:0][30:0] multiplier_i,
  input  logic [Results-1:0][5:0]  shift_i,
  output logic                     valid_o,
  output logic [TagBits-1:0]       tag_o,
  output logic [TagBits-1:0]       tag_next_o,    // of the beat that comes out behind this one
  output logic [Results-1:0][10:0] result_o     // signed, -512 .. 512
);
  localparam int unsigned Stages = 8;
  localparam logic [2:0] HalfAway = lilong_isa_pkg::RoundingHalfAway;
  localparam logic [2:0] Ruy      = lilong_isa_pkg::RoundingRuy;
  localparam logic [2:0] Gemmlowp = lilong_isa_pkg::RoundingGemmlowp;
  localparam logic [2:0] F32Rne   = lilong_isa_pkg::RoundingF32Rne;

  // A magnitude rounded to 24 significant bits, ties to even; up to 2^31.
  function automatic logic [32:0] operand_f32(input logic [31:0] mag);
    logic [7:0] drop;   // bits below the unit
    logic [8:0] unit;   // one hot, none: nothing to round
    logic       low;    // a one below the half bit
    logic       up;
    drop = '0;
    unit = '0;
    low  = 1'b0;
    up   = 1'b0;
    if (mag[31:24] != 8'd0) begin
      for (int unsigned i = 0; i < 8; i++) drop[i] = (mag[31:24] >> i) != 8'd0;
      unit = {1'b0, ~drop} & {drop, 1'b0} | {drop[7], 8'd0};
      for (int unsigned i = 1; i <= 8; i++) begin
        up  = up | (unit[i] & mag[i-1] & (mag[i] | low));
        low = low | mag[i-1];
      end
    end
    operand_f32 = {1'b0, mag[31:8], mag[7:0] & ~drop} + (up ? 33'(unit) : 33'd0);
  endfunction

  // The half bit and the constants of the other modes, for a product of the given sign.
  function automatic logic [63:0] constant(input logic [2:0] mode, input logic neg,
                                           input logic [5:0] s);
    constant = 64'd0;
    if (s != 6'd0 && mode == HalfAway && neg) constant = 64'hffff_ffff_ffff_ffff;
    if (s > 6'd31 && (mode == Ruy || (mode == Gemmlowp && !neg))) constant = 64'h4000_0000;
    if (s > 6'd31 && mode == Gemmlowp && neg) constant = 64'hffff_ffff_c000_0000;
  endfunction

  // Control: valid, mode and tag of each stage.
  logic [Stages:1]              valid_q;
  logic [Stages-2:1][2:0]       mode_q;
  logic [Stages:1][TagBits-1:0] tag_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else if (clr_i) begin
      valid_q <= '0;
    end else if (en_i) begin
      valid_q <= {valid_q[Stages-1:1], valid_i};
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i && (valid_i || valid_q != '0)) begin
      mode_q <= {mode_q[Stages-3:1], rounding_i};
      tag_q  <= {tag_q[Stages-1:1], tag_i};
    end
  end

  assign valid_o = valid_q[Stages];
  assign tag_o   = tag_q[Stages];
  assign tag_next_o = tag_q[Stages-1];

  // 1: magnitude
  logic [Results-1:0][31:0] x1_q;
  logic [Results-1:0][30:0] m1_q;
  logic [Results-1:0][5:0]  s1_q;
  logic [Results-1:0]       neg1_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_i) begin
      s1_q <= shift_i;
      for (int unsigned l = 0; l < Results; l++) begin
        neg1_q[l] <= acc_i[l][31];
        x1_q[l]   <= (rounding_i == F32Rne && acc_i[l][31]) ? 32'd0 - acc_i[l] : acc_i[l];
        m1_q[l]   <= rounding_i == F32Rne ? {7'd0, multiplier_i[l][30:7]} : multiplier_i[l];
      end
    end
  end

  // 2: operand
  logic [Results-1:0][32:0] x2_q;
  logic [Results-1:0][30:0] m2_q;
  logic [Results-1:0][5:0]  s2_q;
  logic [Results-1:0]       neg2_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[1]) begin
      m2_q   <= m1_q;
      s2_q   <= s1_q;
      neg2_q <= neg1_q;
      for (int unsigned l = 0; l < Results; l++) begin
        x2_q[l] <= mode_q[1] == F32Rne ? operand_f32(x1_q[l]) : {x1_q[l][31], x1_q[l]};
      end
    end
  end

  // 3: product, signed, below 2^62 in magnitude
  logic [Results-1:0][63:0] p3_q;
  logic [Results-1:0][5:0]  s3_q;
  logic [Results-1:0]       neg3_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[2]) begin
      s3_q   <= s2_q;
      neg3_q <= neg2_q;
      for (int unsigned l = 0; l < Results; l++) begin
        p3_q[l] <= {{31{x2_q[l][32]}}, x2_q[l]} * {33'd0, m2_q[l]};
      end
    end
  end

  // 4: constant.  The value to shift: integer modes 2 * (p + constant), shifted by s, so that bit 0
  // of the shifted value is the half bit; f32_rne the product with 25 fraction bits below the
  // binary point after the shift.
  logic [Results-1:0][63:0] x4_q;
  logic [Results-1:0][5:0]  s4_q;
  logic [Results-1:0]       neg4_q;
  logic [Results-1:0]       over4_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[3]) begin
      neg4_q <= neg3_q;
      for (int unsigned l = 0; l < Results; l++) begin
        if (mode_q[3] == F32Rne) begin
          if (s3_q[l] >= 6'd32) begin          // t = s - 7 >= 25
            x4_q[l]    <= p3_q[l];
            s4_q[l]    <= s3_q[l] - 6'd32;
            over4_q[l] <= 1'b0;
          end else begin
            x4_q[l]    <= {1'b0, p3_q[l][37:0], 25'd0};
            s4_q[l]    <= (s3_q[l] > 6'd7) ? (s3_q[l] - 6'd7) : 6'd0;
            over4_q[l] <= p3_q[l][63:38] != 26'd0;
          end
        end else begin
          x4_q[l]    <= (p3_q[l] + constant(mode_q[3], neg3_q[l], s3_q[l])) << 1;
          s4_q[l]    <= s3_q[l];
          over4_q[l] <= 1'b0;
        end
      end
    end
  end

  // 5: shift.  Nine integer bits (ten with sign) and the fraction stay; everything above is
  // overflow, everything below is sticky.
  logic [Results-1:0][63:0] q5_q;
  logic [Results-1:0]       neg5_q;
  logic [Results-1:0]       over5_q;
  logic [Results-1:0]       sticky5_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[4]) begin
      neg5_q  <= neg4_q;
      over5_q <= over4_q;
      for (int unsigned l = 0; l < Results; l++) begin
        q5_q[l]      <= $unsigned($signed(x4_q[l]) >>> s4_q[l]);
        sticky5_q[l] <= (x4_q[l] & ~(64'hffff_ffff_ffff_ffff << s4_q[l])) != 64'd0;
      end
    end
  end

  // 6: find.  q: nine integer bits above 25 fraction bits.  f32_rne rounds it to 24 significant bits
  // (sticky stands for everything below), its unit is then 2^k; below 2^24 the result is 0.
  logic [Results-1:0][33:0] q6_q;
  logic [Results-1:0][10:0] unit6_q;    // 2^k, 0: nothing to round
  logic [Results-1:0]       up6_q;
  logic [Results-1:0]       neg6_q;
  logic [Results-1:0]       over6_q;

  function automatic logic [11:0] find_f32(input logic [33:0] q, input logic sticky);
    logic [9:0]  drop;
    logic [10:0] unit;
    logic        low;
    logic        up;
    find_f32 = 12'd0;
    if (q[33:24] != 10'd0) begin
      for (int unsigned i = 0; i < 10; i++) drop[i] = (q[33:24] >> i) != 10'd0;
      unit = {1'b0, ~drop} & {drop, 1'b0} | {drop[9], 10'd0};
      low  = sticky;
      up   = 1'b0;
      for (int unsigned i = 1; i <= 10; i++) begin
        up  = up | (unit[i] & q[i-1] & (q[i] | low));
        low = low | q[i-1];
      end
      find_f32 = {up, unit};
    end
  endfunction

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[5]) begin
      neg6_q <= neg5_q;
      for (int unsigned l = 0; l < Results; l++) begin
        q6_q[l]                <= q5_q[l][33:0];
        {up6_q[l], unit6_q[l]} <= find_f32(q5_q[l][33:0], sticky5_q[l]);
        if (mode_q[5] == F32Rne) over6_q[l] <= over5_q[l] || q5_q[l][63:34] != 30'd0;
        else over6_q[l] <= q5_q[l][63:10] != {54{q5_q[l][63]}};
      end
    end
  end

  // 7: round.  Integer part, and what the half bit needs: {half, odd or anything below}
  logic [Results-1:0][10:0] r7_q;
  logic [Results-1:0]       half7_q, rest7_q;
  logic [Results-1:0]       neg7_q;

  logic [Results-1:0][34:0] rounded;
  logic [Results-1:0][9:0] keep;    // bits that are not below the unit; none without a unit
  always_comb begin
    rounded = '0;
    keep    = '0;
    if (valid_q[6]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        for (int unsigned i = 0; i < 10; i++) keep[l][i] = (unit6_q[l] << (10 - i)) != '0;
        rounded[l] = (unit6_q[l] == '0 ? 35'd0 : {1'b0, q6_q[l][33:10], q6_q[l][9:0] & keep[l]}) +
                     (up6_q[l] ? 35'(unit6_q[l]) : 35'd0);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[6]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        neg7_q[l]  <= neg6_q[l] && mode_q[6] == F32Rne;
        rest7_q[l] <= 1'b1;
        if (over6_q[l]) begin
          half7_q[l] <= 1'b0;
          r7_q[l]    <= (mode_q[6] != F32Rne && neg6_q[l]) ? 11'h600 : 11'h200;
        end else if (mode_q[6] == F32Rne) begin
          r7_q[l]    <= {1'b0, rounded[l][34:25]};
          half7_q[l] <= rounded[l][24];
          rest7_q[l] <= rounded[l][25] || rounded[l][23:0] != 24'd0;
        end else begin
          half7_q[l] <= q6_q[l][0];
          r7_q[l]    <= {q6_q[l][10], q6_q[l][10:1]};
        end
      end
    end
  end

  // 8: result.  -(r + h) = ~r + !h
  logic [Results-1:0] carry;
  assign carry = (half7_q & rest7_q) ^ neg7_q;
  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[7]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        result_o[l] <= (r7_q[l] ^ {11{neg7_q[l]}}) + 11'(carry[l]);
      end
    end
  end
endmodule
