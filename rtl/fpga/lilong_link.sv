// SPDX-License-Identifier: Apache-2.0
// The host link: requests from a UART, executed on the registers (AXI4-Lite) and the memory (AXI4,
// 64 bits, bursts within 1 KiB) of the chip, one after the other.  docs/4-isa/6-link.md defines the
// frames, the requests and the rules of sequence; this file executes them.
//
//   uart_rx -> link_rx (ring of good frames) -> head, check -> reg | mem | hello | wait
//   uart_tx <- link_tx <----------------------- answer head, answer bytes <-'
//
// A bus that does not answer within BusTimeoutMs costs a request with status bus_timeout; the link
// itself stays alive, and uses that bus again once the old access has ended.
module lilong_link #(
    parameter int unsigned Preset = 2,
    parameter int unsigned ClockHz = 60_000_000,
    parameter int unsigned Baud = lilong_link_pkg::Baud,
    parameter int unsigned MemoryBytes = 32 * 1024 * 1024,
    parameter int unsigned BusTimeoutMs = 50
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        uart_rx_i,
    output logic        uart_tx_o,
    input  logic        irq_i,
    output logic        frame_good_o,   // pulse: a frame was received
    output logic        frame_bad_o,    // pulse: a frame was dropped
    output logic        reg_awvalid_o,
    input  logic        reg_awready_i,
    output logic [11:0] reg_awaddr_o,
    output logic        reg_wvalid_o,
    input  logic        reg_wready_i,
    output logic [31:0] reg_wdata_o,
    output logic [3:0]  reg_wstrb_o,
    input  logic        reg_bvalid_i,
    output logic        reg_bready_o,
    input  logic [1:0]  reg_bresp_i,
    output logic        reg_arvalid_o,
    input  logic        reg_arready_i,
    output logic [11:0] reg_araddr_o,
    input  logic        reg_rvalid_i,
    output logic        reg_rready_o,
    input  logic [31:0] reg_rdata_i,
    input  logic [1:0]  reg_rresp_i,
    output logic        mem_awvalid_o,
    input  logic        mem_awready_i,
    output logic [31:0] mem_awaddr_o,
    output logic [7:0]  mem_awlen_o,
    output logic [2:0]  mem_awsize_o,
    output logic [1:0]  mem_awburst_o,
    output logic        mem_wvalid_o,
    input  logic        mem_wready_i,
    output logic [63:0] mem_wdata_o,
    output logic [7:0]  mem_wstrb_o,
    output logic        mem_wlast_o,
    input  logic        mem_bvalid_i,
    output logic        mem_bready_o,
    input  logic [1:0]  mem_bresp_i,
    output logic        mem_arvalid_o,
    input  logic        mem_arready_i,
    output logic [31:0] mem_araddr_o,
    output logic [7:0]  mem_arlen_o,
    output logic [2:0]  mem_arsize_o,
    output logic [1:0]  mem_arburst_o,
    input  logic        mem_rvalid_i,
    output logic        mem_rready_o,
    input  logic [63:0] mem_rdata_i,
    input  logic [1:0]  mem_rresp_i,
    input  logic        mem_rlast_i
);
  localparam int unsigned HeaderBytes = lilong_link_pkg::HeaderBytes;
  localparam int unsigned MaxPayload = lilong_link_pkg::MaxPayload;
  localparam int unsigned Window = lilong_link_pkg::Window;
  localparam int unsigned BufferWidth = $clog2(MaxPayload);
  localparam int unsigned HelloBytes = 4 * lilong_link_pkg::HelloWords;
  localparam int unsigned SlotWidth = $clog2(Window);
  localparam int unsigned MsClocks = ClockHz / 1000;
  localparam int unsigned MsWidth = $clog2(MsClocks);

  assign mem_awsize_o  = 3'd3;
  assign mem_awburst_o = 2'b01;
  assign mem_arsize_o  = 3'd3;
  assign mem_arburst_o = 2'b01;

  // ---- line
  logic rx_valid, rx_error, tx_valid, tx_ready;
  logic [7:0] rx_byte, tx_byte;
  logic frame_valid, frame_pop, rd_en, ans_valid, ans_ready, ans_last;
  logic [10:0] frame_bytes, rd_index_q;
  logic [7:0] rd_data, ans_byte;

  lilong_uart_rx #(
      .ClockHz(ClockHz),
      .Baud(Baud)
  ) u_uart_rx (
      .clk_i,
      .rst_ni,
      .rx_i(uart_rx_i),
      .valid_o(rx_valid),
      .error_o(rx_error),
      .data_o(rx_byte)
  );
  lilong_link_rx #(
      .ClockHz(ClockHz)
  ) u_rx (
      .clk_i,
      .rst_ni,
      .byte_valid_i(rx_valid),
      .byte_error_i(rx_error),
      .byte_i(rx_byte),
      .frame_valid_o(frame_valid),
      .frame_bytes_o(frame_bytes),
      .frame_pop_i(frame_pop),
      .rd_en_i(rd_en),
      .rd_index_i(rd_index_q),
      .rd_data_o(rd_data),
      .good_o(frame_good_o),
      .bad_o(frame_bad_o)
  );
  lilong_link_tx u_tx (
      .clk_i,
      .rst_ni,
      .valid_i(ans_valid),
      .ready_o(ans_ready),
      .last_i(ans_last),
      .data_i(ans_byte),
      .byte_valid_o(tx_valid),
      .byte_ready_i(tx_ready),
      .byte_o(tx_byte)
  );
  lilong_uart_tx #(
      .ClockHz(ClockHz),
      .Baud(Baud)
  ) u_uart_tx (
      .clk_i,
      .rst_ni,
      .valid_i(tx_valid),
      .ready_o(tx_ready),
      .data_i(tx_byte),
      .tx_o(uart_tx_o)
  );

  // ---- control
  typedef enum logic [3:0] {
    StIdle,
    StHead,      // eight bytes of the request
    StCheck,     // is it well-formed?
    StJudge,
    StStart,     // the bus is asked as soon as it is free
    StRun,
    StWait,
    StEnd,       // status into the table, request out of the ring
    StAnswer,    // eight bytes of the answer
    StFetch,     // a byte of its payload out of the buffer
    StHold,      // into a register
    StBody
  } state_e;

  state_e state_q;
  logic [63:0] head_q;
  logic [2:0] index_q;            // byte of the head
  logic got_q;                    // rd_data is the byte at rd_index_q
  logic take;                     // it is used
  logic [7:0] expected_q;
  logic session_q;                // hello was said since reset
  logic [Window-1:0][3:0] table_q;  // status of the last requests
  logic [3:0] status_q, verdict_q, earlier_q;
  logic fresh_q, repeated_q;      // the request uses up a number; it is not executed again
  logic [BufferWidth:0] filled_q, sent_q;  // bytes of the answer's payload: there, sent
  logic [MsWidth-1:0] tick_q;
  logic [9:0] ms_q;
  logic ms_end;
  assign ms_end = tick_q == MsWidth'(MsClocks - 1);

  logic [3:0] version, opcode, earlier;
  logic [SlotWidth-1:0] slot;
  logic [7:0] sequence_number, distance, behind;
  logic [31:0] addr;
  logic [15:0] length;
  logic [10:0] payload;
  assign opcode          = head_q[3:0];
  assign version         = head_q[7:4];
  assign sequence_number = head_q[15:8];
  assign addr            = head_q[47:16];
  assign length          = head_q[63:48];
  assign payload         = frame_bytes - 11'(HeaderBytes);
  assign distance        = sequence_number - expected_q;
  assign behind          = expected_q - sequence_number;
  assign slot            = sequence_number[SlotWidth-1:0];
  assign earlier         = (behind <= 8'(Window)) ? table_q[slot] : lilong_link_pkg::StatusStale;

  // ---- whether the request is well-formed
  logic reg_write, mem_write, is_answer, is_hello, is_wait, is_reg, is_mem, is_write, known, length_ok, addr_ok;
  logic [12:0] reg_end;
  logic [32:0] mem_end;
  logic [3:0] verdict;
  assign is_answer = (opcode & lilong_link_pkg::Answer) != '0;
  assign is_hello  = opcode == lilong_link_pkg::RequestHello;
  assign is_wait   = opcode == lilong_link_pkg::RequestWait;
  assign reg_write = opcode == lilong_link_pkg::RequestRegWrite;
  assign mem_write = opcode == lilong_link_pkg::RequestMemWrite;
  assign is_write  = reg_write || mem_write;
  assign is_reg    = reg_write || (opcode == lilong_link_pkg::RequestRegRead);
  assign is_mem    = mem_write || (opcode == lilong_link_pkg::RequestMemRead);
  assign known     = is_hello || is_wait || is_reg || is_mem;
  assign reg_end   = {1'b0, addr[11:0]} + {2'd0, length[10:0]};
  assign mem_end   = {1'b0, addr} + {17'd0, length};

  always_comb begin
    length_ok = (payload == (is_write ? length[10:0] : 11'd0)) && (length <= 16'(MaxPayload));
    if ((is_hello || is_wait) && (length != '0)) length_ok = 1'b0;
    if (is_reg && (length[1:0] != '0)) length_ok = 1'b0;
    addr_ok = 1'b1;
    if (is_reg) addr_ok = (addr[31:12] == '0) && (addr[1:0] == '0) && (reg_end <= 13'h1000);
    if (is_mem) addr_ok = mem_end <= 33'h1_0000_0000;
    if (is_wait) addr_ok = addr <= 32'(lilong_link_pkg::MaxWaitMs);
    verdict = lilong_link_pkg::StatusOk;
    if (!known) verdict = lilong_link_pkg::StatusBadOpcode;
    else if (!length_ok) verdict = lilong_link_pkg::StatusBadLength;
    else if (!addr_ok) verdict = lilong_link_pkg::StatusBadAddress;
  end

  // ---- buses
  logic reg_busy, reg_done, reg_error, reg_in_ready, reg_out_valid;
  logic mem_busy, mem_done, mem_error, mem_in_ready, mem_out_valid;
  logic [7:0] reg_out, mem_out;
  logic start, late, in_ready, bus_busy, bus_done, bus_error, in_valid, out_valid;
  assign start     = (state_q == StStart) && !bus_busy;
  assign bus_busy  = is_reg ? reg_busy : mem_busy;
  assign bus_done  = is_reg ? reg_done : mem_done;
  assign bus_error = is_reg ? reg_error : mem_error;
  assign out_valid = is_reg ? reg_out_valid : mem_out_valid;
  assign late      = ms_q == 10'(BusTimeoutMs);
  assign in_valid  = (state_q == StRun) && got_q;

  lilong_link_reg u_reg (
      .clk_i,
      .rst_ni,
      .start_i(start && is_reg),
      .write_i(is_write),
      .addr_i(addr[11:0]),
      .words_i(length[10:2]),
      .abandon_i((state_q == StRun) && is_reg && late),
      .busy_o(reg_busy),
      .done_o(reg_done),
      .error_o(reg_error),
      .in_valid_i(in_valid && is_reg),
      .in_ready_o(reg_in_ready),
      .in_data_i(rd_data),
      .out_valid_o(reg_out_valid),
      .out_data_o(reg_out),
      .reg_awvalid_o,
      .reg_awready_i,
      .reg_awaddr_o,
      .reg_wvalid_o,
      .reg_wready_i,
      .reg_wdata_o,
      .reg_wstrb_o,
      .reg_bvalid_i,
      .reg_bready_o,
      .reg_bresp_i,
      .reg_arvalid_o,
      .reg_arready_i,
      .reg_araddr_o,
      .reg_rvalid_i,
      .reg_rready_o,
      .reg_rdata_i,
      .reg_rresp_i
  );
  lilong_link_mem u_mem (
      .clk_i,
      .rst_ni,
      .start_i(start && is_mem),
      .write_i(is_write),
      .addr_i(addr),
      .bytes_i(length[10:0]),
      .abandon_i((state_q == StRun) && is_mem && late),
      .busy_o(mem_busy),
      .done_o(mem_done),
      .error_o(mem_error),
      .in_valid_i(in_valid && is_mem),
      .in_ready_o(mem_in_ready),
      .in_data_i(rd_data),
      .out_valid_o(mem_out_valid),
      .out_data_o(mem_out),
      .mem_awvalid_o,
      .mem_awready_i,
      .mem_awaddr_o,
      .mem_awlen_o,
      .mem_wvalid_o,
      .mem_wready_i,
      .mem_wdata_o,
      .mem_wstrb_o,
      .mem_wlast_o,
      .mem_bvalid_i,
      .mem_bready_o,
      .mem_bresp_i,
      .mem_arvalid_o,
      .mem_arready_i,
      .mem_araddr_o,
      .mem_arlen_o,
      .mem_rvalid_i,
      .mem_rready_o,
      .mem_rdata_i,
      .mem_rresp_i,
      .mem_rlast_i
  );

  // ---- payload of the answer
  logic [7:0] buffer_byte;
  lilong_byte_ram #(
      .Bytes(MaxPayload)
  ) u_buffer (
      .clk_i,
      .rd_en_i(state_q == StFetch),
      .rd_addr_i(sent_q[BufferWidth-1:0]),
      .rd_data_o(buffer_byte),
      .wr_en_i((state_q == StRun) && out_valid),
      .wr_addr_i(filled_q[BufferWidth-1:0]),
      .wr_data_i(is_reg ? reg_out : mem_out)
  );

  logic [lilong_link_pkg::HelloWords-1:0][31:0] hello;
  always_comb begin
    hello = '0;
    hello[lilong_link_pkg::HelloMagic] = lilong_link_pkg::Magic;
    hello[lilong_link_pkg::HelloVersions] = {16'(Window), 8'(Preset), 4'd0, lilong_link_pkg::LinkVersion};
    hello[lilong_link_pkg::HelloSpecHash] = lilong_isa_pkg::SpecHash;
    hello[lilong_link_pkg::HelloSpecVersion] = {lilong_isa_pkg::SpecMajor, lilong_isa_pkg::SpecMinor};
    hello[lilong_link_pkg::HelloClockKhz] = 32'(ClockHz / 1000);
    hello[lilong_link_pkg::HelloMemoryBytes] = 32'(MemoryBytes);
    hello[lilong_link_pkg::HelloLimits] = {16'(lilong_link_pkg::BufferBytes), 16'(MaxPayload)};
  end

  // ---- answer
  logic [63:0] answer_q;
  logic [7:0] body_q;
  logic answer_last;
  assign answer_last = (sent_q + 1'b1) == filled_q;
  assign ans_valid   = (state_q == StAnswer) || (state_q == StBody);
  assign ans_last    = (state_q == StBody) ? answer_last : (index_q == 3'd7) && (filled_q == '0);
  always_comb begin
    ans_byte = answer_q[7:0];
    if (state_q == StBody) ans_byte = body_q;
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StHold) body_q <= is_hello ? hello[sent_q[4:2]][8*sent_q[1:0]+:8] : buffer_byte;
  end

  assign in_ready  = (state_q == StRun) && (is_reg ? reg_in_ready : mem_in_ready);
  assign take      = got_q && ((state_q == StHead) || in_ready);
  assign rd_en     = ((state_q == StHead) || (state_q == StRun)) && !got_q;
  assign frame_pop = state_q == StEnd;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= StIdle;
      head_q     <= '0;
      index_q    <= '0;
      got_q      <= 1'b0;
      rd_index_q <= '0;
      expected_q <= '0;
      session_q  <= 1'b0;
      table_q    <= {Window{lilong_link_pkg::StatusStale}};
      status_q   <= '0;
      verdict_q  <= '0;
      earlier_q  <= '0;
      fresh_q    <= 1'b0;
      repeated_q <= 1'b0;
      filled_q   <= '0;
      sent_q     <= '0;
      tick_q     <= '0;
      ms_q       <= '0;
      answer_q   <= '0;
    end else begin
      // bytes of the request, one every second cycle
      got_q <= rd_en || (got_q && !take);
      if (take) rd_index_q <= rd_index_q + 1'b1;
      // time of the request
      tick_q <= ms_end ? '0 : tick_q + 1'b1;
      if (ms_end) ms_q <= ms_q + 1'b1;

      unique case (state_q)
        StIdle: begin
          index_q    <= '0;
          got_q      <= 1'b0;
          rd_index_q <= '0;
          filled_q   <= '0;
          sent_q     <= '0;
          fresh_q    <= 1'b0;
          repeated_q <= 1'b0;
          if (frame_valid) state_q <= StHead;
        end
        StHead:
        if (take) begin
          head_q  <= {rd_data, head_q[63:8]};
          index_q <= index_q + 1'b1;
          if (index_q == 3'd7) state_q <= StCheck;
        end
        StCheck: begin
          tick_q    <= '0;
          ms_q      <= '0;
          verdict_q <= verdict;
          earlier_q <= earlier;
          state_q   <= StJudge;
        end
        StJudge: begin
          status_q <= verdict_q;
          state_q  <= StEnd;
          if (is_answer) begin
            status_q <= lilong_link_pkg::StatusOk;  // dropped in StEnd
          end else if (version != lilong_link_pkg::LinkVersion) begin
            status_q <= lilong_link_pkg::StatusBadVersion;
          end else if (is_hello) begin
            if (verdict_q == lilong_link_pkg::StatusOk) begin
              session_q  <= 1'b1;
              expected_q <= sequence_number + 8'd1;
              table_q    <= {Window{lilong_link_pkg::StatusStale}};
              filled_q   <= (BufferWidth + 1)'(HelloBytes);
            end
          end else if (!session_q) begin
            status_q <= lilong_link_pkg::StatusNoSession;
          end else if ((distance != '0) && !distance[7]) begin
            status_q <= lilong_link_pkg::StatusOutOfOrder;
          end else if ((distance != '0) && is_write) begin
            repeated_q <= earlier_q != lilong_link_pkg::StatusStale;
            status_q   <= earlier_q;
          end else begin
            fresh_q <= distance == '0;
            if (distance == '0) expected_q <= expected_q + 8'd1;
            if (verdict_q == lilong_link_pkg::StatusOk) begin
              if (is_wait) state_q <= StWait;
              else if (length != '0) state_q <= StStart;
            end
          end
        end
        StStart: begin
          if (!bus_busy) begin
            state_q <= StRun;
          end else if (late) begin
            status_q <= lilong_link_pkg::StatusBusTimeout;
            state_q  <= StEnd;
          end
        end
        StRun: begin
          if (out_valid) filled_q <= filled_q + 1'b1;
          if (bus_done || late) begin
            state_q <= StEnd;
            if (late) status_q <= lilong_link_pkg::StatusBusTimeout;
            else if (bus_error && is_reg) status_q <= lilong_link_pkg::StatusRegisterError;
            else if (bus_error) status_q <= lilong_link_pkg::StatusMemoryError;
            if (late || bus_error) filled_q <= '0;
          end
        end
        StWait: if (irq_i || ({22'd0, ms_q} == addr)) state_q <= StEnd;
        StEnd: begin
          if (fresh_q) table_q[slot] <= status_q;
          index_q  <= '0;
          answer_q <= {
            16'(filled_q), 8'd0, expected_q, 6'd0, repeated_q, irq_i, 4'd0, status_q, sequence_number,
            lilong_link_pkg::LinkVersion, opcode | lilong_link_pkg::Answer
          };
          // An answer is not answered: two links connected to each other stay quiet.
          state_q <= is_answer ? StIdle : StAnswer;
        end
        StAnswer:
        if (ans_ready) begin
          answer_q <= {8'd0, answer_q[63:8]};
          index_q  <= index_q + 1'b1;
          if (index_q == 3'd7) state_q <= ans_last ? StIdle : StFetch;
        end
        StFetch: state_q <= StHold;
        StHold: state_q <= StBody;
        default:
        if (ans_ready) begin
          sent_q  <= sent_q + 1'b1;
          state_q <= answer_last ? StIdle : StFetch;
        end
      endcase
    end
  end
endmodule
