# The last byte lies behind the scratchpad of edge (512 KiB).
copy fill_en dst_addr=0x7fff9 run=8 count0=1 count1=1 count2=1 count3=1
end
