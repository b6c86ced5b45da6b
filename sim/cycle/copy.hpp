// SPDX-License-Identifier: Apache-2.0
// lilong_copy: strided runs, cut and merged at the granules of the destination.
#pragma once

#include "sim/cycle/reader.hpp"

namespace lilong::cycle {

struct Copy {
  explicit Copy(const Shape& shape) : byte_mask_(shape.scratchpadBytes - 1) {}

  void clear() {
    active_ = run_ = false;
    meta_in_ = meta_out_ = 0;
    buf_ = wr_ = false;
    pending_ = pnd_in_ = pnd_out_ = 0;
  }
  WriteRequest write() const { return {wr_, wr_addr_, 1}; }
  bool done() const { return active_ && !run_ && !metaValid() && !buf_ && pending_ == 0 && !wr_; }

  // Functions of this cycle's inputs; `data`: one bit per reader whose data is there.
  struct Wires {
    bool read[2];  // groups asked for: source, old value of a granule
    Group group[2];
    uint32_t pop;  // data taken, one bit per reader
    bool issue, take, flushFull, flushPartial, pndPop, wrFree;
  };
  Wires comb(uint32_t data, bool read_ready0, bool read_ready1, bool grant) const {
    Wires w{};
    const bool meta_ready = meta_in_ - meta_out_ != kChunks;
    w.issue = run_ && meta_ready && (fill_ || read_ready0);
    w.read[0] = run_ && meta_ready && !fill_;
    w.group[0] = {src_, length()};
    w.group[1] = {buf_addr_ << 3, 8};
    const Chunk& chunk = chunks_[meta_out_ % kChunks];
    const bool there = metaValid() && (fill_ || (data & 1) != 0);
    const bool old = (data & 2) != 0;
    const bool same = buf_addr_ == chunk.dst >> 3;
    const bool full = buf_mask_ == 0xff;
    w.wrFree = !wr_ || grant;
    w.pndPop = old && w.wrFree;
    const bool wanted = buf_ && ((there && !same) || (!run_ && !metaValid()));
    if (wanted && !waitsForSame()) {
      w.flushFull = full && w.wrFree && !old;
      w.read[1] = !full && (pending_ >> pnd_in_ & 1) == 0 && !(wr_ && wr_addr_ == buf_addr_);
      w.flushPartial = w.read[1] && read_ready1;
    }
    w.take = there && (!buf_ || same || w.flushFull || w.flushPartial);
    w.pop = (w.take && !fill_ ? 1u : 0u) | (w.wrFree ? 2u : 0u);
    return w;
  }

  void tick(const isa::Descriptor* start, const Wires& w) {
    const bool finished = done();
    const bool merge = buf_ && buf_addr_ == chunks_[meta_out_ % kChunks].dst >> 3;
    // write register
    if (w.pndPop) {
      wr_addr_ = pnd_addr_[pnd_out_];
      pending_ &= ~(1u << pnd_out_);
      pnd_out_ = (pnd_out_ + 1) % kPending;
    } else if (w.flushFull) {
      wr_addr_ = buf_addr_;
    }
    wr_ = w.flushFull || w.pndPop || !w.wrFree;
    // granule buffer
    if (w.flushPartial) {
      pending_ |= 1u << pnd_in_;
      pnd_addr_[pnd_in_] = buf_addr_;
      pnd_in_ = (pnd_in_ + 1) % kPending;
    }
    if (w.take) {
      const Chunk& chunk = chunks_[meta_out_++ % kChunks];
      const uint32_t mask = (((1u << chunk.length) - 1) << (chunk.dst & 7)) & 0xff;
      buf_mask_ = merge ? buf_mask_ | mask : mask;
      buf_addr_ = chunk.dst >> 3;
      buf_ = true;
    } else if (w.flushFull || w.flushPartial) {
      buf_ = false;
    }
    // loops
    if (w.issue) chunks_[meta_in_++ % kChunks] = {dst_, length()};
    if (start != nullptr)
      begin(*start);
    else if (w.issue)
      advance();
    if (start != nullptr)
      active_ = true;
    else if (finished)
      active_ = false;
  }

 private:
  static constexpr unsigned kChunks = 8, kPending = 8;
  struct Chunk {
    uint32_t dst = 0, length = 0;
  };

  bool metaValid() const { return meta_in_ != meta_out_; }
  uint32_t room() const { return 8 - (dst_ & 7); }
  uint32_t length() const { return bytes_ <= room() ? bytes_ : room(); }
  bool waitsForSame() const {
    for (uint32_t left = pending_; left != 0; left &= left - 1) {
      if (pnd_addr_[static_cast<unsigned>(std::countr_zero(left))] == buf_addr_) return true;
    }
    return false;
  }

  void begin(const isa::Descriptor& d) {
    const isa::Copy c = isa::Copy::decode(d);
    fill_ = c.fillEn;
    run_bytes_ = bytes_ = c.run;
    count_ = left_ = {c.count0, c.count1, c.count2, c.count3};
    src_stride_ = {c.srcStride0, c.srcStride1, c.srcStride2, c.srcStride3};
    dst_stride_ = {c.dstStride0, c.dstStride1, c.dstStride2, c.dstStride3};
    src_ = c.srcAddr & byte_mask_;
    dst_ = c.dstAddr & byte_mask_;
    src_base_.fill(src_);
    dst_base_.fill(dst_);
    run_ = true;
  }

  void advance() {
    const uint32_t n = length();
    if (bytes_ > room()) {
      bytes_ -= n;
      src_ = (src_ + n) & byte_mask_;
      dst_ = (dst_ + n) & byte_mask_;
      return;
    }
    bytes_ = run_bytes_;
    unsigned level = 0;
    while (level < 3 && left_[level] == 1) ++level;
    if (level == 3 && left_[3] == 1) run_ = false;
    src_ = (src_base_[level] + src_stride_[level]) & byte_mask_;
    dst_ = (dst_base_[level] + dst_stride_[level]) & byte_mask_;
    --left_[level];
    for (unsigned i = 0; i <= level; ++i) {
      if (i < level) left_[i] = count_[i];
      src_base_[i] = src_;
      dst_base_[i] = dst_;
    }
  }

  uint32_t byte_mask_;
  bool active_ = false, run_ = false, fill_ = false;
  // loops
  std::array<uint32_t, 4> count_{}, left_{}, src_stride_{}, dst_stride_{};
  std::array<uint32_t, 4> src_base_{}, dst_base_{};  // current iteration of each loop
  uint32_t run_bytes_ = 0, bytes_ = 0;               // of the run; left
  uint32_t src_ = 0, dst_ = 0;
  // chunks under way
  std::array<Chunk, kChunks> chunks_{};
  uint32_t meta_in_ = 0, meta_out_ = 0;
  // granule buffer
  bool buf_ = false;
  uint32_t buf_addr_ = 0, buf_mask_ = 0;
  // granules that wait for their old value
  std::array<uint32_t, kPending> pnd_addr_{};
  uint32_t pending_ = 0, pnd_in_ = 0, pnd_out_ = 0;
  // write register
  bool wr_ = false;
  uint32_t wr_addr_ = 0;
};

}  // namespace lilong::cycle
