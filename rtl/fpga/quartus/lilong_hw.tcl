# SPDX-License-Identifier: Apache-2.0
# NOT RUN HERE: written after the documentation of Platform Designer, checked for syntax, files and
# ports only.
#
# The chip as a component of Platform Designer: add this folder to its IP search path.  AXI4-Lite
# registers (s_axi), AXI4 memory (m_axi), an interrupt and the parameter PRESET.
package require -exact qsys 16.1
source [file join [file dirname [file normalize [info script]]] .. files.tcl]

set_module_property NAME lilong
set_module_property DISPLAY_NAME {Lilong edge-inference chip}
set_module_property DESCRIPTION {int8 networks; programs from the lilong compiler}
set_module_property VERSION 0.1
set_module_property GROUP {DSP}
set_module_property EDITABLE false
set_module_property ELABORATION_CALLBACK elaborate

add_fileset QUARTUS_SYNTH QUARTUS_SYNTH generate
set_fileset_property QUARTUS_SYNTH TOP_LEVEL lilong_axi

# Quartus defines ALTERA_RESERVED_QIS, which empties the assertions.
proc generate {entity} {
  foreach file [lilong::headers] {
    add_fileset_file [file tail $file] SYSTEM_VERILOG_INCLUDE PATH $file
  }
  foreach file [lilong::sources] {
    add_fileset_file [file tail $file] SYSTEM_VERILOG PATH $file
  }
  add_fileset_file [file tail [lilong::top_file]] VERILOG PATH [lilong::top_file] TOP_LEVEL_FILE
}

add_parameter PRESET INTEGER 1
set_parameter_property PRESET DISPLAY_NAME Preset
set_parameter_property PRESET ALLOWED_RANGES {0:nano 1:lite 2:edge 3:plus 4:edge-fpga}
set_parameter_property PRESET HDL_PARAMETER true

add_interface clock clock end
add_interface_port clock aclk clk Input 1

add_interface reset reset end
set_interface_property reset associatedClock clock
set_interface_property reset synchronousEdges DEASSERT
add_interface_port reset aresetn reset_n Input 1

add_interface s_axi axi4lite end
set_interface_property s_axi associatedClock clock
set_interface_property s_axi associatedReset reset
set_interface_property s_axi readAcceptanceCapability 1
set_interface_property s_axi writeAcceptanceCapability 1
foreach {role direction width} {
  awvalid Input 1  awready Output 1  awaddr Input 12  awprot Input 3
  wvalid Input 1   wready Output 1   wdata Input 32   wstrb Input 4
  bvalid Output 1  bready Input 1    bresp Output 2
  arvalid Input 1  arready Output 1  araddr Input 12  arprot Input 3
  rvalid Output 1  rready Input 1    rdata Output 32  rresp Output 2
} {
  add_interface_port s_axi s_axi_$role $role $direction $width
}

add_interface m_axi axi4 start
set_interface_property m_axi associatedClock clock
set_interface_property m_axi associatedReset reset
set_interface_property m_axi readIssuingCapability 8
set_interface_property m_axi writeIssuingCapability 8
set_interface_property m_axi combinedIssuingCapability 16

# The width of the memory port follows the preset.
proc elaborate {} {
  set bytes [lindex {8 8 16 32 8} [get_parameter_value PRESET]]
  foreach {role direction width} [list \
    awvalid Output 1  awready Input 1  awid Output 4  awaddr Output 40  awlen Output 8 \
    awsize Output 3   awburst Output 2  awcache Output 4  awprot Output 3 \
    wvalid Output 1   wready Input 1   wdata Output [expr {8 * $bytes}]  wstrb Output $bytes \
    wlast Output 1    bvalid Input 1   bready Output 1  bid Input 4  bresp Input 2 \
    arvalid Output 1  arready Input 1  arid Output 4  araddr Output 40  arlen Output 8 \
    arsize Output 3   arburst Output 2  arcache Output 4  arprot Output 3 \
    rvalid Input 1    rready Output 1  rid Input 4  rdata Input [expr {8 * $bytes}] \
    rresp Input 2     rlast Input 1] {
    add_interface_port m_axi m_axi_$role $role $direction $width
  }
}

add_interface irq interrupt end
set_interface_property irq associatedAddressablePoint s_axi
set_interface_property irq associatedClock clock
set_interface_property irq associatedReset reset
add_interface_port irq irq irq Output 1
