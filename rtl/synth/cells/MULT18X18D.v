// SPDX-License-Identifier: Apache-2.0
// MULT18X18D, the multiplier of ECP5, for simulation of a synthesised netlist.
//
// Modelled: A x B with the signs of SIGNEDA and SIGNEDB, with or without registers at the inputs,
// between product and output, and at the output; their clocks, enables and synchronous resets are
// chosen by name.  Not modelled and refused: the C operand, shift chains (SOURCEA, SOURCEB = 1),
// bypass, asynchronous reset.
module MULT18X18D (
  input
    A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0, B17, B16,
    B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0, C17, C16, C15, C14,
    C13, C12, C11, C10, C9, C8, C7, C6, C5, C4, C3, C2, C1, C0, SIGNEDA, SIGNEDB, SOURCEA,
    SOURCEB, CLK3, CLK2, CLK1, CLK0, CE3, CE2, CE1, CE0, RST3, RST2, RST1, RST0, SRIA17, SRIA16,
    SRIA15, SRIA14, SRIA13, SRIA12, SRIA11, SRIA10, SRIA9, SRIA8, SRIA7, SRIA6, SRIA5, SRIA4,
    SRIA3, SRIA2, SRIA1, SRIA0, SRIB17, SRIB16, SRIB15, SRIB14, SRIB13, SRIB12, SRIB11, SRIB10,
    SRIB9, SRIB8, SRIB7, SRIB6, SRIB5, SRIB4, SRIB3, SRIB2, SRIB1, SRIB0,
  output
    SROA17, SROA16, SROA15, SROA14, SROA13, SROA12, SROA11, SROA10, SROA9, SROA8, SROA7, SROA6,
    SROA5, SROA4, SROA3, SROA2, SROA1, SROA0, SROB17, SROB16, SROB15, SROB14, SROB13, SROB12,
    SROB11, SROB10, SROB9, SROB8, SROB7, SROB6, SROB5, SROB4, SROB3, SROB2, SROB1, SROB0, ROA17,
    ROA16, ROA15, ROA14, ROA13, ROA12, ROA11, ROA10, ROA9, ROA8, ROA7, ROA6, ROA5, ROA4, ROA3,
    ROA2, ROA1, ROA0, ROB17, ROB16, ROB15, ROB14, ROB13, ROB12, ROB11, ROB10, ROB9, ROB8, ROB7,
    ROB6, ROB5, ROB4, ROB3, ROB2, ROB1, ROB0, ROC17, ROC16, ROC15, ROC14, ROC13, ROC12, ROC11,
    ROC10, ROC9, ROC8, ROC7, ROC6, ROC5, ROC4, ROC3, ROC2, ROC1, ROC0, P35, P34, P33, P32, P31,
    P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16, P15, P14, P13,
    P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0, SIGNEDP
);
  parameter REG_INPUTA_CLK = "NONE";
  parameter REG_INPUTA_CE = "CE0";
  parameter REG_INPUTA_RST = "RST0";
  parameter REG_INPUTB_CLK = "NONE";
  parameter REG_INPUTB_CE = "CE0";
  parameter REG_INPUTB_RST = "RST0";
  parameter REG_INPUTC_CLK = "NONE";
  parameter REG_INPUTC_CE = "CE0";
  parameter REG_INPUTC_RST = "RST0";
  parameter REG_PIPELINE_CLK = "NONE";
  parameter REG_PIPELINE_CE = "CE0";
  parameter REG_PIPELINE_RST = "RST0";
  parameter REG_OUTPUT_CLK = "NONE";
  parameter REG_OUTPUT_CE = "CE0";
  parameter REG_OUTPUT_RST = "RST0";
  parameter CLK0_DIV = "ENABLED";
  parameter CLK1_DIV = "ENABLED";
  parameter CLK2_DIV = "ENABLED";
  parameter CLK3_DIV = "ENABLED";
  parameter HIGHSPEED_CLK = "NONE";
  parameter GSR = "ENABLED";
  parameter CAS_MATCH_REG = "FALSE";
  parameter SOURCEB_MODE = "B_SHIFT";
  parameter MULT_BYPASS = "DISABLED";
  parameter RESETMODE = "SYNC";

  generate
    if (REG_INPUTC_CLK != "NONE") $error("MULT18X18D: the C operand is not modelled");
    if (HIGHSPEED_CLK != "NONE") $error("MULT18X18D: HIGHSPEED_CLK is not modelled");
    if (CAS_MATCH_REG != "FALSE") $error("MULT18X18D: CAS_MATCH_REG is not modelled");
    if (MULT_BYPASS != "DISABLED") $error("MULT18X18D: MULT_BYPASS is not modelled");
    if (RESETMODE != "SYNC" && (REG_INPUTA_CLK != "NONE" || REG_INPUTB_CLK != "NONE" ||
        REG_PIPELINE_CLK != "NONE" || REG_OUTPUT_CLK != "NONE"))
      $error("MULT18X18D: asynchronous reset is not modelled");
  endgenerate

  // Shift chains are chosen by pins, so they can only be refused when they are used.
  always @(*) if (SOURCEA || SOURCEB) begin
    $display("MULT18X18D: shift chains are not modelled");
    $stop;
  end

  wire [3:0] clks = {CLK3, CLK2, CLK1, CLK0};
  wire [3:0] ces = {CE3, CE2, CE1, CE0};
  wire [3:0] rsts = {RST3, RST2, RST1, RST0};

  function integer index(input [31:0] name);  // last letter of CLK2, CE1, RST3
    index = name[7:0] - 48;
  endfunction
  localparam IA = index(REG_INPUTA_CE), IB = index(REG_INPUTB_CE);
  localparam IP = index(REG_PIPELINE_CE), IO = index(REG_OUTPUT_CE);
  localparam RA = index(REG_INPUTA_RST), RB = index(REG_INPUTB_RST);
  localparam RP = index(REG_PIPELINE_RST), RO = index(REG_OUTPUT_RST);
  localparam KA = index(REG_INPUTA_CLK), KB = index(REG_INPUTB_CLK);
  localparam KP = index(REG_PIPELINE_CLK), KO = index(REG_OUTPUT_CLK);

  // Operands with one bit more, which holds the sign.
  wire [18:0] a = {SIGNEDA && A17,
      A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0};
  wire [18:0] b = {SIGNEDB && B17,
      B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0};
  wire [18:0] a1, b1;
  wire [36:0] product = $signed({{18{a1[18]}}, a1}) * $signed({{18{b1[18]}}, b1});
  wire [36:0] p1, p2;

  generate
    if (REG_INPUTA_CLK == "NONE") begin : gen_a
      assign a1 = a;
    end else begin : gen_a_reg
      reg [18:0] a_q;
      always @(posedge clks[KA]) if (rsts[RA]) a_q <= 19'd0; else if (ces[IA]) a_q <= a;
      assign a1 = a_q;
    end
    if (REG_INPUTB_CLK == "NONE") begin : gen_b
      assign b1 = b;
    end else begin : gen_b_reg
      reg [18:0] b_q;
      always @(posedge clks[KB]) if (rsts[RB]) b_q <= 19'd0; else if (ces[IB]) b_q <= b;
      assign b1 = b_q;
    end
    if (REG_PIPELINE_CLK == "NONE") begin : gen_p
      assign p1 = product;
    end else begin : gen_p_reg
      reg [36:0] p_q;
      always @(posedge clks[KP]) if (rsts[RP]) p_q <= 37'd0; else if (ces[IP]) p_q <= product;
      assign p1 = p_q;
    end
    if (REG_OUTPUT_CLK == "NONE") begin : gen_o
      assign p2 = p1;
    end else begin : gen_o_reg
      reg [36:0] o_q;
      always @(posedge clks[KO]) if (rsts[RO]) o_q <= 37'd0; else if (ces[IO]) o_q <= p1;
      assign p2 = o_q;
    end
  endgenerate

  assign {
      P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18,
      P17, P16, P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0} = p2[35:0];
  assign SIGNEDP = SIGNEDA || SIGNEDB;
endmodule
