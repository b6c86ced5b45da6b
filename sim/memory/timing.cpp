// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/timing.hpp"

namespace lilong::memory {

std::optional<Timing> findTiming(std::string_view name) {
  for (const Timing& timing : kTimings) {
    if (name == timing.name) return timing;
  }
  return std::nullopt;
}

// splitmix64: a full-period mixer, so that neighbouring numbers are unrelated.
uint64_t Stalls::hash(Channel channel, uint64_t number) const {
  uint64_t z = seed + (number * 8 + static_cast<uint64_t>(channel) + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

}  // namespace lilong::memory
