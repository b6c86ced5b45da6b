// SPDX-License-Identifier: Apache-2.0
// Machine: the functional simulator.  It defines every result of Lilong, byte for byte, and every
// trap except those of time and of the bus protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/functional/context.hpp"

namespace lilong::functional {

// One executed instruction, in the order of execution.
struct Executed {
  isa::Queue queue;
  uint32_t instruction;  // number in the program
};

struct RunOptions {
  uint32_t watchdogCycles = 0;  // 0: no limit; else a trap when the work cannot be done in time
  bool trace = false;           // fill RunResult::executed
  uint32_t orderSeed = 0;       // 0: LOAD before EXEC before STORE; else any legal order, by seed
};

struct RunResult {
  std::optional<isa::Trap> trap;  // empty: the job ended well
  Counters counters{};            // those of work; those of time stay zero
  std::vector<Executed> executed;
};

class Machine {
 public:
  explicit Machine(const isa::Preset& preset);

  const isa::Preset& preset() const { return preset_; }
  // Kept from job to job; zero at first.  A program that reads before it writes sees this.
  std::span<uint8_t> scratchpad() { return scratchpad_; }

  // Runs the program in window 0 to its end or trap.  Windows may be wild: what lies outside of
  // `memory` answers with read_error or write_error.
  RunResult run(std::span<uint8_t> memory, std::span<const Window, isa::kRegions> windows,
                const RunOptions& options = {});

 private:
  isa::Preset preset_;
  std::vector<uint8_t> scratchpad_;
};

}  // namespace lilong::functional
