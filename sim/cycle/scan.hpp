// SPDX-License-Identifier: Apache-2.0
// lilong_scan: an operand pixel by pixel, each pixel in groups of up to WINDOW_LANES channels.
#pragma once

#include "sim/cycle/reader.hpp"

namespace lilong::cycle {

struct ScanShape {
  uint32_t base = 0, rowPitch = 0, pixPitch = 0;
  uint32_t height = 0, width = 0, channels = 0;
  bool scalar = false;
};

struct Scan {
  explicit Scan(const Shape& shape)
      : lanes_(shape.windowLanes()), byte_mask_(shape.scratchpadBytes - 1) {}

  void clear() { run_ = false; }
  bool valid() const { return run_; }
  Group group() const {
    if (s_.scalar) return {pix_, 1};
    return {cur_, channels_ <= lanes_ ? channels_ : lanes_};
  }

  void start(const ScanShape& shape) {
    s_ = shape;
    run_ = true;
    x_ = shape.width;
    y_ = shape.height;
    channels_ = shape.channels;
    row_ = pix_ = cur_ = shape.base & byte_mask_;
  }

  // The group at the output is taken.
  void advance() {
    cur_ = (cur_ + lanes_) & byte_mask_;
    if (channels_ > lanes_) {
      channels_ -= lanes_;
      return;
    }
    channels_ = s_.channels;
    if (x_ != 1) {
      --x_;
      pix_ = cur_ = (pix_ + s_.pixPitch) & byte_mask_;
      return;
    }
    if (y_ == 1) run_ = false;
    x_ = s_.width;
    --y_;
    row_ = pix_ = cur_ = (row_ + s_.rowPitch) & byte_mask_;
  }

 private:
  uint32_t lanes_, byte_mask_;
  ScanShape s_;
  bool run_ = false;
  uint32_t x_ = 0, y_ = 0, channels_ = 0;  // left, the current one included
  uint32_t row_ = 0, pix_ = 0, cur_ = 0;
};

}  // namespace lilong::cycle
