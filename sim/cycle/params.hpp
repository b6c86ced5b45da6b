// SPDX-License-Identifier: Apache-2.0
// lilong_params: requests for table, head and records; two record slots.
#pragma once

#include "sim/cycle/post_command.hpp"

namespace lilong::cycle {

struct Params {
  explicit Params(const Shape& shape)
      : lanes_(shape.lanes),
        window_lanes_(shape.windowLanes()),
        ports_(shape.weightVectors),
        vector_mask_(shape.vectorMask()),
        table_vectors_(256 / shape.depth),
        bias_vectors_(4 * shape.lanes / shape.depth),
        channel_vectors_((9 * shape.lanes + shape.depth - 1) / shape.depth) {}

  void clear() {
    phase_ = Phase::idle;
    left_ = addr_ = size_ = pend_ = channels_ = queued_ = 0;
    slot_ = busy_ = ready_ = 0;
    tag_valid_ = tag_finish_ = tag_slot_ = 0;
  }
  uint32_t ready() const { return ready_; }  // one bit per slot
  void requests(ParamReads& reads) const {
    reads.req = pend_;
    if (pend_ == 0) return;
    for (uint32_t p = 0; p < ports_; ++p) reads.addr[p] = (asked_.addr + p) & vector_mask_;
  }

  // Nothing happens until a slot is taken or freed; `valid` an instruction is there.
  bool waits(bool valid) const { return settled(valid, busy_); }

  // `take`, `free`: one bit per slot.  True when the instruction is not needed any more.
  bool tick(bool valid, const PostCommand& cmd, uint32_t grant, uint32_t take, uint32_t free) {
    const uint32_t busy_now = busy_;
    busy_ &= ~free;
    ready_ &= ~take;
    if (settled(valid, busy_now)) return false;

    const bool granted = (pend_ & grant) != 0;
    const bool in_flight = tag_valid_ != 0 || pend_ != 0 || queued_ != 0;
    const bool room = queued_ != kQueue;
    const uint32_t tag_slot = tag_slot_ >> (kReadLatency - 1) & 1;
    const bool ready_now = (tag_finish_ >> (kReadLatency - 1) & 1) != 0;
    const Batch asked = asked_;
    pend_ &= ~grant;
    const bool finish = granted && pend_ == 0 && asked.last;
    if (pend_ == 0 && queued_ != 0) {
      asked_ = queue_[0];
      queue_[0] = queue_[1];
      queued_--;
      pend_ = (1u << asked_.size) - 1;
    }
    const bool done = room && next(cmd, valid, busy_now, in_flight);
    if (ready_now) ready_ |= 1u << tag_slot;
    tag_valid_ = (tag_valid_ << 1 | granted) & kTags;
    tag_finish_ = (tag_finish_ << 1 | finish) & kTags;
    tag_slot_ = (tag_slot_ << 1 | asked.slot) & kTags;
    return done;
  }

 private:
  enum class Phase : uint8_t { idle, table, head, record };
  static constexpr uint32_t kTags = (1u << kReadLatency) - 1;
  static constexpr uint32_t kQueue = 2;

  // Neighbouring vectors that are asked for together.
  struct Batch {
    uint32_t addr = 0, size = 0;
    uint32_t slot = 0;
    bool last = false;  // of its record
  };

  bool settled(bool valid, uint32_t busy) const {
    if (tag_valid_ != 0 || pend_ != 0 || queued_ != 0) return false;
    if (phase_ == Phase::idle) return !valid;
    return phase_ == Phase::record && left_ == 0 && size_ == 0 && (busy >> slot_ & 1) != 0;
  }

  // A step of the sequence: at most one batch is made.
  bool next(const PostCommand& cmd, bool valid, uint32_t busy, bool in_flight) {
    const Phase phase = phase_;
    const bool head = cmd.conv && !cmd.perChannel;
    const uint32_t size = size_;
    const bool none_left = left_ == 0;
    bool done = false;
    addr_ = (addr_ + size) & vector_mask_;
    size_ = 0;
    if (phase == Phase::idle) {
      addr_ = cmd.params;
      channels_ = cmd.channels;
      if (valid && cmd.tableEn) {
        phase_ = Phase::table;
        left_ = table_vectors_;
      } else if (valid) {
        enter(head);
      }
    } else if (phase == Phase::record) {
      if (none_left && size != 0) {  // all batches of a record are made
        slot_ ^= 1;
        const uint32_t width = cmd.dense ? lanes_ : window_lanes_;
        if (channels_ <= width) {
          phase_ = Phase::idle;
          done = true;
        }
        channels_ = (channels_ - width) & 0xffff;
      }
    } else if (none_left) {
      enter(phase == Phase::table && head);
    }
    // A record starts as soon as its slot is free.
    if (phase == Phase::record && none_left && !done && (busy >> slot_ & 1) == 0) {
      if (cmd.conv) {
        busy_ |= 1u << slot_;
        left_ = cmd.perChannel ? channel_vectors_ : bias_vectors_;
      } else if (!in_flight) {
        busy_ |= 1u << slot_;
        ready_ |= 1u << slot_;
        slot_ ^= 1;
        phase_ = Phase::idle;
        done = true;
      }
    }
    if (left_ != 0) {
      size_ = phase_ != Phase::record ? 1 : left_ > ports_ ? ports_ : left_;
      left_ -= size_;
      queue_[queued_++] = {addr_, size_, slot_, phase_ == Phase::record && left_ == 0};
    }
    return done;
  }

  void enter(bool head) {
    phase_ = head ? Phase::head : Phase::record;
    left_ = head ? 1 : 0;
  }

  uint32_t lanes_, window_lanes_, ports_, vector_mask_, table_vectors_, bias_vectors_,
      channel_vectors_;
  Phase phase_ = Phase::idle;
  uint32_t left_ = 0;      // vectors of the phase that no batch has yet
  uint32_t addr_ = 0;      // of the batch made last: vector address of port 0
  uint32_t size_ = 0;      // its vectors
  uint32_t channels_ = 0;  // from this lane group on
  uint32_t slot_ = 0, busy_ = 0, ready_ = 0;
  std::array<Batch, kQueue> queue_;  // batches that wait to be asked for
  uint32_t queued_ = 0;
  Batch asked_;
  uint32_t pend_ = 0;                                       // ports of it, not yet granted
  uint32_t tag_valid_ = 0, tag_finish_ = 0, tag_slot_ = 0;  // one, two, ... cycles ago
};

}  // namespace lilong::cycle
