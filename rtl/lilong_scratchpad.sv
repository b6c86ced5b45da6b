// SPDX-License-Identifier: Apache-2.0
// Scratchpad: 8 skewed banks, each one vector (Depth bytes) wide with one read and one write port.
//
//   read:   req, addr -> arbitrate -> register -> row -> bank -> output register -> crossbar register
//           cycle t                   t + 1              t + 2   t + 3              t + 4
//           gnt                                                                     rvalid, rdata
//
//   write:  req, addr --> arbitrate, rotate granules --> register --> one or two banks
//           cycle t (gnt in t)                           t + 1 (written at its end)
//
// Vector v lies in bank (v + v / 8) mod 8, row v / 8; whoever reads gives {row, bank}.  A lower read
// port has the higher priority; with rd_upper_first_i ports 6 .. Ports - 2 come before 0 .. 5, and
// the last port always comes last.  Write port 0 is the result port, which is always granted, 1 is
// LOAD.  A grant depends on requests of the same cycle only, which all come from registers.  A write
// may straddle two vectors (always in different banks): all its granules are written together.
`include "lilong_assert.svh"

module lilong_scratchpad #(
    parameter int unsigned ScratchpadBytes = 524288,
    parameter int unsigned Depth = 16,
    parameter int unsigned Ports = 11,
    localparam int unsigned AW = $clog2(ScratchpadBytes / Depth),
    localparam int unsigned GW = $clog2(ScratchpadBytes / 8),
    localparam int unsigned Width = Depth * 8,
    localparam int unsigned Granules = Depth / 8,
    localparam int unsigned Banks = 8
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   clr_i,
    input  logic                   rd_upper_first_i,
    input  logic [Ports-1:0]       rd_req_i,
    input  logic [Ports*AW-1:0]    rd_addr_i,   // row and bank
    output logic [Ports-1:0]       rd_gnt_o,
    output logic [Ports-1:0]       rd_rvalid_o,
    output logic [Ports*Width-1:0] rd_rdata_o,
    input  logic [2*Banks-1:0]     wr_hot_i,    // banks of each port's request, else 0
    input  logic [1:0]             wr_req_i,
    input  logic [2*GW-1:0]        wr_addr_i,
    input  logic [2*Width-1:0]     wr_data_i,
    input  logic [2*Granules-1:0]  wr_strobe_i,
    output logic [1:0]             wr_gnt_o
);
  localparam int unsigned RowWidth = AW - 3;
  localparam int unsigned Rows = ScratchpadBytes / Depth / Banks;
  localparam int unsigned GranuleShift = $clog2(Granules);  // granule address to vector address

  // ---- read: arbitration.  Requests for one bank are compared in pairs, so that the last grant
  // has no more levels of logic than the first.
  localparam int unsigned Lower = 6;         // ports 0 .. Lower - 1
  logic [Ports-1:0][2:0] rd_bank;
  logic [Ports-1:0] gnt;
  logic [Banks-1:0] bank_taken;

  // Does port m come before port n?
  function automatic logic precedes(input int unsigned m, input int unsigned n,
                                  input logic upper_first);
    if (m < Lower && n >= Lower && n != Ports - 1) precedes = !upper_first;
    else if (n < Lower && m >= Lower && m != Ports - 1) precedes = upper_first;
    else precedes = m < n;
  endfunction

  // Without requests the result is the same: simulation saves the time, logic would only get longer.
  logic some_rd;
`ifdef SYNTHESIS
  assign some_rd = 1'b1;
