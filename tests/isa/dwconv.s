# 3x3 depthwise, one channel, 3x3 image 1..9, padding 1 with value 100, stride 2: corners only.
# Weights are slots of the window: row r, column c sits in slot 5 r + (2 - c) at depth 16.
# Kernel 1 0 0 / 0 2 0 / 0 0 4.
.preset edge
.region 1 size=640 access=r
.region 2 size=32 access=rw
.ramp 1 0 9 1 1
.data 1 66 1                    # lane 0, tap (0,0): slot 2
.data 1 70 2                    # tap (1,1): slot 5 + 1 = 6
.data 1 74 4                    # tap (2,2): slot 10 + 0 = 10
.data32 1 320 1 0 0 0 -450      # head: multiplier 1; bias record
load region=1 row_bytes=640 rows=1 planes=1 signal0=0
dwconv wait0=0 signal0=1 \
     in_addr=0 pad_value=100 in_row_pitch=3 in_row_bytes=3 in_height=3 stride_y=2 pad_top=1 \
     kernel_rows=3 kernel_cols=3 stride_x=2 dilation_y=1 pad_left=1 stripe=4 pix_pitch=1 steps=1 \
     weights_addr=64 params_addr=320 out_addr=1024 out_row_pitch=16 out_pix_pitch=8 \
     out_height=2 out_width=2 channels=1 zp_out=0 clamp_min=-128 clamp_max=127
store region=2 sp_addr=1024 row_bytes=32 rows=1 planes=1 wait0=1
end
