// SPDX-License-Identifier: Apache-2.0
// Memory: the timing of memory::AxiMemory (sim/memory/memory.hpp states the rules) without content
// and faults.  Getters show what it drives in the present cycle; tick ends the cycle.
#pragma once

#include <algorithm>
#include <array>

#include "sim/memory/timing.hpp"

namespace lilong::cycle {

struct Memory {
  struct Burst {
    uint64_t accepted = 0;  // cycle of the address handshake; of an answer: cycle it is due
    uint16_t beats = 0, beat = 0;
    uint8_t unit = 0;  // of reads: 0 fetch, 1 LOAD
  };
  struct Queue {
    std::array<Burst, memory::kMaxOutstanding> slots;
    uint32_t head = 0, count = 0;
    Burst& front() { return slots[head]; }
    const Burst& front() const { return slots[head]; }
    void push(const Burst& b) { slots[(head + count++) % memory::kMaxOutstanding] = b; }
    void pop() { head = (head + 1) % memory::kMaxOutstanding, --count; }
  };
  // Counts the stall of the next transfer of a channel once it is possible.
  struct Gate {
    uint64_t number = 0;
    uint32_t wait = 0;
    bool armed = false;
    bool pass(bool possible, const memory::Stalls& stalls, memory::Channel channel,
              uint32_t extra = 0) {
      if (!possible) return false;
      if (!armed) armed = true, wait = stalls.cycles(channel, number) + extra;
      if (wait == 0) return true;
      --wait;
      return false;
    }
    void done() { ++number, armed = false; }
  };
  enum class Owner : uint8_t { none, read, write };

  memory::Timing timing;
  memory::Stalls stalls;
  uint32_t readCycles, writeCycles;  // cycles of a beat
  uint64_t cycle = 0;
  Queue reads, writes, answers;  // writes: data owed; answers: response owed
  Gate ar, r, aw, w, b;
  uint64_t writeFree = 0;  // first cycle of the next write beat
  uint64_t busFree = 0;    // shared: first cycle of the next owner
  Owner owner = Owner::none, lastOwner = Owner::write;
  bool arReady = false, awReady = false, wReady = false, bValid = false;
  bool rValid = false, rLast = false;
  uint8_t rUnit = 0;

  Memory(const memory::Timing& t, const memory::Stalls& s, uint32_t axiBytes)
      : timing(t),
        stalls(s),
        readCycles(cyclesPerBeat(axiBytes, t.readBytes)),
        writeCycles(cyclesPerBeat(axiBytes, t.writeBytes)) {
    timing.readOutstanding = std::clamp(timing.readOutstanding, 1u, memory::kMaxOutstanding);
    timing.writeOutstanding = std::clamp(timing.writeOutstanding, 1u, memory::kMaxOutstanding);
  }

  // Nothing is owed and no stall is running: only addresses change anything.
  bool resting() const {
    return (reads.count | writes.count | answers.count) == 0 && arReady && awReady;
  }

  // Cycles after the present one in which it certainly drives nothing new, if no address and no
  // data come.
  uint64_t quietCycles() const {
    constexpr uint64_t kForever = ~uint64_t{0};
    if (rValid || bValid || writes.count != 0) return 0;
    if (stalls.permille != 0) return resting() ? kForever : 0;
    uint64_t quiet = kForever;
    const auto until = [&](uint64_t due) {
      quiet = std::min(quiet, due - std::min(due, cycle + 1));
    };
    if (reads.count != 0) {
      if (r.armed) {
        quiet = r.wait;
      } else {
        until(std::max(reads.front().accepted + timing.readLatency, busFree));
      }
    }
    if (answers.count != 0) until(answers.front().accepted);
    return quiet;
  }
  // So many of them pass.
  void skip(uint64_t cycles) {
    cycle += cycles;
    if (r.armed) r.wait -= static_cast<uint32_t>(cycles);
  }

