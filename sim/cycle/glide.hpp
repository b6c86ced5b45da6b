// SPDX-License-Identifier: Apache-2.0
// Glide: what is known of the next cycles of the array path while every stage passes on one beat a
// cycle.  A beat that is emitted shows when it will enter the stream, ask and be released, long
// before it does; so what ends a glide is known in time, and what leaves it is a word of bits.
#pragma once

#include <algorithm>

#include "sim/cycle/accum.hpp"
#include "sim/cycle/path.hpp"

namespace lilong::cycle {

struct Glide {
  // Cycles; with the stages of the output behind them one word of bits.
  static constexpr uint32_t kLongest = 52;
  // From the release of a result until it can be seen behind the accumulators.
  static constexpr uint32_t kSeen = Array::kStages + 1;

  uint32_t stop = 0;  // it cannot pass this cycle
  uint32_t inside;    // beats in the stream
  uint32_t done_seq;
  bool drains;  // results may leave
  // Bit n: of the beat that is released in cycle n.
  uint64_t loads = 0, results = 0, computes = 0;
  std::array<uint8_t, kLongest + 16> banks{};  // that the streams read, by cycle

  // `beat` is released in cycle `n` if nothing stops it; `emitted`: it is not in the stream yet.
  void note(uint32_t n, const Beat& beat, bool emitted) {
    const uint32_t flags = beat.flags;
    computes |= uint64_t{(flags & kCompute) != 0} << n;
    if (emitted || n + 1 == inside) {
      const uint32_t asks = n + 1 - inside;
      banks[asks] = static_cast<uint8_t>(beat.banks);
      if (beat.clash != 0) stopAt(asks);
    }
    if ((flags & ~uint32_t{kCompute}) == 0) return;
    loads |= uint64_t{(flags & kLoad) != 0} << n;
    if ((flags & kSingle) != 0) stopAt(n);
    if (emitted && (flags & (kOpen | kFence)) == (kOpen | kFence) && beat.seq != done_seq) {
      stopAt(n - inside);
    }
    if ((flags & kResult) != 0) noteResults(n, 1);
  }
  // Results that leave the path from cycle `n` on.
  void noteResults(uint32_t n, uint64_t bits) {
    results |= bits << n;
    if (!drains) stopAt(n + kSeen);
  }
  void stopAt(uint32_t cycle) { stop = std::min(stop, cycle); }
};

}  // namespace lilong::cycle
