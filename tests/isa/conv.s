# 1x1 convolution of two pixels with 4 channels to 2 channels on edge (16 lanes, depth 16).
# Pixels 1 2 3 4 and 5 6 7 8; weights 1 1 1 1 and 1 -1 2 0; bias 10 and -1; y = acc + bias + zp.
.preset edge
.region 1 size=512 access=r
.region 2 size=32 access=rw
.ramp 1 0 8 1 1                 # input
.data 1 64 1 1 1 1              # weight block: lane 0
.data 1 80 1 -1 2 0             # lane 1
.data32 1 320 1                 # head: multiplier 1 (shift 0 at byte 4)
.data32 1 336 10 -1             # bias record of lane group 0
load region=1 row_bytes=512 rows=1 planes=1 signal0=0
conv wait0=0 signal0=1 \
     in_addr=0 in_row_pitch=8 in_row_bytes=8 in_height=1 stride_y=1 kernel_rows=1 kernel_cols=1 \
     stride_x=4 dilation_y=1 stripe=2 run=4 steps=1 weights_addr=64 params_addr=320 \
     out_addr=1024 out_row_pitch=16 out_pix_pitch=8 out_height=1 out_width=2 channels=2 \
     zp_out=3 clamp_min=-128 clamp_max=127 rounding=half_up
store region=2 sp_addr=1024 row_bytes=16 rows=1 planes=1 wait0=1
end
