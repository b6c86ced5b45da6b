// SPDX-License-Identifier: Apache-2.0
// TestCase: one job with everything it starts from, and how its bus behaves.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/functional/machine.hpp"
#include "sim/isa/gen/isa.hpp"
#include "sim/memory/timing.hpp"

namespace lilong::lockstep {

struct TestCase {
  uint64_t seed = 0;
  const isa::Preset* preset = nullptr;
  std::vector<isa::Descriptor> program;
  std::array<functional::Window, isa::kRegions> windows{};
  std::vector<uint8_t> memory;      // without the program
  std::vector<uint8_t> scratchpad;  // initial content
  std::optional<isa::TrapCode> trap;  // the trap that the program was made to raise
  bool legal = true;                  // the verifier must accept it
  memory::Timing timing = memory::kTimings[0];
  memory::Stalls stalls;
  uint32_t watchdogCycles = 2'000'000;

  // `memory` with the program in window 0.
  std::vector<uint8_t> image() const;
  std::array<isa::RegionView, isa::kRegions> views() const;
};

}  // namespace lilong::lockstep
