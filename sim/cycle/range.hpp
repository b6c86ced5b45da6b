// SPDX-License-Identifier: Apache-2.0
// lilong_range: a queue of 8 beats behind two stages.  A beat is put in its place when it is
// emitted and becomes visible three cycles later.
#pragma once

#include "sim/cycle/path.hpp"

namespace lilong::cycle {

struct Range {
  static constexpr unsigned kEntries = 8;

  void clear() {
    stages_ = count_ = head_ = tail_ = 0;
    credit_ = kEntries;
  }
  bool go() const { return credit_ != 0; }
  bool idle() const { return credit_ == kEntries; }
  bool valid() const { return count_ != 0; }
  const Beat& beat() const { return queue_[head_]; }
  Beat& entry() { return queue_[tail_]; }  // where the beat that is emitted goes
  unsigned beats() const { return kEntries - credit_; }
  // Beats are numbered: those that came from `from`() to `to`() - 1, not yet passed on; the last
  // few that were passed on are still there too.
  unsigned from() const { return head_; }
  unsigned to() const { return head_ + beats(); }
  Beat& number(unsigned n) { return queue_[n % kSlots]; }

  // As many beats leave as come, one a cycle, and nothing changes but which ones they are.
  bool flows() const { return stages_ == kStages && count_ != 0 && credit_ != 0; }
  void flow(unsigned cycles) {
    tail_ = (tail_ + cycles) % kSlots;
    head_ = (head_ + cycles) % kSlots;
  }

  void tick(bool emit, bool pop) {
    count_ += (stages_ >> 1) - static_cast<unsigned>(pop);
    stages_ = (stages_ << 1 | static_cast<unsigned>(emit)) & kStages;
    credit_ += static_cast<unsigned>(pop) - static_cast<unsigned>(emit);
    tail_ = (tail_ + static_cast<unsigned>(emit)) % kSlots;
    head_ = (head_ + static_cast<unsigned>(pop)) % kSlots;
  }

 private:
  static constexpr unsigned kStages = 3;  // valid bits when both stages are full
  static constexpr unsigned kSlots = 16;  // of them, kEntries in use
  Beat queue_[kSlots];
  unsigned stages_ = 0;  // valid bits of the two stages
  unsigned count_ = 0, credit_ = kEntries, head_ = 0, tail_ = 0;
};

}  // namespace lilong::cycle
