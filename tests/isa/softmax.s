# Table at 16: 2^20 for equal values, 2^19 for a difference of 1, 0 from 2 on.
.region 1 size=1040 access=r
.region 2 size=16 access=rw
.data 1 0   5 4 3 5  7 -128 6 0
.data32 1 16 0x00100000 0x80080000       # bit 31 does not count
load region=1 row_bytes=1040 rows=1 planes=1 signal0=0
softmax wait0=0 signal0=1 in_addr=0 in_pix_pitch=4 out_addr=2048 zp_out=-128 out_pix_pitch=8 \
     out_height=1 out_width=2 channels=4 params_addr=16
store region=2 sp_addr=2048 row_bytes=16 rows=1 planes=1 wait0=1
end
