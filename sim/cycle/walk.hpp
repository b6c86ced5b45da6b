// SPDX-License-Identifier: Apache-2.0
// lilong_walk with the cut of lilong_range: lane group, stripe, K step, position; one beat a cycle.
// The cut to the image is made here, when a beat is emitted; range.hpp shows it two cycles later.
#pragma once

#include <algorithm>

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"
#include "sim/cycle/steps.hpp"

namespace lilong::cycle {

struct Walk {
  explicit Walk(const Shape& shape)
      : steps_(shape), lanes_(shape.lanes), depth_bits_(shape.depthBits()),
        half_mask_(shape.vectorMask() >> 1) {}

  void clear() {
    busy_ = false;
    steps_.clear();
  }
  bool workReady() const { return !busy_; }
  bool idle() const { return !busy_; }
  bool emits(bool go) const { return busy_ && steps_.valid() && go; }

  // Beat of a cycle in which emits() is true; then tick is called with emit.
  void tick(bool work_valid, const Work& work, bool emit, Beat& beat) {
    if (!busy_) {
      if (work_valid) {
        accept(work);
        steps_.restart();
      } else {
        steps_.tick(work_, false);
      }
      return;
    }
    steps_.tick(work_, emit && advance(beat));
  }

 private:
  // Output position; x, iy and addr of its first kernel byte, without the kernel walk.
  struct Position {
    uint32_t ox = 0, oy = 0;
    int32_t x = 0;      // saturated
    int32_t iy = 0;
    uint32_t addr = 0;
    uint32_t left = 0;  // columns from here that are left of the image
  };

  Position origin() const {
    Position p;
    p.x = -static_cast<int32_t>(work_.padLeft);
    p.iy = -static_cast<int32_t>(work_.padTop);
    p.addr = work_.row0;
    p.left = work_.leftCols;
    return p;
  }

  void accept(const Work& work) {
    work_ = work;
    busy_ = open_ = fill_ = true;
    index_ = 0;
    groups_ = work.groups;
    group_byte_ = 0;
    col_ = 0;
    pos_ = start_ = origin();
    multi_ = work.steps != 1;
    common_ = work.fence ? kFence : 0;
  }

  // One beat; returns whether the step is used up.
  bool advance(Beat& beat) {
    const Step& step = steps_.step();
    uint32_t columns = 0;
    int32_t x_now = 0;
    bool last_col = true;
    if (work_.depthwise) {
      uint32_t skip = 0;
      columns = work_.strideX & 127;
      if (fill_) {
        if (pos_.left >= step.k0) skip = std::min(pos_.left - step.k0, step.cols);
        columns = step.cols - skip;
      }
      x_now = x_;
      if (fill_ && col_ == 0) x_now = skip != 0 ? work_.leftX : pos_.x + step.piece[0].x;
      last_col = columns == 0 || col_ == columns - 1;
      if (columns != 0) x_ = farRight(x_now + static_cast<int32_t>(work_.dilationX));
      col_ = last_col ? 0 : (col_ + 1) & 127;
    }
    const bool row_end = pos_.ox == work_.outWidth - 1;
    const bool image_end = row_end && pos_.oy == work_.outHeight - 1;
    const bool stripe_end = image_end || (multi_ && index_ == ((work_.stripe - 1) & 63));

    beat.seq = work_.seq;
    beat.flags = common_ | (open_ ? kOpen : 0);
    if (last_col) {
      beat.flags |= kCompute;
      if (!work_.pool && index_ == 0 && (multi_ || (pos_.ox == 0 && pos_.oy == 0))) {
        beat.flags |= kLoad;
      }
      if (step.last) beat.flags |= kResult;
      if (multi_ && stripe_end && index_ == 0) beat.flags |= kSingle;
    }
    beat.need = 0;
    if (!work_.depthwise) {
      for (unsigned s = 0; s < 3; s++) {
        const Piece& p = step.piece[s];
        if (p.n != 0) cut(beat, s, pos_.x + p.x, p, p.n);
      }
    } else if (columns != 0 && x_now >= 0) {
      const int32_t x = x_now + static_cast<int32_t>(group_byte_);
      for (unsigned s = 0; s < 3; s++) {
        const Piece& p = step.piece[s];
        if (p.n != 0) cut(beat, s, x, p, p.n);
      }
    }

    open_ = false;
    if (!last_col) return false;
    // the window is filled again where it does not hold the neighbours of the next position
    fill_ = stripe_end || row_end || work_.strideX >= step.cols || (fill_ && columns == 0);
    index_ = stripe_end ? 0 : (index_ + 1) & 31;
    if (stripe_end && !step.last) {
      pos_ = start_;
    } else if (image_end) {
      pos_ = start_ = origin();
      groups_ = (groups_ - 1) & 0xffff;
      group_byte_ = (group_byte_ + lanes_) & 0x1ffff;
      if (groups_ == 0) busy_ = false;
    } else {
      nextPosition(row_end);
      if (stripe_end) start_ = pos_;
    }
    return stripe_end && multi_;
  }

  void nextPosition(bool row_end) {
    if (row_end) {
      pos_.ox = 0;
      pos_.oy++;
      pos_.x = -static_cast<int32_t>(work_.padLeft);
      pos_.iy += static_cast<int32_t>(work_.strideY);
      pos_.addr = (pos_.addr + work_.rowStep) & kAddrMask;
      pos_.left = work_.leftCols;
    } else {
      pos_.ox++;
      pos_.x = farRight(pos_.x + work_.colStep);
      pos_.left = pos_.left > work_.strideX ? pos_.left - work_.strideX : 0;
    }
  }

  // Vectors of the bytes x .. x + n - 1 of a row that are inside the image.
  void cut(Beat& beat, unsigned s, int32_t x, const Piece& piece, uint32_t bytes) const {
    const int32_t n = static_cast<int32_t>(bytes);
    const int32_t iy = pos_.iy + piece.iy;
    const int32_t to = std::min(n, work_.rowBytes - x);
    const int32_t from = x < 0 ? -x : 0;
    if (iy < 0 || iy >= work_.inHeight || from >= to) return;
    const uint32_t base = pos_.addr + piece.addr + static_cast<uint32_t>(x);
    const uint32_t head = ((base + static_cast<uint32_t>(from)) & kAddrMask) >> depth_bits_;
    const uint32_t tail = ((base + static_cast<uint32_t>(to) - 1) & kAddrMask) >> depth_bits_;
    const uint32_t crosses = (head ^ tail) & 1;
    const uint32_t odd = head & 1;
    beat.want[2 * s] = ((head >> 1) + odd) & half_mask_;
    beat.want[2 * s + 1] = (head >> 1) & half_mask_;
    beat.need |= static_cast<uint8_t>((((odd ^ 1) | crosses) | ((odd | crosses) << 1)) << (2 * s));
  }

  Steps steps_;
  uint32_t lanes_;
  unsigned depth_bits_;
  uint32_t half_mask_;
  Work work_;
  Position pos_, start_;
  bool busy_ = false, open_ = false, fill_ = false, multi_ = false;
  uint8_t common_ = 0;
  uint32_t index_ = 0;
  uint32_t groups_ = 0;      // groups left, this one included
  uint32_t group_byte_ = 0;  // first channel of the group
  uint32_t col_ = 0;         // depthwise: columns of this position that have entered
  int32_t x_ = 0;            // depthwise: next column
};

}  // namespace lilong::cycle
