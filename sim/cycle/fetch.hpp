// SPDX-License-Identifier: Apache-2.0
// Fetch: twin of lilong_fetch, reads descriptors ahead.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Fetch {
  uint32_t beatsPerDescriptor, entries;  // bus words
  uint32_t total = 0;                    // whole descriptors in region 0
  uint32_t position = 0;                 // of the region in its 256 bytes, in descriptors
  uint32_t next = 0, owed = 0, count = 0, beat = 0, number = 0;
  bool full = false;

  explicit Fetch(const Shape& shape)
      : beatsPerDescriptor(isa::kDescriptorBytes / shape.axiBytes),
        entries(1024 / shape.axiBytes) {}

  // Before a job.
  void start(uint64_t base, uint32_t size, bool readable) {
    total = readable ? size / isa::kDescriptorBytes : 0;
    position = static_cast<uint32_t>(base / isa::kDescriptorBytes) & 3;
    next = owed = count = beat = number = 0;
    full = false;
  }

  uint32_t take() const { return std::min(total - next, 4 - ((position + next) & 3)); }
  bool requestValid(bool stop) const {
    return !stop && next != total && owed <= entries - 4 * beatsPerDescriptor;
  }
  uint32_t requestBeats() const { return take() * beatsPerDescriptor; }
  bool dataReady() const { return count != entries; }
  bool missing() const { return number >= total; }
  bool valid() const { return full || missing(); }

  void tick(bool requestFire, bool dataFire, bool descriptorReady) {
    const bool pop = count != 0 && !full;
    const bool taken = valid() && descriptorReady && !missing();
    owed -= pop;
    if (requestFire) {
      owed += requestBeats();
      next += take();
    }
    count += (dataFire ? 1 : 0) - (pop ? 1 : 0);
    if (pop) {
      full = ++beat == beatsPerDescriptor;
      if (full) beat = 0;
    }
    if (taken) {
      full = false;
      ++number;
    }
  }
};

}  // namespace lilong::cycle
