# SPDX-License-Identifier: Apache-2.0
# NOT RUN HERE: written after the documentation of Vivado, checked for syntax, files and ports only.
#
# Packages the chip as an IP core for block designs, with AXI4-Lite registers (s_axi), AXI4 memory
# (m_axi), an interrupt and the parameter PRESET:
#
#   vivado -mode batch -source rtl/fpga/vivado/package_ip.tcl -tclargs PART FOLDER
#
#   PART    for example xc7z020clg400-1
#   FOLDER  where the core goes; add it to the IP repositories of a project
source [file join [file dirname [file normalize [info script]]] .. files.tcl]

if {[llength $argv] != 2} {
  puts stderr "usage: vivado -mode batch -source package_ip.tcl -tclargs PART FOLDER"
  exit 2
}
lassign $argv part folder
set folder [file normalize $folder]

create_project -force -part $part lilong_ip [file join $folder project]
set_property target_language Verilog [current_project]
add_files -norecurse [lilong::sources]
add_files -norecurse [lilong::headers]
add_files -norecurse [lilong::top_file]
set_property file_type SystemVerilog [get_files [lilong::sources]]
set_property file_type {Verilog Header} [get_files [lilong::headers]]
set_property include_dirs [lilong::include_folders] [current_fileset]
set_property verilog_define {SYNTHESIS=1} [current_fileset]
set_property top lilong_axi [current_fileset]
update_compile_order -fileset sources_1

ipx::package_project -import_files -force -root_dir [file join $folder ip] \
  -vendor lilong -library npu -taxonomy /UserIP
set core [ipx::current_core]
set_property name lilong $core
set_property display_name {Lilong edge-inference chip} $core
set_property description {int8 networks; programs from the lilong compiler} $core
set_property version 0.1 $core
set_property core_revision 1 $core
set_property supported_families {artix7 Beta kintex7 Beta zynq Beta zynquplus Beta} $core

# The interfaces come from the port names; these are what the packager cannot know.
ipx::infer_bus_interfaces xilinx.com:interface:aximm_rtl:1.0 $core
ipx::associate_bus_interfaces -busif s_axi -clock aclk $core
ipx::associate_bus_interfaces -busif m_axi -clock aclk $core
set memory_map [ipx::get_memory_maps s_axi -of_objects $core]
set_property range 4096 [ipx::get_address_blocks -of_objects $memory_map]

set preset [ipx::get_user_parameters PRESET -of_objects $core]
set_property value_validation_type pairs $preset
set_property value_validation_pairs {nano 0 lite 1 edge 2 plus 3 edge-fpga 4} $preset
set_property enablement_value false [ipx::get_user_parameters AXI_BYTES -of_objects $core]

ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity $core
ipx::save_core $core
puts "The core is in [file join $folder ip]"
