// SPDX-License-Identifier: Apache-2.0
// lilong_weights: asks for the block of the next step, WEIGHT_VECTORS vectors a cycle.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Weights {
  explicit Weights(const Shape& shape)
      : rows_(shape.lanes / shape.weightVectors),
        vectors_(shape.weightVectors),
        depth_bits_(shape.depthBits()),
        mask_(shape.vectorMask()) {}

  void clear() {
    active_ = full_ = false;
    req_ = 0;
  }
  bool blocksReady() const { return !active_; }
  bool idle() const { return !active_ && req_ == 0 && !full_; }
  bool full() const { return full_; }
  uint32_t requests() const { return req_; }
  uint32_t addr(unsigned j) const { return (addr_ + j) & mask_; }
  // Nothing happens until the block is taken or an instruction comes.
  bool still() const { return req_ == 0 && (!active_ || (row_ == 0 && full_)); }
  // Grants when these banks are taken, low ports first; adds the banks.
  uint32_t grants(uint32_t& taken) const {
    if (straight_) {  // taken banks, from that of port 0 on
      const uint32_t busy = (taken | taken << 8) >> bank_, asked = req_ << bank_;
      taken |= (asked | asked >> 8) & 0xff;
      return req_ & ~busy;
    }
    uint32_t grant = 0;
    for (uint32_t r = req_; r != 0; r &= r - 1) {
      const uint32_t bank = 1u << bankOf(addr(static_cast<unsigned>(std::countr_zero(r))));
      if ((taken & bank) == 0) grant |= r & -r;
      taken |= bank;
    }
    return grant;
  }

  // `want`: the oldest beat waits for nothing else; it is released in the next cycle if the block
  // is complete.
  void tick(uint32_t grant, bool want, bool take, bool blocks_valid, const Blocks& blocks) {
    const bool accept = blocks_valid && !active_;
    const bool block_end = req_ != 0 && (req_ & ~grant) == 0 && out_row_ == rows_ - 1;
    req_ &= ~grant;
    if (active_ && req_ == 0 &&
        (row_ != 0 || !(full_ || block_end) || (block_end ? want && !take : take))) {
      ask();
    }
    full_ = block_end || (full_ && !take);
    if (accept) {
      active_ = true;
      groups_ = blocks.groups;
      steps_ = blocks.steps;
      step_ = 0;
      stripe_ = blocks.stripe;
      positions_ = left_ = blocks.positions;
      next_ = group_ = (blocks.addr >> depth_bits_) & mask_;
      row_ = 0;
    }
  }

 private:
  void ask() {
    req_ = (1u << vectors_) - 1;
    addr_ = next_;
    bank_ = bankOf(addr_);
    straight_ = (addr_ & 7) + vectors_ <= 8;
    out_row_ = row_;
    const uint32_t after = (next_ + vectors_) & mask_;
    next_ = after;
    if (row_ != rows_ - 1) {
      row_++;
      return;
    }
    row_ = 0;
    if (step_ != ((steps_ - 1) & 0xffff)) {
      step_ = (step_ + 1) & 0xffff;
      return;
    }
    step_ = 0;
    // one step: the block stays for all stripes of the group
    if (steps_ == 1 || left_ <= stripe_) {
      left_ = positions_;
      group_ = after;
      groups_ = (groups_ - 1) & 0xffff;
      if (groups_ == 0) active_ = false;
    } else {
      left_ -= stripe_;
      next_ = group_;
    }
  }

  uint32_t rows_, vectors_;
  unsigned depth_bits_;
  uint32_t mask_;
  bool active_ = false, full_ = false;
  uint32_t groups_ = 0, steps_ = 0, step_ = 0, stripe_ = 0;
  uint32_t positions_ = 0, left_ = 0;  // of the group; that later stripes do
  uint32_t next_ = 0, group_ = 0;      // next vector to ask for; first of the group
  uint32_t row_ = 0, out_row_ = 0;     // row to ask for next; row asked for now
  uint32_t req_ = 0, addr_ = 0;
  uint32_t bank_ = 0;      // of the first port
  bool straight_ = false;  // the banks of the others follow
};

}  // namespace lilong::cycle
