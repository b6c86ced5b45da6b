# SPDX-License-Identifier: Apache-2.0
# record.tcl SCRIPT [WORD...]: runs the script of a tool that is not here and prints every command
# that plain Tcl does not have, one a line, words apart by a unit separator.  WORDs are its `argv`;
# PRESET of the environment is the value of every parameter, AFTER is run behind the script.
package provide qsys 16.1
proc unknown {args} {
  global returns
  set words {}
  foreach word $args { lappend words [string map {\n " "} $word] }
  puts [join $words \x1f]
  set name [lindex $args 0]
  return [expr {[info exists returns($name)] ? $returns($name) : ""}]
}
set script [lindex $argv 0]
set argv [lrange $argv 1 end]
if {[info exists env(PRESET)]} { set returns(get_parameter_value) $env(PRESET) }
source $script
if {[info exists env(AFTER)]} { eval $env(AFTER) }
