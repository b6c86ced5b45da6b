// SPDX-License-Identifier: Apache-2.0
// The multiplier array: Lanes rows of Depth signed 8 x 8 multipliers with registered operands,
// products and sums.
//
// Lanes behind the first WindowLanes have no channel of their own in the streams: they work on dense
// vectors only, and what they hold otherwise means nothing.
//
//   operands: x (dense: the vector for every lane; depthwise: the window itself) and active weights
//   products (pool max: the maximum of the window)
//   sums
//
// The window is a shift register in the operand register: slot 0 and the first slots of the other
// kernel rows take the streams, all others their neighbour.
module lilong_array #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16
) (
    input  logic                     clk_i,
    input  logic                     rst_ni,
    input  logic                     clr_i,
    input  logic                     valid_i,
    input  lilong_path_pkg::action_t act_i,
    input  logic [3*Depth*8-1:0]     data_i,
    input  logic [Lanes*Depth*8-1:0] shadow_i,     // weights of the next block
    output lilong_path_pkg::action_t next_act_o,   // of the sum of the next cycle, if one comes
    output logic                     sum_valid_o,
    output lilong_path_pkg::action_t sum_act_o,
    output logic [Lanes*32-1:0]      sum_o,
    output logic                     idle_o
);
  localparam int unsigned Width = Depth * 8;
  localparam int unsigned SumWidth = 16 + $clog2(Depth);
  localparam int unsigned WindowLanes = lilong_isa_pkg::window_lanes(Lanes, Depth);

  // ---- slots that hold a tap
  logic [Depth-1:0] row_mask, slots;
  always_comb begin
    row_mask = ~({Depth{1'b1}} << act_i.cols);
    slots    = act_i.rows != 2'd0 ? row_mask : '0;
    if (act_i.taps == 2'd3) begin
      if (act_i.rows >= 2'd2) slots = slots | (row_mask << (Depth / 3));
      if (act_i.rows == 2'd3) slots = slots | (row_mask << (2 * (Depth / 3)));
    end else if (act_i.taps == 2'd2) begin
      if (act_i.rows >= 2'd2) slots = slots | (row_mask << (Depth / 2));
    end
    if (!act_i.depthwise) slots = '1;
  end

  // ---- control of the three stages
  logic mul_valid_q, add_valid_q, out_valid_q;
  lilong_path_pkg::action_t mul_act_q, add_act_q, out_act_q;
  logic [Depth-1:0] slots_q;
  logic load, dense, compute;

  assign dense   = valid_i && !act_i.depthwise;
  assign compute = valid_i && act_i.compute;
  assign load    = compute && act_i.load;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mul_valid_q <= 1'b0;
      add_valid_q <= 1'b0;
      out_valid_q <= 1'b0;
      mul_act_q   <= '0;
      add_act_q   <= '0;
      out_act_q   <= '0;
      slots_q     <= '0;
    end else if (clr_i) begin
      mul_valid_q <= 1'b0;
      add_valid_q <= 1'b0;
      out_valid_q <= 1'b0;
    end else begin
      mul_valid_q <= compute;
      add_valid_q <= mul_valid_q;
      out_valid_q <= add_valid_q;
      if (compute) mul_act_q <= act_i;
      if (mul_valid_q) add_act_q <= mul_act_q;
      if (add_valid_q) out_act_q <= add_act_q;
      if (load) slots_q <= slots;
    end
  end

  // By the carry of a difference, which is faster than a tree of look-up tables.
  function automatic logic [7:0] larger(input logic [7:0] a, input logic [7:0] b);
    /* verilator lint_off UNUSEDSIGNAL */
    logic [8:0] gap;
    /* verilator lint_on UNUSEDSIGNAL */
    gap    = {a[7], a} - {b[7], b};
    larger = gap[8] ? b : a;
  endfunction

  function automatic logic [15:0] product(input logic [7:0] a, input logic [7:0] b);
    product = 16'(signed'(a)) * 16'(signed'(b));
  endfunction

  // ---- what all lanes have in common
  // A window moves (every slot takes its neighbour, those where a kernel row starts take a stream)
  // or all slots take the same in every lane: the vector or the pad value.
  logic take, enter, move, enter2, enter3;
  logic [Width-1:0] common;
  assign take   = dense || (valid_i && (act_i.init || act_i.shift));
  assign enter  = act_i.depthwise && act_i.shift;
  assign enter2 = enter && act_i.taps == 2'd2;
  assign enter3 = enter && act_i.taps == 2'd3;
  assign move   = enter && !act_i.init;
  assign common = act_i.depthwise ? {Depth{act_i.pad}} : data_i[Width-1:0];

  // Weights of slots that hold no tap are zero; a pool has weights of one.
  logic [Depth-1:0] w_clear;
  assign w_clear = {Depth{load}} & ({Depth{act_i.pool}} | ~slots);

  // Maxima of pairs: slots without a tap lose.
  logic [Depth/2-1:0] pair_first, pair_both, pair_none;
  logic pair_load;
  assign pair_load = mul_valid_q && mul_act_q.max;
  always_comb begin
    for (int unsigned d = 0; d < Depth / 2; d++) begin
      pair_first[d] = slots_q[2*d] && !slots_q[2*d+1];
      pair_both[d]  = slots_q[2*d] && slots_q[2*d+1];
      pair_none[d]  = pair_load && !slots_q[2*d] && !slots_q[2*d+1];
    end
  end

  // One adder at the root for both: the maximum goes through it beside a zero.  A level of a tree
  // adds its second half to its first.
  function automatic logic [SumWidth-1:0] total(
      input logic max, input logic [Depth/2-1:0][7:0] pair,  // maxima of two neighbours
      input logic [Depth*16-1:0] products);
    logic [Depth/2-1:0][7:0] best;
    logic [Depth/2-1:0][31:0] part;
    logic [SumWidth-1:0] left, right;
    best = pair;
    part = '0;
    if (max) begin
      for (int unsigned level = 2; level <= $clog2(Depth); level++) begin
        for (int unsigned n = 0; n < (Depth >> level); n++) begin
          best[n] = larger(best[n], best[n+(Depth>>level)]);
        end
      end
      left  = SumWidth'(signed'(best[0]));
      right = '0;
    end else begin
      for (int unsigned d = 0; d < Depth / 2; d++) begin
        part[d] = 32'(signed'(products[2*d*16+:16])) + 32'(signed'(products[(2*d+1)*16+:16]));
      end
      for (int unsigned level = 2; level < $clog2(Depth); level++) begin
        for (int unsigned n = 0; n < (Depth >> level); n++) begin
          part[n] = part[n] + part[n+(Depth>>level)];
        end
      end
      left  = part[0][SumWidth-1:0];
      right = part[1][SumWidth-1:0];
    end
    total = left + right;
  endfunction

  // ---- lanes.  What a register takes is worked out where it is enabled, so that an idle array
  // costs a simulator nothing.
  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic [Width-1:0] x_q, w_q;
    logic [Depth*16-1:0] product_q;
    logic [SumWidth-1:0] sum_q;

    if (l < WindowLanes) begin : gen_operand
      always_ff @(posedge clk_i) begin
        if (take) begin
          x_q <= move ? {x_q[Width-9:0], data_i[l*8+:8]} : common;
          if (enter) x_q[7:0] <= data_i[l*8+:8];
          if (enter3) begin
            x_q[(Depth/3)*8+:8]   <= data_i[Width+l*8+:8];
            x_q[2*(Depth/3)*8+:8] <= data_i[2*Width+l*8+:8];
          end
          if (enter2) x_q[(Depth/2)*8+:8] <= data_i[Width+l*8+:8];
        end
      end
    end else begin : gen_operand
      always_ff @(posedge clk_i) begin
        if (dense) x_q <= data_i[Width-1:0];
      end
    end

    always_ff @(posedge clk_i) begin
      if (load) begin
        for (int unsigned d = 0; d < Depth; d++) begin
          w_q[d*8+:8] <= w_clear[d] ? 8'd0 : shadow_i[l*Width+d*8+:8];
          w_q[d*8]    <= slots[d] && (act_i.pool || shadow_i[l*Width+d*8]);
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (mul_valid_q && !mul_act_q.max) begin
        // First those of slots 0 and 1 of every four, then those of 2 and 3: the same operations
        // side by side.
        for (int unsigned d = 0; d < Depth; d += 4) begin
          product_q[d*8+:32]          <= {product(x_q[d*8+8+:8], w_q[d*8+8+:8]),
                                          product(x_q[d*8+:8], w_q[d*8+:8])};
          product_q[d*8+Depth*8+:32]  <= {product(x_q[d*8+24+:8], w_q[d*8+24+:8]),
                                          product(x_q[d*8+16+:8], w_q[d*8+16+:8])};
        end
      end
    end

    if (l < WindowLanes) begin : gen_sum
      logic [Depth/2-1:0][7:0] pair_q;

      always_ff @(posedge clk_i) begin
        if (pair_load) begin
          for (int unsigned d = 0; d < Depth / 2; d++) begin
            pair_q[d] <= (pair_first[d] ||
                          (pair_both[d] &&
                           signed'(x_q[2*d*8+:8]) > signed'(x_q[(2*d+1)*8+:8]))) ?
                         x_q[2*d*8+:8] : x_q[(2*d+1)*8+:8];
            if (pair_none[d]) pair_q[d] <= 8'h80;
          end
        end
      end

      always_ff @(posedge clk_i) begin
        if (add_valid_q) sum_q <= total(add_act_q.max, pair_q, product_q);
      end
    end else begin : gen_sum
      always_ff @(posedge clk_i) begin
        if (add_valid_q) sum_q <= total(1'b0, '0, product_q);
      end
    end
    assign sum_o[l*32+:32] = 32'(signed'(sum_q));
  end

  assign next_act_o  = add_act_q;
  assign sum_valid_o = out_valid_q;
  assign sum_act_o   = out_act_q;
  assign idle_o      = !mul_valid_q && !add_valid_q && !out_valid_q;

  logic unused;
  assign unused = ^{data_i, act_i};
endmodule
