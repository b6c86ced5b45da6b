// SPDX-License-Identifier: Apache-2.0
// Random bus stalls as the device options name them, the same for every device with time.
#pragma once

#include <fmt/format.h>

#include "runtime/devices.hpp"
#include "sim/memory/timing.hpp"

namespace lilong {

inline Result<memory::Stalls> stallsOf(const DeviceOptions& options) {
  constexpr uint32_t kMostStalls = 900;  // permille
  constexpr uint32_t kLongestStall = 8;  // cycles of one random stall
  if (options.stallPermille > kMostStalls) {
    return makeError(DiagId::unknownOption,
                     fmt::format("{} of 1000 stalls are too many; at most {}",
                                 options.stallPermille, kMostStalls));
  }
  // The chance is counted in 1/1024 there.
  return memory::Stalls{options.stallSeed, options.stallPermille * 1024 / 1000, kLongestStall};
}

}  // namespace lilong