  // A word is driven in every cycle: how many are taken before the last one of the burst is, if
  // nothing else comes.
  uint32_t flows() const {
    if (!rValid || readCycles != 1 || stalls.permille != 0 || (writes.count | answers.count) != 0) {
      return 0;
    }
    return reads.front().beats - reads.front().beat - 1u;
  }
  void flow(uint32_t cycles) {
    cycle += cycles;
    r.number += cycles;
    Burst& burst = reads.front();
    burst.beat = static_cast<uint16_t>(burst.beat + cycles);
    rLast = burst.beat + 1 == burst.beats;
  }

  // Addresses before the job: the host has given every stall of the idle channels time to pass.
  void settle() {
    ar.armed = aw.armed = true;
    ar.wait = aw.wait = 0;
    writeFree = busFree = cycle;
    drive();
  }

  struct In {
    bool arValid, awValid, wValid, rReady;
    uint8_t arUnit;
    uint16_t arBeats, awBeats;
  };
  void tick(const In& in) {
    if (in.arValid && arReady) {
      reads.push({cycle, in.arBeats, 0, in.arUnit});
      ar.done();
    }
    if (in.awValid && awReady) {
      writes.push({cycle, in.awBeats, 0, 0});
      aw.done();
    }
    if (in.wValid && wReady) takeWriteBeat();
    if (in.rReady && rValid) takeReadBeat();
    if (bValid) {
      answers.pop();
      bValid = false;
      b.done();
    }
    ++cycle;
    drive();
  }

 private:
  static uint32_t cyclesPerBeat(uint32_t busBytes, uint32_t bytesPerCycle) {
    return bytesPerCycle == 0 ? 1 : std::max(1u, (busBytes + bytesPerCycle - 1) / bytesPerCycle);
  }

  void takeReadBeat() {
    r.done();
    rValid = false;
    Burst& burst = reads.front();
    if (++burst.beat == burst.beats) {
      reads.pop();
      if (owner == Owner::read) owner = Owner::none, busFree = cycle + 1;
    }
  }

  void takeWriteBeat() {
    w.done();
    Burst& burst = writes.front();
    writeFree = cycle + writeCycles;
    if (++burst.beat < burst.beats) return;
    writes.pop();
    answers.push({cycle + writeCycles - 1 + timing.writeLatency, 0, 0, 0});
    if (owner == Owner::write) owner = Owner::none, busFree = writeFree;
  }

  void chooseOwner() {
    if (owner != Owner::none || cycle < busFree) return;
    const bool read = reads.count != 0 && cycle >= reads.front().accepted + timing.readLatency;
    const bool write = writes.count != 0;
    if (read && write) {
      owner = lastOwner == Owner::read ? Owner::write : Owner::read;
    } else if (read || write) {
      owner = read ? Owner::read : Owner::write;
    } else {
      return;
    }
    lastOwner = owner;
  }

  void drive() {
    if (timing.shared) chooseOwner();
    if (stalls.permille == 0) {
      arReady = reads.count < timing.readOutstanding;
      awReady = writes.count + answers.count < timing.writeOutstanding;
    } else {
      arReady = ar.pass(reads.count < timing.readOutstanding, stalls, memory::Channel::ar);
      awReady = aw.pass(writes.count + answers.count < timing.writeOutstanding, stalls,
                        memory::Channel::aw);
    }
    if (!rValid && reads.count != 0) {
      const Burst& burst = reads.front();
      const bool turn = !timing.shared || owner == Owner::read;
      const bool possible = turn && cycle >= burst.accepted + timing.readLatency;
      if (r.pass(possible, stalls, memory::Channel::r, readCycles - 1)) {
        rValid = true;
        rUnit = burst.unit;
        rLast = burst.beat + 1 == burst.beats;
      }
    }
    wReady = false;
    if (writes.count != 0) {
      const bool turn = !timing.shared || owner == Owner::write;
      wReady = w.pass(turn && cycle >= writeFree, stalls, memory::Channel::w);
    }
    if (!bValid && answers.count != 0) {
      bValid = b.pass(cycle >= answers.front().accepted, stalls, memory::Channel::b);
    }
  }
};

}  // namespace lilong::cycle
