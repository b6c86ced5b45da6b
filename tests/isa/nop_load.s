# nop_load carries semaphores through the LOAD queue: it waits for STORE and signals EXEC.
.region 1 size=16 access=rw
nop_store signal0=1
nop_load wait0=1 signal0=2 signal1=3
nop_exec wait0=2 wait1=3
end
