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
    started_ = done_ = load_done_ = false;
    update();
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
  // Nothing happens until an instruction or accumulators come.
  bool still() const { return still_; }
  void paramReads(ParamReads& reads) const { params_.requests(reads); }
  void vectorReads(VectorReads& reads) const {
    reads.req = 0;
    if (!vector_) return;
    reads.req = reader_[0].requests() | reader_[1].requests() << 2;
    if (reads.req == 0) return;
    for (unsigned p = 0; p < kVecPorts; ++p) reads.addr[p] = reader_[p / 2].address(p % 2);
  }
  WriteRequest write() const {
    if (vector_) {
      if (cmd_[head_].softmax) return softmax_.write();
      if (cmd_[head_].copy) return copy_.write();
    }
    return output_.write();
  }
  // acc_valid does not matter to acc_ready.
  bool accReady(bool write_grant, bool /*acc_valid*/) const {
    return output_.accReady(front(), params_.ready(), write_grant);
  }

  // Only the output moves, and takes accumulators as they come, for so many positions.
  uint32_t flows() const {
    if (!alone_ || !takes_ || done_ || load_done_ || !params_.waits(load_valid_)) return 0;
    return output_.flows(&cmd_[front_], params_.ready());
  }
  // See Output.
  void flow(uint32_t cycles, uint64_t taken, uint8_t* banks, const Scratchpad& scratchpad) {
    output_.flow(cmd_[front_], cycles, taken, banks, scratchpad);
    still_ = output_.still();
  }

  void tick(const PostIn& in) {
    const bool push = in.cmdValid && cmdReady();
    if (still_ && !push && !in.accValid) return;
    if (valid_ == 0) {  // nothing is under way
      done_ = false;
      if (push) accept(*in.cmd, head_);
      update();
      return;
    }
    const Output::Front front = this->front();
    const bool out_done = output_.done(in.writeGrant);
    const bool elt_valid = eltwise_.valid();
    bool unit_done = false, unit_start = false;
    if (vector_) unit_done = tickVector(in, front, unit_start);

    const Output::Result out =
        output_.tick(front, params_.ready(), in.accValid, elt_valid, in.writeGrant);
    const bool load_done = load_done_;  // of the cycle before
    load_done_ =
        params_.tick(load_valid_ && !load_done, cmd_[load_], in.paramGrant, out.take, out.free);

    const bool finished = cmd_[head_].empty || out_done || unit_done;
    const bool was_done = done_;
    done_ = finished;
    if (push || finished || load_done || out.frontDone || unit_done || unit_start) {
      if (load_done) loaded_ |= 1u << load_;
      if (out.frontDone || unit_done) {
        taken_ |= 1u << front_;
        started_ = false;
      } else if (unit_start) {
        started_ = true;
      }
      const uint32_t tail = head_ ^ (valid_ >> head_ & 1);
      if (finished) {
        valid_ &= ~(1u << head_);
        head_ ^= 1;
      }
      if (push) accept(*in.cmd, tail);
      update();
      return;
    }
    still_ = !was_done && !vector_ && !load_done_ && output_.still() && params_.waits(load_valid_);
  }

 private:
  // What follows from the state of the two instructions.
  void update() {
    still_ = valid_ == 0 && !done_;
    front_ = head_ ^ (taken_ >> head_ & 1);
    front_valid_ = (valid_ >> front_ & 1) != 0 && (taken_ >> front_ & 1) == 0;
    alone_ = front_valid_ && front_ == head_;
    takes_ = front_valid_ && (cmd_[front_].array || (alone_ && cmd_[front_].eltwise));
    load_ = head_ ^ (loaded_ >> head_ & 1);
    load_valid_ = (valid_ >> load_ & 1) != 0 && (loaded_ >> load_ & 1) == 0;
    vector_ = (valid_ >> head_ & 1) != 0 && cmd_[head_].vector();
  }
  Output::Front front() const { return takes_ ? &cmd_[front_] : nullptr; }

  void accept(const isa::Descriptor& d, uint32_t tail) {
    const uint32_t bit = 1u << tail;
    const PostCommand& cmd = cmd_[tail] = PostCommand::of(d, shape_);
    valid_ |= bit;
    loaded_ = (loaded_ & ~bit) | (cmd.empty || cmd.softmax || cmd.copy ? bit : 0);
    taken_ = (taken_ & ~bit) | (cmd.empty ? bit : 0);
  }

  // The vector instruction at the head; true: softmax or copy is done.
  bool tickVector(const PostIn& in, Output::Front front, bool& start) {
    const PostCommand& cmd = cmd_[head_];
    const bool en = output_.en(in.writeGrant);
    const uint32_t grant[2] = {in.vectorGrant & 3, in.vectorGrant >> 2};
    const bool ready[2] = {reader_[0].ready(), reader_[1].ready()};
    const uint32_t data = (reader_[0].dataValid() ? 1u : 0u) | (reader_[1].dataValid() ? 2u : 0u);
    const bool may_start = alone_ && !started_;
    if (cmd.eltwise) {
      start = may_start && output_.eltReady(front, params_.ready());
      const bool beat = eltwise_.beat(alone_, en, data);
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
  bool load_done_ = false;  // constants of load_ were asked for in the cycle before
  // Functions of the above.
  uint32_t front_ = 0;  // takes accumulators
  uint32_t load_ = 0;   // loads constants
  bool front_valid_ = false, load_valid_ = false;
  bool alone_ = false;   // front_ is the oldest
  bool takes_ = false;   // accumulators of front_ may come
  bool vector_ = false;  // the oldest is a vector instruction
  bool still_ = true;
  Params params_;
  Output output_;
  Eltwise eltwise_;
  Softmax softmax_;
  Copy copy_;
  Reader reader_[2];
};

}  // namespace lilong::cycle
