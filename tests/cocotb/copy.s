# SPDX-License-Identifier: Apache-2.0
# Long transfers: 6,000 bytes in bursts over page borders, read by rows and by planes, saturating
# addition on the way, stored with gaps and without.
.preset nano
.region 1 size=6000 access=r
.region 2 size=8192 access=rw
.region 3 size=6000 access=rw
.ramp 1 0 6000 0 7
.fill 2 0 8192 0xee
load region=1 row_bytes=6000 rows=1 planes=1 signal0=0
eltwise wait0=0 signal0=1 binary_op=pass a_addr=0 multiplier=1 out_addr=8192 out_height=1 out_width=1 \
     channels=6000 zp_out=3 clamp_min=-128 clamp_max=127
store region=2 mem_offset=3 mem_row_stride=1021 sp_addr=8192 sp_row_stride=1000 row_bytes=1000 \
     rows=6 planes=1 wait0=1
store region=3 sp_addr=8192 row_bytes=6000 rows=1 planes=1
load region=1 mem_offset=5 mem_row_stride=97 sp_addr=16384 sp_row_stride=96 row_bytes=90 rows=60 planes=1 \
     signal1=2
store region=3 mem_offset=17 mem_row_stride=91 sp_addr=16384 sp_row_stride=96 row_bytes=90 rows=60 planes=1 \
     wait0=2
end
