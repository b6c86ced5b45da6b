# Two planes of two rows of 5 bytes, filled with zeros to 8; then stored back without gaps.
.region 1 size=64 access=r
.region 2 size=64 access=rw
.ramp 1 0 64 0 1
load region=1 mem_offset=3 mem_row_stride=10 mem_plane_stride=25 \
     sp_addr=64 sp_row_stride=8 sp_plane_stride=16 row_bytes=5 rows=2 planes=2 signal0=0
store region=2 sp_addr=64 row_bytes=32 rows=1 planes=1 wait0=0
end
