// SPDX-License-Identifier: Apache-2.0
// lilong_post: everything behind the accumulators, and the vector path.
//
// In a cycle: requests and cmdReady (functions of registers), then accReady (of the write grant),
// then tick.  Data never matters, so the valid bits of answers are not used: a unit knows when its
// data comes from the grant.
#pragma once

#include "sim/cycle/copy.hpp"
#include "sim/cycle/eltwise.hpp"
#include "sim/cycle/output.hpp"
#include "sim/cycle/params.hpp"
#include "sim/cycle/softmax.hpp"

namespace lilong::cycle {

struct Post {
  explicit Post(const Shape& shape)
      : shape_(shape),
        params_(shape),
        output_(shape),
        eltwise_(shape),
        softmax_(shape),
        copy_(shape),
        reader_{Reader(shape), Reader(shape)} {}

  void clear() {
    valid_ = loaded_ = taken_ = head_ = 0;
    started_ = done_ = false;
    params_.clear();
    output_.clear();
    eltwise_.clear();
    softmax_.clear();
    copy_.clear();
    reader_[0].clear();
    reader_[1].clear();
  }

  bool cmdReady() const { return valid_ != 3; }
  bool done() const { return done_; }
  bool idle() const { return valid_ == 0 && !done_; }
  void paramReads(ParamReads& reads) const { params_.requests(reads); }
  void vectorReads(VectorReads& reads) const {
    reads.req = reader_[0].requests() | reader_[1].requests() << 2;
    if (reads.req == 0) return;
    for (unsigned p = 0; p < kVecPorts; ++p) reads.addr[p] = reader_[p / 2].address(p % 2);
  }
  WriteRequest write() const {
    if (vectorAtHead()) {
      if (cmd_[head_].softmax) return softmax_.write();
      if (cmd_[head_].copy) return copy_.write();
    }
    return output_.write();
  }
  // acc_valid does not matter to acc_ready.
  bool accReady(bool write_grant, bool /*acc_valid*/) const {
    const Front f = front();
    return output_.accReady(f.output, params_.ready(), write_grant);
  }

  void tick(const PostIn& in) {
    const bool push = in.cmdValid && cmdReady();
    if (valid_ == 0) {  // nothing is under way
      done_ = false;
      if (push) accept(*in.cmd);
      return;
    }
    const Front f = front();
    const uint32_t slots_ready = params_.ready();
    const bool en = output_.en(in.writeGrant);
    const bool elt_valid = eltwise_.valid();
    const bool out_done = output_.done(in.writeGrant);

    bool unit_done = false, unit_start = false;
    if (vectorAtHead()) unit_done = tickVector(in, f, en, unit_start);

    const Output::Result out =
        output_.tick(f.output, slots_ready, in.accValid, elt_valid, in.writeGrant);

    const uint32_t load = head_ ^ (loaded_ >> head_ & 1);
    const bool load_valid = (valid_ >> load & 1) != 0 && (loaded_ >> load & 1) == 0;
    const bool load_done = params_.tick(load_valid, cmd_[load], in.paramGrant, out.take, out.free);

    if (load_done) loaded_ |= 1u << load;
    if (out.frontDone || unit_done) {
      taken_ |= 1u << f.sel;
      started_ = false;
    } else if (unit_start) {
      started_ = true;
    }
    const uint32_t tail = head_ ^ (valid_ >> head_ & 1);
    done_ = cmd_[head_].empty || out_done || unit_done;
    if (done_) {
      valid_ &= ~(1u << head_);
      head_ ^= 1;
    }
    if (push) accept(*in.cmd, tail);
  }

 private:
  struct Front {
    uint32_t sel;
    const PostCommand* output;  // takes accumulators; null: none does
    bool alone;                 // the oldest
  };

  Front front() const {
    const uint32_t sel = head_ ^ (taken_ >> head_ & 1);
    const bool valid = (valid_ >> sel & 1) != 0 && (taken_ >> sel & 1) == 0;
    const bool alone = valid && sel == head_;
    const PostCommand& cmd = cmd_[sel];
    const bool takes = valid && (cmd.array || (alone && cmd.eltwise));
    return {sel, takes ? &cmd : nullptr, alone};
  }
  bool vectorAtHead() const { return (valid_ >> head_ & 1) != 0 && cmd_[head_].vector(); }

  void accept(const isa::Descriptor& d) { accept(d, head_); }
  void accept(const isa::Descriptor& d, uint32_t tail) {
    const uint32_t bit = 1u << tail;
    const PostCommand& cmd = cmd_[tail] = PostCommand::of(d, shape_);
    valid_ |= bit;
    loaded_ = (loaded_ & ~bit) | (cmd.empty || cmd.softmax || cmd.copy ? bit : 0);
    taken_ = (taken_ & ~bit) | (cmd.empty ? bit : 0);
  }

  // The vector instruction at the head; true: softmax or copy is done.
  bool tickVector(const PostIn& in, const Front& f, bool en, bool& start) {
    const PostCommand& cmd = cmd_[head_];
    const uint32_t grant[2] = {in.vectorGrant & 3, in.vectorGrant >> 2};
    const bool ready[2] = {reader_[0].ready(grant[0]), reader_[1].ready(grant[1])};
    const uint32_t data = (reader_[0].dataValid() ? 1u : 0u) | (reader_[1].dataValid() ? 2u : 0u);
    const bool may_start = f.alone && !started_;
    if (cmd.eltwise) {
      start = may_start && output_.eltReady(f.output, params_.ready());
      const bool beat = eltwise_.beat(f.alone, en, data);
      const uint32_t pops = eltwise_.pops(beat);
      uint32_t taken = 0;
      for (unsigned n = 0; n < 2; ++n) {
        const bool valid = eltwise_.readValid(n);
        if (valid && ready[n]) taken |= 1u << n;
        reader_[n].tick(valid, eltwise_.group(n), (pops >> n & 1) != 0, grant[n]);
      }
      eltwise_.tick(start ? &cmd.descriptor : nullptr, en, beat, taken);
      return false;
    }
    start = may_start;
    const isa::Descriptor* begin = start ? &cmd.descriptor : nullptr;
    if (cmd.softmax) {
      const bool finished = softmax_.done(in.writeGrant);
      const bool valid = softmax_.readValid();
      const bool pop = softmax_.pop((data & 1) != 0, in.writeGrant);
      reader_[0].tick(valid, softmax_.group(), pop, grant[0]);
      softmax_.tick(begin, ready[0], (data & 1) != 0, in.writeGrant);
      return finished;
    }
    const bool finished = copy_.done();
    const Copy::Wires w = copy_.comb(data, ready[0], ready[1], in.writeGrant);
    for (unsigned n = 0; n < 2; ++n) {
      reader_[n].tick(w.read[n], w.group[n], (w.pop >> n & 1) != 0, grant[n]);
    }
    copy_.tick(begin, w);
    return finished;
  }

  Shape shape_;
  std::array<PostCommand, 2> cmd_{};
  uint32_t valid_ = 0, loaded_ = 0, taken_ = 0;  // one bit per instruction
  uint32_t head_ = 0;                            // oldest
  bool started_ = false;                         // the vector unit of the oldest
  bool done_ = false;
  Params params_;
  Output output_;
  Eltwise eltwise_;
  Softmax softmax_;
  Copy copy_;
  Reader reader_[2];
};

}  // namespace lilong::cycle
