// SPDX-License-Identifier: Apache-2.0
// lilong_setup: products of an instruction, known at once here and shown after 8 or 12 cycles.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Setup {
  explicit Setup(const Shape& shape) : lanes_(shape.lanes), window_lanes_(shape.windowLanes()) {}

  void clear() { run_ = work_valid_ = blocks_valid_ = false; }
  bool cmdReady() const { return !run_ && !work_valid_ && !blocks_valid_; }
  bool idle() const { return cmdReady(); }
  // Nothing happens until the work or the blocks are taken, or an instruction comes.
  bool still() const { return !run_; }
  bool workValid() const { return work_valid_; }
  bool blocksValid() const { return blocks_valid_; }
  const Work& work() const { return work_; }
  const Blocks& blocks() const { return blocks_; }

  // `accept`: cmd is valid and cmdReady().
  void tick(bool accept, const isa::Descriptor* cmd, uint32_t seq, bool work_ready,
            bool blocks_ready) {
    if (idle() && !accept) return;
    const bool finish = run_ && left_ == 0;
    if (work_ready) work_valid_ = false;
    if (blocks_ready) blocks_valid_ = false;
    if (accept) {
      start(*cmd, seq);
    } else if (finish) {
      run_ = false;
      work_valid_ = true;
      blocks_valid_ = !work_.pool;
    } else if (run_) {
      left_--;
    }
  }

 private:
  void start(const isa::Descriptor& d, uint32_t seq) {
    const isa::Conv conv = isa::Conv::decode(d);
    const uint8_t opcode = isa::opcodeByte(d);
    const bool dense = opcode == static_cast<uint8_t>(isa::Opcode::conv);
    Work& w = work_;
    w.fence = conv.header.fence;
    w.seq = seq;
    w.depthwise = !dense;
    w.pool = opcode == static_cast<uint8_t>(isa::Opcode::pool);
    w.outHeight = conv.outHeight;
    w.outWidth = conv.outWidth;
    const uint32_t width = dense ? lanes_ : window_lanes_;
    w.groups = ((uint32_t{conv.channels} + width - 1) / width) & 0xffff;
    w.steps = w.pool ? isa::Pool::decode(d).steps : conv.steps;
    w.stripe = conv.stripe;
    w.inHeight = conv.inHeight;
    w.rowBytes = static_cast<int32_t>(conv.inRowBytes);
    w.strideY = conv.strideY;
    w.strideX = conv.strideX & 0xffff;
    w.kernelRows = conv.kernelRows;
    w.kernelCols = conv.kernelCols;
    w.dilationY = conv.dilationY;
    w.dilationX = conv.dilationX;
    w.run = conv.run;
    w.padTop = conv.padTop;
    w.padLeft = conv.padLeft;
    w.row0 = (conv.inAddr - conv.padTop * conv.inRowPitch) & kAddrMask;
    w.rowStep = (conv.strideY * conv.inRowPitch) & kAddrMask;
    w.rowDilation = (conv.dilationY * conv.inRowPitch) & kAddrMask;
    w.colStep = static_cast<int32_t>(conv.strideX);
    if (w.depthwise) {
      const uint64_t step = uint64_t{w.strideX} * w.dilationX;
      w.colStep = step >= uint64_t{kFarRight} ? kFarRight : static_cast<int32_t>(step);
    }
    w.leftCols = 0;
    w.leftX = 0;
    if (w.padLeft != 0 && w.dilationX == 0) {
      w.leftCols = (1u << 25) - 1;
    } else if (w.padLeft != 0) {
      const uint32_t rest = w.padLeft % w.dilationX;
      w.leftCols = w.padLeft / w.dilationX + (rest != 0);
      w.leftX = rest == 0 ? 0 : static_cast<int32_t>(w.dilationX - rest);
    }
    blocks_.window = !dense;
    blocks_.addr = conv.weightsAddr;
    blocks_.groups = w.groups;
    blocks_.steps = conv.steps;
    blocks_.stripe = conv.stripe;
    blocks_.positions = uint32_t{conv.outWidth} * conv.outHeight;
    run_ = true;
    left_ = (dense || conv.padLeft == 0) ? 8 : 12;
  }

  uint32_t lanes_, window_lanes_;
  bool run_ = false, work_valid_ = false, blocks_valid_ = false;
  uint32_t left_ = 0;  // cycles of set-up left
  Work work_;
  Blocks blocks_;
};

}  // namespace lilong::cycle
