// SPDX-License-Identifier: Apache-2.0
// lilong_output: accumulators to written granules.
//
//   walk | shift | bias | requantise (8 stages) | zero point and clamp | table | write
//
// A position leaves in parts of at most WINDOW_LANES channels.  Of the beats of a part only the
// last one shows: it alone makes a request, and that of the last part frees a slot.
#pragma once

#include "sim/cycle/glide.hpp"
#include "sim/cycle/post_command.hpp"
#include "sim/cycle/scratchpad.hpp"
#include "sim/cycle/writer.hpp"

namespace lilong::cycle {

struct Output {
  explicit Output(const Shape& shape)
      : lanes_(shape.lanes),
        window_lanes_(shape.windowLanes()),
        beats_(shape.windowLanes() / shape.results),
        granule_mask_(shape.granuleMask()),
        strobe_mask_(static_cast<uint16_t>((1u << (shape.depth / 8)) - 1)) {}

  // The instruction at the input; null when none takes accumulators.
  using Front = const PostCommand*;

  void clear() {
    init_ = false;
    slot_ = beat_ = part_ = 0;
    stages_ = freeing_ = 0;
    queue_in_ = queue_out_ = 0;
    writer_.clear();
  }
  bool en(bool grant) const { return writer_.en(grant); }
  bool done(bool grant) const { return writer_.done(grant); }
  WriteRequest write() const { return writer_.write(); }
  bool accReady(Front front, uint32_t slots_ready, bool grant) const {
    return en(grant) && ready(front, slots_ready) && !front->eltwise && beat_ == beats_ - 1 &&
           lastPart();
  }
  bool eltReady(Front front, uint32_t slots_ready) const {
    return ready(front, slots_ready) && front->eltwise;
  }

  // Nothing is under way and the input waits; only after a tick with the same front.
  bool still() const { return stages_ == 0 && writer_.idle() && freeing_ == 0; }

  struct Result {
    uint32_t take = 0, free = 0;  // one bit per slot
    bool frontDone = false;       // last accumulators of the front instruction taken
  };
  Result tick(Front front, uint32_t slots_ready, bool acc_valid, bool elt_valid, bool grant) {
    Result r;
    if (!en(grant)) {
      load(front);
      return r;
    }
    bool part = false, position = false;
    Position at;
    if (ready(front, slots_ready) && (front->eltwise ? elt_valid : acc_valid)) {
      part = beat_ == beats_ - 1;
      beat_ = part ? 0 : beat_ + 1;
      if (part) {
        position = lastPart();
        at = {(cur_ + part_ * (window_lanes_ / 8)) & granule_mask_, strobe(),
              position && lastPosition()};
        part_ = position ? 0 : part_ + 1;
      }
    }
    if (position) {
      const bool leave = front->conv ? x_ == 1 && y_ == 1 : at.last;
      r.frontDone = at.last;
      if (leave) r.take = 1u << slot_;
      slot_ ^= leave;
      walk(*front);
    }
    if (r.frontDone)
      init_ = false;
    else
      load(front);

    r.free = freeing_ >> 2;
    freeing_ = (freeing_ << 2 | r.take) & 0xf;
    const bool out = (stages_ & 1) != 0;
    if (out || !writer_.idle()) writer_.tick(out ? &queue_[queue_out_++ % kQueue] : nullptr);
    stages_ = (stages_ | uint32_t{part} << kStages) >> 1;
    if (part) queue_[queue_in_++ % kQueue] = at;
    return r;
  }

