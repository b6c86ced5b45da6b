// SPDX-License-Identifier: Apache-2.0
// Threshold prover: a requantisation is a monotone step function of the accumulator with at most
// 255 steps, so two of them are equal exactly when their thresholds are.
#pragma once

#include <cstdint>

#include "compiler/numerics/scale.hpp"

namespace lilong::numerics {

// Accumulators that a channel can reach, and results that are not clamped away.
struct StepRange {
  int64_t accMin, accMax;
  int32_t resultMin, resultMax;
};

// A multiplier for which rounding half away from zero equals round(acc * real) in double, also half
// away, on the whole range.  `wrongSteps` thresholds differ when there is none; the multiplier is
// then the nearest.
struct HalfAwayScale {
  ChipScale scale;
  uint32_t wrongSteps = 0;
};
HalfAwayScale solveHalfAway(double real, const StepRange& range);

}  // namespace lilong::numerics
