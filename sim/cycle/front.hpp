// SPDX-License-Identifier: Apache-2.0
// lilong_front: the array path up to the accumulators.
#pragma once

#include "sim/cycle/accum.hpp"
#include "sim/cycle/range.hpp"
#include "sim/cycle/setup.hpp"
#include "sim/cycle/stream.hpp"
#include "sim/cycle/walk.hpp"
#include "sim/cycle/weights.hpp"

namespace lilong::cycle {

struct FrontIn {
  bool cmdValid = false;                 // taken when cmdReady()
  const isa::Descriptor* cmd = nullptr;  // conv, dwconv or pool that is not empty
  uint32_t seq = 0;                      // its number, modulo 16
  uint32_t doneSeq = 0;                  // EXEC instructions completed, modulo 16
  uint32_t actGrant = 0;                 // subset of actRequests
  uint32_t weightGrant = 0;
  bool accReady = false;
};

struct Front {
  explicit Front(const Shape& shape) : setup_(shape), walk_(shape), weights_(shape) {}

  void clear() {
    setup_.clear();
    walk_.clear();
    range_.clear();
    stream_.clear();
    weights_.clear();
    array_.clear();
    accum_.clear();
    flows_ = false;
  }

  bool cmdReady() const { return setup_.cmdReady(); }
  bool accValid() const { return accum_.accValid(); }
  bool idle() const {
    return walk_.idle() && accum_.idle() && range_.idle() && setup_.idle() && stream_.empty() &&
           array_.idle() && weights_.idle();
  }
  uint32_t weightRequests() const { return weights_.requests(); }
  uint32_t weightAddr(unsigned j) const { return weights_.addr(j); }
  // Mask of the six ports; writes the addresses of those that wait.
  uint32_t actRequests(uint32_t* addr) const { return stream_.requests(addr); }
  bool weightsFirst() const { return stream_.weightsFirst(); }

  // Grants when nobody else asks: low ports first, one of every bank.  `taken`: banks that are
  // read.
  uint32_t grants(uint32_t& weight_grant, uint32_t& taken) const {
    taken = 0;
    const bool first = stream_.weightsFirst();
    if (first) weight_grant = weights_.grants(taken);
    const uint32_t act_grant = stream_.grants(taken);
    if (!first) weight_grant = weights_.grants(taken);
    return act_grant;
  }

  // The counters of this cycle.
  Stream::Release release() const { return stream_.release(weights_.full(), accum_.hasFree()); }

  void tick(const FrontIn& in, Stream::Release r) {
    flows_ = false;
    // from back to front: every module reads the registers of the ones before it
    const bool result = (r.flags & kResult) != 0;
    const bool want = stream_.wants(accum_.hasFree());
    accum_.tick(array_.push(), result, accum_.accValid() && in.accReady);
    array_.tick((r.events & Stream::kBeat) != 0, r.compute(), result);
    const bool take = range_.valid() && stream_.takes(range_.beat(), in.doneSeq);
    stream_.tick(take ? &range_.beat() : nullptr, in.actGrant, r, weights_.full());
    const bool emit = walk_.emits(range_.go());
    const bool work_ready = walk_.workReady();
    const bool blocks_ready = weights_.blocksReady();
    walk_.tick(setup_.workValid(), setup_.work(), emit, range_.entry(), stream_.vectors());
    range_.tick(emit, take);
    weights_.tick(in.weightGrant, want, (r.flags & kLoad) != 0, setup_.blocksValid(),
                  setup_.blocks());
    setup_.tick(in.cmdValid && setup_.cmdReady(), in.cmd, in.seq, work_ready, blocks_ready);
  }

  // Every stage passes on a beat a cycle.
  bool flows() const { return flows_; }

  // A cycle without an instruction at the input, when nobody else asks; idle() afterwards.
  struct Events {
    uint64_t beats = 0, stallWeights = 0, stallInput = 0, stallOutput = 0;
  };
  bool run(uint32_t done_seq, bool acc_ready, uint32_t& banks, Events& events) {
    if (flows_ && flow(done_seq, acc_ready, banks, events)) return false;
    FrontIn in;
    in.doneSeq = done_seq;
    in.accReady = acc_ready;
    in.actGrant = grants(in.weightGrant, banks);
    const Stream::Release r = release();
    events.beats += r.compute();
    events.stallWeights += (r.events & Stream::kStallWeights) != 0;
    events.stallInput += (r.events & Stream::kStallInput) != 0;
    events.stallOutput += (r.events & Stream::kStallOutput) != 0;
    tick(in, r);
    flows_ = range_.flows() && stream_.flows();
    return idle();
  }

