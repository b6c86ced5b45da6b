// SPDX-License-Identifier: Apache-2.0
// lilong_exec: dispatches EXEC instructions, in order, to the array path and to Post, and shares
// the read ports between them.
//
// A cycle: reads() once, then write() and cmdReady(), grants from outside, tick().
#pragma once

#include "sim/cycle/front.hpp"
#include "sim/cycle/post.hpp"
#include "sim/cycle/scratchpad.hpp"

namespace lilong::cycle {

struct Exec {
  explicit Exec(const Shape& shape)
      : weight_ports_(shape.weightVectors), scratchpad_(shape), front_(shape), post_(shape) {}

  void clear() {
    vector_ = false;
    seq_ = done_ = 0;
    front_.clear();
    post_.clear();
    front_idle_ = true;
  }

  bool done() const { return post_.done(); }
  bool busy() const { return seq_ != done_; }
  WriteRequest write() const { return post_.write(); }
  // Nothing is at work and tick without a command changes nothing.
  bool resting() const { return seq_ == done_ && front_idle_ && post_.still(); }

  // Would an instruction be taken in this cycle?
  bool cmdReady(const isa::Descriptor& cmd) const { return post_.cmdReady() && may(target(cmd)); }

  // Requests of this cycle.
  const ExecReads& reads() {
    act_ = weight_ = 0;
    if (!front_idle_) {
      act_ = front_.actRequests(reads_.addr.data());
      weight_ = front_.weightRequests();
      for (unsigned j = 0; weight_ != 0 && j < weight_ports_; j++) {
        reads_.addr[kActPorts + j] = front_.weightAddr(j);
      }
    }
    post_.paramReads(params_);
    post_.vectorReads(vectors_);
    for (uint32_t r = params_.req; r != 0; r &= r - 1) {
      const auto j = static_cast<unsigned>(std::countr_zero(r));
      reads_.addr[kActPorts + j] = params_.addr[j];
    }
    for (uint32_t r = vectors_.req; r != 0; r &= r - 1) {
      const auto p = static_cast<unsigned>(std::countr_zero(r));
      reads_.addr[p] = vectors_.addr[p];
    }
    reads_.upperFirst = !front_idle_ && front_.weightsFirst();
    reads_.req = act_ | vectors_.req | (weight_ | params_.req) << kActPorts;
    return reads_;
  }

  [[gnu::flatten]] void tick(const ExecIn& in) {
    const Target to = in.cmdValid ? target(*in.cmd) : Target::post;
    const bool go = may(to);
    start = in.cmdValid && go && post_.cmdReady();
    const bool to_front = start && to == Target::front;
    const bool to_vector = start && to == Target::vector;

    // parameters before weights; the vector path and the array path never meet
    const uint32_t upper = in.readGrant >> kActPorts;
    PostIn post;
    post.cmdValid = in.cmdValid && go;
    post.cmd = in.cmd;
    post.accValid = front_.accValid();
    post.paramGrant = upper & params_.req;
    post.vectorGrant = in.readGrant & vectors_.req;
    post.writeGrant = in.writeGrant;

    beat = stallWeights = stallInput = stallOutput = false;
    if (!front_idle_ || to_front) {
      FrontIn front;
      front.cmdValid = to_front;
      front.cmd = in.cmd;
      front.seq = seq_;
      front.doneSeq = done_;
      front.actGrant = in.readGrant & act_;
      front.weightGrant = upper & weight_ & ~params_.req;
      front.accReady = post.accValid && post_.accReady(in.writeGrant, post.accValid);
      const Stream::Release release = front_.release();
      beat = release.compute();
      stallWeights = (release.events & Stream::kStallWeights) != 0;
      stallInput = (release.events & Stream::kStallInput) != 0;
      stallOutput = (release.events & Stream::kStallOutput) != 0;
      front_.tick(front, release);
      front_idle_ = front_.idle();
    }

    const bool finished = post_.done();
    if (to_vector) {
      vector_ = true;
      vector_seq_ = seq_;
    } else if (finished && done_ == vector_seq_) {
      vector_ = false;
    }
    seq_ = (seq_ + start) & 15;
    done_ = (done_ + finished) & 15;
    post_.tick(post);
  }

