// SPDX-License-Identifier: Apache-2.0
// UART receiver: 8 data bits, no parity, 1 stop bit; at least 4 clocks a bit.  The clock need not be
// a multiple of the bit rate.  Every bit is the majority of three samples around its middle.
// valid_o and error_o are pulses; error_o: the stop bit was missing, data_o is worthless.  After
// that (and after a break) the line must have been high before the next byte begins.
module lilong_uart_rx #(
    parameter int unsigned ClockHz = 60_000_000,
    parameter int unsigned Baud = lilong_link_pkg::Baud
) (
    input  logic       clk_i,
    input  logic       rst_ni,
    input  logic       rx_i,
    output logic       valid_o,
    output logic       error_o,
    output logic [7:0] data_o
);
  // Phase within a bit in units of 2^-24; a carry marks the middle of a bit.
  localparam int unsigned StepWide = 32'(((64'(Baud) << 24) + 64'(ClockHz / 2)) / 64'(ClockHz));
  localparam logic [24:0] Step = 25'(StepWide);

  typedef enum logic [1:0] {
    StIdle,
    StStart,
    StData,
    StStop
  } state_e;

  state_e state_q;
  logic [4:0] line_q;  // two synchronising flip-flops, then three samples
  logic high_q;        // the line has been high since the last byte
  logic vote;
  logic [23:0] phase_q;
  logic [24:0] phase_next;
  logic [2:0] index_q;
  assign vote       = (line_q[2] && line_q[3]) || (line_q[2] && line_q[4]) || (line_q[3] && line_q[4]);
  assign phase_next = {1'b0, phase_q} + Step;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      line_q  <= '0;
      high_q  <= 1'b0;
      state_q <= StIdle;
      phase_q <= '0;
      index_q <= '0;
      data_o  <= '0;
      valid_o <= 1'b0;
      error_o <= 1'b0;
    end else begin
      line_q  <= {line_q[3:0], rx_i};
      valid_o <= 1'b0;
      error_o <= 1'b0;
      phase_q <= phase_next[23:0];
      unique case (state_q)
        StIdle: begin
          phase_q <= 24'h80_0000;
          if (vote) high_q <= 1'b1;
          else if (high_q) state_q <= StStart;
        end
        StStart:
        if (phase_next[24]) begin
          index_q <= '0;
          state_q <= vote ? StIdle : StData;  // a spike is no start bit
        end
        StData:
        if (phase_next[24]) begin
          data_o  <= {vote, data_o[7:1]};
          index_q <= index_q + 1'b1;
          if (index_q == 3'd7) state_q <= StStop;
        end
        default:
        if (phase_next[24]) begin
          valid_o <= vote;
          error_o <= !vote;
          high_q  <= vote;
          state_q <= StIdle;
        end
      endcase
    end
  end
endmodule
