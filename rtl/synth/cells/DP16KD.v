// SPDX-License-Identifier: Apache-2.0
// DP16KD, the 18 kbit block memory of ECP5, for simulation of a synthesised netlist.
//
// Modelled: port widths 9, 18 and 36 (write on A, read on B), byte enables in the low address bits
// (18 and 36), READBEFOREWRITE and NORMAL outputs, output registers, both reset modes.  Everything else is
// refused when the model is elaborated.
//
// A port that reads the word which the other port writes with the same clock edge gets every bit
// inverted: the hardware promises nothing there (-no-rw-check), so a design that uses the value is
// wrong and shall show it.
module DP16KD (
  input
    DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4,
    DIA3, DIA2, DIA1, DIA0, ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3,
    ADA2, ADA1, ADA0, CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0,
  output
    DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4,
    DOA3, DOA2, DOA1, DOA0,
  input
    DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4,
    DIB3, DIB2, DIB1, DIB0, ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3,
    ADB2, ADB1, ADB0, CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
  output
    DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4,
    DOB3, DOB2, DOB1, DOB0
);
  parameter DATA_WIDTH_A = 18;
  parameter DATA_WIDTH_B = 18;
  parameter REGMODE_A = "NOREG";
  parameter REGMODE_B = "NOREG";
  parameter RESETMODE = "SYNC";
  parameter ASYNC_RESET_RELEASE = "SYNC";
  parameter CSDECODE_A = "0b000";
  parameter CSDECODE_B = "0b000";
  parameter WRITEMODE_A = "NORMAL";
  parameter WRITEMODE_B = "NORMAL";
  parameter CLKAMUX = "CLKA";
  parameter CLKBMUX = "CLKB";
  parameter GSR = "ENABLED";
  parameter [319:0] INITVAL_00 = 320'd0;
  parameter [319:0] INITVAL_01 = 320'd0;
  parameter [319:0] INITVAL_02 = 320'd0;
  parameter [319:0] INITVAL_03 = 320'd0;
  parameter [319:0] INITVAL_04 = 320'd0;
  parameter [319:0] INITVAL_05 = 320'd0;
  parameter [319:0] INITVAL_06 = 320'd0;
  parameter [319:0] INITVAL_07 = 320'd0;
  parameter [319:0] INITVAL_08 = 320'd0;
  parameter [319:0] INITVAL_09 = 320'd0;
  parameter [319:0] INITVAL_0A = 320'd0;
  parameter [319:0] INITVAL_0B = 320'd0;
  parameter [319:0] INITVAL_0C = 320'd0;
  parameter [319:0] INITVAL_0D = 320'd0;
  parameter [319:0] INITVAL_0E = 320'd0;
  parameter [319:0] INITVAL_0F = 320'd0;
  parameter [319:0] INITVAL_10 = 320'd0;
  parameter [319:0] INITVAL_11 = 320'd0;
  parameter [319:0] INITVAL_12 = 320'd0;
  parameter [319:0] INITVAL_13 = 320'd0;
  parameter [319:0] INITVAL_14 = 320'd0;
  parameter [319:0] INITVAL_15 = 320'd0;
  parameter [319:0] INITVAL_16 = 320'd0;
  parameter [319:0] INITVAL_17 = 320'd0;
  parameter [319:0] INITVAL_18 = 320'd0;
  parameter [319:0] INITVAL_19 = 320'd0;
  parameter [319:0] INITVAL_1A = 320'd0;
  parameter [319:0] INITVAL_1B = 320'd0;
  parameter [319:0] INITVAL_1C = 320'd0;
  parameter [319:0] INITVAL_1D = 320'd0;
  parameter [319:0] INITVAL_1E = 320'd0;
  parameter [319:0] INITVAL_1F = 320'd0;
  parameter [319:0] INITVAL_20 = 320'd0;
  parameter [319:0] INITVAL_21 = 320'd0;
  parameter [319:0] INITVAL_22 = 320'd0;
  parameter [319:0] INITVAL_23 = 320'd0;
  parameter [319:0] INITVAL_24 = 320'd0;
  parameter [319:0] INITVAL_25 = 320'd0;
  parameter [319:0] INITVAL_26 = 320'd0;
  parameter [319:0] INITVAL_27 = 320'd0;
  parameter [319:0] INITVAL_28 = 320'd0;
  parameter [319:0] INITVAL_29 = 320'd0;
  parameter [319:0] INITVAL_2A = 320'd0;
  parameter [319:0] INITVAL_2B = 320'd0;
  parameter [319:0] INITVAL_2C = 320'd0;
  parameter [319:0] INITVAL_2D = 320'd0;
  parameter [319:0] INITVAL_2E = 320'd0;
  parameter [319:0] INITVAL_2F = 320'd0;
  parameter [319:0] INITVAL_30 = 320'd0;
  parameter [319:0] INITVAL_31 = 320'd0;
  parameter [319:0] INITVAL_32 = 320'd0;
  parameter [319:0] INITVAL_33 = 320'd0;
  parameter [319:0] INITVAL_34 = 320'd0;
  parameter [319:0] INITVAL_35 = 320'd0;
  parameter [319:0] INITVAL_36 = 320'd0;
  parameter [319:0] INITVAL_37 = 320'd0;
  parameter [319:0] INITVAL_38 = 320'd0;
  parameter [319:0] INITVAL_39 = 320'd0;
  parameter [319:0] INITVAL_3A = 320'd0;
  parameter [319:0] INITVAL_3B = 320'd0;
  parameter [319:0] INITVAL_3C = 320'd0;
  parameter [319:0] INITVAL_3D = 320'd0;
  parameter [319:0] INITVAL_3E = 320'd0;
  parameter [319:0] INITVAL_3F = 320'd0;

  generate
    if (DATA_WIDTH_A != 9 && DATA_WIDTH_A != 18 && DATA_WIDTH_A != 36)
      $error("DP16KD: DATA_WIDTH_A = %0d is not modelled", DATA_WIDTH_A);
    if (DATA_WIDTH_B != 9 && DATA_WIDTH_B != 18 && DATA_WIDTH_B != 36)
      $error("DP16KD: DATA_WIDTH_B = %0d is not modelled", DATA_WIDTH_B);
    if (REGMODE_A != "NOREG" && REGMODE_A != "OUTREG") $error("DP16KD: REGMODE_A is not modelled");
    if (REGMODE_B != "NOREG" && REGMODE_B != "OUTREG") $error("DP16KD: REGMODE_B is not modelled");
    if (RESETMODE != "SYNC" && RESETMODE != "ASYNC") $error("DP16KD: RESETMODE is not modelled");
    if (CSDECODE_A != "0b000" || CSDECODE_B != "0b000")
      $error("DP16KD: only CSDECODE 0b000 is modelled");
    if (WRITEMODE_A == "WRITETHROUGH" || WRITEMODE_B == "WRITETHROUGH")
      $error("DP16KD: WRITETHROUGH is not modelled");
    if (CLKAMUX != "CLKA" || CLKBMUX != "CLKB") $error("DP16KD: only rising clocks are modelled");
  endgenerate

  wire [17:0] dia = {
      DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4,
      DIA3, DIA2, DIA1, DIA0};
  wire [17:0] dib = {
      DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4,
      DIB3, DIB2, DIB1, DIB0};
  wire [13:0] ada = {
      ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
  wire [13:0] adb = {
      ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
  wire on_a = CEA && !CSA0 && !CSA1 && !CSA2;
  wire on_b = CEB && !CSB0 && !CSB1 && !CSB2;

  // Words of 18 bits; a word of 36 is an even one (low half) and the odd one behind it, a word of 9
  // is the half that address bit 3 names.
  reg [17:0] mem_q [0:1023];

  // Every row of initial content holds 16 words, each in 20 bits.
  wire [20479:0] content = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39,
    INITVAL_38, INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32,
    INITVAL_31, INITVAL_30, INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B,
    INITVAL_2A, INITVAL_29, INITVAL_28, INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24,
    INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20, INITVAL_1F, INITVAL_1E, INITVAL_1D,
    INITVAL_1C, INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18, INITVAL_17, INITVAL_16,
    INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10, INITVAL_0F,
    INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
    INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01,
    INITVAL_00};
  integer i;
  initial for (i = 0; i < 1024; i = i + 1) mem_q[i] = content[20*i+:18];

  // ---- what each port writes
  wire [1:0] half_a = ada[3] ? 2'b10 : 2'b01;
  wire [1:0] half_b = adb[3] ? 2'b10 : 2'b01;
  wire [1:0] be_a = {2{on_a && WEA}} & (DATA_WIDTH_A == 9 ? half_a : ada[1:0]);
  wire [1:0] be_a_odd = DATA_WIDTH_A == 36 ? {2{on_a && WEA}} & ada[3:2] : 2'd0;
  wire [1:0] be_b = DATA_WIDTH_B == 36 ? 2'd0 :
      {2{on_b && WEB}} & (DATA_WIDTH_B == 9 ? half_b : adb[1:0]);
  wire [9:0] row_a = DATA_WIDTH_A == 36 ? {ada[13:5], 1'b0} : ada[13:4];
  wire [9:0] row_b = DATA_WIDTH_B == 36 ? {adb[13:5], 1'b0} : adb[13:4];

  wire [17:0] fresh_a = DATA_WIDTH_A == 9 ? {2{dia[8:0]}} : dia;
  wire [17:0] fresh_b = DATA_WIDTH_B == 9 ? {2{dib[8:0]}} : dib;

  function [17:0] merge(input [1:0] be, input [17:0] old, input [17:0] fresh);
    merge = {be[1] ? fresh[17:9] : old[17:9], be[0] ? fresh[8:0] : old[8:0]};
  endfunction

  always @(posedge CLKA) begin
    if (be_a != 2'd0) mem_q[row_a] <= merge(be_a, mem_q[row_a], fresh_a);
    if (be_a_odd != 2'd0) mem_q[row_a | 10'd1] <= merge(be_a_odd, mem_q[row_a | 10'd1], dib);
  end
  always @(posedge CLKB) begin
    if (be_b != 2'd0) mem_q[row_b] <= merge(be_b, mem_q[row_b], fresh_b);
  end

  // ---- what each port reads
  function [17:0] blur(input [1:0] be, input same, input [17:0] word);
    blur = word ^ (same ? {{9{be[1]}}, {9{be[0]}}} : 18'd0);
  endfunction
  wire same_even = DATA_WIDTH_A == 36 ? row_a[9:1] == row_b[9:1] && !row_b[0] : row_a == row_b;
  wire same_odd = DATA_WIDTH_A == 36 && row_a[9:1] == row_b[9:1] && row_b[0];
  function [17:0] part(input narrow, input upper, input [17:0] word);
    part = narrow ? {9'd0, upper ? word[17:9] : word[8:0]} : word;
  endfunction
  wire [17:0] read_a = part(DATA_WIDTH_A == 9, ada[3], blur(be_b, row_a == row_b, mem_q[row_a]));
  wire [17:0] read_b = part(DATA_WIDTH_B == 9, adb[3],
                            blur(be_a_odd, same_odd, blur(be_a, same_even, mem_q[row_b])));
  wire [9:0] next_b = row_b | 10'd1;
  wire [17:0] read_b_odd = DATA_WIDTH_A == 36
      ? blur(be_a_odd, row_a[9:1] == next_b[9:1], mem_q[next_b])
      : blur(be_a, row_a == next_b, mem_q[next_b]);

  reg [17:0] latch_a, latch_b, latch_b_odd, out_a, out_b, out_b_odd;
  wire hold_a = WEA && WRITEMODE_A == "NORMAL";
  wire hold_b = WEB && WRITEMODE_B == "NORMAL";
  generate
    if (RESETMODE == "SYNC") begin : gen_sync
      always @(posedge CLKA) begin
        if (RSTA) latch_a <= 18'd0;
        else if (on_a && !hold_a) latch_a <= read_a;
        if (RSTA) out_a <= 18'd0;
        else if (OCEA) out_a <= latch_a;
      end
      always @(posedge CLKB) begin
        if (RSTB) {latch_b_odd, latch_b} <= 36'd0;
        else if (on_b && !hold_b) {latch_b_odd, latch_b} <= {read_b_odd, read_b};
        if (RSTB) {out_b_odd, out_b} <= 36'd0;
        else if (OCEB) {out_b_odd, out_b} <= {latch_b_odd, latch_b};
      end
    end else begin : gen_async
      always @(posedge CLKA or posedge RSTA) begin
        if (RSTA) latch_a <= 18'd0;
        else if (on_a && !hold_a) latch_a <= read_a;
      end
      always @(posedge CLKA or posedge RSTA) begin
        if (RSTA) out_a <= 18'd0;
        else if (OCEA) out_a <= latch_a;
      end
      always @(posedge CLKB or posedge RSTB) begin
        if (RSTB) {latch_b_odd, latch_b} <= 36'd0;
        else if (on_b && !hold_b) {latch_b_odd, latch_b} <= {read_b_odd, read_b};
      end
      always @(posedge CLKB or posedge RSTB) begin
        if (RSTB) {out_b_odd, out_b} <= 36'd0;
        else if (OCEB) {out_b_odd, out_b} <= {latch_b_odd, latch_b};
      end
    end
  endgenerate

  wire [17:0] do_a = REGMODE_A == "OUTREG" ? out_a : latch_a;
  wire [35:0] do_b = REGMODE_B == "OUTREG" ? {out_b_odd, out_b} : {latch_b_odd, latch_b};
  // A read of 36 bits comes out of both ports: low half on A, high half on B.
  assign {
      DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4,
      DOA3, DOA2, DOA1, DOA0} =
      DATA_WIDTH_B == 36 ? do_b[17:0] : do_a;
  assign {
      DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4,
      DOB3, DOB2, DOB1, DOB0} =
      DATA_WIDTH_B == 36 ? do_b[35:18] : do_b[17:0];
endmodule