  // Cycles in which nothing outside matters: no instruction is offered, or only `waiting` (may be
  // null), which cannot be taken yet.  Exec has the highest priority at every port, so nobody else
  // changes its time.  Stops after `limit` cycles, or in front of a cycle in which an instruction
  // is done or `waiting` would be taken; returns the number of cycles and adds their events.
  using Events = Front::Events;
  // Banks that Exec takes, a byte for every cycle of a run.
  struct Trail {
    static constexpr uint32_t kCycles = 256;
    std::array<uint8_t, kCycles> reads, writes;
  };
  template <bool kTrail>
  [[gnu::flatten]] uint64_t runAlone(const isa::Descriptor* waiting, uint64_t limit, Events& events,
                                     Trail* trail = nullptr) {
    const Target to = waiting != nullptr ? target(*waiting) : Target::post;
    const auto takes = [&] { return waiting != nullptr && post_.cmdReady() && may(to); };
    uint64_t n = 0;
    while (n < limit && !post_.done() && !takes()) {
      if (!front_idle_) {
        const uint32_t positions = post_.flows();
        if (positions != 0 || (post_.still() && !front_.accValid())) {
          uint8_t* const reads = kTrail ? trail->reads.data() + n : nullptr;
          uint8_t* const writes = kTrail ? trail->writes.data() + n : nullptr;
          uint64_t pops = 0;
          uint32_t cycles = 0;
          if (front_.flows()) {
            cycles = front_.glide(limit - n, done_, positions, pops, reads, events);
          }
          if (cycles == 0) {
            cycles = 1;
            pops = front_.accValid();
            uint32_t banks = 0;
            front_idle_ = front_.run(done_, pops != 0, banks, events);
            if constexpr (kTrail) *reads = static_cast<uint8_t>(banks);
          }
          if (positions != 0)
            post_.flow(cycles, pops, writes, scratchpad_);
          else if (kTrail)
            std::fill_n(writes, cycles, uint8_t{0});
          n += cycles;
          continue;
        }
      }
      const WriteRequest write = post_.write();
      uint32_t banks = 0;
      post_.paramReads(params_);
      post_.vectorReads(vectors_);
      if ((params_.req | vectors_.req) != 0) {
        reads();
        tick({false, nullptr, Scratchpad::grants(reads_, banks), write.req});
        events.beats += beat;
        events.stallWeights += stallWeights;
        events.stallInput += stallInput;
        events.stallOutput += stallOutput;
      } else {
        PostIn post;
        post.accValid = front_.accValid();
        post.writeGrant = write.req;
        if (!front_idle_) {
          front_idle_ =
              front_.run(done_, post.accValid && post_.accReady(write.req, true), banks, events);
        }
        post_.tick(post);
      }
      if constexpr (kTrail) {
        trail->reads[n] = static_cast<uint8_t>(banks);
        trail->writes[n] = static_cast<uint8_t>(write.req ? scratchpad_.banks(write) : 0);
      }
      n++;
    }
    return n;
  }

  // Of the cycle that the last tick ended.
  bool start = false, beat = false, stallWeights = false, stallInput = false, stallOutput = false;

 private:
  enum class Target : uint8_t { post, front, vector };

  static Target target(const isa::Descriptor& d) {
    uint32_t steps = isa::bits(d, 8, 31, 16);
    switch (static_cast<isa::Opcode>(isa::opcodeByte(d))) {
      case isa::Opcode::eltwise:
      case isa::Opcode::softmax:
      case isa::Opcode::copy:
        return Target::vector;
      case isa::Opcode::pool:
        steps = isa::bits(d, 7, 31, 24);
        break;
      case isa::Opcode::conv:
      case isa::Opcode::dwconv:
        break;
      default:
        return Target::post;
    }
    const bool empty =
        steps == 0 || (d[12] & 0xffff) == 0 || d[12] >> 16 == 0 || (d[13] & 0xffff) == 0;
    return empty ? Target::post : Target::front;
  }

  bool may(Target to) const {
    if (to == Target::front) return front_.cmdReady() && !vector_;
    if (to == Target::vector) return front_idle_ && post_.idle() && !vector_;
    return true;
  }

  unsigned weight_ports_;
  Scratchpad scratchpad_;
  Front front_;
  Post post_;
  bool front_idle_ = true;         // front_.idle(), kept so that an idle path costs nothing
  bool vector_ = false;            // a vector instruction is at work
  uint32_t vector_seq_ = 0;        // its number
  uint32_t seq_ = 0, done_ = 0;    // instructions taken and completed, modulo 16
  uint32_t act_ = 0, weight_ = 0;  // requests of this cycle
  ParamReads params_;
  VectorReads vectors_;
  ExecReads reads_;
};

}  // namespace lilong::cycle
