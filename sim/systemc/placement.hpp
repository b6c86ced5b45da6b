// SPDX-License-Identifier: Apache-2.0
// Where the windows of a job lie in the memory of a device: windows that touch keep their distance,
// and every address keeps its place in a page, so that bursts split in the same places as at the
// address of the platform.
#pragma once

#include <array>
#include <span>

#include "runtime/device.hpp"

namespace lilong::systemc {

// The same windows with addresses of the device.  Windows without rights are never accessed and get
// no room.  Fails when the device has less than `room` bytes for them.
Result<std::array<RegionBinding, isa::kRegions>> placeWindows(
    std::span<const RegionBinding, isa::kRegions> windows, uint64_t room);

// The chip may access the window.
inline bool isUsed(const RegionBinding& window) {
  return window.size > 0 && (window.read || window.write);
}

}  // namespace lilong::systemc
