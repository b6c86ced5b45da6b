// SPDX-License-Identifier: Apache-2.0
// lilong_array and lilong_accum: stages of fixed length behind the release of a beat, then a queue
// of MAX_STRIPE finished positions.
//
//   release t | stream t+1 .. t+4 | array t+5 .. t+7 | pushed in t+7, result valid from t+8
#pragma once

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Array {
  static constexpr unsigned kStages = 7;

  void clear() { beats_ = computes_ = results_ = 0; }
  // lilong_stream has nothing under way, lilong_array nothing that computes.
  bool idle() const { return beats_ == 0; }
  bool push() const { return (results_ & 1) != 0; }  // a finished position enters the queue
  uint32_t pushes() const { return results_; }       // bit n: one does in n cycles

  void tick(bool beat, bool compute, bool result) {
    results_ = (results_ | uint32_t{result} << kStages) >> 1;
    computes_ = (computes_ | uint32_t{compute} << kStages) >> 1;
    beats_ = (beats_ | uint32_t{beat} << kStages) >> 1 & (computes_ | kStream);
  }
  // A beat in each of up to 64 - kStages cycles; bit n of `computes` and `results` is that of cycle
  // n.  Returns the finished positions in the same way.
  uint64_t flow(uint32_t cycles, uint64_t computes, uint64_t results) {
    const uint64_t mask = (uint64_t{1} << cycles) - 1;
    const uint64_t pushes = results_ | results << kStages;
    results_ = static_cast<uint32_t>(pushes >> cycles);
    computes_ = static_cast<uint32_t>((computes_ | computes << kStages) >> cycles);
    beats_ = static_cast<uint32_t>((beats_ | mask << kStages) >> cycles) & (computes_ | kStream);
    return pushes & mask;
  }

 private:
  // a beat that does not compute is gone behind the stream
  static constexpr uint32_t kStream = 0x78;
  // Bit n: a beat that leaves in n cycles.
  uint32_t beats_ = 0, computes_ = 0, results_ = 0;
};

struct Accum {
  static constexpr unsigned kEntries = isa::kMaxStripe;

  void clear() {
    count_ = 0;
    free_ = kEntries;
  }
  bool hasFree() const { return free_ != 0; }
  bool accValid() const { return count_ != 0; }
  bool idle() const { return free_ == kEntries; }
  unsigned count() const { return count_; }

  void tick(bool push, bool take, bool pop) {
    count_ += static_cast<unsigned>(push) - static_cast<unsigned>(pop);
    free_ += static_cast<unsigned>(pop) - static_cast<unsigned>(take);
  }

  // What is there leaves, one a cycle, in so many cycles with these bits of the inputs of tick;
  // returns those of the output.
  uint64_t flow(uint64_t pushes, uint32_t cycles, uint64_t takes) {
    uint64_t pops = 0;
    if (count_ <= 1) {
      pops = (pushes << 1 | count_) & ((uint64_t{1} << cycles) - 1);
      count_ = (pushes >> (cycles - 1)) & 1;
    } else {
      for (uint32_t n = 0; n != cycles; n++) {
        const bool pop = count_ != 0;
        pops |= uint64_t{pop} << n;
        count_ += static_cast<unsigned>(pushes >> n & 1) - static_cast<unsigned>(pop);
      }
    }
    free_ +=
        static_cast<unsigned>(std::popcount(pops)) - static_cast<unsigned>(std::popcount(takes));
    return pops;
  }

 private:
  unsigned count_ = 0;        // finished positions
  unsigned free_ = kEntries;  // entries that no released beat has taken
};

}  // namespace lilong::cycle
