# SPDX-License-Identifier: Apache-2.0
# For the scripts of other tools: procedures that give the files of the chip, from rtl/lilong.f, the
# only list.  Paths are absolute.
namespace eval lilong {
  variable root [file normalize [file join [file dirname [info script]] .. ..]]
}

# SystemVerilog, in the order of compilation.
proc lilong::sources {} {
  variable root
  set channel [open [file join $root rtl lilong.f]]
  set files {}
  foreach line [split [read $channel] \n] {
    set line [string trim $line]
    if {$line eq "" || [string match "#*" $line] || [string match "//*" $line]} continue
    lappend files [file join $root $line]
  }
  close $channel
  return $files
}

# Files that they include, and the folders in which they are looked for.
proc lilong::headers {} {
  variable root
  return [lsort [glob [file join $root rtl *.svh] [file join $root rtl gen *.svh]]]
}
proc lilong::include_folders {} {
  variable root
  return [list [file join $root rtl] [file join $root rtl gen]]
}

# The top, in Verilog.
proc lilong::top_file {} {
  variable root
  return [file join $root rtl fpga lilong_axi.v]
}
