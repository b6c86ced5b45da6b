# 9 bytes from a window of 8.
.region 1 size=8 access=rw
load region=1 row_bytes=9 rows=1 planes=1
end
