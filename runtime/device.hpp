// SPDX-License-Identifier: Apache-2.0
// Device: one chip with its external memory, whatever it is made of.
// The same programs run on every device; one file per device implements this class.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/isa/check.hpp"    // isa::Trap, isa::RegionView
#include "sim/isa/gen/isa.hpp"  // isa::Preset, counters, constants

namespace lilong {

// A window of external memory: `base` is a device address, a multiple of 64.
struct RegionBinding {
  uint64_t base = 0;
  uint32_t size = 0;  // bytes
  bool read = false;
  bool write = false;
};

// Start and end cycle of one instruction, counted from the doorbell.
struct TraceEvent {
  isa::Queue queue;
  uint32_t instruction;  // number in the program
  uint64_t start;        // cycle in which the engine took the instruction
  uint64_t end;          // cycle of its completion
  // Counters of the job behind this cycle, in the order of the spec; that of `cycles` is 0.
  std::array<uint32_t, isa::kNumCounters> counters{};
};

struct JobOptions {
  uint32_t watchdogCycles = 0;  // 0: no watchdog
  bool trace = false;           // fill JobResult::trace
  // False: only the time is wanted.  A device that knows it without the results leaves the memory
  // as it is.
  bool values = true;
};

struct JobResult {
  std::optional<isa::Trap> trap;   // empty: the job ended well
  std::optional<uint64_t> cycles;  // doorbell to interrupt; empty on devices without time
  std::array<uint32_t, isa::kNumCounters> counters{};  // in the order of the spec
  std::vector<TraceEvent> trace;
};

class Device {
 public:
  virtual ~Device() = default;

  virtual std::string name() const = 0;  // "functional", "cycle", "rtl"
  virtual const isa::Preset& preset() const = 0;
  virtual uint64_t memoryBytes() const = 0;  // size of the external memory, addresses from 0

  virtual Result<void> write(uint64_t address, std::span<const uint8_t> bytes) = 0;
  virtual Result<void> read(uint64_t address, std::span<uint8_t> bytes) = 0;
  virtual Result<void> bind(std::span<const RegionBinding, isa::kRegions> regions) = 0;

  // Runs the program in region 0 to its end or trap.  After a trap the device has been reset and
  // takes the next job.  Traps are results, not errors; errors are a lost or broken device.
  virtual Result<JobResult> run(const JobOptions& options) = 0;

  // Whose content lies in the memory; sessions take turns under the mutex (runtime/session.cpp).
  struct Tenancy {
    std::mutex mutex;
    const void* owner = nullptr;
  } tenancy;
};

}  // namespace lilong
