# 2x2 maximum and 2x2 average (multiplier 2^30, shift 32: a quarter, half away from zero) of a
# 2x4 image with two channels.
.region 1 size=16 access=r
.region 2 size=32 access=rw
.data 1 0  1 -1  2 -2   3 -3  4 -4
.data 1 8  5 -5  6 -6  7 -7  9 -10
load region=1 row_bytes=16 rows=1 planes=1 signal0=0
pool wait0=0 pool_op=max in_addr=0 in_row_pitch=8 in_row_bytes=8 in_height=2 stride_y=2 \
     kernel_rows=2 kernel_cols=2 stride_x=2 dilation_y=1 stripe=32 pix_pitch=2 steps=1 \
     out_addr=1024 out_row_pitch=16 out_pix_pitch=8 out_height=1 out_width=2 channels=2 \
     multiplier=1 shift=0 clamp_min=-128 clamp_max=127
pool signal0=1 pool_op=sum in_addr=0 in_row_pitch=8 in_row_bytes=8 in_height=2 stride_y=2 \
     kernel_rows=2 kernel_cols=2 stride_x=2 dilation_y=1 stripe=1 pix_pitch=2 steps=1 \
     out_addr=1040 out_row_pitch=16 out_pix_pitch=8 out_height=1 out_width=2 channels=2 \
     multiplier=0x40000000 shift=32 rounding=half_away zp_out=1 clamp_min=-128 clamp_max=127
store region=2 sp_addr=1024 row_bytes=32 rows=1 planes=1 wait0=1
end
