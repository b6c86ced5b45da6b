# nop_exec with a fence orders two copies: the second reads what the first has written.
.region 1 size=32 access=rw
.ramp 1 0 16 1 1
load region=1 row_bytes=16 rows=1 planes=1 signal0=0
copy src_addr=0 dst_addr=64 run=16 count0=1 count1=1 count2=1 count3=1 wait0=0
nop_exec fence
copy fence src_addr=64 dst_addr=128 run=16 count0=1 count1=1 count2=1 count3=1 signal0=1
store region=1 mem_offset=16 sp_addr=128 row_bytes=16 rows=1 planes=1 wait0=1
end