  // Accumulators are taken in the cycle in which they come and nothing else changes, for so many
  // positions.
  uint32_t flows(Front front, uint32_t slots_ready) const {
    if (freeing_ != 0 || beats_ != 1 || !ready(front, slots_ready) || front->eltwise) return 0;
    if (width_ != window_lanes_) return 0;
    return (y_ - 1) * front->width + x_ - 1;
  }
  // At most 64 - kStages cycles of it; bit n of `taken`: a position is taken in cycle n.  Banks of
  // the writes go to `banks`, if that is not null.
  void flow(const PostCommand& front, uint32_t cycles, uint64_t taken, uint8_t* banks,
            const Scratchpad& scratchpad) {
    const uint16_t strobe = this->strobe();
    const uint64_t leaving = stages_ | taken << kStages;
    if (banks != nullptr) {
      for (uint32_t n = 0; n < cycles; n++) {
        banks[n] = static_cast<uint8_t>(writer_.idle() ? 0 : scratchpad.banks(writer_.write()));
        if ((taken >> n & 1) != 0) enter(front, strobe);
        writer_.tick((leaving >> n & 1) != 0 ? &queue_[queue_out_++ % kQueue] : nullptr);
      }
    } else {
      for (uint64_t left = taken; left != 0; left &= left - 1) enter(front, strobe);
      const uint64_t left = leaving & ((uint64_t{1} << cycles) - 1);
      queue_out_ += static_cast<uint32_t>(std::popcount(left));
      const bool out = (left >> (cycles - 1)) != 0;
      writer_.tick(out ? &queue_[(queue_out_ - 1) % kQueue] : nullptr);
    }
    stages_ = static_cast<uint32_t>(leaving >> cycles);
  }

 private:
  static constexpr unsigned kStages = 12;  // shift .. table
  static_assert(Glide::kLongest + kStages <= 64);
  static constexpr unsigned kQueue = 16;

  void enter(const PostCommand& front, uint16_t strobe) {
    queue_[queue_in_++ % kQueue] = {cur_, strobe, false};
    walk(front);
  }
  bool ready(Front front, uint32_t slots_ready) const {
    return front != nullptr && init_ && (slots_ready >> slot_ & 1) != 0;
  }
  bool lastGroup() const { return channels_ <= width_; }
  bool lastPosition() const { return x_ == 1 && y_ == 1 && lastGroup(); }
  // Channels of the position from this part on.
  uint32_t left() const { return (lastGroup() ? channels_ : width_) - part_ * window_lanes_; }
  bool lastPart() const { return left() <= window_lanes_; }
  uint16_t strobe() const {
    const uint32_t count = std::min(left(), window_lanes_);
    return static_cast<uint16_t>(((1u << ((count + 7) / 8)) - 1) & strobe_mask_);
  }

  // First cycle of an instruction at the input: its counters.
  void load(Front front) {
    if (front != nullptr && !init_) {
      x_ = front->width;
      y_ = front->height;
      channels_ = front->channels;
      width_ = front->dense ? lanes_ : window_lanes_;
      base_ = row_ = pix_ = cur_ = front->outAddr;
    }
    init_ = front != nullptr;
  }

  void walk(const PostCommand& front) {
    if (front.eltwise) {
      if (!lastGroup()) {
        cur_ = (cur_ + window_lanes_ / 8) & granule_mask_;
        channels_ -= window_lanes_;
        return;
      }
      channels_ = front.channels;
    }
    if (x_ != 1) {
      --x_;
      pix_ = cur_ = (pix_ + front.pixPitch) & granule_mask_;
      return;
    }
    x_ = front.width;
    if (y_ != 1) {
      --y_;
      row_ = pix_ = cur_ = (row_ + front.rowPitch) & granule_mask_;
      return;
    }
    y_ = front.height;
    channels_ = (channels_ - width_) & 0xffff;
    base_ = row_ = pix_ = cur_ = (base_ + width_ / 8) & granule_mask_;
  }

  uint32_t lanes_, window_lanes_, beats_, granule_mask_;
  uint16_t strobe_mask_;
  bool init_ = false;  // the counters belong to the front instruction
  uint32_t width_ = 0;                               // channels of a group that is not the last
  uint32_t slot_ = 0, part_ = 0, beat_ = 0;          // beat of the part
  uint32_t x_ = 0, y_ = 0, channels_ = 0;            // left, the current one included
  uint32_t base_ = 0, row_ = 0, pix_ = 0, cur_ = 0;  // granules
  uint32_t stages_ = 0;                              // parts under way; bit n: leaves in n cycles
  uint32_t freeing_ = 0;                  // slots to free, two bits for shift and bias
  std::array<Position, kQueue> queue_{};  // parts in `stages_`, in order
  uint32_t queue_in_ = 0, queue_out_ = 0;
  Writer writer_;
};

}  // namespace lilong::cycle
