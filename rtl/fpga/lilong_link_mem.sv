// SPDX-License-Identifier: Apache-2.0
// Executes one memory request of the link on AXI4, 64 data bits: any byte address, 1 to 1024 bytes,
// one burst at a time, none across a multiple of 1 KiB.  Write data comes byte by byte from in_*,
// read data leaves at out_*.
//
// abandon_i gives a request up that takes too long: the rest of the bursts is carried through with
// no byte enabled, and what is read is dropped; busy_o stays high until then.
module lilong_link_mem (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        start_i,   // only when not busy
    input  logic        write_i,
    input  logic [31:0] addr_i,
    input  logic [10:0] bytes_i,
    input  logic        abandon_i,
    output logic        busy_o,
    output logic        done_o,    // pulse; not after abandon_i
    output logic        error_o,   // with done_o
    input  logic        in_valid_i,
    output logic        in_ready_o,
    input  logic [7:0]  in_data_i,
    output logic        out_valid_o,
    output logic [7:0]  out_data_o,
    output logic        mem_awvalid_o,
    input  logic        mem_awready_i,
    output logic [31:0] mem_awaddr_o,
    output logic [7:0]  mem_awlen_o,
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
    input  logic        mem_rvalid_i,
    output logic        mem_rready_o,
    input  logic [63:0] mem_rdata_i,
    input  logic [1:0]  mem_rresp_i,
    input  logic        mem_rlast_i
);
  localparam int unsigned BlockBytes = 1024;

  typedef enum logic [3:0] {
    StIdle,
    StSplit,     // take the part of the request in the current block
    StAddress,
    StPack,      // bytes into a beat
    StWrite,
    StResponse,
    StRead,
    StUnpack,    // bytes out of a beat
    StDone
  } state_e;

  state_e state_q;
  logic write_q, abandoned_q, failed_q;
  logic aw_q, ar_q;                 // an address is offered
  logic [31:0] addr_q;              // next byte
  logic [10:0] rest_q, burst_q;     // bytes of the request behind the burst, bytes left in the burst
  logic [7:0] len_q;
  logic [7:0][7:0] data_q;
  logic [7:0] strobe_q;

  // ---- the part of the request that lies in one block
  logic [10:0] room, part, span;
  logic [2:0] unused_span;
  assign room = 11'(BlockBytes) - {1'b0, addr_q[9:0]};
  assign part = (rest_q < room) ? rest_q : room;
  assign span = part + {8'd0, addr_q[2:0]} - 11'd1;  // last byte, counted from the first beat
  assign unused_span = span[2:0];

  logic in_take, burst_last, beat_last, last_expected;
  assign in_take    = (state_q == StPack) && (in_valid_i || abandoned_q);
  assign burst_last = burst_q == 11'd1;
  assign last_expected = burst_q <= 11'd8 - {8'd0, addr_q[2:0]};
  assign beat_last  = burst_last || (addr_q[2:0] == 3'd7);

  assign busy_o        = state_q != StIdle;
  assign done_o        = (state_q == StDone) && !abandoned_q && !abandon_i;
  assign error_o       = failed_q;
  assign in_ready_o    = (state_q == StPack) && !abandoned_q;
  assign out_valid_o   = (state_q == StUnpack) && !abandoned_q;
  assign out_data_o    = data_q[addr_q[2:0]];
  assign mem_awvalid_o = aw_q;
  assign mem_awaddr_o  = {addr_q[31:3], 3'd0};
  assign mem_awlen_o   = len_q;
  assign mem_wvalid_o  = state_q == StWrite;
  assign mem_wdata_o   = data_q;
  assign mem_wstrb_o   = strobe_q;
  assign mem_wlast_o   = burst_q == '0;
  assign mem_bready_o  = state_q == StResponse;
  assign mem_arvalid_o = ar_q;
  assign mem_araddr_o  = mem_awaddr_o;
  assign mem_arlen_o   = len_q;
  assign mem_rready_o  = state_q == StRead;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= StIdle;
      write_q     <= 1'b0;
      abandoned_q <= 1'b0;
      failed_q    <= 1'b0;
      aw_q        <= 1'b0;
      ar_q        <= 1'b0;
      addr_q      <= '0;
      rest_q      <= '0;
      burst_q     <= '0;
      len_q       <= '0;
      data_q      <= '0;
      strobe_q    <= '0;
    end else begin
      if (abandon_i && busy_o) abandoned_q <= 1'b1;
      unique case (state_q)
        StIdle:
        if (start_i) begin
          write_q     <= write_i;
          addr_q      <= addr_i;
          rest_q      <= bytes_i;
          abandoned_q <= 1'b0;
          failed_q    <= 1'b0;
          state_q     <= StSplit;
        end
        StSplit: begin
          burst_q  <= part;
          rest_q   <= rest_q - part;
          len_q    <= span[10:3];
          strobe_q <= '0;
          aw_q     <= write_q;
          ar_q     <= !write_q;
          state_q  <= StAddress;
        end
        StAddress:
        if (write_q ? mem_awready_i : mem_arready_i) begin
          aw_q    <= 1'b0;
          ar_q    <= 1'b0;
          state_q <= write_q ? StPack : StRead;
        end
        StPack:
        if (in_take) begin
          data_q[addr_q[2:0]]   <= in_data_i;
          strobe_q[addr_q[2:0]] <= !abandoned_q;
          addr_q                <= addr_q + 32'd1;
          burst_q               <= burst_q - 11'd1;
          if (beat_last) state_q <= StWrite;
        end
        StWrite:
        if (mem_wready_i) begin
          strobe_q <= '0;
          state_q  <= (burst_q == '0) ? StResponse : StPack;
        end
        StResponse:
        if (mem_bvalid_i) begin
          if (mem_bresp_i != '0) failed_q <= 1'b1;
          state_q <= (rest_q == '0) ? StDone : StSplit;
        end
        StRead: begin
          data_q <= mem_rdata_i;   // until it is valid
          if (mem_rvalid_i) begin
            if ((mem_rresp_i != '0) || (mem_rlast_i != last_expected)) failed_q <= 1'b1;
            state_q <= StUnpack;
          end
        end
        StUnpack: begin
          addr_q  <= addr_q + 32'd1;
          burst_q <= burst_q - 11'd1;
          if (burst_last) state_q <= (rest_q == '0) ? StDone : StSplit;
          else if (beat_last) state_q <= StRead;
        end
        default: state_q <= StIdle;
      endcase
    end
  end
endmodule
