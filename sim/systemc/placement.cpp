// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace lilong::systemc {

namespace {

constexpr uint64_t kPage = 4096;  // bytes; bursts never cross a multiple of it

}  // namespace

Result<std::array<RegionBinding, isa::kRegions>> placeWindows(
    std::span<const RegionBinding, isa::kRegions> windows, uint64_t room) {
  std::array<RegionBinding, isa::kRegions> placed;
  std::vector<size_t> order;
  for (size_t i = 0; i < windows.size(); ++i) {
    placed[i] = windows[i];
    placed[i].base = 0;
    if (isUsed(windows[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return windows[a].base < windows[b].base; });
  // Pages of the platform up to `end` lie `end - next` bytes below those of the device.
  uint64_t end = 0, next = 0;
  for (size_t i : order) {
    const uint64_t first = windows[i].base / kPage * kPage;
    const uint64_t last = (windows[i].base + windows[i].size + kPage - 1) / kPage * kPage;
    if (first > end) end = first;
    placed[i].base = windows[i].base - end + next;  // modulo 2^64, for windows below `end`
    if (last > end) {
      next += last - end;
      end = last;
    }
  }
  if (next > room) {
    return makeError(DiagId::outOfMemory,
                     fmt::format("the windows of the job need {} bytes, the chip module has room "
                                 "for {}",
                                 next, room));
  }
  return placed;
}

}  // namespace lilong::systemc
