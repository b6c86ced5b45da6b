// SPDX-License-Identifier: Apache-2.0
// Stretches of cycles in which no instruction starts or ends and nothing is decoded.
//
// EXEC comes first at every port of the scratchpad, so its time does not depend on LOAD and STORE:
// it runs ahead and leaves a trail of the banks it takes, and LOAD and STORE follow along the
// trail.
#include "sim/cycle/core.hpp"

namespace lilong::cycle {

using isa::Counter;

// Nothing outside of EXEC, LOAD, STORE and their bus moves, as long as no instruction starts or
// ends and no descriptor comes.
bool TimingCore::quiet() const {
  if (issue_.taken != 0 || overflow_ || standstill_) return false;
  if (fetch_.requestValid(decode_.stop()) && port_.fetchFits()) return false;
  if (fetch_.count != 0 && !fetch_.full) return false;
  if (decode_.ready()) {
    if (fetch_.valid()) return false;
  } else if (!decode_.stop()) {
    if (!decode_.pushing() || queues_[static_cast<size_t>(decode_.queue)].pushReady()) return false;
  }
  // The job may end in this cycle.
  return (inflight_ | allowed_) != 0 || !(decode_.stop() || decode_.pushing());
}

// Nothing of LOAD, STORE and their bus moves in this cycle.
bool TimingCore::dmaStill() const {
  return port_.still() && load_.still() && store_.still() &&
         !(load_.requestValid() && port_.loadRoom());
}

// An instruction of LOAD or STORE ends or may start in this cycle, or a descriptor comes.
bool TimingCore::dmaEvent() const {
  return load_.done() || store_.done() || ((allowed_ & 1) && load_.commandReady()) ||
         ((allowed_ & 4) && store_.commandReady()) || port_.fetchData();
}

// Cycles from `n` of the trail in which LOAD takes a word and writes a word and nothing else moves.
uint32_t TimingCore::flow(const Exec::Trail* trail, uint64_t n, uint64_t limit) {
  if (!port_.flows() || !store_.resting()) return 0;
  if (load_.requestValid() && port_.loadFits()) return 0;
  uint32_t cycles = std::min(load_.flows(), memory_.flows());
  cycles = static_cast<uint32_t>(std::min<uint64_t>(cycles, limit - n));
  if (cycles < 2) return 0;
  if (trail != nullptr) {
    for (uint32_t i = 0; i < cycles; ++i) {
      const uint32_t writes = trail->writes[n + i];
      if (writes == 0) continue;
      const WriteRequest write{true, load_.flowGranule(i), (1u << (shape_.axiBytes / 8)) - 1};
      if ((writes & scratchpad_.banks(write)) != 0) cycles = i;
    }
    if (cycles < 2) return 0;
  }
  memory_.flow(cycles);
  load_.flow(cycles);
  scratchpad_.clear();
  return cycles;
}

// Cycles of LOAD, STORE and their bus alone, up to an event; at most `limit`.
uint64_t TimingCore::transfer(const Exec::Trail* trail, uint64_t limit, Result& result) {
  uint32_t loadStallMemory = 0, loadStallBank = 0, storeStallMemory = 0, storeStallBank = 0;
  uint64_t n = 0;
  for (; n < limit && !dmaEvent(); ++n) {
    if (dmaStill()) {
      const uint64_t cycles = std::min(limit - n, memory_.quietCycles());
      if (cycles != 0) {
        if (load_.starves()) loadStallMemory += static_cast<uint32_t>(cycles);
        memory_.skip(cycles);
        scratchpad_.clear();
        n += cycles - 1;
        continue;
      }
    }
    if (const uint32_t cycles = flow(trail, n, limit); cycles != 0) {
      n += cycles - 1;
      continue;
    }
    const uint32_t reads = trail != nullptr ? trail->reads[n] : 0;
    const uint32_t writes = trail != nullptr ? trail->writes[n] : 0;
    const bool storeGrant =
        store_.readRequest() && (reads >> bankOf(store_.readAddress()) & 1) == 0;
    const bool loadValid = load_.requestValid(), storeValid = store_.requestValid();
    AxiPort::Out bus;
    if (loadValid || storeValid || !port_.resting() || !memory_.resting()) {
      bus = port_.tick({false, false, loadValid, storeValid, 0,
                        static_cast<uint16_t>(loadValid ? busWords(load_.bursts) : 0),
                        static_cast<uint16_t>(storeValid ? busWords(store_.bursts) : 0), false,
                        load_.dataReady(), store_.dataValid()},
                       memory_);
    } else {
      ++memory_.cycle;
    }
    if (!load_.resting()) {
      const WriteRequest write = load_.write();
      load_.tick(nullptr, bus.loadTaken, bus.loadData,
                 write.req && (writes == 0 || (writes & scratchpad_.banks(write)) == 0));
      loadStallMemory += load_.stallMemory;
      loadStallBank += load_.stallBank;
      if (load_.bytesAsked != 0) counter(result, Counter::bytesRead) += load_.bytesAsked;
    }
    if (!store_.resting()) {
      store_.tick({nullptr, bus.storeReady, bus.storeDataReady, bus.storeDone, storeGrant,
                   scratchpad_.storeValid()});
      storeStallMemory += store_.stallMemory;
      storeStallBank += store_.stallBank;
      if (store_.bytesAsked != 0) counter(result, Counter::bytesWritten) += store_.bytesAsked;
    }
    scratchpad_.tick(storeGrant);
  }
  counter(result, Counter::loadStallMemory) += loadStallMemory;
  counter(result, Counter::loadStallBank) += loadStallBank;
  counter(result, Counter::storeStallMemory) += storeStallMemory;
  counter(result, Counter::storeStallBank) += storeStallBank;
  return n;
}

// Passes as many cycles as it can, at most `limit`, and returns their number.
uint64_t TimingCore::jump(uint64_t limit, Result& result) {
  if (!quiet() || dmaEvent()) return 0;
  if (exec_.resting()) return (allowed_ & 2) != 0 ? 0 : transfer(nullptr, limit, result);
  const isa::Descriptor* waiting = allowed_ & 2 ? &queues_[1].head().descriptor : nullptr;
  Exec::Events events;
  uint64_t n = 0;
  while (n < limit) {
    uint64_t cycles = limit - n, passed = 0;
    const uint64_t silent = dmaStill() ? memory_.quietCycles() : 0;
    if (silent != 0) {
      cycles = std::min(cycles, silent);
      passed = exec_.runAlone<false>(waiting, cycles, events);
      if (load_.starves())
        counter(result, Counter::loadStallMemory) += static_cast<uint32_t>(passed);
      memory_.skip(passed);
      scratchpad_.clear();
    } else {
      cycles = std::min<uint64_t>(cycles, Exec::Trail::kCycles);
      const Exec before = exec_;
      Exec::Events ahead = events;
      cycles = exec_.runAlone<true>(waiting, cycles, ahead, &trail_);
      passed = transfer(&trail_, cycles, result);
      if (passed < cycles) {  // they need EXEC as it is now
        exec_ = before;
        exec_.runAlone<false>(waiting, passed, events);
        n += passed;
        break;
      }
      events = ahead;
      if (cycles < Exec::Trail::kCycles) {
        n += passed;
        break;
      }
    }
    n += passed;
    if (passed < cycles || passed == 0) break;
  }
  counter(result, Counter::execStallWeights) += static_cast<uint32_t>(events.stallWeights);
  counter(result, Counter::execStallInput) += static_cast<uint32_t>(events.stallInput);
  counter(result, Counter::execStallOutput) += static_cast<uint32_t>(events.stallOutput);
  counter(result, Counter::macBeats) += static_cast<uint32_t>(events.beats);
  return n;
}

}  // namespace lilong::cycle
