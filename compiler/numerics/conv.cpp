// SPDX-License-Identifier: Apache-2.0
// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED: bias, multiplier and shift of every output channel.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/numerics/activation.hpp"
#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/prover.hpp"

namespace lilong::numerics {

namespace {

// Of one output channel.
struct WeightSums {
  int64_t all = 0, positive = 0, negative = 0;
};

// Weights are [channel, taps] or, depthwise, [taps, channel].
std::vector<WeightSums> sumWeights(const ir::Tensor& w, bool depthwise) {
  const auto data = w.int8Data();
  const auto channels = static_cast<size_t>(depthwise ? w.shape[3] : w.shape[0]);
  const size_t taps = data.size() / channels;
  std::vector<WeightSums> sums(channels);
  for (size_t i = 0; i < data.size(); ++i) {
    WeightSums& s = sums[depthwise ? i % channels : i / taps];
    s.all += data[i];
    (data[i] < 0 ? s.negative : s.positive) += data[i];
  }
  return sums;
}

// The scale of one channel as the interpreter computes it.
double realScale(float input, float weight, float output, Numerics numerics) {
  if (numerics == Numerics::litert) return static_cast<float>(input * weight) / output;
  return static_cast<double>(input) * static_cast<double>(weight) / static_cast<double>(output);
}

}  // namespace

ConvParams convParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics) {
  const ir::Tensor& x = graph.input(op, 0);
  const ir::Tensor& w = graph.input(op, 1);
  const ir::Tensor& y = graph.output(op);
  const bool fullyConnected = op.kind == ir::OpKind::fullyConnected;
  const bool xnnpack = numerics == Numerics::litert;
  const auto activation =
      fullyConnected ? op.as<ir::FusedAttrs>().activation : op.as<ir::Conv2dAttrs>().activation;
  ConvParams params;
  const ByteRange clamp =
      activationRange(activation, y.quant.scale(), y.quant.zeroPoint(), xnnpack);
  params.clampMin = clamp.min;
  params.clampMax = clamp.max;
  params.padValue = static_cast<int8_t>(x.quant.zeroPoint());
  params.zpOut = static_cast<int8_t>(y.quant.zeroPoint());
  params.exactness.level = Exactness::Level::proved;
  const bool halfAway = fullyConnected && numerics == Numerics::litertRef;
  params.rounding = halfAway  ? isa::Rounding::halfAway
                    : xnnpack ? isa::Rounding::f32Rne
                              : isa::Rounding::gemmlowp;

  const auto sums = sumWeights(w, op.kind == ir::OpKind::depthwiseConv2d);
  const std::vector<int32_t> bias =
      graph.hasInput(op, 2) ? graph.input(op, 2).int32Data() : std::vector<int32_t>(sums.size());
  const int64_t zi = x.quant.zeroPoint();
  uint32_t wrongSteps = 0, wrongChannels = 0;
  for (size_t c = 0; c < sums.size(); ++c) {
    const double real = realScale(x.quant.scale(), w.quant.scale(c), y.quant.scale(), numerics);
    ChipScale scale = chipScale(real);
    if (halfAway) {
      const int64_t low = bias[c] + sums[c].positive * (-128 - zi) + sums[c].negative * (127 - zi);
      const int64_t high = bias[c] + sums[c].positive * (127 - zi) + sums[c].negative * (-128 - zi);
      const HalfAwayScale solved = solveHalfAway(
          real, {low, high, params.clampMin - params.zpOut, params.clampMax - params.zpOut});
      scale = solved.scale;
      wrongSteps += solved.wrongSteps;
      wrongChannels += solved.wrongSteps > 0;
    }
    if (!scale.fits) {
      params.exactness = {Exactness::Level::inexact,
                          fmt::format("the scale {} of channel {} exceeds the chip", real, c)};
    }
    params.multiplier.push_back(scale.multiplier);
    params.shift.push_back(scale.shift);
    params.bias.push_back(static_cast<int32_t>(static_cast<uint32_t>(bias[c] - zi * sums[c].all)));
    params.perChannel |= scale.multiplier != params.multiplier[0] || scale.shift != params.shift[0];
  }
  if (wrongSteps > 0) {
    params.exactness = {
        Exactness::Level::inexact,
        fmt::format("the interpreter's 53-bit scale has no 31-bit equal: {} thresholds in {} of {} "
                    "channels are off by one accumulator step",
                    wrongSteps, wrongChannels, sums.size())};
  }
  return params;
}

}  // namespace lilong::numerics
