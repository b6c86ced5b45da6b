// SPDX-License-Identifier: Apache-2.0
// The multiplier array: Lanes rows of Depth signed 8 x 8 multipliers with registered operands,
// products and sums.
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
    output logic                     sum_next_o,   // a sum follows in the next cycle
    output lilong_path_pkg::action_t next_act_o,
    output logic                     sum_valid_o,
    output lilong_path_pkg::action_t sum_act_o,
    output logic [Lanes*32-1:0]      sum_o,
    output logic                     idle_o
);
  localparam int unsigned Width = Depth * 8;
  localparam int unsigned SumWidth = 16 + $clog2(Depth);

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

  logic [Width-1:0] slot_bytes;
  always_comb begin
    slot_bytes = '0;
    for (int unsigned d = 0; d < Depth; d++) slot_bytes[d*8+:8] = {8{slots[d]}};
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

  function automatic logic [7:0] larger(input logic [7:0] a, input logic [7:0] b);
    larger = signed'(a) > signed'(b) ? a : b;
  endfunction

  // ---- lanes
  logic [Width-1:0] pads;
  assign pads = {Depth{act_i.pad}};

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic [Width-1:0] x_q, w_q, window;
    logic [Depth*16-1:0] product_q;
    logic [Depth/2-1:0][7:0] pair_q;   // maxima of two neighbours
    logic [Depth-2:0][7:0] best;       // tree above them
    logic [SumWidth-1:0] sum, sum_q;

    always_comb begin
      window = act_i.init ? pads : x_q;
      if (act_i.shift) begin
        window = {window[Width-9:0], data_i[l*8+:8]};
        if (act_i.taps == 2'd3) begin
          window[(Depth/3)*8+:8]     = data_i[Width+l*8+:8];
          window[2*(Depth/3)*8+:8]   = data_i[2*Width+l*8+:8];
        end else if (act_i.taps == 2'd2) begin
          window[(Depth/2)*8+:8] = data_i[Width+l*8+:8];
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (dense) x_q <= data_i[Width-1:0];
      else if (valid_i) x_q <= window;
    end

    always_ff @(posedge clk_i) begin
      if (load) begin
        w_q <= (act_i.pool ? {Depth{8'd1}} : shadow_i[l*Width+:Width]) & slot_bytes;
      end
    end

    always_ff @(posedge clk_i) begin
      if (mul_valid_q) begin
        if (mul_act_q.max) begin
          for (int unsigned d = 0; d < Depth / 2; d++) begin
            pair_q[d] <= larger(slots_q[2*d] ? x_q[2*d*8+:8] : 8'h80,
                                slots_q[2*d+1] ? x_q[(2*d+1)*8+:8] : 8'h80);
          end
        end else begin
          for (int unsigned d = 0; d < Depth; d++) begin
            product_q[d*16+:16] <= 16'(signed'(x_q[d*8+:8])) * 16'(signed'(w_q[d*8+:8]));
          end
        end
      end
    end

    always_comb begin
      best = '0;
      if (add_valid_q && add_act_q.max) begin
        best[Depth/2-1:0] = pair_q;
        for (int unsigned n = 0; n < Depth / 2 - 1; n++) begin
          best[Depth/2+n] = larger(best[2*n], best[2*n+1]);
        end
      end
      sum = '0;
      for (int unsigned d = 0; d < Depth; d++) sum = sum + SumWidth'(signed'(product_q[d*16+:16]));
      if (add_act_q.max) sum = SumWidth'(signed'(best[Depth-2]));
    end

    always_ff @(posedge clk_i) begin
      if (add_valid_q) sum_q <= sum;
    end
    assign sum_o[l*32+:32] = 32'(signed'(sum_q));
  end

  assign sum_next_o  = add_valid_q;
  assign next_act_o  = add_act_q;
  assign sum_valid_o = out_valid_q;
  assign sum_act_o   = out_act_q;
  assign idle_o      = !mul_valid_q && !add_valid_q && !out_valid_q;

  logic unused;
  assign unused = ^{data_i, act_i};
endmodule
