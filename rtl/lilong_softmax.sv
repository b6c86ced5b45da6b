// SPDX-License-Identifier: Apache-2.0
//
// Softmax over the channels of every pixel.
//
//   per pixel: maximum | sum of exponentials | normalise (6 cycles) | divide (33 cycles) | results
//   element:   difference | table row | table word | product, sum | shift | clamp and pack
//
// Promises one element a cycle in each of the three passes, the values of the execution manual
// and a time that depends on the fields of the instruction only.  done_o is one pulse with the
// grant of the last granule.
module lilong_softmax #(
  parameter int unsigned Depth           = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  localparam int unsigned SW = $clog2(ScratchpadBytes),
  localparam int unsigned GW = $clog2(ScratchpadBytes / 8),
  localparam int unsigned DW = $clog2(Depth)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clr_i,
  input  logic               start_i,
  input  logic [511:0]       cmd_i,          // stable until done
  output logic               done_o,
  // reader
  output logic               rd_valid_o,
  input  logic               rd_ready_i,
  output logic [SW-1:0]      rd_addr_o,
  output logic [DW:0]        rd_bytes_o,
  input  logic               rd_data_valid_i,
  output logic               rd_data_ready_o,
  input  logic [Depth*8-1:0] rd_data_i,
  // result port, one granule
  output logic [7:0]         wr_hot_o,     // banks of the request, 0 without one
  output logic               wr_req_o,
  output logic [GW-1:0]      wr_addr_o,
  output logic [63:0]        wr_data_o,
  input  logic               wr_gnt_i
);
  localparam int unsigned TableRows = 1024 / Depth;
  localparam int unsigned RowWords  = Depth / 4;
  localparam int unsigned RW        = $clog2(TableRows);
  localparam int unsigned WW        = $clog2(RowWords);

  /* verilator lint_off UNUSEDSIGNAL */   // header fields and high address bits
  lilong_isa_pkg::softmax_t cmd;
  /* verilator lint_on UNUSEDSIGNAL */
  assign cmd = cmd_i;

  // ---- requests: the table, then three times the channels of every pixel
  logic          rq_run_q, rq_table_q;
  logic [1:0]    rq_pass_q;
  logic [15:0]   rq_left_q, rq_x_q, rq_y_q;      // vectors of the table; channels, pixels, rows left
  logic [SW-1:0] rq_cur_q, rq_pix_q, rq_row_q;
  logic [SW-1:0] rq_next_pix, rq_next_row;
  logic          rq_last, rq_last_q;             // the counters are at their last
  logic          rq_one_x_q, rq_one_y_q;

  assign rq_last     = rq_last_q;
  assign rq_next_pix = rq_pix_q + SW'(cmd.in_pix_pitch);
  assign rq_next_row = rq_row_q + SW'(cmd.in_row_pitch);
  assign rd_valid_o  = rq_run_q;
  assign rd_addr_o   = rq_cur_q;
  assign rd_bytes_o  = (rq_table_q || !rq_last) ? (DW+1)'(Depth) : (DW+1)'(rq_left_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rq_run_q <= 1'b0;
    end else if (clr_i) begin
      rq_run_q <= 1'b0;
    end else if (start_i) begin
      rq_run_q <= 1'b1;
    end else if (rq_run_q && rd_ready_i && rq_last && !rq_table_q && rq_pass_q == 2'd2 &&
                 rq_one_x_q && rq_one_y_q) begin
      rq_run_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      rq_table_q <= 1'b1;
      rq_pass_q  <= 2'd0;
      rq_left_q  <= 16'(TableRows);
      rq_last_q  <= TableRows == 1;
      rq_x_q     <= cmd.out_width;
      rq_y_q     <= cmd.out_height;
      rq_one_x_q <= cmd.out_width == 16'd1;
      rq_one_y_q <= cmd.out_height == 16'd1;
      rq_cur_q   <= SW'(cmd.params_addr);
      rq_pix_q   <= SW'(cmd.in_addr);
      rq_row_q   <= SW'(cmd.in_addr);
    end else if (rq_run_q && rd_ready_i) begin
      if (!rq_last) begin
        rq_left_q <= rq_left_q - (rq_table_q ? 16'd1 : 16'(Depth));
        rq_last_q <= rq_table_q ? (rq_left_q == 16'd2) : (rq_left_q <= 16'(2 * Depth));
        rq_cur_q  <= rq_cur_q + SW'(Depth);
      end else begin
        rq_table_q <= 1'b0;
        rq_left_q  <= cmd.channels;
        rq_last_q  <= cmd.channels <= 16'(Depth);
        rq_cur_q   <= rq_pix_q;
        if (!rq_table_q) begin
          rq_pass_q <= (rq_pass_q == 2'd2) ? 2'd0 : (rq_pass_q + 2'd1);
          if (rq_pass_q == 2'd2) begin
            if (!rq_one_x_q) begin
              rq_x_q     <= rq_x_q - 16'd1;
              rq_one_x_q <= rq_x_q == 16'd2;
              rq_pix_q <= rq_next_pix;
              rq_cur_q <= rq_next_pix;
            end else begin
              rq_x_q     <= cmd.out_width;
              rq_y_q     <= rq_y_q - 16'd1;
              rq_one_x_q <= cmd.out_width == 16'd1;
              rq_one_y_q <= rq_y_q == 16'd2;
              rq_row_q <= rq_next_row;
              rq_pix_q <= rq_next_row;
              rq_cur_q <= rq_next_row;
            end
          end
        end
      end
    end
  end

  // ---- sequence
  localparam logic [2:0] StIdle = 3'd0, StTable = 3'd1, StMax = 3'd2, StSum = 3'd3, StDrain = 3'd4,
                         StNormalise = 3'd5, StDivide = 3'd6, StResult = 3'd7;
  localparam logic [5:0] DrainCycles = 6'd4, NormaliseCycles = 6'd6, DivideCycles = 6'd33;

  logic [2:0]    state_q, state_d;
  logic [5:0]    timer_q;
  logic [5:0]    step_q;                    // of StNormalise: 32, 16, 8, 4, 2, 1
  logic [15:0]   left_q;                    // elements of the pass (rows of the table) left
  logic [DW-1:0] byte_q;                    // element within the group
  logic [15:0]   x_q, y_q;                  // pixels and rows left
  logic          one_left_q, one_x_q, one_y_q;
  logic          en;
  logic          element, last_element, last_pixel;
  logic [7:0]    x_byte;

  assign element         = en && rd_data_valid_i &&
                           (state_q == StMax || state_q == StSum || state_q == StResult);
  assign last_element    = element && one_left_q;
  assign last_pixel      = one_x_q && one_y_q;
  assign x_byte          = rd_data_i[byte_q*8 +: 8];
  assign rd_data_ready_o = (state_q == StTable && en) ||
                           (element && (last_element || byte_q == DW'(Depth - 1)));

  logic table_row;
  assign table_row = state_q == StTable && en && rd_data_valid_i;

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle:      if (start_i) state_d = StTable;
      StTable:     if (table_row && one_left_q) state_d = StMax;
      StMax:       if (last_element) state_d = StSum;
      StSum:       if (last_element) state_d = StDrain;
      StDrain:     if (timer_q == 6'd1) state_d = StNormalise;
      StNormalise: if (timer_q == 6'd1) state_d = StDivide;
      StDivide:    if (timer_q == 6'd1) state_d = StResult;
      StResult: begin
        if (last_element) state_d = last_pixel ? StIdle : StMax;
      end
      default: state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      timer_q <= '0;
      step_q  <= '0;
      left_q  <= '0;
      byte_q  <= '0;
      x_q     <= '0;
      y_q     <= '0;
      one_left_q <= 1'b0;
      one_x_q    <= 1'b0;
      one_y_q    <= 1'b0;
    end else if (clr_i) begin
      state_q <= StIdle;
    end else if (en) begin
      state_q <= state_d;
      timer_q <= timer_q - 6'd1;
      step_q  <= state_q == StNormalise ? step_q >> 1 : 6'd32;
      if (state_d != state_q) begin
        unique case (state_d)
          StDrain:     timer_q <= DrainCycles;
          StNormalise: timer_q <= NormaliseCycles;
          StDivide:    timer_q <= DivideCycles;
          default:     timer_q <= '0;
        endcase
      end
      if (state_q == StIdle) begin
        left_q     <= 16'(TableRows);
        byte_q     <= '0;
        x_q        <= cmd.out_width;
        y_q        <= cmd.out_height;
        one_left_q <= TableRows == 1;
        one_x_q    <= cmd.out_width == 16'd1;
        one_y_q    <= cmd.out_height == 16'd1;
      end else if (table_row || element) begin
        left_q     <= left_q - 16'd1;
        one_left_q <= left_q == 16'd2;
        if (element) byte_q <= byte_q + DW'(1);
        if (one_left_q) begin
          left_q     <= cmd.channels;
          one_left_q <= cmd.channels == 16'd1;
          byte_q     <= '0;
        end
        if (last_element && state_q == StResult) begin
          x_q     <= one_x_q ? cmd.out_width : (x_q - 16'd1);
          one_x_q <= one_x_q ? (cmd.out_width == 16'd1) : (x_q == 16'd2);
          if (one_x_q) begin
            y_q     <= y_q - 16'd1;
            one_y_q <= y_q == 16'd2;
          end
        end
      end
    end
  end

  // ---- maximum
  logic [7:0] max_q;
  logic       none_q;   // no element has been seen
  always_ff @(posedge clk_i) begin
    if (en) begin
      none_q <= state_q != StMax || (none_q && !element);
      if (element && state_q == StMax && (none_q || $signed(x_byte) > $signed(max_q))) begin
        max_q <= x_byte;
      end
    end
  end

  // ---- element pipeline
  logic [5:1] valid_q, result_q, last_q, final_q;   // result pass; last of its pixel; of all
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      result_q <= '0;
      last_q   <= '0;
      final_q  <= '0;
    end else if (clr_i) begin
      valid_q <= '0;
    end else if (en) begin
      valid_q  <= {valid_q[4:1], element && state_q != StMax};
      result_q <= {result_q[4:1], state_q == StResult};
      last_q   <= {last_q[4:1], last_element};
      final_q  <= {final_q[4:1], last_element && last_pixel};
    end
  end

  logic [Depth*8-1:0] table_q [TableRows];
  logic [7:0]         diff1_q;
  logic [Depth*8-1:0] row2_q;
  logic [WW-1:0]      word2_q;
  logic [30:0]        exp3_q;
  logic [63:0]        product4_q;
  logic [9:0]         half5_q;                      // twice the result, not yet rounded
  logic [47:0]        sum_q;
  logic [5:0]         pos_q;                        // n
  logic               zero_q;                       // sum is zero
  logic [33:0]        rem_q;
  logic [32:0]        recip_q;

  always_ff @(posedge clk_i) begin
    if (table_row) table_q[RW'(16'(TableRows) - left_q)] <= rd_data_i;
  end

  logic [6:0]  shift;
  /* verilator lint_off UNUSEDSIGNAL */   // a result is at most 256
  logic [63:0] shifted;
  /* verilator lint_on UNUSEDSIGNAL */
  assign shift   = {1'b0, pos_q} + 7'd23;
  assign shifted = product4_q >> shift;

  always_ff @(posedge clk_i) begin
    if (en && element) diff1_q <= max_q - x_byte;
    if (en && valid_q[1]) begin
      row2_q  <= table_q[diff1_q[7:WW]];
      word2_q <= diff1_q[WW-1:0];
    end
    if (en && valid_q[2]) exp3_q <= row2_q[word2_q*32 +: 31];
    if (en && valid_q[3] && result_q[3]) product4_q <= {33'd0, exp3_q} * {31'd0, recip_q};
    if (en && valid_q[4] && result_q[4]) half5_q <= shifted[9:0];
  end

  // ---- sum, its leading one, its reciprocal
  logic normalise_shift;
  logic [47:0] sum_shifted;
  always_comb begin
    normalise_shift = 1'b1;
    sum_shifted     = '0;
    for (int unsigned i = 0; i < 6; i++) begin
      if (step_q[i]) begin
        if ((sum_q >> (48 - 2 ** i)) != 48'd0) normalise_shift = 1'b0;
        sum_shifted = sum_shifted | (sum_q << (2 ** i));
      end
    end
  end

  logic rem_fits;
  assign rem_fits = rem_q >= {2'b00, sum_q[47:16]};

  always_ff @(posedge clk_i) begin
    if (en) begin
      // n of the pixel before is in use until its last element has left stage 4
      if (state_q == StDrain && timer_q == 6'd1) pos_q <= 6'd47;
      if (state_q == StMax) begin
        sum_q <= 48'd0;
      end else if (valid_q[3] && !result_q[3]) begin
        sum_q <= sum_q + {17'd0, exp3_q};
      end else if (state_q == StNormalise && normalise_shift) begin
        sum_q <= sum_shifted;
        pos_q <= pos_q - step_q;
      end
      if (state_q == StNormalise) begin
        rem_q   <= 34'h8000_0000;
        recip_q <= 33'd0;
      end else if (state_q == StDivide) begin
        zero_q  <= !sum_q[47];
        rem_q   <= (rem_fits ? (rem_q - {2'b00, sum_q[47:16]}) : rem_q) << 1;
        recip_q <= {recip_q[31:0], rem_fits};
      end
    end
  end

  // ---- clamp, pack and write
  function automatic logic [7:0] limit(input logic [9:0] half, input logic [7:0] zp);
    logic signed [11:0] v;
    v = $signed({2'b00, half} + 12'd1) >>> 1;
    v = v + $signed({{4{zp[7]}}, zp});
    if (v > 12'sd127) v = 12'sd127;
    limit = v[7:0];
  endfunction

  logic [7:0][7:0] pack_q, pack_d;
  logic [2:0]      fill_q;
  logic            full;
  logic            req_q, final_req_q;
  logic [7:0]      hot_q;
  logic [63:0]     data_q;
  logic [GW-1:0]   addr_q, cur_q, out_pix_q, out_row_q;
  logic [15:0]     out_x_q;
  logic            result_valid;

  assign en           = !req_q || wr_gnt_i;
  assign result_valid = valid_q[5] && result_q[5];
  assign full         = result_valid && (fill_q == 3'd7 || last_q[5]);

  always_comb begin
    pack_d = (fill_q == 3'd0) ? {8{cmd.zp_out}} : pack_q;
    pack_d[fill_q] = zero_q ? cmd.zp_out : limit(half5_q, cmd.zp_out);
  end

  logic [GW-1:0] next_out_pix, next_out_row;
  assign next_out_pix = out_pix_q + GW'(cmd.out_pix_pitch / 8);
  assign next_out_row = out_row_q + GW'(cmd.out_row_pitch / 8);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_q       <= 1'b0;
      hot_q       <= '0;
      final_req_q <= 1'b0;
      fill_q      <= '0;
    end else if (clr_i) begin
      req_q  <= 1'b0;
      hot_q  <= '0;
      fill_q <= '0;
    end else if (en) begin
      req_q       <= full;
      hot_q       <= full ? lilong_path_pkg::bank_hot(6'(cur_q >> $clog2(Depth / 8))) : '0;
      final_req_q <= final_q[5];
      if (full) fill_q <= '0;
      else if (result_valid) fill_q <= fill_q + 3'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      cur_q     <= GW'(cmd.out_addr / 8);
      out_pix_q <= GW'(cmd.out_addr / 8);
      out_row_q <= GW'(cmd.out_addr / 8);
      out_x_q   <= cmd.out_width;
    end else if (en && result_valid) begin
      pack_q <= pack_d;
      if (full) begin
        data_q <= pack_d;
        addr_q <= cur_q;
        cur_q  <= cur_q + GW'(1);
        if (last_q[5]) begin
          if (out_x_q != 16'd1) begin
            out_x_q   <= out_x_q - 16'd1;
            out_pix_q <= next_out_pix;
            cur_q     <= next_out_pix;
          end else begin
            out_x_q   <= cmd.out_width;
            out_row_q <= next_out_row;
            out_pix_q <= next_out_row;
            cur_q     <= next_out_row;
          end
        end
      end
    end
  end

  assign wr_hot_o  = hot_q;
  assign wr_req_o  = req_q;
  assign wr_addr_o = addr_q;
  assign wr_data_o = data_q;
  assign done_o    = req_q && wr_gnt_i && final_req_q;
endmodule
