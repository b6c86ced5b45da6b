// SPDX-License-Identifier: Apache-2.0
// AVERAGE_POOL_2D and MAX_POOL_2D.
#include <algorithm>

#include "compiler/numerics/activation.hpp"
#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/scale.hpp"

namespace lilong::numerics {

namespace {

// All kernels divide raw sums with ties away from zero.
int32_t average(int32_t sum, int32_t count) {
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

}  // namespace

PoolParams averagePoolParams(const ir::Graph& graph, const ir::Op& op, uint32_t count) {
  const ir::Tensor& y = graph.output(op);
  PoolParams params;
  params.rounding = isa::Rounding::halfAway;
  // ceil(2^s / n) is slightly too large, by less than one part in 2^30: too little to lift a
  // sum of at most 128 * n over a tie, and enough for ties to fall away from zero.
  uint8_t shift = 30;
  while (shift < 62 && ((uint64_t{1} << (shift + 1)) + count - 1) / count < (uint64_t{1} << 31)) {
    ++shift;
  }
  params.shift = shift;
  params.multiplier = static_cast<uint32_t>(((uint64_t{1} << shift) + count - 1) / count);
  const ByteRange clamp = activationRange(op.as<ir::Pool2dAttrs>().activation, y.quant.scale(),
                                          y.quant.zeroPoint(), false);
  params.clampMin = clamp.min;
  params.clampMax = clamp.max;
  params.exactness.level = Exactness::Level::proved;
  // Between two steps nothing can happen; look at both sides of each.
  const auto n = static_cast<int32_t>(count);
  for (int32_t k = -129; k <= 129; ++k) {
    const int64_t centre = int64_t{k} * n + n / 2;
    for (int64_t sum = centre - 2; sum <= centre + 2; ++sum) {
      if (sum < int64_t{-128} * n || sum > int64_t{127} * n) continue;
      const auto s = static_cast<int32_t>(sum);
      if (requantise(s, params.multiplier, params.shift, params.rounding) != average(s, n)) {
        params.exactness = {Exactness::Level::inexact, "the division is off by one for some sums"};
      }
    }
  }
  return params;
}

PoolParams maxPoolParams(const ir::Graph& graph, const ir::Op& op) {
  const ir::Tensor& y = graph.output(op);
  PoolParams params;
  params.rounding = isa::Rounding::halfUp;
  params.multiplier = 1;
  params.shift = 0;
  const ByteRange clamp = activationRange(op.as<ir::Pool2dAttrs>().activation, y.quant.scale(),
                                          y.quant.zeroPoint(), false);
  params.clampMin = clamp.min;
  params.clampMax = clamp.max;
  params.exactness.level = Exactness::Level::proved;
  return params;
}

}  // namespace lilong::numerics
