// SPDX-License-Identifier: Apache-2.0
#include "compiler/numerics/prover.hpp"

#include <algorithm>
#include <cmath>

namespace lilong::numerics {

namespace {

// The reference kernel: acc * real in double, rounded half away from zero.
double reference(int64_t acc, double real) {
  return std::round(static_cast<double>(acc) * real);
}

// Smallest acc >= 0 whose reference result is at least k >= 1, by search around the real threshold.
int64_t threshold(int32_t k, double real) {
  auto acc = static_cast<int64_t>(std::floor((k - 0.5) / real));
  while (acc > 0 && reference(acc, real) >= k) --acc;
  while (reference(acc, real) < k) ++acc;
  return acc;
}

}  // namespace

// Both functions are odd, so only |acc| matters.  For step k with threshold T the multiplier M must
// satisfy  T * M >= (2k-1) * 2^(s-1)  and  (T-1) * M < (2k-1) * 2^(s-1):  one interval per step.
HalfAwayScale solveHalfAway(double real, const StepRange& range) {
  HalfAwayScale result;
  result.scale = chipScale(real);
  if (result.scale.multiplier == 0 || !result.scale.fits) return result;
  using Wide = __int128;
  const int64_t reach = std::max(range.accMax, -range.accMin);
  const int32_t steps = std::max({range.resultMax, -range.resultMin, 0});
  const auto nearest = static_cast<int64_t>(result.scale.multiplier);
  int64_t low = 1, high = (int64_t{1} << 31) - 1;  // allowed multipliers
  for (int32_t k = 1; k <= steps + 1; ++k) {
    const int64_t t = threshold(k, real);
    const Wide level = static_cast<Wide>(2 * k - 1) << (result.scale.shift - 1);
    const bool firstReachable = t <= reach, lastReachable = t - 1 <= reach;
    int64_t needLow = 1, needHigh = (int64_t{1} << 31) - 1;
    if (firstReachable) needLow = static_cast<int64_t>((level + t - 1) / t);
    if (lastReachable && t > 1) needHigh = static_cast<int64_t>((level - 1) / (t - 1));
    if (!lastReachable) break;
    if (nearest < needLow || nearest > needHigh) ++result.wrongSteps;
    low = std::max(low, needLow);
    high = std::min(high, needHigh);
  }
  if (result.wrongSteps > 0 && low <= high) {
    result.scale.multiplier = static_cast<uint32_t>(low + (high - low) / 2);
    result.wrongSteps = 0;
  }
  return result;
}

}  // namespace lilong::numerics
