# A fill, then a transposition of 2x3 pixels of 2 bytes to an odd address.
.region 1 size=16 access=r
.region 2 size=24 access=rw
.ramp 1 0 16 1 1
load region=1 row_bytes=16 rows=1 planes=1 signal0=0
copy wait0=0 fill_en fill_value=0xaa dst_addr=256 run=24 count0=1 count1=1 count2=1 count3=1
copy fence src_addr=0 dst_addr=259 run=2 count0=3 count1=2 count2=1 count3=1 \
     src_stride0=2 src_stride1=6 dst_stride0=4 dst_stride1=2 signal0=1
store region=2 sp_addr=256 row_bytes=24 rows=1 planes=1 wait0=1
end
