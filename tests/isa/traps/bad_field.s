# A stripe of zero positions.
conv stripe=0 run=1
end
