# nop_store waits for two semaphores at once; the same semaphore named twice needs two signals.
.region 1 size=16 access=rw
nop_load signal0=4
nop_load signal0=4
nop_store wait0=4 wait1=4
end
