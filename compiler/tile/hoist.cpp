// SPDX-License-Identifier: Apache-2.0
// Prefetching: a load moves in front of earlier tiles as long as there is room for its buffer.
#include <algorithm>

#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

namespace {

// Loads in front of the tile that waits for the first of them; more would fill the queue of the
// chip and keep the tile out of its own.
constexpr size_t kLoadsAhead = isa::kQueueDepth - 2;

}  // namespace

void hoistLoads(Schedule& schedule, uint64_t budget) {
  const size_t tiles = schedule.tiles.size();
  std::vector<uint64_t> alive(tiles, 0);
  for (const Buffer& buffer : schedule.buffers)
    for (uint32_t t = buffer.first; t <= buffer.last; ++t) alive[t] += buffer.bytes;
  uint32_t earliest = 0;
  for (size_t i = 0; i < schedule.loads.size(); ++i) {
    LoadStep& load = schedule.loads[i];
    Buffer& buffer = schedule.buffers[load.transfer.buffer];
    uint32_t floor = std::max(earliest, load.after);
    if (i >= kLoadsAhead) floor = std::max(floor, schedule.loads[i - kLoadsAhead].need);
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

}  // namespace lilong::backend
