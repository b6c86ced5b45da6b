# Rows to odd memory addresses; what lies between them keeps its value; a later row wins.
.region 1 size=64 access=r
.region 2 size=64 access=rw
.ramp 1 0 64 0 1
.fill 2 0 64 0xee
load region=1 row_bytes=64 rows=1 planes=1 signal0=0
store region=2 mem_offset=1 mem_row_stride=7 sp_addr=8 sp_row_stride=16 row_bytes=3 rows=3 planes=1 wait0=0
store fence region=2 mem_offset=40 mem_row_stride=2 sp_addr=0 sp_row_stride=8 row_bytes=4 rows=2 planes=1
end
