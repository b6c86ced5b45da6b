// SPDX-License-Identifier: Apache-2.0
// Kernels on the Verilated chip: cycles from the issue of one instruction to its last write, with
// all data in the scratchpad, and MAC per cycle.  Results are compared with the functional
// simulator, times with the timing core.
#pragma once

#include <string>
#include <vector>

#include "sim/lockstep/runner.hpp"

namespace lilong::lockstep {

// What one kernel or stream took.
struct Measured {
  std::string name;
  double work = 0;        // MAC, elements or bytes
  uint64_t cycles = 0;
  std::string unit{};     // of the rate: work a cycle
  double best = 0;        // rate at best
  uint32_t beats = 0, stallWeights = 0, stallInput = 0, stallOutput = 0;  // counters
};

// Runs the kernels whose name starts with `filter` ("all": every one; "list": names only), prints
// a table; 0 if all results are right.  `json`: file for the same figures, empty: none.
int runKernels(const isa::Preset& preset, const RtlOptions& options, const std::string& filter,
               const std::string& json);

// Programs of several instructions: transfers, GEMV with weights from memory, back-to-back EXEC.
// Adds to `shown` and `measured`; number of wrong results.
int runStreams(const isa::Preset& preset, RtlRunner& rtl, const std::string& filter, int& shown,
               std::vector<Measured>& measured);
std::vector<std::string> streamNames();

}  // namespace lilong::lockstep
