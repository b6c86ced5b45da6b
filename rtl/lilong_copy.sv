// SPDX-License-Identifier: Apache-2.0
//
// Strided copy of byte runs, and fill.
//
//   loops -> chunks (within one destination granule) -> source reader -> granule buffer -> write
//
// Promises one chunk of up to 8 bytes a cycle, in the order of the loops, every byte that is not
// named unchanged, and no access outside the granules of the two footprints.  Chunks of the same
// granule that follow each other are merged; a granule left incomplete is read, merged and written
// by a queue of Pending such granules, which later chunks overtake unless they mean the same one.
`include "lilong_assert.svh"

module lilong_copy #(
  parameter int unsigned Depth           = 16,
  parameter int unsigned ScratchpadBytes = 524288,
  parameter int unsigned Pending         = 8,
  localparam int unsigned SW = $clog2(ScratchpadBytes),
  localparam int unsigned GW = SW - 3,
  localparam int unsigned DW = $clog2(Depth)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clr_i,
  input  logic                    start_i,
  input  logic [511:0]            cmd_i,          // stable until done
  output logic                    done_o,
  // readers: 0 source, 1 old value of a granule
  output logic [1:0]              rd_valid_o,
  input  logic [1:0]              rd_ready_i,
  output logic [1:0][SW-1:0]      rd_addr_o,
  output logic [1:0][DW:0]        rd_bytes_o,
  input  logic [1:0]              rd_data_valid_i,
  output logic [1:0]              rd_data_ready_o,
  input  logic [1:0][63:0]        rd_data_i,
  // result port, one granule
  output logic [7:0]              wr_hot_o,       // bank of the request, 0 without one
  output logic                    wr_req_o,
  output logic [GW-1:0]           wr_addr_o,
  output logic [63:0]             wr_data_o,
  input  logic                    wr_gnt_i
);
  localparam int unsigned PW = $clog2(Pending);

  /* verilator lint_off UNUSEDSIGNAL */   // header fields and high address bits
  lilong_isa_pkg::copy_t cmd;
  /* verilator lint_on UNUSEDSIGNAL */
  logic fill;
  assign cmd  = cmd_i;
  assign fill = cmd.fill_en[0];

  // ---- loops.  base: address of the current iteration of each loop
  logic               active_q, run_q;
  logic [3:0][15:0]   count, left_q;
  logic [3:0]         count_one, left_one_q;       // they are 1
  logic [3:0][SW-1:0] src_stride, dst_stride, src_base_q, dst_base_q;
  logic [15:0]        bytes_q;                     // of the run, left
  logic [SW-1:0]      src_q, dst_q;
  logic [3:0]         room;                        // bytes to the end of the destination granule
  logic [3:0]         len;
  logic               issue, loops_end;
  logic               run_end_q;                   // the chunk is the last of its run
  logic               short_q;                     // runs have no more bytes than a granule
  logic [1:0]         level;                       // innermost loop that has iterations left
  logic [SW-1:0]      src_next, dst_next;
  logic               meta_ready;

  assign count      = {cmd.count3, cmd.count2, cmd.count1, cmd.count0};
  assign src_stride = {SW'(cmd.src_stride3), SW'(cmd.src_stride2), SW'(cmd.src_stride1),
                       SW'(cmd.src_stride0)};
  assign dst_stride = {SW'(cmd.dst_stride3), SW'(cmd.dst_stride2), SW'(cmd.dst_stride1),
                       SW'(cmd.dst_stride0)};

  assign room     = 4'd8 - {1'b0, dst_q[2:0]};
  assign len      = run_end_q ? bytes_q[3:0] : room;
  assign issue    = run_q && meta_ready && (fill || rd_ready_i[0]);
  assign src_next = src_base_q[level] + src_stride[level];
  assign dst_next = dst_base_q[level] + dst_stride[level];

  always_comb begin
    for (int unsigned i = 0; i < 4; i++) count_one[i] = count[i] == 16'd1;
    loops_end = 1'b1;
    level     = 2'd0;
    for (int i = 3; i >= 0; i--) begin
      if (!left_one_q[i]) begin
        loops_end = 1'b0;
        level     = 2'(i);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
    end else if (clr_i) begin
      run_q <= 1'b0;
    end else if (start_i) begin
      run_q <= 1'b1;
    end else if (issue && run_end_q && loops_end) begin
      run_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    short_q <= cmd.run <= 16'd8;
    if (start_i) begin
      left_q     <= count;
      left_one_q <= count_one;
      bytes_q    <= cmd.run;
      run_end_q  <= cmd.run <= 16'(4'd8 - {1'b0, cmd.dst_addr[2:0]});
      src_q      <= SW'(cmd.src_addr);
      dst_q      <= SW'(cmd.dst_addr);
      src_base_q <= {4{SW'(cmd.src_addr)}};
      dst_base_q <= {4{SW'(cmd.dst_addr)}};
    end else if (issue) begin
      if (!run_end_q) begin
        bytes_q <= bytes_q - 16'(len);
        src_q   <= src_q + SW'(len);
        dst_q   <= dst_q + SW'(len);
        run_end_q <= bytes_q <= 16'(len) + 16'd8;   // from here on chunks start at a granule
      end else begin
        bytes_q <= cmd.run;
        run_end_q <= short_q && {1'b0, cmd.run[3:0]} + {2'd0, dst_next[2:0]} <= 5'd8;
        src_q   <= src_next;
        dst_q   <= dst_next;
        for (int unsigned i = 0; i < 4; i++) begin
          if (i < 32'(level)) begin
            left_q[i]     <= count[i];
            left_one_q[i] <= count_one[i];
          end
          if (i == 32'(level)) begin
            left_q[i]     <= left_q[i] - 16'd1;
            left_one_q[i] <= left_q[i] == 16'd2;
          end
          if (i <= 32'(level)) begin
            src_base_q[i] <= src_next;
            dst_base_q[i] <= dst_next;
          end
        end
      end
    end
  end

  assign rd_valid_o[0] = run_q && meta_ready && !fill;
  assign rd_addr_o[0]  = src_q;
  assign rd_bytes_o[0] = (DW+1)'(len);

  // ---- chunks under way
  logic          meta_valid, take;
  logic [SW-1:0] dst;
  logic [3:0]    dst_len;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [3:0]    meta_count;
  /* verilator lint_on UNUSEDSIGNAL */
  logic          same_granule, same_meta;
  logic [GW-1:0] last_granule_q;
  assign same_granule = last_granule_q == dst_q[SW-1:3];
  always_ff @(posedge clk_i) begin
    if (issue) last_granule_q <= dst_q[SW-1:3];
  end

  lilong_fifo #(.Width(SW + 5), .Depth(8), .Beside(1'b1)) u_meta (
    .clk_i,
    .rst_ni,
    .clr_i,
    .valid_i(issue),
    .ready_o(meta_ready),
    .data_i ({same_granule, dst_q, len}),
    .valid_o(meta_valid),
    .ready_i(take),
    .data_o ({same_meta, dst, dst_len}),
    .count_o(meta_count)
  );

  logic        chunk;
  logic [7:0]  chunk_mask;
  logic [63:0] chunk_data;
  assign chunk              = meta_valid && (fill || rd_data_valid_i[0]);
  assign chunk_mask         = ((8'd1 << dst_len) - 8'd1) << dst[2:0];
  assign chunk_data         = fill ? {8{cmd.fill_value}} : (rd_data_i[0] << {dst[2:0], 3'b000});
  assign rd_data_ready_o[0] = take && !fill;

  function automatic logic [63:0] merge(input logic [63:0] old, input logic [63:0] data,
                                        input logic [7:0] mask);
    for (int unsigned b = 0; b < 8; b++) merge[8*b +: 8] = mask[b] ? data[8*b +: 8] : old[8*b +: 8];
  endfunction

  function automatic logic [7:0] hot(input logic [GW-1:0] granule);
    hot = lilong_path_pkg::bank_hot(6'(granule >> $clog2(Depth / 8)));
  endfunction

  // ---- granule buffer
  logic          buf_q;
  logic [GW-1:0] buf_addr_q;
  logic [7:0]    buf_mask_q;
  logic [63:0]   buf_data_q;
  logic          full_q, full_next;  // every byte of it is there
  logic          same, flush_wanted, flush, flush_full, flush_partial;
  logic          fresh;              // the buffer gets another granule

  // granules that wait for their old value
  logic [Pending-1:0]         pnd_q;
  logic                       pnd_full_q;            // all of them
  logic [Pending-1:0][GW-1:0] pnd_addr_q;
  logic [GW+8+64-1:0]         pnd_mem_q [Pending];   // {address, mask, data}
  logic [GW-1:0]              pnd_addr;              // of the oldest
  logic [7:0]                 pnd_mask;
  logic [63:0]                pnd_data;
  logic [PW-1:0]              pnd_head_q, pnd_tail_q;
  logic                       pnd_pop;
  logic [Pending-1:0]         leaves;                // oldest entry, if it is popped
  // entry has the address of the buffer: now, in the next cycle
  logic [Pending-1:0]         same_q, same_d, same_next;   // same_next: address of the chunk
  logic                       match_q;                     // any has

  // write register
  logic          wr_q, wr_free, wr_same_q, wr_same_next;   // it has the address of the buffer
  logic [7:0]    wr_hot_q;
  logic [GW-1:0] wr_addr_q;
  logic [63:0]   wr_data_q;

  assign {pnd_addr, pnd_mask, pnd_data} = pnd_mem_q[pnd_head_q];
  always_comb begin
    for (int unsigned i = 0; i < Pending; i++) begin
      same_next[i] = pnd_q[i] && pnd_addr_q[i] == dst[SW-1:3];
    end
    wr_same_next = wr_addr_q == dst[SW-1:3];
  end
  // An entry that leaves is the same no more; the buffer itself is not the same as what it gets.
  assign leaves = Pending'(pnd_pop) << pnd_head_q;
  assign same_d = (fresh ? same_next : same_q) & ~leaves;

  assign wr_free       = !wr_q || wr_gnt_i;
  assign pnd_pop       = rd_data_valid_i[1] && wr_free;
  // the buffer holds the granule of the chunk before, if any
  assign same          = same_meta;
  assign full_next     = (chunk_mask | (buf_q && same ? buf_mask_q : 8'h00)) == 8'hff;
  assign flush_wanted  = buf_q && ((chunk && !same) || (!run_q && !meta_valid));
  assign flush_full    = flush_wanted && full_q && !match_q && wr_free && !rd_data_valid_i[1];
  assign rd_valid_o[1] = flush_wanted && !full_q && !match_q && !pnd_full_q &&
                         !(wr_q && wr_same_q);
  assign flush_partial = rd_valid_o[1] && rd_ready_i[1];
  assign flush         = flush_full || flush_partial;
  assign take          = chunk && (!buf_q || same || flush);
  assign fresh         = take && !(buf_q && same);

  assign rd_addr_o[1]       = {buf_addr_q, 3'b000};
  assign rd_bytes_o[1]      = (DW+1)'(8);
  assign rd_data_ready_o[1] = wr_free;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q   <= 1'b0;
      buf_q      <= 1'b0;
      pnd_q      <= '0;
      pnd_full_q <= 1'b0;
      pnd_head_q <= '0;
      pnd_tail_q <= '0;
      wr_q       <= 1'b0;
      wr_hot_q   <= '0;
    end else if (clr_i) begin
      active_q   <= 1'b0;
      buf_q      <= 1'b0;
      pnd_q      <= '0;
      pnd_full_q <= 1'b0;
      pnd_head_q <= '0;
      pnd_tail_q <= '0;
      wr_q       <= 1'b0;
      wr_hot_q   <= '0;
    end else begin
      if (start_i) active_q <= 1'b1;
      else if (done_o) active_q <= 1'b0;
      if (take) buf_q <= 1'b1;
      else if (flush) buf_q <= 1'b0;
      if (flush_partial) begin
        pnd_q[pnd_tail_q] <= 1'b1;
        pnd_tail_q        <= pnd_tail_q + PW'(1);
      end
      if (pnd_pop) begin
        pnd_q[pnd_head_q] <= 1'b0;
        pnd_head_q        <= pnd_head_q + PW'(1);
      end
      if (flush_partial != pnd_pop) pnd_full_q <= flush_partial && pnd_tail_q + PW'(1) == pnd_head_q;
      wr_q <= flush_full || pnd_pop || !wr_free;
      if (pnd_pop) wr_hot_q <= hot(pnd_addr);
      else if (flush_full) wr_hot_q <= hot(buf_addr_q);
      else if (wr_free) wr_hot_q <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      buf_addr_q <= dst[SW-1:3];
      full_q     <= full_next;
      if (buf_q && same) begin
        buf_mask_q <= buf_mask_q | chunk_mask;
        buf_data_q <= merge(buf_data_q, chunk_data, chunk_mask);
      end else begin
        buf_mask_q <= chunk_mask;
        buf_data_q <= chunk_data;
      end
    end
    if (flush_partial) begin
      pnd_addr_q[pnd_tail_q] <= buf_addr_q;
      pnd_mem_q[pnd_tail_q]  <= {buf_addr_q, buf_mask_q, buf_data_q};
    end
    same_q  <= same_d;
    match_q <= same_d != '0;
    if (pnd_pop) wr_same_q <= fresh ? same_next[pnd_head_q] : same_q[pnd_head_q];
    else if (fresh) wr_same_q <= !flush_full && wr_same_next;
    if (pnd_pop) begin
      wr_addr_q <= pnd_addr;
      wr_data_q <= merge(rd_data_i[1], pnd_data, pnd_mask);
    end else if (flush_full) begin
      wr_addr_q <= buf_addr_q;
      wr_data_q <= buf_data_q;
    end
  end

  `LILONG_ASSERT(RunEnd, !run_q || run_end_q == (bytes_q <= 16'(room)))
  `LILONG_ASSERT(SameWrite, !(buf_q && wr_q) || wr_same_q == (wr_addr_q == buf_addr_q))
  `LILONG_ASSERT(MatchOfEntries, match_q == (same_q != '0))
  `LILONG_ASSERT(FullPending, pnd_full_q == &pnd_q)
  `LILONG_ASSERT(FullBuffer, !buf_q || full_q == (buf_mask_q == 8'hff))
  for (genvar i = 0; i < int'(Pending); i++) begin : gen_same
    `LILONG_ASSERT(SameEntry, !buf_q || same_q[i] == (pnd_q[i] && pnd_addr_q[i] == buf_addr_q))
  end
  `LILONG_ASSERT(SameGranule, !(buf_q && meta_valid) || same == (buf_addr_q == dst[SW-1:3]))

  assign wr_hot_o  = wr_hot_q;
  assign wr_req_o  = wr_q;
  assign wr_addr_o = wr_addr_q;
  assign wr_data_o = wr_data_q;
  assign done_o    = active_q && !run_q && !meta_valid && !buf_q && pnd_q == '0 && !wr_q;
endmodule
