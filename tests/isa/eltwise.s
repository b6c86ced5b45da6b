# a - b with zero points 1 and 2, both rescaled by 8, result by 1/8; then a product with one
# byte of b per pixel; then a table look-up.
.region 1 size=320 access=r
.region 2 size=48 access=rw
.data 1 0   10 20 -30 127
.data 1 8   1 2 3 -128
.ramp 1 64 256 -128 -1          # table: y -> -128 - y as bytes
load region=1 row_bytes=320 rows=1 planes=1 signal0=0
eltwise wait0=0 binary_op=sub a_addr=0 zp_a=1 b_addr=8 zp_b=2 multiplier_a=8 multiplier_b=8 \
     multiplier=1 shift=3 out_addr=1024 out_pix_pitch=8 out_height=1 out_width=1 channels=4 \
     clamp_min=-128 clamp_max=127
eltwise binary_op=mul b_scalar a_addr=0 a_pix_pitch=2 b_addr=8 b_pix_pitch=1 multiplier=1 \
     out_addr=1032 out_pix_pitch=8 out_height=1 out_width=2 channels=2 clamp_min=-50 clamp_max=100
eltwise binary_op=pass a_addr=0 multiplier=1 table_en params_addr=64 signal0=1 \
     out_addr=1048 out_pix_pitch=8 out_height=1 out_width=1 channels=4 clamp_min=-128 clamp_max=127
store region=2 sp_addr=1024 row_bytes=32 rows=1 planes=1 wait0=1
end
