// SPDX-License-Identifier: Apache-2.0
// Bus: the external memory in two figures, for the order in which plans are tried.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/isa/gen/isa.hpp"
#include "sim/memory/timing.hpp"

namespace lilong::backend {

struct Bus {
  uint32_t bytesPerCycle = 1;
  uint32_t burstCycles = 1;  // between the starts of short bursts: latency / bursts in flight
  bool shared = false;       // reads and writes take turns

  Bus(const memory::Timing& timing, const isa::Preset& preset)
      : bytesPerCycle(timing.readBytes != 0 ? timing.readBytes : preset.axiBytes),
        burstCycles(1 +
                    timing.readLatency / std::min(timing.readOutstanding, isa::kReadOutstanding)),
        shared(timing.shared) {}

  // Cycles of `rows` separate runs of bytes.
  uint64_t cycles(uint64_t rows, uint64_t bytes) const {
    const uint64_t bursts = std::max<uint64_t>(rows, bytes / isa::kBurstBytes);
    return std::max<uint64_t>(bytes / bytesPerCycle, bursts * burstCycles);
  }
};

}  // namespace lilong::backend
