// SPDX-License-Identifier: Apache-2.0
// Kernels on the Verilated chip: cycles from the issue of one instruction to its last write, with
// all data in the scratchpad, and MAC per cycle.  Results are compared with the functional
// simulator, times with the timing core.
#pragma once

#include <string>

#include "sim/lockstep/runner.hpp"

namespace lilong::lockstep {

// Runs the kernels whose name starts with `filter` ("all": every one; "list": names only), prints
// a table; 0 if all results are right.
int runKernels(const isa::Preset& preset, const RtlOptions& options, const std::string& filter);

// Programs of several instructions: transfers, GEMV with weights from memory, back-to-back EXEC.
// Adds to `shown`; number of wrong results.
int runStreams(const isa::Preset& preset, RtlRunner& rtl, const std::string& filter, int& shown);
std::vector<std::string> streamNames();

}  // namespace lilong::lockstep
