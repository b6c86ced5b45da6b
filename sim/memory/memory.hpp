// SPDX-License-Identifier: Apache-2.0
// AxiMemory: external memory behind an AXI4 port, stepped once per clock cycle, shared by all
// simulators that have time.  `out()` is what it drives in the present cycle and depends on
// earlier cycles only; `step` takes what the chip drives in the same cycle and ends the cycle.
//
// Cycle semantics; C = ceil(bus bytes / bytes a cycle), stalls are extra cycles of timing.hpp:
//  AR     ready while fewer than readOutstanding bursts are accepted and unfinished (a burst ends
//         with the handshake of its last beat, and frees its place in the next cycle).
//  R      bursts are served in order of acceptance.  A beat starts in the first cycle that is
//         >= address handshake + readLatency and behind the handshake of the beat before it; it
//         is driven C - 1 + stall cycles later and held until taken.
//  AW     ready while fewer than writeOutstanding bursts are accepted and unanswered.
//  W      ready only for a burst whose address was taken in an earlier cycle; the next beat is
//         taken C + stall cycles after the one before at the earliest.
//  B      driven writeLatency + C - 1 + stall cycles after the last data handshake, in order.
//  shared The data channel belongs to one burst at a time, from the cycle in which it could
//         start until its last beat has passed (write: C cycles); if both directions can start,
//         the one that did not have the channel last is served.
// Bursts outside the memory are answered with DECERR, bursts that are not incrementing or
// narrower than the bus with SLVERR; such writes change nothing.
#pragma once

#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "sim/memory/axi.hpp"
#include "sim/memory/timing.hpp"

namespace lilong::memory {

class AxiMemory {
 public:
  // `busBytes`: 8, 16 or 32.  `bytes` is rounded up to a multiple of the bus.
  AxiMemory(const Timing& timing, uint32_t busBytes, uint64_t bytes);

  const AxiSlave& out() const { return out_; }
  void step(const AxiMaster& in);

  // Content, zero at first.  Empty if there was no memory for it.
  std::span<uint8_t> bytes() { return {bytes_.get(), size_}; }
  std::span<const uint8_t> bytes() const { return {bytes_.get(), size_}; }

  // From now on; transfer numbers start again at 0.
  void setStalls(const Stalls& stalls);
  // Bursts are numbered from 0 from now on.
  void setFaults(std::vector<Fault> faults);
  // Nothing goes wrong from now on; whatever was held back comes.
  void clearFaults();

  // Bursts accepted and unfinished; 0: the bus is at rest.
  uint32_t owed() const { return reads_.count + writes_.count + answers_.count; }

 private:
  struct Burst {
    uint64_t addr = 0;
    uint64_t accepted = 0;  // cycle of the address handshake; of an answer: cycle it is due
    uint64_t number = 0;
    uint32_t beats = 0;
    uint32_t beat = 0;
    uint16_t id = 0;
    uint8_t resp = kOkay;
  };
  struct Queue {
    std::array<Burst, kMaxOutstanding> slots;
    uint32_t head = 0, count = 0;
    Burst& front() { return slots[head]; }
    void push(const Burst& b) { slots[(head + count++) % kMaxOutstanding] = b; }
    void pop() { head = (head + 1) % kMaxOutstanding, --count; }
  };
  // Counts the stall of the next transfer of a channel once it is possible.
  struct Gate {
    uint64_t number = 0;
    uint64_t wait = 0;
    bool armed = false;
    bool pass(bool possible, const Stalls& stalls, Channel channel, uint32_t extra = 0) {
      if (!possible) return false;
      if (!armed) armed = true, wait = stalls.cycles(channel, number) + extra;
      if (wait == 0) return true;
      if (wait != kForever) --wait;
      return false;
    }
    void done() { ++number, armed = false; }
  };
  static constexpr uint64_t kForever = ~uint64_t{0};
  enum class Owner : uint8_t { none, read, write };

  Burst makeBurst(const AxiAddress& a, uint64_t number) const;
  void takeReadBeat();
  void takeWriteBeat(const AxiMaster& in);
  void chooseOwner();
  void drive();
  void driveReadBeat();
  const Fault* fault(FaultKind kind, uint64_t burst, uint32_t beat) const;

  Timing timing_;
  uint32_t bus_;
  uint32_t readCycles_, writeCycles_;  // C of either direction
  struct Free {
    void operator()(uint8_t* p) const { std::free(p); }
  };
  uint64_t size_;
  std::unique_ptr<uint8_t, Free> bytes_;  // from calloc: pages that are not used cost nothing
  Stalls stalls_;
  std::vector<Fault> faults_;

  uint64_t cycle_ = 0;
  uint64_t readBursts_ = 0, writeBursts_ = 0;  // since setFaults
  Queue reads_, writes_, answers_;             // writes_: data owed; answers_: response owed
  Gate ar_, r_, aw_, w_, b_;
  uint64_t writeFree_ = 0;  // first cycle of the next write beat
  uint64_t busFree_ = 0;    // shared: first cycle of the next owner
  Owner owner_ = Owner::none, last_ = Owner::write;
  AxiSlave out_;
};

}  // namespace lilong::memory
