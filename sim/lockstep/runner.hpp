// SPDX-License-Identifier: Apache-2.0
// Runs a test case on the functional simulator and on the Verilated chip, and compares everything
// that both define: memory, scratchpad, trap and work counters.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/lockstep/test_case.hpp"
#include "sim/rtl/harness.hpp"

namespace lilong::lockstep {

struct Outcome {
  std::optional<isa::Trap> trap;
  std::array<uint32_t, isa::kNumCounters> counters{};
  std::vector<uint8_t> memory, scratchpad;
  uint64_t cycles = 0;        // rtl only
  std::vector<rtl::Event> events;  // rtl only, if asked for
  std::string failure;        // the chip hung, broke a bus rule or an assertion
};

Outcome runFunctional(const TestCase& test);

struct RtlOptions {
  std::string flavour = "checked";
  std::string modules;  // folder of the modules, see sim/rtl/loader.hpp
  std::string waves;    // FST file, empty: none
  bool trace = false;   // fill Outcome::events
  bool monitor = true;  // watch the bus
};

// How a case runs on the chip.
struct JobOptions {
  bool renewChip = false;   // a new chip with random initial state; else the one of the last job
  bool keepMemory = false;  // the memory of the last job, with all that it still owes
  bool keepStalls = false;  // and its stalls
  uint64_t memoryBytes = 0;  // of a new memory; 0: as many as the case has
  uint32_t drainLimit = 0;   // 0: that of the registers
  std::vector<memory::Fault> faults;
};

class RtlRunner {
 public:
  static Result<std::unique_ptr<RtlRunner>> open(const isa::Preset& preset,
                                                 const RtlOptions& options);

  // A chip that is still halted by the last job gets a soft reset first.
  Outcome run(const TestCase& test, const JobOptions& job = {.renewChip = true, .faults = {}});

  uint64_t cycles() const { return cycles_; }    // of all jobs so far
  double seconds() const { return seconds_; }    // processor time of these cycles
  rtl::Harness& harness() { return *harness_; }

 private:
  Result<void> prepare(const TestCase& test, const JobOptions& options);
  Result<void> job(const TestCase& test, Outcome& outcome);

  RtlOptions options_;
  std::unique_ptr<rtl::Harness> harness_;
  uint64_t cycles_ = 0;
  double seconds_ = 0;
};

// Empty if equal, else what differs first, and which instruction should have written it.
std::string compare(const TestCase& test, const Outcome& functional, const Outcome& rtl);

// Everything about one case: lockstep, and for a share of the seeds a second job on the same chip
// and a job with other data, which must take the same cycles.  Empty if all is well.
std::string check(const TestCase& test, RtlRunner& rtl);

// The part of `check` that needs no chip: verifier and functional simulator agree that the program
// is what it was made to be.
std::string checkFunctional(const TestCase& test);

// The smallest case found that still fails: instructions are replaced by empty ones.
TestCase shrink(const TestCase& test, RtlRunner& rtl);

// The program as text, one instruction a line; empty ones only if they wait or signal.
std::string listing(const TestCase& test);

}  // namespace lilong::lockstep
