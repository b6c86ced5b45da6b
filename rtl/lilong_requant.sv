// SPDX-License-Identifier: Apache-2.0
//
// Requantiser: Results lanes a cycle, six stages, all five rounding modes of the specification.
//
// Promises round(acc * multiplier / 2^shift) exactly for every result in [-512, 511]; anything
// larger comes out as +-512, which zero point and clamp bring to the same limit.  A tag travels with
// every beat.  Everything advances only when en_i is set.
//
//   1 operand   f32_rne: magnitude rounded to 24 bits; else the accumulator
//   2 product   registered operands, registered product (one DSP column)
//   3 constant  the part of the rounding constant that does not depend on the shift
//   4 shift     one 64-bit shifter for all modes; keeps the bits the rounding needs
//   5 round     f32_rne: product to 24 bits; the others: nothing left to do but the half bit
//   6 result    adds the half bit, restores the sign
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
  output logic [Results-1:0][10:0] result_o     // signed, -512 .. 512
);
  localparam int unsigned Stages = 6;
  localparam logic [2:0] HalfAway = lilong_isa_pkg::RoundingHalfAway;
  localparam logic [2:0] Ruy      = lilong_isa_pkg::RoundingRuy;
  localparam logic [2:0] Gemmlowp = lilong_isa_pkg::RoundingGemmlowp;
  localparam logic [2:0] F32Rne   = lilong_isa_pkg::RoundingF32Rne;

  // |a| rounded to 24 significant bits, ties to even; up to 2^31.
  function automatic logic [32:0] operand_f32(input logic [31:0] a);
    logic [31:0] mag;
    logic [3:0]  drop;
    logic        low;
    logic        up;
    mag  = a[31] ? (~a + 32'd1) : a;
    drop = 4'd0;
    operand_f32 = {1'b0, mag};
    if (mag[31:24] != 8'd0) begin
      for (int unsigned i = 1; i <= 8; i++) begin
        if (mag[23+i]) drop = i[3:0];
      end
      low = (mag & ((32'd1 << (drop - 4'd1)) - 32'd1)) != 32'd0;
      up  = mag[5'(drop - 4'd1)] && (mag[5'(drop)] || low);
      operand_f32 = ((({1'b0, mag} >> drop) + {32'd0, up}) << drop);
    end
  endfunction

  // The half bit and the constants of the other modes, for a product of the given sign.
  function automatic logic [63:0] constant(input logic [2:0] mode, input logic neg,
                                           input logic [5:0] s);
    constant = 64'd0;
    if (s != 6'd0 && mode == HalfAway && neg) constant = 64'hffff_ffff_ffff_ffff;
    if (s > 6'd31 && (mode == Ruy || (mode == Gemmlowp && !neg))) constant = 64'h4000_0000;
    if (s > 6'd31 && mode == Gemmlowp && neg) constant = 64'hffff_ffff_c000_0000;
  endfunction

  // q: nine integer bits above 25 fraction bits.  Rounds to 24 significant bits (sticky stands for
  // everything below), then says how to round the rest to an integer: {integer part, half bit}.
  function automatic logic [10:0] round_f32(input logic [33:0] q, input logic sticky);
    logic [3:0]  k;
    logic        low;
    logic        up;
    logic [34:0] r;
    round_f32 = 11'd0;
    if (q[33:24] != 10'd0) begin
      k = 4'd1;
      for (int unsigned i = 2; i <= 10; i++) begin
        if (q[23+i]) k = i[3:0];
      end
      low = sticky || ((q & ((34'd1 << (k - 4'd1)) - 34'd1)) != 34'd0);
      up  = q[6'(k - 4'd1)] && (q[6'(k)] || low);
      r   = (({1'b0, q} >> k) + {34'd0, up}) << k;
      round_f32 = {r[34:25], r[24] && (r[25] || r[23:0] != 24'd0)};
    end
  endfunction

  // Control: valid, mode and tag of each stage.
  logic [Stages:1]              valid_q;
  logic [Stages-1:1][2:0]       mode_q;
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
      mode_q <= {mode_q[Stages-2:1], rounding_i};
      tag_q  <= {tag_q[Stages-1:1], tag_i};
    end
  end

  assign valid_o = valid_q[Stages];
  assign tag_o   = tag_q[Stages];

  // 1: operand
  logic [Results-1:0][32:0] x1_q;
  logic [Results-1:0][30:0] m1_q;
  logic [Results-1:0][5:0]  s1_q;
  logic [Results-1:0]       neg1_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_i) begin
      s1_q <= shift_i;
      for (int unsigned l = 0; l < Results; l++) begin
        neg1_q[l] <= acc_i[l][31];
        if (rounding_i == F32Rne) begin
          x1_q[l] <= operand_f32(acc_i[l]);
          m1_q[l] <= {7'd0, multiplier_i[l][30:7]};
        end else begin
          x1_q[l] <= {acc_i[l][31], acc_i[l]};
          m1_q[l] <= multiplier_i[l];
        end
      end
    end
  end

  // 2: product, signed, below 2^62 in magnitude
  logic [Results-1:0][63:0] p2_q;
  logic [Results-1:0][5:0]  s2_q;
  logic [Results-1:0]       neg2_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[1]) begin
      s2_q   <= s1_q;
      neg2_q <= neg1_q;
      for (int unsigned l = 0; l < Results; l++) begin
        p2_q[l] <= {{31{x1_q[l][32]}}, x1_q[l]} * {33'd0, m1_q[l]};
      end
    end
  end

  // 3: constant.  The value to shift: integer modes 2 * (p + constant), shifted by s, so that bit 0
  // of the shifted value is the half bit; f32_rne the product with 25 fraction bits below the
  // binary point after the shift.
  logic [Results-1:0][63:0] x3_q;
  logic [Results-1:0][5:0]  s3_q;
  logic [Results-1:0]       neg3_q;
  logic [Results-1:0]       over3_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[2]) begin
      neg3_q <= neg2_q;
      for (int unsigned l = 0; l < Results; l++) begin
        if (mode_q[2] == F32Rne) begin
          if (s2_q[l] >= 6'd32) begin          // t = s - 7 >= 25
            x3_q[l]    <= p2_q[l];
            s3_q[l]    <= s2_q[l] - 6'd32;
            over3_q[l] <= 1'b0;
          end else begin
            x3_q[l]    <= {1'b0, p2_q[l][37:0], 25'd0};
            s3_q[l]    <= (s2_q[l] > 6'd7) ? (s2_q[l] - 6'd7) : 6'd0;
            over3_q[l] <= p2_q[l][63:38] != 26'd0;
          end
        end else begin
          x3_q[l]    <= (p2_q[l] + constant(mode_q[2], neg2_q[l], s2_q[l])) << 1;
          s3_q[l]    <= s2_q[l];
          over3_q[l] <= 1'b0;
        end
      end
    end
  end

  // 4: shift.  Keeps nine integer bits (ten with sign) and the fraction; everything above is
  // overflow, everything below is sticky.
  logic [Results-1:0][63:0] shifted;
  logic [Results-1:0][33:0] q4_q;
  logic [Results-1:0]       neg4_q;
  logic [Results-1:0]       over4_q;
  logic [Results-1:0]       sticky4_q;

  always_comb begin
    shifted = '0;
    if (valid_q[3]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        shifted[l] = $unsigned($signed(x3_q[l]) >>> s3_q[l]);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[3]) begin
      neg4_q <= neg3_q;
      for (int unsigned l = 0; l < Results; l++) begin
        q4_q[l] <= shifted[l][33:0];
        if (mode_q[3] == F32Rne) begin
          over4_q[l]   <= over3_q[l] || shifted[l][63:34] != 30'd0;
          sticky4_q[l] <= (x3_q[l] & ~(64'hffff_ffff_ffff_ffff << s3_q[l])) != 64'd0;
        end else begin
          over4_q[l]   <= shifted[l][63:10] != {54{shifted[l][63]}};
          sticky4_q[l] <= 1'b0;
        end
      end
    end
  end

  // 5: round.  {integer part, half bit}
  logic [Results-1:0][10:0] r5_q;
  logic [Results-1:0]       half5_q;
  logic [Results-1:0]       neg5_q;

  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[4]) begin
      neg5_q <= neg4_q;
      for (int unsigned l = 0; l < Results; l++) begin
        if (over4_q[l]) begin
          half5_q[l] <= 1'b0;
          r5_q[l]    <= (mode_q[4] != F32Rne && neg4_q[l]) ? 11'h600 : 11'h200;
        end else if (mode_q[4] == F32Rne) begin
          {r5_q[l], half5_q[l]} <= {1'b0, round_f32(q4_q[l], sticky4_q[l])};
        end else begin
          half5_q[l] <= q4_q[l][0];
          r5_q[l]    <= {q4_q[l][10], q4_q[l][10:1]};
        end
      end
    end
  end

  // 6: result
  always_ff @(posedge clk_i) begin
    if (en_i && valid_q[5]) begin
      for (int unsigned l = 0; l < Results; l++) begin
        if (mode_q[5] == F32Rne && neg5_q[l]) begin
          result_o[l] <= 11'd0 - (r5_q[l] + {10'd0, half5_q[l]});
        end else begin
          result_o[l] <= r5_q[l] + {10'd0, half5_q[l]};
        end
      end
    end
  end
endmodule
