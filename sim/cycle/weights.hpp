// SPDX-License-Identifier: Apache-2.0
// lilong_weights: asks for the block of the next step, WEIGHT_VECTORS vectors a cycle.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Weights {
  explicit Weights(const Shape& shape)
      : dense_rows_(shape.lanes / shape.weightVectors),
        window_rows_(shape.windowLanes() / shape.weightVectors),
        vectors_(shape.weightVectors),
        depth_bits_(shape.depthBits()),
        mask_(shape.vectorMask()) {}

  void clear() {
    active_ = full_ = known_ = false;
    req_ = queued_ = 0;
  }
  bool blocksReady() const { return !active_; }
  bool idle() const { return !active_ && queued_ == 0 && req_ == 0 && !full_; }
  bool full() const { return known_; }
  uint32_t requests() const { return req_; }
  uint32_t addr(unsigned j) const { return (asked_.addr + j) & mask_; }
  // Nothing happens until the block is taken or an instruction comes.
  bool still() const {
    if (req_ != 0 || known_ != full_) return false;
    if (queued_ == 0) return !active_;
    return queue_[0].first && full_ && (!active_ || queued_ == kQueue);
  }
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

  // `want`: the oldest beat waits for nothing else; it is released as soon as the block is known to
  // be complete.
  void tick(uint32_t grant, bool want, bool take, bool blocks_valid, const Blocks& blocks) {
    const bool accept = blocks_valid && !active_;
    const bool at_end = req_ != 0 && asked_.last;
    const bool more = active_ && queued_ != kQueue;
    req_ &= ~grant;
    const bool block_end = at_end && req_ == 0;
    if (req_ == 0 && queued_ != 0 &&
        (!queue_[0].first || !(full_ || at_end) || (want && !(at_end && take)))) {
      ask();
    }
    if (more) queue_[queued_++] = nextRow();
    known_ = full_ && !take;
    full_ = block_end || known_;
    if (accept) {
      active_ = true;
      rows_ = blocks.window ? window_rows_ : dense_rows_;
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
  static constexpr uint32_t kQueue = 2;
  struct Row {
    uint32_t addr = 0;  // of the first vector
    bool first = false, last = false;
  };

  void ask() {
    asked_ = queue_[0];
    queue_[0] = queue_[1];
    queued_--;
    req_ = (1u << vectors_) - 1;
    bank_ = bankOf(asked_.addr);
    straight_ = (asked_.addr & 7) + vectors_ <= 8;
  }

  Row nextRow() {
    const Row row{next_, row_ == 0, row_ == rows_ - 1};
    const uint32_t after = (next_ + vectors_) & mask_;
    next_ = after;
    row_++;
    if (!row.last) return row;
    row_ = 0;
    if (step_ != ((steps_ - 1) & 0xffff)) {
      step_ = (step_ + 1) & 0xffff;
      return row;
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
    return row;
  }

  uint32_t dense_rows_, window_rows_, vectors_;
  unsigned depth_bits_;
  uint32_t mask_;
  bool active_ = false;
  uint32_t rows_ = 1;  // of a block
  uint32_t groups_ = 0, steps_ = 0, step_ = 0, stripe_ = 0;
  uint32_t positions_ = 0, left_ = 0;  // of the group; that later stripes do
  uint32_t next_ = 0, group_ = 0;      // next vector; first of the group
  uint32_t row_ = 0;                   // of the block, next
  uint32_t queued_ = 0;                // rows that wait to be asked for
  std::array<Row, kQueue> queue_;
  uint32_t req_ = 0;
  Row asked_;
  uint32_t bank_ = 0;                  // of the first port
  bool straight_ = false;              // the banks of the others follow
  bool full_ = false, known_ = false;  // the next block is granted; since the cycle before
};

}  // namespace lilong::cycle
