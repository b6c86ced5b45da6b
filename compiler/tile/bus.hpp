// SPDX-License-Identifier: Apache-2.0
// Bus: what the external memory costs, as far as tile sizes depend on it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/isa/gen/isa.hpp"

namespace lilong::backend {

struct Bus {
  uint32_t bytesPerCycle = 16;
  uint32_t burstCycles = 7;  // between the starts of short bursts: latency / bursts in flight
  uint32_t latency = 50;     // from the address to the first data
  bool shared = false;       // reads and writes take turns

  // Cycles of `rows` separate runs of bytes.
  uint64_t cycles(uint64_t rows, uint64_t bytes) const {
    const uint64_t bursts = std::max<uint64_t>(rows, bytes / isa::kBurstBytes);
    return std::max<uint64_t>(bytes / bytesPerCycle, bursts * burstCycles);
  }
};

// The memory presets sram, lpddr and sdram.
inline std::optional<Bus> busOf(std::string_view memory, const isa::Preset& preset) {
  if (memory == "sram") return Bus{preset.axiBytes, 7, 50, false};
  if (memory == "lpddr") return Bus{preset.axiBytes, 15, 120, true};
  if (memory == "sdram") return Bus{2, 16, 12, true};
  return std::nullopt;
}

}  // namespace lilong::backend