`else
  assign some_rd = rd_req_i != '0;
`endif

  always_comb begin
    for (int unsigned n = 0; n < Ports; n++) rd_bank[n] = rd_addr_i[n*AW+:3];
    gnt         = rd_req_i;
    bank_taken  = '0;
    if (some_rd) begin
      for (int unsigned n = 1; n < Ports; n++) begin
        if (rd_req_i[n]) begin
          for (int unsigned m = 0; m < n; m++) begin
            if (rd_req_i[m] && rd_bank[m] == rd_bank[n]) begin
              if (precedes(m, n, rd_upper_first_i)) gnt[n] = 1'b0;
              else gnt[m] = 1'b0;
            end
          end
        end
      end
      // A bank that is asked for is granted to someone.
      for (int unsigned n = 0; n < Ports; n++) begin
        if (rd_req_i[n]) bank_taken[rd_bank[n]] = 1'b1;
      end
    end
  end
  assign rd_gnt_o = gnt;

  // ---- read: row register, bank, output register, crossbar register
  logic [Banks-1:0][RowWidth-1:0] bank_rd_row;
  logic [Ports-1:0][RowWidth-1:0] row1_q;
  logic [Banks-1:0][Width-1:0] bank_data, out_q;
  logic [Banks-1:0] bank_rd_en_q, bank_valid_q;
  logic [Ports-1:0] valid1_q, valid2_q, valid3_q, valid4_q;
  logic [Ports-1:0][2:0] bank1_q, bank2_q, bank3_q;
  logic [Ports-1:0][Width-1:0] rdata_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bank_rd_en_q <= '0;
      bank_valid_q <= '0;
      valid1_q     <= '0;
      valid2_q     <= '0;
      valid3_q     <= '0;
      valid4_q     <= '0;
    end else if (clr_i) begin
      bank_rd_en_q <= '0;
      bank_valid_q <= '0;
      valid1_q     <= '0;
      valid2_q     <= '0;
      valid3_q     <= '0;
      valid4_q     <= '0;
    end else begin
      bank_rd_en_q <= bank_taken;
      bank_valid_q <= bank_rd_en_q;
      valid1_q     <= gnt;
      valid2_q     <= valid1_q;
      valid3_q     <= valid2_q;
      valid4_q     <= valid3_q;
    end
  end

  // Grants come late in a cycle, so rows are picked behind them.
  always_comb begin
    bank_rd_row = '0;
    for (int unsigned n = 0; n < Ports; n++) begin
      if (valid1_q[n]) begin
        for (int unsigned b = 0; b < Banks; b++) begin
          if (bank1_q[n] == 3'(b)) bank_rd_row[b] = bank_rd_row[b] | row1_q[n];
        end
      end
    end
  end

  logic [Ports-1:0][Width-1:0] crossed;
  for (genvar n = 0; n < int'(Ports); n++) begin : gen_crossbar
    lilong_mux8 #(
        .Width(Width)
    ) u_mux (
        .data_i(out_q),
        .sel_i (bank3_q[n]),
        .data_o(crossed[n])
    );
  end

  always_ff @(posedge clk_i) begin
    if (some_rd) begin
      bank1_q <= rd_bank;
      for (int unsigned n = 0; n < Ports; n++) row1_q[n] <= rd_addr_i[n*AW+3+:RowWidth];
    end
    bank2_q <= bank1_q;
    bank3_q <= bank2_q;
    for (int unsigned b = 0; b < Banks; b++) begin
      if (bank_valid_q[b]) out_q[b] <= bank_data[b];
    end
    for (int unsigned n = 0; n < Ports; n++) begin
      if (valid3_q[n]) rdata_q[n] <= crossed[n];
    end
  end
  assign rd_rvalid_o = valid4_q;
  assign rd_rdata_o  = rdata_q;

  // ---- write: rotate the granules of each port to their places in the vectors
  logic [1:0][Granules-1:0] strobe0, strobe1;  // of the first and of the second vector
  logic [1:0][Width-1:0] rotated;
  logic [1:0][2:0] wr_bank0, wr_bank1;
  logic [1:0][RowWidth-1:0] wr_row0, wr_row1;
  logic [1:0][Banks-1:0] wr_hot0, wr_hot1;
  logic [1:0][AW-1:0] wr_vector0, wr_vector1;

  for (genvar p = 0; p < 2; p++) begin : gen_write_port
    assign wr_vector0[p] = wr_addr_i[p*GW+GranuleShift+:AW];
    assign wr_vector1[p] = wr_vector0[p] + 1'b1;
    assign wr_bank0[p]   = wr_vector0[p][2:0] + wr_vector0[p][5:3];
    assign wr_bank1[p]   = wr_vector1[p][2:0] + wr_vector1[p][5:3];
    assign wr_row0[p]    = wr_vector0[p][AW-1:3];
    assign wr_row1[p]    = wr_vector1[p][AW-1:3];
    assign wr_hot0[p]    = (|strobe0[p]) ? 8'd1 << wr_bank0[p] : '0;
    assign wr_hot1[p]    = (|strobe1[p]) ? 8'd1 << wr_bank1[p] : '0;

    if (Granules == 1) begin : gen_single
      assign rotated[p] = wr_data_i[p*Width+:Width];
      assign strobe0[p] = wr_strobe_i[p*Granules+:Granules];
      assign strobe1[p] = '0;
    end else begin : gen_rotate
      logic [GranuleShift-1:0] offset;
      logic [2*Granules-1:0] strobe_shifted;
      logic [2*Width-1:0] data_shifted;
      assign offset         = wr_addr_i[p*GW+:GranuleShift];
      assign strobe_shifted = {{Granules{1'b0}}, wr_strobe_i[p*Granules+:Granules]} << offset;
      assign data_shifted   = {2{wr_data_i[p*Width+:Width]}} << {offset, 6'd0};
      assign rotated[p]     = data_shifted[2*Width-1:Width];
      assign strobe0[p]     = strobe_shifted[Granules-1:0];
      assign strobe1[p]     = strobe_shifted[2*Granules-1:Granules];
      logic unused_low;
      assign unused_low = ^data_shifted[Width-1:0];
    end
  end

  assign wr_gnt_o[0] = 1'b1;
  assign wr_gnt_o[1] = wr_req_i[1] && (wr_hot_i[0+:Banks] & wr_hot_i[Banks+:Banks]) == '0;

  // ---- write: register, then the banks; the ports granted in a cycle have no bank in common
  logic [1:0][Width-1:0] wr_data_q;
  logic [Banks-1:0][Granules-1:0] bank_wr_en, bank_wr_en_q;
  logic [Banks-1:0][RowWidth-1:0] bank_wr_row, bank_wr_row_q;
  logic [Banks-1:0] bank_wr_port, bank_wr_port_q;

  always_comb begin
    bank_wr_en   = '0;
    bank_wr_row  = '0;
    bank_wr_port = '0;
    for (int unsigned p = 0; p < 2; p++) begin
      if (wr_req_i[p] && wr_gnt_o[p]) begin
        for (int unsigned b = 0; b < Banks; b++) begin
          if (wr_hot0[p][b]) begin
            bank_wr_en[b]   = strobe0[p];
            bank_wr_row[b]  = wr_row0[p];
            bank_wr_port[b] = p[0];
          end
          if (wr_hot1[p][b]) begin
            bank_wr_en[b]   = strobe1[p];
            bank_wr_row[b]  = wr_row1[p];
            bank_wr_port[b] = p[0];
          end
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) bank_wr_en_q <= '0;
    else bank_wr_en_q <= bank_wr_en;
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < 2; p++) begin
      if (wr_req_i[p]) wr_data_q[p] <= rotated[p];
    end
    if (wr_req_i != '0) begin
      bank_wr_row_q  <= bank_wr_row;
      bank_wr_port_q <= bank_wr_port;
    end
  end

  for (genvar b = 0; b < int'(Banks); b++) begin : gen_bank
    lilong_sram_1r1w #(
        .Rows(Rows),
        .Granules(Granules)
    ) u_sram (
        .clk_i,
        .rd_en_i(bank_rd_en_q[b]),
        .rd_row_i(bank_rd_row[b]),
        .rd_data_o(bank_data[b]),
        .wr_en_i(bank_wr_en_q[b]),
        .wr_row_i(bank_wr_row_q[b]),
        .wr_data_i(wr_data_q[bank_wr_port_q[b]])
    );
  end

  `LILONG_ASSERT(SecondVectorOtherBank, (wr_hot0[0] & wr_hot1[0]) == '0 && (wr_hot0[1] & wr_hot1[1]) == '0)
  `LILONG_ASSERT(HotOfResult, wr_hot_i[0+:Banks] == (wr_req_i[0] ? wr_hot0[0] | wr_hot1[0] : '0))
  `LILONG_ASSERT(HotOfLoad, !wr_req_i[1] || wr_hot_i[Banks+:Banks] == (wr_hot0[1] | wr_hot1[1]))
endmodule
