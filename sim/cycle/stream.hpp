// SPDX-License-Identifier: Apache-2.0
// lilong_stream: up to five beats ask ahead (vectors.hpp knows for what); beats are released in
// order.  The only place of the array path where something waits.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"
#include "sim/cycle/vectors.hpp"

namespace lilong::cycle {

struct Stream {
  static constexpr unsigned kAhead = 5;

  void clear() {
    vectors_.clear();
    count_ = first_ = next_ = 0;
    read_ = waiting_ = late_ = granted_ = 0;
    hazard_ = weights_first_ = false;
  }
  bool empty() const { return count_ == 0; }
  Vectors& vectors() { return vectors_; }

  // Does the beat at the head of the queue enter?
  bool takes(const Beat& beat, uint32_t done_seq) const {
    if (count_ == kAhead) return false;
    return (beat.flags & (kOpen | kFence)) != (kOpen | kFence) || beat.seq == done_seq;
  }

  // Requests of this cycle.
  uint32_t requests(uint32_t* addr) const {
    uint32_t req = 0;
    for (uint64_t left = nonZero(waiting_); left != 0; left &= left - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(left)) & 56;
      addr[bit / 8] = vectors_(bit / 8, read_ >> bit).vector;
      req |= 1u << (bit / 8);
    }
    return req;
  }
  // Grants when only these banks are taken; adds the banks.
  uint32_t grants(uint32_t& taken) const {
    uint32_t grant = 0;
    for (uint64_t left = nonZero(waiting_); left != 0; left &= left - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(left)) & 56;
      const uint32_t bank = vectors_(bit / 8, read_ >> bit).bank;
      if (bank & ~taken) grant |= 1u << (bit / 8);
      taken |= bank;
    }
    return grant;
  }
  // Weights come before the streams: in the cycle before, the oldest beat waited for them only.
  bool weightsFirst() const { return weights_first_; }
  // The oldest beat waits for nothing but weights, if for anything.
  bool wants(bool result_free) const {
    if (count_ == 0 || hazard_) return false;
    const Entry& oldest = window_[first_];
    return (oldest.flags & kLoad) != 0 && missing(oldest.req) == 0 &&
           ((oldest.flags & kResult) == 0 || result_free);
  }

  // What happens at the end of this cycle, from the grants of the cycles before.
  enum : uint32_t { kBeat = 1, kStallWeights = 2, kStallInput = 4, kStallOutput = 8 };
  struct Release {
    uint32_t events = 0;  // kBeat and the counters
    uint32_t flags = 0;   // of the beat that is released
    bool compute() const { return (flags & kCompute) != 0; }
  };
  Release release(bool weights_full, bool result_free) const {
    if (count_ == 0) return {};
    const Entry& oldest = window_[first_];
    if ((oldest.flags & kLoad) != 0 && !weights_full) return {kStallWeights, 0};
    if ((oldest.flags & kResult) != 0 && !result_free) return {kStallOutput, 0};
    if (hazard_ || missing(oldest.req) != 0) return {kStallInput, 0};
    if ((oldest.flags & kCompute) == 0) return {kBeat | kStallInput, oldest.flags};
    return {kBeat, oldest.flags};
  }

  // `enter`: the beat that takes() accepted, or null.
  void tick(const Beat* enter, uint32_t grant, Release r, bool weights_full) {
    weights_first_ = count_ != 0 && !weights_full && (window_[first_].flags & kLoad) != 0 &&
                     missing(window_[first_].req) == 0;
    hazard_ = (r.flags & kSingle) != 0;
    granted_ += late_;
    late_ = kSpread[grant];
    read_ = (read_ + late_) & kPlaces;
    waiting_ -= late_;
    if ((r.events & kBeat) != 0) {
      granted_ -= window_[first_].req;
      first_ = (first_ + 1) % kSlots;
      count_--;
    }
    if (enter == nullptr) return;
    waiting_ += enter->asks;
    window_[next_] = {enter->asks, enter->flags};
    next_ = (next_ + 1) % kSlots;
    count_++;
  }

  // A beat enters and one is released in every cycle, and only the newest beat waits for vectors,
  // which those of the one before were granted in the last cycle.
  bool flows() const {
    return count_ > 2 && count_ != kAhead && !hazard_ && !weights_first_ &&
           waiting_ == newest(0).req && late_ == newest(1).req;
  }
  // Beats, oldest first.
  unsigned beats() const { return count_; }
  // After cycles of flow: `beat`(n) is the nth of the beats that are here now, those behind them
  // are `behind` beats that have not entered.
  template <typename BeatOf>
  void flow(unsigned behind, const BeatOf& beat) {
    granted_ = waiting_ = 0;
    for (unsigned n = 0; n < count_; n++) {
      const Beat& b = beat(n);
      window_[(first_ + n) % kSlots] = {b.asks, b.flags};
      late_ = waiting_;
      granted_ += waiting_ = b.asks;
    }
    granted_ -= waiting_ + late_;
    uint64_t left = waiting_;  // asked for and not granted; at most 16 of a port
    for (unsigned n = 0; n < behind; n++) left += beat(count_ + n).asks;
    read_ = (vectors_.places() + Vectors::kEntries * kPortOnes - left) & kPlaces;
  }

 private:
  struct Entry {
    uint64_t req = 0;  // ports that this beat asks, one byte each
    uint32_t flags = 0;
  };
  static constexpr unsigned kSlots = 8;  // more than beats
  static constexpr uint64_t kPlaces = Vectors::kPlaces;
  static constexpr std::array<uint64_t, 64> kSpread = [] {
    std::array<uint64_t, 64> table{};
    for (unsigned m = 0; m < 64; m++) {
      for (unsigned p = 0; p < 6; p++) table[m] |= uint64_t{(m >> p) & 1} << (8 * p);
    }
    return table;
  }();

  // The beat that entered last, or `before` others before that.
  const Entry& newest(unsigned before) const {
    return window_[(next_ + kSlots - 1 - before) % kSlots];
  }

  // Top bit of every byte that is not 0 (and at most 128).
  static uint64_t nonZero(uint64_t bytes) { return (bytes + 127 * kPortOnes) & (128 * kPortOnes); }
  // Ports of `req` without a granted vector, as the top bit of their byte.
  uint64_t missing(uint64_t req) const { return (req << 7) & ~(granted_ + 127 * kPortOnes); }

  Vectors vectors_;
  bool hazard_ = false, weights_first_ = false;
  unsigned count_ = 0, first_ = 0, next_ = 0;  // beats; oldest, next free entry
  uint64_t read_ = 0;                          // places in the queues of the ports
  uint64_t waiting_ = 0, late_ = 0;            // requests not granted; granted in the last cycle
  uint64_t granted_ = 0;                       // granted before, not released
  Entry window_[kSlots];
};

}  // namespace lilong::cycle
