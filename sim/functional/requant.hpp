// SPDX-License-Identifier: Apache-2.0
// The requantiser: round(acc * multiplier / 2^shift) to int32 in the five rounding modes.
// This is the definition; docs/4-isa/2-execution.md states it, the compiler's provers use it.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "sim/isa/gen/isa.hpp"

namespace lilong::functional {

constexpr uint32_t kMultiplierMask = 0x7fffffff;  // 31 bits of a multiplier word count
constexpr uint32_t kShiftMask = 0x3f;             // 6 bits of a shift byte count

constexpr int32_t saturate32(int64_t value) {
  if (value > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
  if (value < std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::min();
  return static_cast<int32_t>(value);
}

// value / 2^shift to the nearest integer, ties to even; shift 0 to 63.
constexpr uint64_t shiftRoundEven(uint64_t value, unsigned shift) {
  if (shift == 0) return value;
  const uint64_t floor = value >> shift;
  const uint64_t rest = value & ((uint64_t{1} << shift) - 1);
  const uint64_t half = uint64_t{1} << (shift - 1);
  return floor + (rest > half || (rest == half && (floor & 1)) ? 1 : 0);
}

// value rounded to its 24 leading bits, ties to even, as float32 keeps it; value below 2^63.
constexpr uint64_t roundTo24Bits(uint64_t value) {
  const unsigned width = static_cast<unsigned>(std::bit_width(value));
  if (width <= 24) return value;
  return shiftRoundEven(value, width - 24) << (width - 24);
}

// multiplier below 2^31, shift below 64: nothing here overflows int64.
template <isa::Rounding Mode>
constexpr int32_t requantise(int32_t acc, uint32_t multiplier, unsigned shift) {
  using isa::Rounding;
  if constexpr (Mode == Rounding::f32Rne) {
    const uint64_t magnitude = static_cast<uint64_t>(acc < 0 ? -static_cast<int64_t>(acc) : acc);
    const uint64_t product = roundTo24Bits(roundTo24Bits(magnitude) * (multiplier >> 7));
    const auto rounded = static_cast<int64_t>(shiftRoundEven(product, shift > 7 ? shift - 7 : 0));
    return saturate32(acc < 0 ? -rounded : rounded);
  } else {
    int64_t p = static_cast<int64_t>(acc) * multiplier;
    if (shift == 0) return saturate32(p);
    p += int64_t{1} << (shift - 1);
    constexpr int64_t kSecond = int64_t{1} << 30;  // half of the first rounding at bit 31
    if constexpr (Mode == Rounding::halfAway) p -= acc < 0 ? 1 : 0;
    if constexpr (Mode == Rounding::ruy) p += shift > 31 ? kSecond : 0;
    if constexpr (Mode == Rounding::gemmlowp) p += shift > 31 ? (acc < 0 ? -kSecond : kSecond) : 0;
    return saturate32(p >> shift);
  }
}

// The mode as a value; a value that is no mode (never accepted by the decoder) gives 0.
constexpr int32_t requantise(int32_t acc, uint32_t multiplier, unsigned shift, isa::Rounding mode) {
  using isa::Rounding;
  switch (mode) {
    case Rounding::halfUp:
      return requantise<Rounding::halfUp>(acc, multiplier, shift);
    case Rounding::halfAway:
      return requantise<Rounding::halfAway>(acc, multiplier, shift);
    case Rounding::ruy:
      return requantise<Rounding::ruy>(acc, multiplier, shift);
    case Rounding::gemmlowp:
      return requantise<Rounding::gemmlowp>(acc, multiplier, shift);
    case Rounding::f32Rne:
      return requantise<Rounding::f32Rne>(acc, multiplier, shift);
  }
  return 0;
}

// Operand rescaling of eltwise add and sub: x * M / 2^shift, the gemmlowp rounding of
// (x << 20) * M / 2^(shift + 20); the low 32 bits.
constexpr int32_t rescale(int32_t x, uint32_t multiplier, unsigned shift) {
  int64_t p = static_cast<int64_t>(x) * multiplier;
  if (shift != 0) {
    p += int64_t{1} << (shift - 1);
    if (shift > 11) p += x < 0 ? -(int64_t{1} << 10) : int64_t{1} << 10;
    p >>= shift;
  }
  return static_cast<int32_t>(static_cast<uint32_t>(p));
}

// Zero point and clamp; the upper clamp wins.
constexpr int8_t finish(int32_t r, int32_t zeroPoint, int32_t clampMin, int32_t clampMax) {
  int64_t y = static_cast<int64_t>(r) + zeroPoint;
  if (y < clampMin) y = clampMin;
  if (y > clampMax) y = clampMax;
  return static_cast<int8_t>(y);
}

}  // namespace lilong::functional