  // Cycles in which every stage passes on a beat; at most `limit`, returns their number.  Up to
  // `positions` results leave, each in the cycle that finds it: bit n of `pops` is one of cycle n.
  // Banks go to `reads`, if that is not null.
  uint32_t glide(uint64_t limit, uint32_t done_seq, uint32_t positions, uint64_t& pops,
                 uint8_t* reads, Events& events) {
    pops = 0;
    if (!flows_ || !setup_.still()) return 0;
    // numbers of the beats: the stream has the last `inside` of those that left the range
    const unsigned first = range_.from(), end = range_.to(), inside = stream_.beats();
    const auto most = static_cast<uint32_t>(std::min<uint64_t>(limit, kLongest));
    uint64_t asked = 0;
    uint32_t cycles = 0, beats = 0;
    for (; cycles != most; cycles++) {
      const Beat& newest = range_.number(first + cycles - 1);
      const uint32_t flags = range_.number(first + cycles - inside).flags;
      const bool load = (flags & kLoad) != 0, result = (flags & kResult) != 0;
      const bool pop = accum_.accValid();
      if (newest.clash != 0 || (flags & kSingle) != 0 || (load && !weights_.full()) ||
          (result && !accum_.hasFree()) || (pop && positions == 0) || !walk_.emits(true) ||
          !stream_.takes(range_.number(first + cycles), done_seq) ||
          (setup_.blocksValid() && weights_.blocksReady())) {
        break;
      }
      const bool compute = (flags & kCompute) != 0;
      beats += compute;
      positions -= pop;
      pops |= uint64_t{pop} << cycles;
      accum_.tick(array_.push(), result, pop);
      array_.tick(true, compute, result);
      asked += newest.asks;
      uint32_t banks = newest.banks;
      if (load || !weights_.still()) {
        const uint32_t grant = weights_.grants(banks);
        weights_.tick(grant, false, load, false, setup_.blocks());
      }
      if (reads != nullptr) reads[cycles] = static_cast<uint8_t>(banks);
      walk_.tick(false, setup_.work(), true, range_.number(end + cycles), stream_.vectors());
    }
    if (cycles == 0) return 0;
    events.beats += beats;
    events.stallInput += cycles - beats;
    stream_.flow(asked, [&](unsigned n) -> const Beat& {
      return range_.number(first + cycles - inside + n);
    });
    range_.flow(cycles);
    return cycles;
  }

 private:
  static constexpr uint32_t kLongest = 52;  // cycles of a glide: pops and 12 stages are one word

  // The same when every stage passes on one beat: what grants, release and tick come to.  False,
  // and nothing done, if it is not so in this cycle.
  bool flow(uint32_t done_seq, bool acc_ready, uint32_t& banks, Events& events) {
    const Beat& enter = range_.beat();
    if (!walk_.emits(true) || !stream_.takes(enter, done_seq) || !stream_.banks(banks))
      return false;
    const uint32_t flags = stream_.oldest();
    const bool load = (flags & kLoad) != 0, result = (flags & kResult) != 0;
    // late weights come first; a single position is a hazard
    if ((load && !weights_.full()) || (result && !accum_.hasFree()) || (flags & kSingle) != 0) {
      return false;
    }
    const bool compute = (flags & kCompute) != 0;
    events.beats += compute;
    events.stallInput += !compute;
    accum_.tick(array_.push(), result, accum_.accValid() && acc_ready);
    array_.tick(true, compute, result);
    stream_.flow(enter);
    const bool blocks_ready = weights_.blocksReady();
    if (load || !weights_.still() || setup_.blocksValid()) {
      const uint32_t grant = weights_.grants(banks);
      weights_.tick(grant, false, load, setup_.blocksValid(), setup_.blocks());
    }
    walk_.tick(false, setup_.work(), true, range_.entry(), stream_.vectors());
    range_.flow();
    setup_.tick(false, nullptr, 0, false, blocks_ready);
    return true;
  }

  bool flows_ = false;  // every stage of range and stream passes on one beat
  Setup setup_;
  Walk walk_;
  Range range_;
  Stream stream_;
  Weights weights_;
  Array array_;
  Accum accum_;
};

}  // namespace lilong::cycle
