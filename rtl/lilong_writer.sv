// SPDX-License-Identifier: Apache-2.0
//
// Gathers the bytes of one position and lane group and writes them in one request.
//
// Promises that a beat taken (en_o high) is in the bank before the next position's; en_o is low
// while a request waits for its grant.  done_o: the position marked last has been granted.
module lilong_writer #(
  parameter int unsigned Lanes           = 16,
  parameter int unsigned Depth           = 16,
  parameter int unsigned Results         = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned GW    = $clog2(ScratchpadBytes / 8),
  localparam int unsigned Beats = Lanes / Results,
  localparam int unsigned BW    = (Beats > 1) ? $clog2(Beats) : 1,
  localparam int unsigned CW    = $clog2(Lanes) + 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clr_i,
  output logic                    en_o,
  input  logic                    valid_i,
  input  logic [BW-1:0]           beat_i,
  input  logic                    last_i,      // last position of the instruction
  input  logic [GW-1:0]           addr_i,      // first granule
  input  logic [CW-1:0]           count_i,     // channels, 1 .. Lanes
  input  logic [Results-1:0][7:0] data_i,
  output logic [7:0]              wr_hot_o,    // banks of the request, 0 without one
  output logic                    wr_req_o,
  output logic [GW-1:0]           wr_addr_o,
  output logic [Depth*8-1:0]      wr_data_o,
  output logic [Depth/8-1:0]      wr_strobe_o,
  input  logic                    wr_gnt_i,
  output logic                    done_o
);
  logic                    req_q;
  logic                    last_q;
  logic [GW-1:0]           addr_q;
  logic [Depth/8-1:0]      strobe_q;
  logic [Lanes*8-1:0]      data_q;

  // Banks of the vectors that the position lies in.
  logic [Depth/8-1:0]      strobe;
  logic [7:0]              hot, hot_q;
  logic                    ask;
  always_comb begin
    for (int unsigned g = 0; g < Depth / 8; g++) strobe[g] = 32'(count_i) > g * 8;
  end
  lilong_bank_hot #(
    .Depth(Depth),
    .GranuleWidth(GW),
    .Granules(Depth / 8)
  ) u_hot (
    .granule_i(addr_i),
    .strobe_i (strobe),
    .hot_o    (hot)
  );
  assign ask = valid_i && beat_i == BW'(Beats - 1);

  assign en_o   = !req_q || wr_gnt_i;
  assign done_o = req_q && wr_gnt_i && last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_q  <= 1'b0;
      last_q <= 1'b0;
      hot_q  <= '0;
    end else if (clr_i) begin
      req_q <= 1'b0;
      hot_q <= '0;
    end else if (en_o) begin
      req_q  <= ask;
      hot_q  <= ask ? hot : '0;
      last_q <= last_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_o && valid_i) begin
      addr_q <= addr_i;
      data_q[beat_i*Results*8 +: Results*8] <= data_i;
      strobe_q <= strobe;
    end
  end

  assign wr_hot_o    = hot_q;
  assign wr_req_o    = req_q;
  assign wr_addr_o   = addr_q;
  assign wr_strobe_o = strobe_q;
  assign wr_data_o   = (Depth*8)'(data_q);
endmodule
