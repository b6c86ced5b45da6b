// SPDX-License-Identifier: Apache-2.0
// lilong_stream: every port remembers its newest vector; up to four beats ask ahead; beats are
// released in order.  The only place of the array path where something waits.
//
// Counters of the six ports are bytes of one word, so a beat is entered and released without loops.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Stream {
  static constexpr unsigned kWindow = 4;

  void clear() {
    held_ = 0;
    count_ = first_ = next_ = 0;
    write_ = read_ = waiting_ = granted_ = 0;
    hazard_ = false;
  }
  bool empty() const { return count_ == 0; }

  // Does the beat at the head of the queue enter?
  bool takes(const Beat& beat, uint8_t done_seq) const {
    if (count_ == kWindow) return false;
    return (beat.flags & (kOpen | kFence)) != (kOpen | kFence) || beat.seq == done_seq;
  }

  // Requests of this cycle: `weight_banks` are the banks that weights ask for.
  uint32_t requests(bool weights_full, uint32_t weight_banks, uint32_t* addr) const {
    uint32_t req = 0;
    if (waiting_ == 0) return 0;
    const bool step_back = count_ != 0 && (window_[first_].flags & kLoad) && !weights_full &&
                           missing(window_[first_].req) == 0;
    if (!step_back) weight_banks = 0;
    for (unsigned p = 0; p < kActPorts; p++) {
      if (((waiting_ >> (8 * p)) & 0xff) == 0) continue;
      const uint32_t v = queue_[p][(read_ >> (8 * p)) & 3] * 2 + (p & 1);
      addr[p] = v;
      if (((weight_banks >> bankOf(v)) & 1) == 0) req |= 1u << p;
    }
    return req;
  }

  // What happens at the end of this cycle, from the grants of this cycle.
  struct Release {
    bool beat, compute, takes_weights, takes_result, single;
    bool stall_weights, stall_input, stall_output;
  };
  Release release(uint32_t grant, bool weights_ready, bool result_free) const {
    Release r{};
    if (count_ == 0) return r;
    const Entry& oldest = window_[first_];
    const bool granted = (missing(oldest.req) & ~(kSpread[grant] << 7)) == 0;
    const bool uses_weights = (oldest.flags & kLoad) != 0;
    const bool weights_ok = !uses_weights || weights_ready;
    const bool result_ok = (oldest.flags & kResult) == 0 || result_free;
    r.beat = granted && weights_ok && result_ok && !hazard_;
    r.compute = r.beat && (oldest.flags & kCompute);
    r.takes_weights = r.beat && uses_weights;
    r.takes_result = r.beat && (oldest.flags & kResult);
    r.single = r.beat && (oldest.flags & kSingle);
    r.stall_weights = !weights_ok;
    r.stall_output = weights_ok && !result_ok;
    r.stall_input = weights_ok && result_ok && !r.compute;
    return r;
  }

  // `enter`: the beat that takes() accepted, or null.
  void tick(const Beat* enter, uint32_t grant, const Release& r) {
    hazard_ = r.single;
    if (grant != 0) {
      const uint64_t g = kSpread[grant];
      read_ = (read_ + g) & kThrees;
      waiting_ -= g;
      granted_ += g;
    }
    if (r.beat) {
      granted_ -= window_[first_].req;
      first_ = (first_ + 1) % kWindow;
      count_--;
    }
    if (enter == nullptr) return;
    const bool open = (enter->flags & kOpen) != 0;
    uint32_t push = 0;
    for (unsigned p = 0; p < kActPorts; p++) {
      if (((enter->need >> p) & 1) == 0) continue;
      if (!open && ((held_ >> p) & 1) != 0 && tag_[p] == enter->want[p]) continue;
      push |= 1u << p;
      tag_[p] = enter->want[p];
      queue_[p][(write_ >> (8 * p)) & 3] = enter->want[p];
    }
    const uint64_t bytes = kSpread[push];
    write_ = (write_ + bytes) & kThrees;
    waiting_ += bytes;
    held_ = open ? enter->need : held_ | enter->need;
    window_[next_].req = bytes;
    window_[next_].flags = enter->flags;
    next_ = (next_ + 1) % kWindow;
    count_++;
  }

 private:
  struct Entry {
    uint64_t req = 0;  // ports that this beat asks, one byte each
    uint8_t flags = 0;
  };
  static constexpr uint64_t kOnes = 0x010101010101;
  static constexpr uint64_t kThrees = 3 * kOnes;
  static constexpr std::array<uint64_t, 64> kSpread = [] {
    std::array<uint64_t, 64> table{};
    for (unsigned m = 0; m < 64; m++) {
      for (unsigned p = 0; p < 6; p++) table[m] |= uint64_t{(m >> p) & 1} << (8 * p);
    }
    return table;
  }();

  // Ports of `req` without a granted vector, as the top bit of their byte.
  uint64_t missing(uint64_t req) const {
    return (req << 7) & ~(granted_ + 127 * kOnes);
  }

  uint8_t held_ = 0;
  bool hazard_ = false;
  unsigned count_ = 0, first_ = 0, next_ = 0;          // beats; oldest, next free entry
  uint64_t write_ = 0, read_ = 0;                      // places in the queues of the ports
  uint64_t waiting_ = 0, granted_ = 0;                 // requests not granted; granted, not released
  std::array<uint32_t, kActPorts> tag_{};              // newest vector of a port
  uint32_t queue_[kActPorts][kWindow] = {};
  Entry window_[kWindow];
};

}  // namespace lilong::cycle
