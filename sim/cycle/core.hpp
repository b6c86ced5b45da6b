// SPDX-License-Identifier: Apache-2.0
// TimingCore: when everything happens on the chip, cycle for cycle as the RTL, without values.
//
// Holds for programs whose instructions pass the decoder (or end in a precise trap), whose regions
// lie in the external memory and whose bus answers without errors.  Time never depends on data, so
// the program and the regions are all it needs.  Several may be used at once; nothing is shared.
//
// As a cost function: make one core and call run() as often as needed.  A job allocates nothing
// (but the events, with trace), leaves nothing behind but the state of the memory (history()), and
// costs a few nanoseconds a cycle.  The list of instructions can be any, of one layer too: it needs
// an END, regions large enough for its transfers, and every semaphore that it waits for must be
// signalled by the list itself (else the job ends in a trap, see Result).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "sim/cycle/axi_port.hpp"
#include "sim/cycle/decode.hpp"
#include "sim/cycle/exec.hpp"
#include "sim/cycle/fetch.hpp"
#include "sim/cycle/load.hpp"
#include "sim/cycle/queue.hpp"
#include "sim/cycle/scratchpad.hpp"
#include "sim/cycle/store.hpp"

namespace lilong::cycle {

struct Region {
  uint64_t base = 0;  // device address, a multiple of 64
  uint32_t size = 0;
  bool read = false, write = false;
  bool operator==(const Region&) const = default;
};

struct RunOptions {
  uint32_t watchdogCycles = 0;  // 0: none
  uint32_t drainLimit = isa::kRegDrainLimitReset;
  bool trace = false;                       // fill Result::events
  bool plain = false;                       // every cycle one by one, to check the jumps
  uint64_t cycleLimit = uint64_t{1} << 36;  // gives up; Result::finished is false then
  bool operator==(const RunOptions&) const = default;
};

// Start and completion of an instruction, in cycles from the doorbell.
struct Event {
  isa::Queue queue;
  uint32_t instruction;
  uint64_t start, end;
  // Behind the cycle of the completion; that of `cycles` is 0.
  std::array<uint32_t, isa::kNumCounters> counters{};
};

struct Result {
  bool finished = false;
  std::optional<isa::Trap> trap;
  uint64_t cycles = 0;  // doorbell to interrupt
  uint32_t progress = 0;
  std::array<uint32_t, isa::kNumCounters> counters{};
  std::vector<Event> events;  // in the order of their starts
};

class TimingCore {
 public:
  TimingCore(const isa::Preset& preset, const memory::Timing& timing,
             const memory::Stalls& stalls = {});

  const isa::Preset& preset() const { return preset_; }

  // What the next job's time depends on besides program, regions and options; none if that is
  // new for every job.
  std::optional<uint32_t> history() const {
    if (memory_.stalls.permille != 0) return std::nullopt;
    return memory_.timing.shared ? static_cast<uint32_t>(memory_.lastOwner) : 0;
  }

  // One job.  `program`: content of region 0.  The numbers of the random stalls go on from job to
  // job, as those of the memory do.
  Result run(std::span<const uint8_t> program, const std::array<Region, isa::kRegions>& regions,
             const RunOptions& options = {});

  // The same from descriptors: they lie at regions[0].base, whose size and rights follow.
  Result run(std::span<const isa::Descriptor> program, std::array<Region, isa::kRegions> regions,
             const RunOptions& options = {});

 private:
  enum class End : uint8_t { none, done, trap };
  struct Issue {
    uint32_t taken = 0;  // bits of queues
    int acquired = -1;
  };

  void clear();
  static uint32_t& counter(Result& result, isa::Counter name) {
    return result.counters[static_cast<size_t>(name)];
  }
  uint32_t busWords(const Bursts& b) const;  // of the burst it asks for
  uint32_t doneMask() const;
  Issue choose() const;
  DmaCommand command(const InstructionQueue::Entry& entry) const;
  End step(const RunOptions& options, Result& result);
  void fetchAndDecode(const AxiPort::Out& bus, bool pushFire, Result& result);
  void update(Result& result);
  uint64_t jump(uint64_t limit, Result& result);
  bool quiet() const;
  bool dmaStill() const;
  bool dmaEvent() const;
  uint32_t flow(const Exec::Trail* trail, uint64_t n, uint64_t limit);
  uint64_t transfer(const Exec::Trail* trail, uint64_t limit, Result& result);
  void abort(const RunOptions& options, Result& result);
  void note(uint32_t started, uint32_t done, Result& result);
  void noteCounters(Result& result);

  isa::Preset preset_;
  Shape shape_;
  std::array<Region, isa::kRegions> regions_{};
  std::span<const uint8_t> program_;
  uint64_t now_ = 0;  // cycles since the doorbell

  Memory memory_;
  AxiPort port_;
  Fetch fetch_;
  Decode decode_;
  Queues queues_;
  Sync sync_;
  Issue issue_;  // of this cycle
  std::optional<isa::Trap> overflow_, standstill_;  // of the last cycle, reported in the next
  Load load_;
  Store store_;
  Scratchpad scratchpad_;
  Exec exec_;
  Exec::Trail trail_;
  unsigned busShift_;
  std::array<size_t, isa::kNumQueues> open_{};  // first event of a queue that has not ended
  uint32_t ended_ = 0;  // queues whose last event still waits for its counters

  // Functions of queues and semaphores, bits of queues, brought up to date by update().
  uint32_t allowed_ = 0;   // valid heads whose semaphores and fence allow the start
  uint32_t acquires_ = 0;  // valid heads that wait for semaphores
  uint32_t waiting_ = 0;   // valid heads that wait
  uint32_t inflight_ = 0;  // issued and not completed
  uint64_t since_ = 0;     // first cycle of this state that is not counted
  bool changed_ = false;   // they are out of date
};

}  // namespace lilong::cycle
