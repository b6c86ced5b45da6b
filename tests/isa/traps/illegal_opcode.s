# An opcode that names no instruction; the fill before it is done.
.region 2 size=8 access=rw
copy fill_en fill_value=7 dst_addr=0 run=8 count0=1 count1=1 count2=1 count3=1 signal0=0
store region=2 row_bytes=8 rows=1 planes=1 wait0=0
.word 0x7f 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
end
