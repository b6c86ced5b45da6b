// SPDX-License-Identifier: Apache-2.0
// Windows of the regions: base, size and rights of each, written in bytes, read by number.
// Distributed memory, one copy for every read port; reading takes no cycle.  Contents are not reset.
module lilong_windows #(
    parameter int unsigned Ports = 1
) (
    input  logic                clk_i,
    input  logic                clear_i,      // writes zeros into everything of one region
    input  logic                write_i,
    input  logic [2:0]          index_i,
    input  logic [1:0]          word_i,       // 0 base below 2^32, 1 base above, 2 size, 3 rights
    input  logic [3:0]          strobe_i,
    input  logic [31:0]         data_i,
    input  logic [Ports*3-1:0]  rd_index_i,
    output logic [Ports*34-1:0] rd_base_o,    // in units of 64 bytes
    output logic [Ports*32-1:0] rd_size_o,
    output logic [Ports*2-1:0]  rd_access_o   // {write, read}
);
  localparam int unsigned Regions = 8;

  logic [3:0] low, high, size, access;  // bytes to be written
  logic [31:0] data;
  assign data   = clear_i ? '0 : data_i;
  assign low    = {4{clear_i}} | ({4{write_i && word_i == 2'd0}} & strobe_i);
  assign high   = {4{clear_i}} | ({4{write_i && word_i == 2'd1}} & strobe_i);
  assign size   = {4{clear_i}} | ({4{write_i && word_i == 2'd2}} & strobe_i);
  assign access = {4{clear_i}} | ({4{write_i && word_i == 2'd3}} & strobe_i);

  // One memory for every byte, so that each has one write enable.
  (* ram_style = "distributed" *) logic [1:0] low0_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] low1_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] low2_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] low3_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] high0_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] size0_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] size1_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] size2_q [Regions];
  (* ram_style = "distributed" *) logic [7:0] size3_q [Regions];
  (* ram_style = "distributed" *) logic [1:0] access_q [Regions];

  always_ff @(posedge clk_i) begin
    if (low[0]) low0_q[index_i] <= data[7:6];
    if (low[1]) low1_q[index_i] <= data[15:8];
    if (low[2]) low2_q[index_i] <= data[23:16];
    if (low[3]) low3_q[index_i] <= data[31:24];
    if (high[0]) high0_q[index_i] <= data[7:0];
    if (size[0]) size0_q[index_i] <= data[7:0];
    if (size[1]) size1_q[index_i] <= data[15:8];
    if (size[2]) size2_q[index_i] <= data[23:16];
    if (size[3]) size3_q[index_i] <= data[31:24];
    if (access[0]) access_q[index_i] <= data[1:0];
  end

  for (genvar p = 0; p < Ports; p++) begin : gen_read
    logic [2:0] index;
    assign index                  = rd_index_i[p*3+:3];
    assign rd_base_o[p*34+:34]    = {high0_q[index], low3_q[index], low2_q[index], low1_q[index],
                                     low0_q[index]};
    assign rd_size_o[p*32+:32]    = {size3_q[index], size2_q[index], size1_q[index], size0_q[index]};
    assign rd_access_o[p*2+:2]    = access_q[index];
  end

  logic unused;
  assign unused = ^{high[3:1], access[3:1], data[5:0]};
endmodule
