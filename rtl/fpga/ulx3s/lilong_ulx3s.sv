// SPDX-License-Identifier: Apache-2.0
// ULX3S with an LFE5U-85F: clock, reset, pins, lights.  Pins and their names: ulx3s.lpf.
//
//   25 MHz -> PLL -> ClockMhz for everything; reset until the PLL has locked and while the power
//   button is pressed
//   SDRAM: outputs through registers in the pins, clock inverted, so the part samples in the middle
//   of a cycle; its data is taken a cycle after its edge, which is our falling one
//
//   led 0 heartbeat   2 interrupt           4 memory reads    6 good frame of the link
//       1 memory up   3 instruction starts  5 memory writes   7 bad frame of the link
module lilong_ulx3s #(
    parameter int unsigned Preset = 1,
    parameter int unsigned Memory = 1,           // 0 block RAM, 1 SDRAM
    parameter int unsigned BramBytes = 131_072,  // Memory 0
    parameter int unsigned ClockMhz = 60,        // multiple of 5, 30 to 100
    parameter int unsigned Baud = lilong_link_pkg::Baud
) (
    input  logic        clk_25mhz,
    input  logic        btn_pwrn,
    output logic        ftdi_rxd,  // named from the side of the USB chip: we send
    input  logic        ftdi_txd,
    output logic [7:0]  led,
    output logic        wifi_gpio0,
    output logic        sdram_clk,
    output logic        sdram_cke,
    output logic        sdram_csn,
    output logic        sdram_rasn,
    output logic        sdram_casn,
    output logic        sdram_wen,
    output logic [1:0]  sdram_ba,
    output logic [12:0] sdram_a,
    output logic [1:0]  sdram_dqm,
    inout  wire  [15:0] sdram_d
);
  localparam int unsigned ClockHz = ClockMhz * 1_000_000;
  localparam int unsigned CasLatency = 2;
  // One cycle in the pin, half a one to the edge of the part, half a one back to ours.
  localparam int unsigned ReadDelay = CasLatency + 2;

  assign wifi_gpio0 = 1'b1;  // keeps the ESP32 of the board from taking over

  // ---- clock: 25 MHz / 5 * ClockMhz / 5; the oscillator of the PLL near 600 MHz
  localparam int unsigned Divider = 600 / ClockMhz;
  logic clk, locked;
  (* FREQUENCY_PIN_CLKI = "25" *) (* ICP_CURRENT = "12" *) (* LPF_RESISTOR = "8" *)
  EHXPLLL #(
      .CLKI_DIV(5),
      .CLKFB_DIV(ClockMhz / 5),
      .CLKOP_DIV(Divider),
      .CLKOP_CPHASE(Divider / 2),
      .FEEDBK_PATH("CLKOP")
  ) u_pll (
      .CLKI(clk_25mhz),
      .CLKFB(clk),
      .RST(1'b0),
      .STDBY(1'b0),
      .PHASESEL0(1'b0),
      .PHASESEL1(1'b0),
      .PHASEDIR(1'b1),
      .PHASESTEP(1'b1),
      .PHASELOADREG(1'b1),
      .PLLWAKESYNC(1'b0),
      .ENCLKOP(1'b0),
      .CLKOP(clk),
      .LOCK(locked)
  );

  // ---- reset: at once, released with the clock.  It has a network of its own in the device, which
  // must not reset the registers that drive it.
  logic start_n;
  logic [3:0] reset_q;
  assign start_n = locked && btn_pwrn;
  (* nogsr *) always_ff @(posedge clk or negedge start_n) begin
    if (!start_n) reset_q <= '0;
    else reset_q <= {reset_q[2:0], 1'b1};
  end
  (* keep *) SGSR u_reset (
      .GSR(reset_q[3]),
      .CLK(clk)
  );

  // ---- system
  logic irq, memory_ready, frame_good, frame_bad, mem_read, mem_write, instr_start;
  logic cke, csn, rasn, casn, wen, dq_oe;
  logic [1:0] ba, dqm;
  logic [12:0] a;
  logic [15:0] dq_out, dq_in;

  lilong_fpga #(
      .Preset(Preset),
      .Memory(Memory),
      .BramBytes(BramBytes),
      .ClockHz(ClockHz),
      .Baud(Baud),
      .CasLatency(CasLatency),
      .ReadDelay(ReadDelay)
  ) u_fpga (
      .clk_i(clk),
      .rst_ni(reset_q[3]),
      .uart_rx_i(ftdi_txd),
      .uart_tx_o(ftdi_rxd),
      .irq_o(irq),
      .memory_ready_o(memory_ready),
      .frame_good_o(frame_good),
      .frame_bad_o(frame_bad),
      .read_o(mem_read),
      .write_o(mem_write),
      .start_o(instr_start),
      .sdram_cke_o(cke),
      .sdram_csn_o(csn),
      .sdram_rasn_o(rasn),
      .sdram_casn_o(casn),
      .sdram_wen_o(wen),
      .sdram_ba_o(ba),
      .sdram_a_o(a),
      .sdram_dqm_o(dqm),
      .sdram_dq_o(dq_out),
      .sdram_dq_oe_o(dq_oe),
      .sdram_dq_i(dq_in)
  );

  // ---- SDRAM pins
  localparam int unsigned Controls = 22;
  logic [Controls-1:0] control, control_pin;
  logic [15:0] pin_in, falling_q;
  assign control = {cke, csn, rasn, casn, wen, ba, a, dqm};
  assign {sdram_cke, sdram_csn, sdram_rasn, sdram_casn, sdram_wen, sdram_ba, sdram_a, sdram_dqm} =
      control_pin;

  ODDRX1F u_sdram_clk (
      .SCLK(clk),
      .RST(1'b0),
      .D0(1'b0),
      .D1(1'b1),
      .Q(sdram_clk)
  );
  for (genvar i = 0; i < Controls; i++) begin : gen_control
    OFS1P3BX u_pin (
        .PD(1'b0),
        .D(control[i]),
        .SP(1'b1),
        .SCLK(clk),
        .Q(control_pin[i])
    );
  end
  for (genvar i = 0; i < 16; i++) begin : gen_data
    logic pin_out, pin_off;
    OFS1P3BX u_out (
        .PD(1'b0),
        .D(dq_out[i]),
        .SP(1'b1),
        .SCLK(clk),
        .Q(pin_out)
    );
    OFS1P3BX u_off (
        .PD(1'b0),
        .D(!dq_oe),
        .SP(1'b1),
        .SCLK(clk),
        .Q(pin_off)
    );
    BB u_pin (
        .I(pin_out),
        .T(pin_off),
        .O(pin_in[i]),
        .B(sdram_d[i])
    );
  end

  // Not in the pins: their registers take both edges or one for both directions, not this mixture.
  always_ff @(negedge clk) falling_q <= pin_in;
  always_ff @(posedge clk) dq_in <= falling_q;

  // ---- lights: an event is shown for a tick of about 1/60 s
  logic [25:0] count_q;
  logic [5:0] event_d, seen_q, shown_q;
  logic tick_q;
  assign event_d = {frame_bad, frame_good, mem_write, mem_read, instr_start, irq};
  assign led     = {shown_q, memory_ready, count_q[25]};
  always_ff @(posedge clk or negedge reset_q[3]) begin
    if (!reset_q[3]) begin
      count_q <= '0;
      tick_q  <= 1'b0;
      seen_q  <= '0;
      shown_q <= '0;
    end else begin
      count_q <= count_q + 1'b1;
      tick_q  <= &count_q[19:0];
      seen_q  <= tick_q ? event_d : (seen_q | event_d);
      if (tick_q) shown_q <= seen_q;
    end
  end
endmodule
