// SPDX-License-Identifier: Apache-2.0
// lilong_array and lilong_accum: stages of fixed length behind the release of a beat, then a queue
// of MAX_STRIPE finished positions.
//
//   release t | stream t+1 .. t+4 | array t+5 .. t+7 | pushed in t+7, result valid from t+8
#pragma once

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Array {
  void clear() { beats_ = results_ = 0; }
  // lilong_stream has nothing under way, lilong_array nothing that computes.
  bool idle() const { return beats_ == 0; }
  bool push() const { return (results_ & 0x40) != 0; }  // a finished position enters the queue

  void tick(bool beat, bool compute, bool result) {
    // a beat that does not compute is gone behind the stream
    results_ = results_ << 1 | static_cast<uint32_t>(result);
    computes_ = computes_ << 1 | static_cast<uint32_t>(compute);
    beats_ = (beats_ << 1 | static_cast<uint32_t>(beat)) & (computes_ | 0x0f) & 0x7f;
  }

 private:
  // Bit n: a beat released n + 1 cycles ago.
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

  void tick(bool push, bool take, bool pop) {
    count_ += static_cast<unsigned>(push) - static_cast<unsigned>(pop);
    free_ += static_cast<unsigned>(pop) - static_cast<unsigned>(take);
  }

 private:
  unsigned count_ = 0;        // finished positions
  unsigned free_ = kEntries;  // entries that no released beat has taken
};

}  // namespace lilong::cycle
