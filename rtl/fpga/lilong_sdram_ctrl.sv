// SPDX-License-Identifier: Apache-2.0
// Controller of one 16-bit SDR SDRAM with 4 banks: beats of AxiBytes in, commands out.
//
// Every column access is a burst of one word, so while rows are open a read or write command can go
// out in every cycle.  Rows stay open until another row of their bank is needed or a refresh is due.
// Neighbouring rows of memory lie in different banks: address = {row, bank, column, byte}.
//
// The commands stand on registers.  A PHY may delay them, all alike, and answers ReadDelay cycles
// after the cycle of a read command with its word on sdram_dq_i; PHY and CAS latency together.
// Waiting times are in picoseconds and are rounded up to cycles; the defaults satisfy the 32 MB
// parts that such boards carry (speed grades -6, -7, -75).
//
//   start-up: PowerUpUs, precharge all, 8 refreshes, mode register (burst of 1)
//   then:     idle -> open the row (precharge, activate) -> words of the beat; between beats, refresh
`include "lilong_assert.svh"

module lilong_sdram_ctrl #(
    parameter int unsigned ClockHz = 60_000_000,
    parameter int unsigned AxiBytes = 8,
    parameter int unsigned RowBits = 13,
    parameter int unsigned ColumnBits = 9,
    parameter int unsigned CasLatency = 2,
    parameter int unsigned ReadDelay = 4,
    parameter int unsigned PowerUpUs = 200,
    parameter int unsigned RefreshPs = 7_800_000,  // 64 ms / 8192, rounded down
    parameter int unsigned TrcdPs = 21_000,        // activate to column access
    parameter int unsigned TrpPs = 21_000,         // precharge to activate
    parameter int unsigned TrasPs = 48_000,        // activate to precharge
    parameter int unsigned TrfcPs = 72_000,        // refresh to the next command
    parameter int unsigned TwrPs = 15_000,         // last written word to precharge
    localparam int unsigned DataWidth = AxiBytes * 8,
    localparam int unsigned BeatWidth = RowBits + 2 + ColumnBits + 1 - $clog2(AxiBytes)
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    output logic                 ready_o,  // start-up is over
    input  logic                 beat_valid_i,
    output logic                 beat_ready_o,
    input  logic                 beat_write_i,
    input  logic [BeatWidth-1:0] beat_addr_i,
    input  logic [DataWidth-1:0] beat_wdata_i,
    input  logic [AxiBytes-1:0]  beat_wstrb_i,
    output logic                 rsp_valid_o,
    output logic [DataWidth-1:0] rsp_data_o,
    output logic                 sdram_cke_o,
    output logic                 sdram_csn_o,
    output logic                 sdram_rasn_o,
    output logic                 sdram_casn_o,
    output logic                 sdram_wen_o,
    output logic [1:0]           sdram_ba_o,
    output logic [12:0]          sdram_a_o,
    output logic [1:0]           sdram_dqm_o,
    output logic [15:0]          sdram_dq_o,
    output logic                 sdram_dq_oe_o,
    input  logic [15:0]          sdram_dq_i
);
  localparam int unsigned Words = AxiBytes / 2;
  localparam int unsigned WordWidth = $clog2(Words);
  localparam int unsigned BeatColumns = ColumnBits - WordWidth;  // column bits of a beat's address

  // Cycles that a time takes.
  function automatic int unsigned cycles(input int unsigned ps);
    cycles = 32'((64'(ps) * 64'(ClockHz) + 64'd999_999_999_999) / 64'd1_000_000_000_000);
  endfunction
  localparam int unsigned Trcd = cycles(TrcdPs);
  localparam int unsigned Trp = cycles(TrpPs);
  localparam int unsigned Tras = cycles(TrasPs);
  localparam int unsigned Trfc = cycles(TrfcPs);
  localparam int unsigned Twr = cycles(TwrPs);
  localparam int unsigned Tmrd = 2;
  localparam int unsigned PowerUp = PowerUpUs * ((ClockHz + 999_999) / 1_000_000);
  localparam int unsigned Interval = cycles(RefreshPs) - 1;
  localparam int unsigned StartRefreshes = 8;
  // The word of a read stands on the bus CasLatency cycles after its command; an idle cycle follows.
  localparam int unsigned Turn = CasLatency + 1;
  localparam int unsigned WaitWidth = $clog2(PowerUp + 1);
  localparam int unsigned IntervalWidth = $clog2(Interval);
  localparam logic [12:0] Mode = 13'(CasLatency) << 4;
  localparam logic [12:0] AllBanks = 13'h400;

  // {rasn, casn, wen}
  localparam logic [2:0] CmdMode = 3'b000;
  localparam logic [2:0] CmdRefresh = 3'b001;
  localparam logic [2:0] CmdPrecharge = 3'b010;
  localparam logic [2:0] CmdActivate = 3'b011;
  localparam logic [2:0] CmdWrite = 3'b100;
  localparam logic [2:0] CmdRead = 3'b101;
  localparam logic [2:0] CmdNop = 3'b111;

  typedef enum logic [3:0] {
    StPowerUp,
    StStartPrecharge,
    StStartRefresh,
    StStartMode,
    StIdle,       // no beat
    StClose,      // the bank of the beat has another row open
    StActivate,   // the bank of the beat has no row open
    StWords,      // column accesses
    StPrecharge,  // all banks, before a refresh
    StRefresh
  } state_e;

  state_e state_q, state_d;
  logic [2:0] cmd_d;
  logic [12:0] a_d;
  logic [WaitWidth-1:0] wait_q, wait_d;  // cycles that the next command still waits
  logic waiting_q, waiting_d;            // wait_q is not 0
  logic [3:0] starts_q;  // refreshes of the start-up that are still to come

  // ---- the beat
  logic write_q;
  logic [1:0] bank_q;
  logic [RowBits-1:0] row_q;
  logic [BeatColumns-1:0] column_q;
  logic [WordWidth-1:0] word_q;
  logic [DataWidth-1:0] wdata_q;
  logic [AxiBytes-1:0] wstrb_q;
  logic take, word_go, word_last;
  logic [1:0] in_bank;
  logic [RowBits-1:0] in_row;
  logic [BeatColumns-1:0] in_column;

  assign {in_row, in_bank, in_column} = beat_addr_i;

  // ---- open rows
  logic [3:0] open_q;
  logic [3:0][RowBits-1:0] rows_q;
  state_e in_state;  // where the beat at the input starts
  always_comb begin
    in_state = StActivate;
    if (open_q[in_bank]) in_state = (rows_q[in_bank] == in_row) ? StWords : StClose;
  end

  // ---- times that outlive a state; they count down to zero.  ras_q runs from the last activate of
  // any bank, which is stricter than one time for each.
  logic [3:0] ras_q, wr_q, turn_q;
  logic turning_q;  // turn_q is not 0
  logic can_precharge;
  assign can_precharge = (ras_q == '0) && (wr_q == '0) && !waiting_q;

  // ---- refresh: owed_q intervals have passed and are not served yet
  logic [IntervalWidth-1:0] interval_q;
  logic [2:0] owed_q;
  logic owes_q;  // it is not 0
  logic interval_over, refresh_go, activate_go;
  assign activate_go   = (state_q == StActivate) && !waiting_q;
  assign interval_over = interval_q == '0;
  assign refresh_go    = (state_q == StRefresh) && !waiting_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      interval_q <= IntervalWidth'(Interval - 1);
      owed_q     <= '0;
      owes_q     <= 1'b0;
    end else begin
      interval_q <= interval_over ? IntervalWidth'(Interval - 1) : interval_q - 1'b1;
      if (!ready_o) begin
        owed_q <= '0;
        owes_q <= 1'b0;
      end else begin
        owed_q <= owed_q + 3'(interval_over) - 3'(refresh_go);
        owes_q <= interval_over || (refresh_go ? owed_q != 3'd1 : owes_q);
      end
    end
  end

  assign word_go      = (state_q == StWords) && !waiting_q && (!write_q || !turning_q);
  assign word_last    = word_go && (word_q == WordWidth'(Words - 1));
  assign beat_ready_o = !owes_q && (word_last || (state_q == StIdle));
  assign take         = beat_valid_i && beat_ready_o;

  // ---- commands
  always_comb begin
    cmd_d   = CmdNop;
    a_d     = '0;
    state_d = state_q;
    wait_d  = waiting_q ? wait_q - 1'b1 : '0;
    waiting_d = waiting_q && (wait_q != WaitWidth'(1));
    unique case (state_q)
      StPowerUp: if (!waiting_q) state_d = StStartPrecharge;
      StStartPrecharge: begin
        cmd_d   = CmdPrecharge;
        a_d     = AllBanks;
        wait_d  = WaitWidth'(Trp - 1);
        waiting_d = Trp != 1;
        state_d = StStartRefresh;
      end
      StStartRefresh: begin
        if (!waiting_q) begin
          cmd_d  = CmdRefresh;
          wait_d = WaitWidth'(Trfc - 1);
          waiting_d = Trfc != 1;
          if (starts_q == 4'd1) state_d = StStartMode;
        end
      end
      StStartMode: begin
        if (!waiting_q) begin
          cmd_d   = CmdMode;
          a_d     = Mode;
          wait_d  = WaitWidth'(Tmrd - 1);
          waiting_d = Tmrd != 1;
          state_d = StIdle;
        end
      end
      StIdle: begin
        if (owes_q) state_d = StPrecharge;
        else if (beat_valid_i) state_d = in_state;
      end
      StClose: begin
        if (can_precharge) begin
          cmd_d   = CmdPrecharge;
          wait_d  = WaitWidth'(Trp - 1);
          waiting_d = Trp != 1;
          state_d = StActivate;
        end
      end
      StActivate: begin
        if (!waiting_q) begin
          cmd_d   = CmdActivate;
          a_d     = 13'(row_q);
          wait_d  = WaitWidth'(Trcd - 1);
          waiting_d = Trcd != 1;
          state_d = StWords;
        end
      end
      StWords: begin
        if (word_go) begin
          cmd_d = write_q ? CmdWrite : CmdRead;
          a_d   = 13'({column_q, word_q});
        end
        if (word_last) begin
          if (owes_q) state_d = StPrecharge;
          else if (beat_valid_i) state_d = in_state;
          else state_d = StIdle;
        end
      end
      StPrecharge: begin
        if (can_precharge) begin
          cmd_d   = CmdPrecharge;
          a_d     = AllBanks;
          wait_d  = WaitWidth'(Trp - 1);
          waiting_d = Trp != 1;
          state_d = StRefresh;
        end
      end
      StRefresh: begin
        if (!waiting_q) begin
          cmd_d   = CmdRefresh;
          wait_d  = WaitWidth'(Trfc - 1);
          waiting_d = Trfc != 1;
          state_d = StIdle;
        end
      end
      default: state_d = StPowerUp;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= StPowerUp;
      wait_q   <= WaitWidth'(PowerUp);
      waiting_q <= PowerUp != 0;
      starts_q <= 4'(StartRefreshes);
      ready_o  <= 1'b0;
      word_q   <= '0;
      open_q   <= '0;
      ras_q    <= '0;
      wr_q     <= '0;
      turn_q   <= '0;
      turning_q <= 1'b0;
    end else begin
      state_q <= state_d;
      wait_q  <= wait_d;
      waiting_q <= waiting_d;
      if (state_q == StStartRefresh && !waiting_q) starts_q <= starts_q - 4'd1;
      if (state_q == StIdle) ready_o <= 1'b1;
      if (word_go) word_q <= word_q + 1'b1;
      if (ras_q != '0) ras_q <= ras_q - 4'd1;
      if (wr_q != '0) wr_q <= wr_q - 4'd1;
      if (turning_q) turn_q <= turn_q - 4'd1;
      turning_q <= turning_q && turn_q != 4'd1;
      if (activate_go) begin
        open_q[bank_q] <= 1'b1;
        ras_q          <= 4'(Tras - 1);
      end
      if (state_q == StClose && can_precharge) open_q[bank_q] <= 1'b0;
      if (state_q == StStartPrecharge || (state_q == StPrecharge && can_precharge)) open_q <= '0;
      if (word_go && !write_q) begin
        turn_q    <= 4'(Turn);
        turning_q <= 1'b1;
      end
      if (word_go && write_q) wr_q <= 4'(Twr - 1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (activate_go) rows_q[bank_q] <= row_q;
    if (take) begin
      write_q  <= beat_write_i;
      bank_q   <= in_bank;
      row_q    <= in_row;
      column_q <= in_column;
      wdata_q  <= beat_wdata_i;
      wstrb_q  <= beat_wstrb_i;
    end else if (word_go) begin
      wdata_q <= wdata_q >> 16;
      wstrb_q <= wstrb_q >> 2;
    end
  end

  // ---- registers to the PHY
  logic write_go;
  assign write_go    = word_go && write_q;
  assign sdram_cke_o = 1'b1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sdram_csn_o                               <= 1'b1;
      {sdram_rasn_o, sdram_casn_o, sdram_wen_o} <= CmdNop;
      sdram_ba_o                                <= '0;
      sdram_a_o                                 <= '0;
      sdram_dqm_o                               <= '1;
      sdram_dq_oe_o                             <= 1'b0;
      sdram_dq_o                                <= '0;
    end else begin
      sdram_csn_o                               <= 1'b0;
      {sdram_rasn_o, sdram_casn_o, sdram_wen_o} <= cmd_d;
      sdram_ba_o    <= (state_q == StStartMode) ? '0 : bank_q;
      sdram_a_o     <= a_d;
      sdram_dqm_o   <= write_go ? ~wstrb_q[1:0] : {2{!ready_o}};
      sdram_dq_oe_o <= write_go;
      if (write_go) sdram_dq_o <= wdata_q[15:0];
    end
  end

  // ---- words of reads: one bit travels along with each
  logic [ReadDelay:0] read_q;
  logic [WordWidth-1:0] rsp_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q      <= '0;
      rsp_word_q  <= '0;
      rsp_valid_o <= 1'b0;
    end else begin
      read_q      <= {read_q[ReadDelay-1:0], word_go && !write_q};
      rsp_valid_o <= read_q[ReadDelay] && (rsp_word_q == WordWidth'(Words - 1));
      if (read_q[ReadDelay]) rsp_word_q <= rsp_word_q + 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (read_q[ReadDelay]) rsp_data_o <= {sdram_dq_i, rsp_data_o[DataWidth-1:16]};
  end

  `LILONG_ASSERT_STATIC(CountersHold, Tras < 16 && Twr < 16 && Turn < 16 && Trfc < 64)
  `LILONG_ASSERT(FlagsOfCounters, waiting_q == (wait_q != '0) && turning_q == (turn_q != '0) && owes_q == (owed_q != '0))
  `LILONG_ASSERT(RefreshKeepsUp, owed_q != '1)
endmodule
