// SPDX-License-Identifier: Apache-2.0
// Harness: a Verilated chip with external memory on its AXI4 port and a host on its AXI4-Lite
// port.  Everything the host does goes through the pins; only peek and poke go around them.
// Cycles are counted from the handshake of the doorbell to the first cycle with the interrupt high.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/isa/check.hpp"
#include "sim/isa/gen/isa.hpp"
#include "sim/memory/memory.hpp"
#include "sim/memory/monitor.hpp"
#include "sim/rtl/chip.hpp"

namespace lilong::rtl {

struct HarnessOptions {
  std::string preset = "edge";
  std::string flavour = "fast";
  std::string folder;  // of the module, see loader.hpp
  memory::Timing timing = memory::kTimings[0];
  uint64_t memoryBytes = uint64_t{16} << 20;
  uint64_t seed = 0;     // random initial state of the chip (flavour checked)
  bool monitor = false;  // watch the bus and complain
};

struct Region {
  uint64_t base = 0;
  uint32_t size = 0;
  bool read = false, write = false;
};

struct Event {
  isa::Queue queue;
  uint32_t instruction;
  uint64_t start, end;  // cycles from the doorbell
  // Behind the cycle of the completion; that of `cycles` is 0.
  std::array<uint32_t, isa::kNumCounters> counters{};
};

struct JobRequest {
  uint32_t watchdogCycles = 0;  // 0: off
  bool trace = false;
  uint64_t hostLimit = 0;  // cycles after which the host gives up; 0: 2^36
};

struct Job {
  std::optional<isa::Trap> trap;
  uint64_t cycles = 0;
  uint32_t progress = 0;
  std::array<uint32_t, isa::kNumCounters> counters{};
  std::vector<Event> events;
};

class Harness {
 public:
  // Loads the module and resets the chip; checks that its registers name this specification.
  static Result<std::unique_ptr<Harness>> open(const HarnessOptions& options);

  const isa::Preset& preset() const { return *preset_; }
  memory::AxiMemory& memory() { return memory_; }
  memory::BusMonitor& monitor() { return monitor_; }
  Chip& chip() { return *chip_; }
  uint64_t cycle() const { return cycle_; }

  // A new chip with the initial state of `seed`, out of reset; memory keeps its content.
  Result<void> renew(uint64_t seed);
  // A new external memory, zero and without stalls and faults.
  Result<void> renewMemory(const memory::Timing& timing, uint64_t bytes);

  Result<uint32_t> readRegister(uint32_t offset);
  Result<void> writeRegister(uint32_t offset, uint32_t value);
  Result<void> bind(const std::array<Region, isa::kRegions>& regions);

  // Rings the doorbell and waits for the interrupt.  A trap is a result; the chip then is halted.
  Result<Job> run(const JobRequest& request);
  // Leads back to idle; waits until the chip says so.
  Result<void> softReset();

  // One clock cycle; registers are not accessed.
  void step();

 private:
  explicit Harness(const HarnessOptions& options, const isa::Preset& preset, const Module& module);
  Result<void> identify();
  void noteEvents(std::vector<Event>& events, uint64_t doorbell);
  Result<Job> finish(Job job);
  Error lost(const std::string& what) const;
  Result<void> alive() const;

  HarnessOptions options_;
  const isa::Preset* preset_;
  const Module* module_;
  std::unique_ptr<Chip> chip_;
  memory::AxiMemory memory_;
  memory::BusMonitor monitor_;
  HostPins host_;
  ChipPins pins_;
  uint64_t cycle_ = 0;
  std::vector<size_t> ended_;  // events of the last cycle that lack their counters
};

}  // namespace lilong::rtl
