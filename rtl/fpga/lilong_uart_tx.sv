// SPDX-License-Identifier: Apache-2.0
// UART transmitter: 8 data bits, no parity, 1 stop bit; the clock need not be a multiple of the bit
// rate.
module lilong_uart_tx #(
    parameter int unsigned ClockHz = 60_000_000,
    parameter int unsigned Baud = lilong_link_pkg::Baud
) (
    input  logic       clk_i,
    input  logic       rst_ni,
    input  logic       valid_i,
    output logic       ready_o,
    input  logic [7:0] data_i,
    output logic       tx_o
);
  // Phase within a bit in units of 2^-24; a carry begins the next bit.
  localparam int unsigned StepWide = 32'(((64'(Baud) << 24) + 64'(ClockHz / 2)) / 64'(ClockHz));
  localparam logic [24:0] Step = 25'(StepWide);

  logic [23:0] phase_q;
  logic [24:0] phase_next;
  logic [8:0] shift_q;  // bits still to be sent, the stop bit on top
  logic [3:0] bits_q;   // bits not yet finished, the one on the line included
  assign phase_next = {1'b0, phase_q} + Step;
  assign ready_o    = bits_q == 4'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q <= '0;
      shift_q <= '1;
      bits_q  <= '0;
      tx_o    <= 1'b1;
    end else if (ready_o) begin
      phase_q <= '0;
      if (valid_i) begin
        tx_o    <= 1'b0;
        shift_q <= {1'b1, data_i};
        bits_q  <= 4'd10;
      end
    end else begin
      phase_q <= phase_next[23:0];
      if (phase_next[24]) begin
        tx_o    <= shift_q[0];
        shift_q <= {1'b1, shift_q[8:1]};
        bits_q  <= bits_q - 1'b1;
      end
    end
  end
endmodule
