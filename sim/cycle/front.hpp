// SPDX-License-Identifier: Apache-2.0
// lilong_front: the array path up to the accumulators.
#pragma once

#include "sim/cycle/accum.hpp"
#include "sim/cycle/glide.hpp"
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
  // Banks go to `reads`, if that is not null.  Without positions no accumulators may be there yet.
  uint32_t glide(uint64_t limit, uint32_t done_seq, uint32_t positions, uint64_t& pops,
                 uint8_t* reads, Events& events) {
    pops = 0;
    if (!flows_ || !setup_.still() || !accum_.hasFree()) return 0;
    Glide g;
    g.inside = stream_.beats();
    g.done_seq = done_seq;
    g.drains = positions != 0;
    g.stop = static_cast<uint32_t>(std::min<uint64_t>(limit, Glide::kLongest));
    // the stream has the last `inside` of the beats that left the range
    const unsigned first = range_.from(), oldest = first - g.inside;
    const uint32_t ahead = range_.beats() + g.inside;  // cycles until a new beat is released
    for (uint32_t n = 0; n != ahead; n++) g.note(n, range_.number(oldest + n), n >= g.inside);
    if (array_.pushes() != 0 && !g.drains) {
      g.stopAt(static_cast<uint32_t>(std::countr_zero(array_.pushes())) + 1);
    }
    if (g.drains) g.stopAt(lastPop(g.results, ahead, positions));

    uint32_t cycles = 0;
    while (cycles < g.stop && walk_.emits(true)) {
      uint32_t count = std::min(walk_.streak(), g.stop - cycles);
      if (count < 2) {
        if (fetch(g, cycles, 1) == 0) break;
        Beat& beat = range_.number(oldest + ahead + cycles);
        walk_.tick(false, setup_.work(), true, beat, stream_.vectors());
        g.note(ahead + cycles, beat, true);
        cycles++;
        continue;
      }
      const uint32_t flags = walk_.streakFlags(), released = ahead + cycles;
      const uint32_t asks = released + 1 - g.inside;
      if ((flags & kResult) != 0 && !g.drains) count = std::min(count, ahead + Glide::kSeen);
      count = fetch(g, cycles, count, asks - cycles);
      if (count == 0) break;
      const unsigned number = oldest + released;
      const Walk::Emitted done =
          walk_.streak(count, asks - cycles, stream_.vectors(), g.banks.data() + asks,
                       [&](uint32_t n) -> Beat& { return range_.number(number + n); });
      const uint64_t bits = (uint64_t{1} << done.count) - 1;
      g.computes |= bits << released;
      if ((flags & kResult) != 0) g.noteResults(released, bits);
      if (done.clash != done.count) g.stopAt(asks + done.clash);
      cycles += done.count;
    }
    if (cycles == 0) return 0;

    const uint64_t mask = (uint64_t{1} << cycles) - 1;
    const auto beats = static_cast<uint32_t>(std::popcount(g.computes & mask));
    events.beats += beats;
    events.stallInput += cycles - beats;
    pops = accum_.flow(array_.flow(cycles, g.computes & mask, g.results & mask), cycles,
                       g.results & mask);
    if (reads != nullptr) std::copy_n(g.banks.data(), cycles, reads);
    range_.flow(cycles);
    stream_.flow(range_.beats(),
                 [&](unsigned n) -> const Beat& { return range_.number(oldest + cycles + n); });
    return cycles;
  }

 private:
  // The weights from `cycle` of a glide on, for `count` cycles or, if they are at work, `known`;
  // returns for how many.
  uint32_t fetch(Glide& g, uint32_t cycle, uint32_t count, uint32_t known = 1) {
    uint32_t n = 0;
    while (n < count) {
      if (setup_.blocksValid() && weights_.blocksReady()) return n;
      const uint64_t loads = g.loads >> (cycle + n);
      const bool load = (loads & 1) != 0;
      if (!load && weights_.still()) {
        if (loads == 0) return count;
        n += static_cast<uint32_t>(std::countr_zero(loads));
        continue;
      }
      if (n >= known || (load && !weights_.full())) return n;
      uint8_t& banks = g.banks[cycle + n];
      uint32_t taken = banks;
      const uint32_t grant = weights_.grants(taken);
      weights_.tick(grant, load, load, false, setup_.blocks());
      banks = static_cast<uint8_t>(taken);
      n++;
    }
    return count;
  }
  // A cycle up to which no more than `positions` results leave.
  uint32_t lastPop(uint64_t results, uint32_t ahead, uint32_t positions) const {
    const uint64_t known = array_.pushes() | results << Array::kStages;
    const auto most = accum_.count() + static_cast<uint32_t>(std::popcount(known));
    return most > positions ? positions : ahead + Array::kStages + positions - most;
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
