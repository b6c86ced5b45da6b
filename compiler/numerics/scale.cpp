// SPDX-License-Identifier: Apache-2.0
#include "compiler/numerics/scale.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace lilong::numerics {

FixedScale fixedScale(double real) {
  FixedScale result;
  if (!(real > 0.0) || !std::isfinite(real)) return result;
  const double fraction = std::frexp(real, &result.exponent);
  int64_t rounded = std::llround(fraction * 2147483648.0);
  if (rounded == int64_t{1} << 31) {
    rounded /= 2;
    ++result.exponent;
  }
  if (result.exponent < -31) return FixedScale{};
  result.multiplier = static_cast<int32_t>(rounded);
  return result;
}

ChipScale chipScale(FixedScale scale) {
  ChipScale result;
  if (scale.multiplier == 0) return result;
  const int shift = 31 - scale.exponent;  // the exponent is at least -31
  if (shift < 1) {
    result.fits = false;
    return result;
  }
  result.multiplier = static_cast<uint32_t>(scale.multiplier);
  result.shift = static_cast<uint8_t>(shift);
  return result;
}

ChipScale chipScale(double real) { return chipScale(fixedScale(real)); }

ChipScale chipScaleOfFloat(float real) { return chipScale(static_cast<double>(real)); }

namespace {

// Magnitude rounded to 24 significant bits, ties to even.
uint64_t roundTo24Bits(uint64_t value) {
  const int drop = 64 - std::countl_zero(value) - 24;
  if (drop <= 0) return value;
  const uint64_t half = uint64_t{1} << (drop - 1);
  const uint64_t rest = value & ((half << 1) - 1);
  uint64_t kept = value >> drop;
  if (rest > half || (rest == half && (kept & 1))) ++kept;
  return kept << drop;
}

int64_t f32Rne(int32_t acc, uint32_t multiplier, uint8_t shift) {
  const uint64_t magnitude = acc < 0 ? uint64_t{0} - static_cast<uint64_t>(int64_t{acc})
                                     : static_cast<uint64_t>(acc);
  const uint64_t product = roundTo24Bits(roundTo24Bits(magnitude) * (multiplier >> 7));
  const int t = std::max<int>(shift, 7) - 7;
  uint64_t result = product >> t;
  if (t > 0) {
    const uint64_t half = uint64_t{1} << (t - 1);
    const uint64_t rest = product & ((half << 1) - 1);
    if (rest > half || (rest == half && (result & 1))) ++result;
  }
  return acc < 0 ? -static_cast<int64_t>(result) : static_cast<int64_t>(result);
}

int32_t saturate(int64_t value) {
  return static_cast<int32_t>(std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                                  std::numeric_limits<int32_t>::max()));
}

}  // namespace

int32_t requantise(int32_t acc, uint32_t multiplier, uint8_t shift, isa::Rounding rounding) {
  const uint32_t m = multiplier & 0x7FFFFFFF;
  const int s = shift & 63;
  if (rounding == isa::Rounding::f32Rne) return saturate(f32Rne(acc, m, shift & 63));
  const int64_t p = int64_t{acc} * m;
  if (s == 0) return saturate(p);
  int64_t nudge = int64_t{1} << (s - 1);
  constexpr int64_t kFirst = int64_t{1} << 30;
  if (rounding == isa::Rounding::halfAway && acc < 0) nudge -= 1;
  if (rounding == isa::Rounding::ruy && s > 31) nudge += kFirst;
  if (rounding == isa::Rounding::gemmlowp && s > 31) nudge += acc < 0 ? -kFirst : kFirst;
  // |p| < 2^62 and nudge <= 2^62 + 2^30: the sum fits.
  return saturate((p + nudge) >> s);
}

}  // namespace lilong::numerics
