// SPDX-License-Identifier: Apache-2.0
// Window check of one burst stream, two register stages:
//
//   request --> s1: stream register --> s2: window selected --> compare --> ok_o, request
//
// ok_o is true only if the first and the last byte lie in [base, base + size) of the region, the
// region grants the access, the burst is not empty and does not cross a multiple of BURST_BYTES.
// ok_o comes late in a cycle, so requests move whether they are ok or not: whoever takes one that is
// not ok stops and keeps it until clr_i, so nothing behind it gets out.
module lilong_window_check #(
    parameter bit Write = 1'b0
) (
    input  logic            clk_i,
    input  logic            rst_ni,
    input  logic            clr_i,
    output logic [2:0]      window_index_o,  // region of s1, and its window
    input  logic [33:0]     window_base_i,
    input  logic [31:0]     window_size_i,
    input  logic [1:0]      window_access_i,
    input  logic            valid_i,
    output logic            ready_o,
    input  logic [40:0]     addr_i,    // first byte; bit 40 set: the sum overflowed
    input  logic [10:0]     bytes_i,
    input  logic [2:0]      region_i,
    input  logic [31:0]     instr_i,
    input  logic            tag_i,
    output logic            s1_valid_o,
    output logic            s1_tag_o,
    output logic            valid_o,
    output logic            ok_o,
    input  logic            ready_i,
    output logic [39:0]     addr_o,
    output logic [10:0]     bytes_o,
    output logic [31:0]     instr_o,
    output logic            tag_o
);
  localparam int unsigned BurstShift = $clog2(lilong_isa_pkg::BurstBytes);

  localparam int unsigned RequestWidth = 41 + 11 + 3 + 32 + 1;
  logic s2_valid_q, s2_move;
  logic [40:0] s1_addr, s2_addr_q, s2_last_q, s2_limit_q;
  logic [10:0] s1_bytes, s2_bytes_q;
  logic [2:0] s1_region;
  logic [31:0] s1_instr, s2_instr_q;
  logic s2_tag_q, s2_right_q;
  logic [39:0] s2_base_q;

  // Holds up to two requests, so that whoever asks does not wait for what the bus says in this cycle.
  lilong_stream_reg #(
      .Width(RequestWidth)
  ) u_s1 (
      .clk_i,
      .rst_ni,
      .clr_i,
      .valid_i,
      .ready_o,
      .data_i({addr_i, bytes_i, region_i, instr_i, tag_i}),
      .valid_o(s1_valid_o),
      .ready_i(s2_move),
      .data_o({s1_addr, s1_bytes, s1_region, s1_instr, s1_tag_o})
  );
  assign window_index_o = s1_region;
  assign s2_move        = !s2_valid_q || ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s2_valid_q <= 1'b0;
    else if (clr_i) s2_valid_q <= 1'b0;
    else if (s2_move) s2_valid_q <= s1_valid_o;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s2_addr_q  <= '0;
      s2_last_q  <= '0;
      s2_limit_q <= '0;
      s2_bytes_q <= '0;
      s2_instr_q <= '0;
      s2_tag_q   <= 1'b0;
      s2_right_q <= 1'b0;
      s2_base_q  <= '0;
    end else if (s2_move) begin
      s2_addr_q  <= s1_addr;
      s2_bytes_q <= s1_bytes;
      s2_instr_q <= s1_instr;
      s2_tag_q   <= s1_tag_o;
      s2_last_q  <= s1_addr + 41'(s1_bytes) - 41'd1;
      s2_base_q  <= {window_base_i, 6'd0};
      s2_limit_q <= {1'b0, window_base_i, 6'd0} + 41'(window_size_i);
      s2_right_q <= window_access_i[Write?1:0];
    end
  end

  assign ok_o = s2_right_q && (s2_bytes_q != '0) && !s2_addr_q[40] && !s2_last_q[40] &&
                (s2_addr_q[39:0] >= s2_base_q) && (s2_last_q < s2_limit_q) &&
                (s2_addr_q[39:BurstShift] == s2_last_q[39:BurstShift]);
  assign valid_o    = s2_valid_q;
  assign addr_o     = s2_addr_q[39:0];
  assign bytes_o    = s2_bytes_q;
  assign instr_o    = s2_instr_q;
  assign tag_o      = s2_tag_q;

  logic unused;
  assign unused = ^window_access_i;
endmodule
