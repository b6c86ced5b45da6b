# EXEC waits for a signal that never comes; LOAD is idle.
nop_load
nop_exec wait0=5
nop_store wait0=6
end
