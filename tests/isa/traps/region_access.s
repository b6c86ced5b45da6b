# A store to a window that may only be read.
.region 1 size=8 access=r
store region=1 row_bytes=8 rows=1 planes=1
end
