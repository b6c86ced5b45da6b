// SPDX-License-Identifier: Apache-2.0
// Assertion macros: active in simulation, empty for synthesis.
// Every concurrent assertion of the design goes through them; clock and reset are clk_i and rst_ni.
`ifndef LILONG_ASSERT_SVH_
`define LILONG_ASSERT_SVH_

`ifdef YOSYS
`define LILONG_NO_ASSERT
`endif
`ifdef SYNTHESIS
`define LILONG_NO_ASSERT
`endif
// Quartus
`ifdef ALTERA_RESERVED_QIS
`define LILONG_NO_ASSERT
`endif

`ifdef LILONG_NO_ASSERT
`define LILONG_ASSERT(Name, Property)
`define LILONG_ASSERT_STATIC(Name, Condition)
`else
// Name: label; Property: must hold in every cycle out of reset.
`define LILONG_ASSERT(Name, Property) \
  Name : assert property (@(posedge clk_i) disable iff (!rst_ni) (Property));
// Name: label; Condition: must hold for the parameters.
`define LILONG_ASSERT_STATIC(Name, Condition) \
  if (!(Condition)) begin : gen_``Name \
    $error("parameters: Name"); \
  end
`endif

`endif
