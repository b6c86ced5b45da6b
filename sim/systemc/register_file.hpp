// SPDX-License-Identifier: Apache-2.0
// RegisterFile: the AXI4-Lite registers as the host sees them, without time and without SystemC.
// Locks, masks, reset values and answers are those of rtl/lilong_csr.sv.  Loosely timed: while a
// job runs, PROGRESS and the counters read 0; a soft reset is over at once.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "runtime/device.hpp"

namespace lilong::systemc {

class RegisterFile {
 public:
  explicit RegisterFile(const isa::Preset& preset) : preset_(preset) {}

  // The register at a byte offset (bits 0 and 1 are not decoded); empty: the bus error SLVERR.
  std::optional<uint32_t> read(uint32_t offset) const;

  enum class Action : uint8_t { none, start, softReset, unmapped, locked };
  // Writes the bits of `mask`.  `start`: a job is running from now on, until `finish`.
  Action write(uint32_t offset, uint32_t value, uint32_t mask);

  // The job that is running has raised its interrupt.
  void finish(const JobResult& job);

  bool running() const { return state_ == isa::State::running; }
  bool irq() const { return (pending_ & enable_) != 0; }
  std::span<const RegionBinding, isa::kRegions> regions() const { return regions_; }
  uint32_t watchdogCycles() const { return watchdog_; }

 private:
  uint32_t readRegion(uint32_t offset) const;
  void writeRegion(uint32_t offset, uint32_t value, uint32_t mask);
  void clearJob();

  const isa::Preset& preset_;
  isa::State state_ = isa::State::idle;
  uint32_t pending_ = 0, enable_ = isa::kRegIrqEnableReset;
  uint32_t watchdog_ = isa::kRegWatchdogReset, drain_ = isa::kRegDrainLimitReset;
  std::array<RegionBinding, isa::kRegions> regions_{};
  isa::Trap trap_;
  std::array<uint32_t, isa::kNumCounters> counters_{};
};

}  // namespace lilong::systemc
