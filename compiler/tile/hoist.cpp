// SPDX-License-Identifier: Apache-2.0
// Prefetching: a load moves in front of earlier tiles as long as there is room for its buffer.
#include <algorithm>

#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

namespace {

// Attempts to hoist less, fewer for long schedules; in the first half one prefetch gives way, then
// all that are in the way.
constexpr size_t kAttemptBuffers = 60000, kLeastAttempts = 40, kMostAttempts = 300;

}  // namespace

void hoistLoads(Schedule& schedule, uint64_t budget, uint32_t loadsAhead) {
  const size_t tiles = schedule.tiles.size();
  std::vector<uint64_t> alive(tiles, 0);
  for (const Buffer& buffer : schedule.buffers)
    for (uint32_t t = buffer.first; t <= buffer.last; ++t) alive[t] += buffer.bytes;
  uint32_t earliest = 0;
  for (size_t i = 0; i < schedule.loads.size(); ++i) {
    LoadStep& load = schedule.loads[i];
    Buffer& buffer = schedule.buffers[load.transfer.buffer];
    uint32_t floor = std::max({earliest, load.after, load.floor});
    // More would fill the queue of the chip and keep the tile that waits out of its own.
    if (i >= loadsAhead) floor = std::max(floor, schedule.loads[i - loadsAhead].need);
    floor = std::min(floor, load.need);
    uint32_t at = load.need;
    while (at > floor) {
      const uint32_t next = at - 1;
      if (next < buffer.first) {
        if (alive[next] + buffer.bytes > budget) break;
        alive[next] += buffer.bytes;
        buffer.first = next;
      }
      at = next;
    }
    load.before = at;
    earliest = at;
  }
}

bool fitSchedule(Schedule& schedule, uint64_t capacity, uint32_t alignment, uint32_t loadsAhead) {
  const std::vector<Buffer> unhoisted = schedule.buffers;
  if (allocate(schedule.buffers, capacity, alignment)) return false;
  const std::vector<Buffer> fallback = schedule.buffers;
  const size_t attempts =
      std::clamp<size_t>(kAttemptBuffers / (unhoisted.size() + 1), kLeastAttempts, kMostAttempts);
  for (size_t attempt = 0; attempt < attempts; ++attempt) {
    schedule.buffers = unhoisted;
    hoistLoads(schedule, capacity, loadsAhead);
    const auto failed = allocate(schedule.buffers, capacity, alignment);
    if (!failed) return true;
    const Buffer& homeless = schedule.buffers[*failed];
    std::vector<LoadStep*> inTheWay;
    for (uint32_t reach = 0; inTheWay.empty() && reach <= schedule.tiles.size();
         reach = 2 * reach + 1) {
      for (LoadStep& load : schedule.loads)
        if (load.before < load.need && load.before <= homeless.last + reach &&
            homeless.first <= load.need + reach)
          inTheWay.push_back(&load);
    }
    if (inTheWay.empty()) break;
    const auto smaller = [&](const LoadStep* a, const LoadStep* b) {
      return schedule.buffers[a->transfer.buffer].bytes <
             schedule.buffers[b->transfer.buffer].bytes;
    };
    LoadStep* largest = *std::max_element(inTheWay.begin(), inTheWay.end(), smaller);
    if (attempt < attempts / 2) inTheWay = {largest};
    for (LoadStep* load : inTheWay) load->floor = (load->before + load->need + 1) / 2;
  }
  schedule.buffers = fallback;
  for (LoadStep& load : schedule.loads) load.before = load.need;
  return true;
}

}  // namespace lilong::backend
