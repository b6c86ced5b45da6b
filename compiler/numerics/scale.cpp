// SPDX-License-Identifier: Apache-2.0
#include "compiler/numerics/scale.hpp"

#include <cmath>

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

ChipScale chipScale(double real) {
  ChipScale result = chipScale(fixedScale(real));
  if (!std::isfinite(real)) result.fits = false;
  return result;
}

ChipScale chipScaleOfFloat(float real) {
  return chipScale(static_cast<double>(real));
}

}  // namespace lilong::numerics
