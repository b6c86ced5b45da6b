// SPDX-License-Identifier: Apache-2.0
// Timing lockstep: the timing core and the Verilated chip on the same program; cycles, counters,
// trap, and start and completion of every instruction must be equal.
#pragma once

#include <string>

#include "sim/lockstep/runner.hpp"

namespace lilong::lockstep {

struct TimingFigures {
  uint64_t cycles = 0, jobs = 0;
  double seconds = 0;  // processor time of the timing core
};

// Runs the timing core.  Empty if equal, else the earliest event that differs.  `chip` must have
// been run with trace.
std::string compareTiming(const TestCase& test, const Outcome& chip, TimingFigures& figures);

// The same after running the chip.
std::string checkTiming(const TestCase& test, RtlRunner& rtl, TimingFigures& figures);

// The smallest case found that still differs in time.
TestCase shrinkTiming(const TestCase& test, RtlRunner& rtl);

}  // namespace lilong::lockstep
