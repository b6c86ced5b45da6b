// SPDX-License-Identifier: Apache-2.0
// Real scales as fixed-point multipliers, in the frameworks' ways, and the chip's requantisation.
#pragma once

#include <cstdint>

#include "sim/functional/requant.hpp"

namespace lilong::numerics {

// real = multiplier * 2^(exponent - 31); 2^30 <= multiplier < 2^31, or 0 for a real of (almost) 0.
struct FixedScale {
  int32_t multiplier = 0;
  int exponent = 0;
};

// As TensorFlow Lite: 31 bits, ties away from zero; 0 below 2^-32.
FixedScale fixedScale(double real);

// Multiplier and shift of the chip (shift 1..62).  `fits` is false when the real is 2^30 or more.
struct ChipScale {
  uint32_t multiplier = 0;
  uint8_t shift = 31;
  bool fits = true;
};
ChipScale chipScale(FixedScale scale);
ChipScale chipScale(double real);  // by fixedScale
// The float32 itself: a 24-bit mantissa, for the rounding mode f32Rne.
ChipScale chipScaleOfFloat(float real);

// The chip's own rounding, saturated to int32.
using functional::requantise;

}  // namespace lilong::numerics
