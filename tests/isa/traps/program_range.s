# No end.
nop_exec
