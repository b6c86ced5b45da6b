# Bit 29 of the header is reserved.
.word 0x20000020 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
end
