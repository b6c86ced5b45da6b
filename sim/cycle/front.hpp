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
  uint32_t actRequests(uint32_t* addr) const { return stream_.requests(weights_, addr); }

  // Grants when nobody else asks: low ports first, one of every bank.  `taken`: banks that are
  // read.
  uint32_t grants(uint32_t& weight_grant, uint32_t& taken) const {
    const uint32_t act_grant = stream_.grants(weights_, taken);
    weight_grant = 0;
    for (uint32_t r = weights_.requests(); r != 0; r &= r - 1) {
      const uint32_t bank = 1u << bankOf(weights_.addr(static_cast<unsigned>(std::countr_zero(r))));
      if ((taken & bank) == 0) weight_grant |= r & -r;
      taken |= bank;
    }
    return act_grant;
  }

  // The counters of this cycle, from its grants.
  Stream::Release release(uint32_t act_grant, uint32_t weight_grant) const {
    return stream_.release(act_grant, weights_.ready(weight_grant), accum_.hasFree());
  }

  void tick(const FrontIn& in, Stream::Release r) {
    // from back to front: every module reads the registers of the ones before it
    const bool result = (r.flags & kResult) != 0;
    accum_.tick(array_.push(), result, accum_.accValid() && in.accReady);
    array_.tick((r.events & Stream::kBeat) != 0, r.compute(), result);
    const bool take = range_.valid() && stream_.takes(range_.beat(), in.doneSeq);
    stream_.tick(take ? &range_.beat() : nullptr, in.actGrant, r);
    const bool emit = walk_.emits(range_.go());
    const bool work_ready = walk_.workReady();
    const bool blocks_ready = weights_.blocksReady();
    walk_.tick(setup_.workValid(), setup_.work(), emit, range_.entry());
    range_.tick(emit, take);
    weights_.tick(in.weightGrant, (r.flags & kLoad) != 0, setup_.blocksValid(), setup_.blocks());
    setup_.tick(in.cmdValid && setup_.cmdReady(), in.cmd, in.seq, work_ready, blocks_ready);
  }

 private:
  Setup setup_;
  Walk walk_;
  Range range_;
  Stream stream_;
  Weights weights_;
  Array array_;
  Accum accum_;
};

}  // namespace lilong::cycle
