// SPDX-License-Identifier: Apache-2.0
// lilong_steps: kernel walk, one piece a cycle, up to two steps ahead of the position walk.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Steps {
  explicit Steps(const Shape& shape) : lanes_(shape.windowLanes()), depth_(shape.depth) {}

  void clear() { active_ = closed_ = valid_ = next_valid_ = false; }
  bool valid() const { return valid_; }
  const Step& step() const { return step_; }

  // Nothing happens until the step is used up.
  bool still() const { return !active_ || (closed_ && next_valid_); }

  // New instruction; its work is passed to tick from the next cycle on.
  void restart() {
    active_ = fresh_ = true;
    closed_ = valid_ = next_valid_ = false;
    count_ = 0;
    piece_ = 0;
    fill_ = 0;
  }

  void tick(const Work& w, bool pop) {
    if (!active_ || (still() && !pop)) return;
    const bool move = closed_ && !next_valid_;
    const bool go = !closed_ || move;
    if (!valid_ || pop) {
      valid_ = next_valid_ || move;
      if (next_valid_)
        step_ = next_;
      else if (move)
        step_ = build_;
      next_valid_ = false;
    } else if (move) {
      next_ = build_;
      next_valid_ = true;
    }
    if (move) closed_ = false;
    if (go) buildPiece(w);
  }

 private:
  // Place in the kernel.
  struct Kernel {
    bool done = false;   // no kernel rows left
    uint32_t rows = 0;   // kernel rows left, this one included
    uint32_t cols = 0;   // kernel columns left, this one (or group) included
    uint32_t bytes = 0;  // conv: bytes left of the run
    int32_t x = 0;       // conv: first byte of the rest of the run; depthwise: of the column group
    int32_t col = 0;     // conv: first byte of the kernel column
    uint32_t iy = 0;     // 17 bits
    uint32_t addr = 0;
    uint32_t k0 = 0;     // depthwise: first column of the group
    uint32_t rows0 = 0;  // depthwise: rows, iy, addr at the begin of the row group
    uint32_t iy0 = 0, addr0 = 0;
  };

  void buildPiece(const Work& w) {
    if (fresh_) {
      kernel_ = Kernel{};
      kernel_.done = w.kernelRows == 0 || w.kernelCols == 0;
      kernel_.rows = kernel_.rows0 = w.kernelRows;
      kernel_.cols = w.kernelCols;
      kernel_.bytes = w.run;
    }
    if (piece_ == 0) {
      build_ = Step{};
      build_.k0 = kernel_.k0;
      build_.last = count_ == ((w.steps - 1) & 0xffff);
    }
    Piece& piece = build_.piece[piece_];
    piece.iy = static_cast<int32_t>(kernel_.iy);
    piece.x = kernel_.x;
    piece.addr = kernel_.addr;
    const bool close = w.depthwise ? pass(w, piece) : dense(w, piece);
    const bool wrap = close && build_.last;
    fresh_ = wrap;
    closed_ = close;
    piece_ = close ? 0 : piece_ + 1;
    fill_ = close ? 0 : fill_ + piece.n;
    if (close) count_ = wrap ? 0 : (count_ + 1) & 0xffff;
  }

  bool dense(const Work& w, Piece& piece) {
    Kernel& k = kernel_;
    const uint32_t room = depth_ - fill_;
    piece.n = 0;
    if (!k.done) {
      if (k.bytes > room) {
        piece.n = room;
        k.bytes -= room;
        k.x += static_cast<int32_t>(room);
      } else {
        piece.n = k.bytes;
        k.bytes = w.run;
        if (k.cols == 1) {
          k.cols = w.kernelCols;
          k.col = 0;
          k.x = 0;
          k.iy = (k.iy + w.dilationY) & 0x1ffff;
          k.addr = (k.addr + w.rowDilation) & kAddrMask;
          k.done = k.rows == 1;
          k.rows = (k.rows - 1) & 0xff;
        } else {
          k.cols = (k.cols - 1) & 0xff;
          k.col = farRight(k.col + static_cast<int32_t>(w.dilationX));
          k.x = k.col;
        }
      }
    }
    return piece.n == room || piece_ == 2 || k.done;
  }

  bool pass(const Work& w, Piece& piece) {
    Kernel& k = kernel_;
    uint32_t tap_rows = 1, tap_cols = depth_;
    if (w.kernelCols <= depth_ / 3) {
      tap_rows = 3;
      tap_cols = depth_ / 3;
    } else if (w.kernelCols <= depth_ / 2) {
      tap_rows = 2;
      tap_cols = depth_ / 2;
    }
    if (piece_ == 0) build_.cols = k.done ? 0 : (k.cols > tap_cols ? tap_cols : k.cols);
    piece.n = (k.done || k.rows == 0) ? 0 : lanes_;
    const bool close = piece_ == tap_rows - 1;
    k.iy = (k.iy + w.dilationY) & 0x1ffff;
    k.addr = (k.addr + w.rowDilation) & kAddrMask;
    k.rows = k.rows == 0 ? 0 : k.rows - 1;
    if (close) {
      if (k.cols > tap_cols) {
        // group_bytes has 28 bits: at most 2^24 * DEPTH wraps, like the RTL
        const uint32_t group_bytes = (w.dilationX * tap_cols) & 0xfffffff;
        const uint32_t x = (static_cast<uint32_t>(k.x) + group_bytes) & 0xfffffff;
        k.cols -= tap_cols;
        k.k0 = (k.k0 + tap_cols) & 0xff;
        k.x = x >= static_cast<uint32_t>(kFarRight) ? kFarRight : static_cast<int32_t>(x);
        k.rows = k.rows0;
        k.iy = k.iy0;
        k.addr = k.addr0;
      } else {
        k.cols = w.kernelCols;
        k.k0 = 0;
        k.x = 0;
        k.rows0 = k.rows;
        k.iy0 = k.iy;
        k.addr0 = k.addr;
        k.done = k.done || k.rows == 0;
      }
    }
    return close;
  }

  uint32_t lanes_, depth_;
  bool active_ = false, fresh_ = false, closed_ = false, valid_ = false, next_valid_ = false;
  uint32_t count_ = 0;  // number of the step that is being built
  uint32_t piece_ = 0;  // number of the piece
  uint32_t fill_ = 0;   // bytes in the step so far
  Kernel kernel_;
  Step build_, step_, next_;  // being built; at work; behind it
};

}  // namespace lilong::cycle
