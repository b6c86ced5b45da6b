# The job ends at end; what follows in region 0 is not read. A semaphore that is left raises a trap.
nop_load signal0=9
end
nop_exec wait0=3
end
