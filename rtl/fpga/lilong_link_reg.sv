// SPDX-License-Identifier: Apache-2.0
// Executes one register request of the link on AXI4-Lite, word by word in rising order, and stops at
// the first error.  Byte streams and abandon_i as in lilong_link_mem; a word already offered to the
// bus when the request is given up may still be written.
module lilong_link_reg (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        start_i,   // only when not busy
    input  logic        write_i,
    input  logic [11:0] addr_i,    // a multiple of 4
    input  logic [8:0]  words_i,   // at least 1
    input  logic        abandon_i,
    output logic        busy_o,
    output logic        done_o,    // pulse; not after abandon_i
    output logic        error_o,   // with done_o
    input  logic        in_valid_i,
    output logic        in_ready_o,
    input  logic [7:0]  in_data_i,
    output logic        out_valid_o,
    output logic [7:0]  out_data_o,
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
    input  logic [1:0]  reg_rresp_i
);
  typedef enum logic [2:0] {
    StIdle,
    StPack,
    StWrite,     // address and data, each until it is taken
    StResponse,
    StAddress,
    StRead,
    StUnpack,
    StDone
  } state_e;

  state_e state_q;
  logic abandoned_q, failed_q, addr_taken_q, data_taken_q;
  logic [11:0] addr_q;
  logic [8:0] words_q;
  logic [1:0] index_q;
  logic [31:0] data_q;

  assign busy_o        = state_q != StIdle;
  assign done_o        = (state_q == StDone) && !abandoned_q && !abandon_i;
  assign error_o       = failed_q;
  assign in_ready_o    = (state_q == StPack) && !abandoned_q;
  assign out_valid_o   = (state_q == StUnpack) && !abandoned_q;
  assign out_data_o    = data_q[7:0];
  assign reg_awvalid_o = (state_q == StWrite) && !addr_taken_q;
  assign reg_awaddr_o  = addr_q;
  assign reg_wvalid_o  = (state_q == StWrite) && !data_taken_q;
  assign reg_wdata_o   = data_q;
  assign reg_wstrb_o   = 4'hf;
  assign reg_bready_o  = state_q == StResponse;
  assign reg_arvalid_o = state_q == StAddress;
  assign reg_araddr_o  = addr_q;
  assign reg_rready_o  = state_q == StRead;

  logic last, addr_taken, data_taken;
  assign last       = (words_q == 9'd1) || abandoned_q;
  assign addr_taken = addr_taken_q || reg_awready_i;
  assign data_taken = data_taken_q || reg_wready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= StIdle;
      abandoned_q  <= 1'b0;
      failed_q     <= 1'b0;
      addr_taken_q <= 1'b0;
      data_taken_q <= 1'b0;
      addr_q       <= '0;
      words_q      <= '0;
      index_q      <= '0;
      data_q       <= '0;
    end else begin
      if (abandon_i && busy_o) abandoned_q <= 1'b1;
      unique case (state_q)
        StIdle:
        if (start_i) begin
          addr_q      <= addr_i;
          words_q     <= words_i;
          index_q     <= '0;
          abandoned_q <= 1'b0;
          failed_q    <= 1'b0;
          state_q     <= write_i ? StPack : StAddress;
        end
        StPack:
        if (abandoned_q) begin
          state_q <= StDone;  // nothing of this word is on the bus
        end else if (in_valid_i) begin
          data_q       <= {in_data_i, data_q[31:8]};
          index_q      <= index_q + 1'b1;
          addr_taken_q <= 1'b0;
          data_taken_q <= 1'b0;
          if (index_q == 2'd3) state_q <= StWrite;
        end
        StWrite: begin
          addr_taken_q <= addr_taken;
          data_taken_q <= data_taken;
          if (addr_taken && data_taken) state_q <= StResponse;
        end
        StResponse:
        if (reg_bvalid_i) begin
          failed_q <= reg_bresp_i != '0;
          addr_q   <= addr_q + 12'd4;
          words_q  <= words_q - 1'b1;
          state_q  <= (last || (reg_bresp_i != '0)) ? StDone : StPack;
        end
        StAddress: if (reg_arready_i) state_q <= StRead;
        StRead:
        if (reg_rvalid_i) begin
          failed_q <= reg_rresp_i != '0;
          data_q   <= reg_rdata_i;
          state_q  <= (reg_rresp_i != '0) ? StDone : StUnpack;
        end
        StUnpack: begin
          data_q  <= {8'd0, data_q[31:8]};
          index_q <= index_q + 1'b1;
          if (index_q == 2'd3) begin
            addr_q  <= addr_q + 12'd4;
            words_q <= words_q - 1'b1;
            state_q <= last ? StDone : StAddress;
          end
        end
        default: state_q <= StIdle;
      endcase
    end
  end

endmodule
