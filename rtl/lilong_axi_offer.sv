// SPDX-License-Identifier: Apache-2.0
// Register of an address channel: a checked burst, offered to the bus only if it is ok.
//
//   valid_i, ok_i, data_i --> register --> offer_o until ax_ready_i (ok), or bad_o until abort_i
//
// The verdict comes late in a cycle, so it is a register like the burst.  What is offered stays
// offered, abort or not.
module lilong_axi_offer #(
    parameter int unsigned Width = 80
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             abort_i,     // nothing new; what is bad goes
    input  logic             hold_i,      // nothing new in this cycle
    input  logic             valid_i,
    output logic             ready_o,
    input  logic             ok_i,
    input  logic [Width-1:0] data_i,
    output logic             full_o,      // offered or bad
    output logic             offer_o,
    output logic             push_o,      // offered for the first time
    output logic             bad_o,
    input  logic             ax_ready_i,
    output logic [Width-1:0] data_o
);
  logic full_q, new_q, ok_q, leaves, take;
  logic [Width-1:0] data_q;
  assign leaves  = !full_q || (ok_q && ax_ready_i);
  assign ready_o = leaves && !hold_i;
  assign take    = valid_i && ready_o && !abort_i;
  assign full_o  = full_q;
  assign offer_o = full_q && ok_q;
  assign push_o  = new_q && ok_q;
  assign bad_o   = full_q && !ok_q;
  assign data_o  = data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      full_q <= 1'b0;
      new_q  <= 1'b0;
    end else begin
      new_q <= take;
      if (leaves) full_q <= take;
      else if (abort_i && !ok_q) full_q <= 1'b0;
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ok_q   <= 1'b0;
      data_q <= '0;
    end else if (leaves) begin
      ok_q   <= ok_i;
      data_q <= data_i;
    end
  end
endmodule
