// SPDX-License-Identifier: Apache-2.0
// A frame to bytes of the line: flag, stuffed bytes, CRC, flag.  A frame ends with the byte that
// comes with last_i.
module lilong_link_tx (
    input  logic       clk_i,
    input  logic       rst_ni,
    input  logic       valid_i,
    output logic       ready_o,
    input  logic       last_i,
    input  logic [7:0] data_i,
    output logic       byte_valid_o,
    input  logic       byte_ready_i,
    output logic [7:0] byte_o
);
  typedef enum logic [1:0] {
    StOpen,
    StData,
    StCrc,
    StClose
  } state_e;

  state_e state_q;
  logic escaped_q;      // the escape of the current byte has been sent
  logic [1:0] index_q;  // byte of the CRC
  logic [31:0] crc;
  logic [7:0] plain;
  logic special, sent, taken, unused_residue;
  assign plain   = (state_q == StCrc) ? crc[8*index_q+:8] : data_i;
  assign special = (plain == lilong_link_pkg::Flag) || (plain == lilong_link_pkg::Escape);
  assign sent    = byte_valid_o && byte_ready_i;
  assign taken   = sent && (!special || escaped_q);  // the current byte is complete
  assign ready_o = (state_q == StData) && taken;

  always_comb begin
    byte_valid_o = 1'b1;
    byte_o       = lilong_link_pkg::Flag;
    if (state_q == StOpen) byte_valid_o = valid_i;
    if ((state_q == StData) || (state_q == StCrc)) begin
      byte_valid_o = (state_q == StCrc) || valid_i;
      byte_o       = plain;
      if (special) byte_o = escaped_q ? plain ^ lilong_link_pkg::EscapeXor : lilong_link_pkg::Escape;
    end
  end

  lilong_crc32 u_crc (
      .clk_i,
      .rst_ni,
      .clr_i(state_q == StOpen),
      .valid_i(ready_o),
      .data_i,
      .crc_o(crc),
      .residue_o(unused_residue)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StOpen;
      escaped_q <= 1'b0;
      index_q   <= '0;
    end else begin
      unique case (state_q)
        StOpen: if (sent) state_q <= StData;
        StData: begin
          index_q <= '0;
          if (sent) escaped_q <= special && !escaped_q;
          if (taken && last_i) state_q <= StCrc;
        end
        StCrc: begin
          if (sent) escaped_q <= special && !escaped_q;
          if (taken) index_q <= index_q + 1'b1;
          if (taken && (index_q == 2'd3)) state_q <= StClose;
        end
        default: if (sent) state_q <= StOpen;
      endcase
    end
  end
endmodule
