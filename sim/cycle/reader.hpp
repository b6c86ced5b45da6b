// SPDX-License-Identifier: Apache-2.0
// lilong_reader: unaligned groups of bytes through two read ports.
#pragma once

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

// A group of bytes to read.
struct Group {
  uint32_t addr = 0;   // first byte
  uint32_t bytes = 0;  // 1 .. DEPTH
};

struct Reader {
  explicit Reader(const Shape& shape)
      : depth_mask_(shape.depth - 1),
        depth_bits_(shape.depthBits()),
        vector_mask_(shape.vectorMask()) {}

  void clear() {
    pend_ = count_ = tags_ = waiting_ = 0;
    next_ = false;
  }

  uint32_t requests() const { return pend_; }
  uint32_t address(unsigned port) const { return (vector_ + port) & vector_mask_; }
  bool dataValid() const { return waiting_ != 0; }
  bool ready() const { return !next_; }

  // `valid`: a group is offered.  `pop`: the data at the output is taken, if there is any.
  void tick(bool valid, const Group& group, bool pop, uint32_t grant) {
    const bool granted = pend_ != 0 && (pend_ & ~grant) == 0;
    const bool there = next_ || valid;
    const bool accept = there && (pend_ & ~grant) == 0 && count_ != kEntries;
    if (!next_) group_ = group;
    next_ = there && !accept;
    const bool take = pop && waiting_ != 0;
    waiting_ = static_cast<uint8_t>(waiting_ + (tags_ >> (kReadLatency - 1) & 1) - take);
    tags_ = static_cast<uint8_t>((tags_ << 1 | granted) & kTags);
    count_ = static_cast<uint8_t>(count_ + accept - take);
    pend_ &= static_cast<uint8_t>(~grant);
    if (accept) {
      vector_ = (group_.addr >> depth_bits_) & vector_mask_;
      const uint32_t last = (group_.addr & depth_mask_) + group_.bytes - 1;
      pend_ = static_cast<uint8_t>(1 | (last >> depth_bits_ & 1) << 1);
    }
  }

 private:
  static constexpr uint8_t kEntries = 8;
  static constexpr unsigned kTags = (1u << kReadLatency) - 1;
  uint32_t depth_mask_;
  unsigned depth_bits_;
  uint32_t vector_mask_;
  uint32_t vector_ = 0;
  bool next_ = false;  // a group waits
  Group group_;
  uint8_t pend_ = 0;     // ports not yet granted
  uint8_t count_ = 0;    // groups accepted and not yet taken away
  uint8_t tags_ = 0;     // groups granted one, two, ... cycles ago
  uint8_t waiting_ = 0;  // groups in the queue
};

}  // namespace lilong::cycle
