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
  params.exactness.level = chip.fits ? Exactness::Level::proved : Exactness::Level::inexact;
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
  double offset() const { return offset_; }

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

// A result k holds exactly for sums of at least `sum`.
struct Step {
  int32_t result, sum;
};

// The reachable steps of the mean; those that the clamp makes unconditional are left out.
struct Steps {
  std::vector<Step> list;
  int32_t lowestSum, highestSum, lowestResult, highestResult;
};

Steps stepsOf(const FloatMean& mean, uint32_t n) {
  Steps steps;
  steps.lowestSum = -128 * static_cast<int32_t>(n);
  steps.highestSum = 127 * static_cast<int32_t>(n);
  steps.lowestResult = mean(steps.lowestSum);
  steps.highestResult = mean(steps.highestSum);
  for (int32_t k = steps.lowestResult + 1; k <= steps.highestResult; ++k) {
    steps.list.push_back({k, threshold(mean, k, steps.lowestSum, steps.highestSum)});
  }
  return steps;
}

// A line: multiplier, shift and bias with which
//   zpOut + ((((sum << accShift) + bias) * M + 2^(s-1)) >>> s)  =  mean(sum)
// for every reachable sum.  Each step at sum T gives an interval for the bias,
//   c(k) - (T << accShift) <= bias < c(k) - ((T - 1) << accShift),
//   c(k) = ceil((2 (k - zpOut) - 1) * 2^(s-1) / M).
std::optional<PoolParams> solveLine(const FloatMean& mean, const Steps& steps, int32_t zpOut) {
  uint8_t accShift = 0;  // leaves room for a bias as large as the sums
  while (accShift < 31 && (int64_t{-steps.lowestSum} << (accShift + 1)) < (int64_t{1} << 30)) {
    ++accShift;
  }
  const ChipScale nominal = chipScale(std::ldexp(mean.slope(), -accShift));
  if (nominal.multiplier == 0 || !nominal.fits) return std::nullopt;
  constexpr int64_t kTries = 512;  // multipliers on each side of the nominal one
  for (int64_t i = 0; i <= 2 * kTries; ++i) {
    const int64_t m = nominal.multiplier + (i % 2 ? (i + 1) / 2 : -(i / 2));
    if (m < 1 || m >= (int64_t{1} << 31)) continue;
    const auto c = [&](int32_t k) {
      const __int128 level = static_cast<__int128>(2 * (k - zpOut) - 1) << (nominal.shift - 1);
      const __int128 quotient = level / m;
      return static_cast<int64_t>(quotient + (level > quotient * m ? 1 : 0));
    };
    const auto at = [&](int64_t sum) { return sum * (int64_t{1} << accShift); };
    int64_t low = INT32_MIN, high = INT32_MAX;
    // The ends: what the clamp does not give must come from the line.
    if (steps.lowestResult > -128) low = c(steps.lowestResult) - at(steps.lowestSum);
    if (steps.highestResult < 127) high = c(steps.highestResult + 1) - 1 - at(steps.highestSum);
    for (const Step& step : steps.list) {
      const int64_t level = c(step.result);
      low = std::max(low, level - at(step.sum));
      high = std::min(high, level - 1 - at(step.sum - 1));
      if (low > high) break;
    }
    if (low > high) continue;
    const int64_t bias = low == INT32_MIN ? high : high == INT32_MAX ? low : low + (high - low) / 2;
    if (at(-int64_t{steps.lowestSum}) + std::abs(bias) > INT32_MAX) continue;
    PoolParams params;
    params.rounding = isa::Rounding::halfUp;
    params.multiplier = static_cast<uint32_t>(m);
    params.shift = nominal.shift;
    params.accShift = accShift;
    params.bias = static_cast<int32_t>(bias);
    return params;
  }
  return std::nullopt;
}

// Where ties are common (a scale ratio of 1, say) no line does it, because ties go to even:
// rounding as float32 with another zero point and the bias that makes up for it.  A left shift of
// the sum makes room for the part of the bias that is smaller than one; it is tried last.
std::optional<PoolParams> solveEven(const FloatMean& mean, const Steps& steps) {
  for (uint8_t accShift = 0; accShift <= 18; accShift = static_cast<uint8_t>(accShift + 6)) {
    const double slope = std::ldexp(mean.slope(), -accShift);
    const ChipScale scale = chipScale(slope);
    if (scale.multiplier == 0 || !scale.fits) return std::nullopt;
    PoolParams params;
    params.rounding = isa::Rounding::f32Rne;
    params.multiplier = scale.multiplier;
    params.shift = scale.shift;
    params.accShift = accShift;
    const auto evaluate = [&](int32_t sum) {
      const int32_t acc = sum * (1 << accShift) + params.bias;
      const int64_t y =
          int64_t{requantise(acc, params.multiplier, params.shift, params.rounding)} + params.zpOut;
      return static_cast<int32_t>(std::clamp<int64_t>(y, -128, 127));
    };
    const auto equal = [&] {
      if (evaluate(steps.lowestSum) != steps.lowestResult ||
          evaluate(steps.highestSum) != steps.highestResult) {
        return false;
      }
      return std::all_of(steps.list.begin(), steps.list.end(), [&](const Step& step) {
        return evaluate(step.sum) >= step.result && evaluate(step.sum - 1) < step.result;
      });
    };
    for (int32_t zero = 0; zero < 256; ++zero) {
      params.zpOut = static_cast<int8_t>(zero);
      const double bias = std::round((mean.offset() - params.zpOut) / slope);
      const double reach = std::ldexp(-static_cast<double>(steps.lowestSum), accShift);
      if (!(std::abs(bias) + reach < 2e9)) continue;
      for (int32_t nearby = -1; nearby <= 1; ++nearby) {
        params.bias = static_cast<int32_t>(bias) + nearby;
        if (equal()) return params;
      }
    }
  }
  return std::nullopt;
}

std::optional<PoolParams> solveFloatMean(const FloatMean& mean, uint32_t n, int32_t zpOut) {
  if (!std::isfinite(mean.slope()) || !std::isfinite(mean.offset())) return std::nullopt;
  const Steps steps = stepsOf(mean, n);
  auto params = solveLine(mean, steps, zpOut);
  if (params) {
    params->zpOut = static_cast<int8_t>(zpOut);
  } else {
    params = solveEven(mean, steps);
  }
  if (params) params->exactness.level = Exactness::Level::proved;
  return params;
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
