// SPDX-License-Identifier: Apache-2.0
// Random test cases from a seed: programs of every instruction with odd shapes, strides, pads,
// dilations, tails, rounding modes and extreme parameters, with random dependencies between them.
// The same seed, preset and options always give the same case.
#pragma once

#include "sim/lockstep/test_case.hpp"

namespace lilong::lockstep {

struct GeneratorOptions {
  uint32_t trapPercent = 12;   // programs that end in a trap
  uint32_t largePercent = 4;   // programs of several times the work
  bool stalls = true;          // random bus stalls and memory timings
  int only = -1;               // opcode of all EXEC instructions; -1: all kinds
};

TestCase generate(const isa::Preset& preset, uint64_t seed, const GeneratorOptions& options = {});

}  // namespace lilong::lockstep
