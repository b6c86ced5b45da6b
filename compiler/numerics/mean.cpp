// SPDX-License-Identifier: Apache-2.0
// MEAN: the sum of a window and one requantisation.
#include <algorithm>
#include <cmath>

#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/scale.hpp"

namespace lilong::numerics {

namespace {

uint32_t windowElements(const ir::Graph& graph, const ir::Op& op) {
  uint32_t count = 1;
  for (uint32_t axis : op.as<ir::ReduceAttrs>().axes) {
    count *= static_cast<uint32_t>(graph.input(op).shape[axis]);
  }
  return count;
}

// TensorFlow Lite kernels: 1/n is folded into the multiplier, which loses its normalisation.
PoolParams gemmlowpMean(const ir::Quantisation& x, const ir::Quantisation& y, uint32_t n) {
  FixedScale scale = fixedScale(static_cast<double>(x.scale()) / static_cast<double>(y.scale()));
  const int log2n = 31 - __builtin_clz(n);
  const int k = std::min({log2n, 32, 31 + scale.exponent});
  scale.multiplier = static_cast<int32_t>((int64_t{scale.multiplier} << k) / n);
  scale.exponent -= k;
  PoolParams params;
  const ChipScale chip = chipScale(scale);
  params.rounding = isa::Rounding::gemmlowp;
  params.multiplier = chip.multiplier;
  params.shift = chip.shift;
  params.bias = -static_cast<int32_t>(n) * x.zeroPoint();
  params.zpOut = static_cast<int8_t>(y.zeroPoint());
  params.exactness.level =
      chip.fits ? Exactness::Level::proved : Exactness::Level::inexact;
  if (!chip.fits) params.exactness.reason = "the scale exceeds the chip";
  return params;
}

// XNNPACK: float32, the zero point is added before the rounding.
class FloatMean {
 public:
  FloatMean(const ir::Quantisation& x, const ir::Quantisation& y, uint32_t n) {
    scale_ = static_cast<float>(x.scale() / y.scale()) * (1.0f / static_cast<float>(n));
    const int32_t zeros = -static_cast<int32_t>(n) * x.zeroPoint();
    offset_ = static_cast<float>(y.zeroPoint()) + static_cast<float>(zeros) * scale_;
  }
  int32_t operator()(int32_t sum) const {
    const float value = static_cast<float>(sum) * scale_ + offset_;
    return static_cast<int32_t>(std::nearbyint(std::clamp(value, -128.0f, 127.0f)));
  }
  double slope() const { return scale_; }

 private:
  float scale_, offset_;
};

// Smallest sum in (low, high] whose result is at least k; the result of `high` is.
int32_t threshold(const FloatMean& mean, int32_t k, int32_t low, int32_t high) {
  while (high - low > 1) {
    const int32_t middle = low + (high - low) / 2;
    (mean(middle) >= k ? high : low) = middle;
  }
  return high;
}

// Finds multiplier, shift and bias with which
//   ((sum << accShift) + bias) * M + 2^(s-1)) >>> s  =  mean(sum) - zpOut
// for every reachable sum: each step at sum T gives an interval for the bias,
//   c(k) - (T << accShift) <= bias < c(k) - ((T - 1) << accShift),
//   c(k) = ceil((2k-1) * 2^(s-1) / M).
std::optional<PoolParams> solveFloatMean(const FloatMean& mean, uint32_t n, int32_t zpOut) {
  const int32_t lowest = -128 * static_cast<int32_t>(n), highest = 127 * static_cast<int32_t>(n);
  uint8_t accShift = 0;  // leaves room for a bias as large as the sums
  while (accShift < 31 && (int64_t{-lowest} << (accShift + 1)) < (int64_t{1} << 30)) ++accShift;
  const ChipScale nominal = chipScale(std::ldexp(mean.slope(), -accShift));
  if (nominal.multiplier == 0 || !nominal.fits) return std::nullopt;

  struct Step {
    int32_t result, sum;
  };
  std::vector<Step> steps;
  for (int32_t k = mean(lowest) + 1; k <= mean(highest); ++k) {
    steps.push_back({k - zpOut, threshold(mean, k, lowest, highest)});
  }
  constexpr int64_t kTries = 4096;  // multipliers on each side of the nominal one
  for (int64_t i = 0; i <= 2 * kTries; ++i) {
    const int64_t m = nominal.multiplier + (i % 2 ? (i + 1) / 2 : -(i / 2));
    if (m < 1 || m >= (int64_t{1} << 31)) continue;
    int64_t low = INT32_MIN, high = INT32_MAX;
    for (const Step& step : steps) {
      const __int128 level = static_cast<__int128>(2 * step.result - 1) << (nominal.shift - 1);
      const __int128 quotient = level / m;
      const auto c = static_cast<int64_t>(quotient + (level > quotient * m ? 1 : 0));
      low = std::max(low, c - (int64_t{step.sum} << accShift));
      high = std::min(high, c - 1 - (int64_t{step.sum - 1} << accShift));
      if (low > high) break;
    }
    if (low > high) continue;
    const int64_t bias = low + (high - low) / 2;
    const int64_t reach = (int64_t{-lowest} << accShift) + std::abs(bias);
    if (reach > INT32_MAX) continue;
    PoolParams params;
    params.rounding = isa::Rounding::halfUp;
    params.multiplier = static_cast<uint32_t>(m);
    params.shift = nominal.shift;
    params.accShift = accShift;
    params.bias = static_cast<int32_t>(bias);
    params.zpOut = static_cast<int8_t>(zpOut);
    params.exactness.level = Exactness::Level::proved;
    return params;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PoolParams> meanParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics) {
  const ir::Quantisation& x = graph.input(op).quant;
  const ir::Quantisation& y = graph.output(op).quant;
  const uint32_t n = windowElements(graph, op);
  if (numerics != Numerics::litert) return gemmlowpMean(x, y, n);
  return solveFloatMean(FloatMean(x, y, n), n, y.zeroPoint());
}

}  // namespace lilong::numerics
