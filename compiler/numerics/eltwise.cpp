// SPDX-License-Identifier: Apache-2.0
// ADD, SUB, MUL, MINIMUM, MAXIMUM.
#include <algorithm>
#include <cmath>

#include "compiler/numerics/activation.hpp"
#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/scale.hpp"

namespace lilong::numerics {

namespace {

// Operand rescaling of the gemmlowp form: x << 20 first, so the chip's shift is 20 less.
void operandScale(double real, uint32_t& multiplier, uint8_t& shift) {
  const ChipScale scale = chipScale(real);
  multiplier = scale.multiplier;
  shift = static_cast<uint8_t>(scale.multiplier == 0 ? 11 : scale.shift - 20);
}

void setOutput(const ChipScale& scale, isa::Rounding rounding, EltwiseParams& params) {
  params.multiplier = scale.multiplier;
  params.shift = scale.shift;
  params.rounding = rounding;
  if (!scale.fits) params.exactness = {Exactness::Level::inexact, "the scale exceeds the chip"};
}

// TensorFlow Lite kernels: both operands to a common scale with 20 more bits, then to the output.
void gemmlowpSum(float a, float b, float y, EltwiseParams& params) {
  const double twice = 2.0f * std::max(a, b);
  operandScale(a / twice, params.multiplierA, params.shiftA);
  operandScale(b / twice, params.multiplierB, params.shiftB);
  const ChipScale out = chipScale(twice / static_cast<double>(1048576.0f * y));
  setOutput(out, isa::Rounding::gemmlowp, params);
}

// XNNPACK: integer multipliers of at most 21 bits and one shift.
bool xnnpackSum(float a, float b, float y, EltwiseParams& params) {
  const float ra = a / y, rb = b / y;
  constexpr float kMin = 0x1.0p-10f, kMax = 0x1.0p8f;
  if (!(ra >= kMin && ra < kMax && rb >= kMin && rb < kMax)) return false;
  const int exponent = std::ilogb(std::max(ra, rb));
  const int shift = 20 - exponent;
  params.multiplierA = static_cast<uint32_t>(std::lrint(std::ldexp(ra, shift)));
  params.multiplierB = static_cast<uint32_t>(std::lrint(std::ldexp(rb, shift)));
  params.multiplier = 1;
  params.shift = static_cast<uint8_t>(shift);
  params.rounding = isa::Rounding::halfUp;
  return true;
}

void product(float a, float b, float y, Numerics numerics, EltwiseParams& params) {
  constexpr float kMin = 0x1.0p-16f, kMax = 0x1.0p8f;
  const float real = static_cast<float>(a * b) / y;
  ChipScale scale;
  auto rounding = isa::Rounding::gemmlowp;
  if (numerics == Numerics::litert && real >= kMin && real < kMax) {
    scale = chipScaleOfFloat(real);
    rounding = isa::Rounding::f32Rne;
  } else {
    scale = chipScale(numerics == Numerics::tflm ? static_cast<double>(a) * b / y : real);
  }
  setOutput(scale, rounding, params);
}

}  // namespace

EltwiseParams eltwiseParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics) {
  const ir::Quantisation& a = graph.input(op, 0).quant;
  const ir::Quantisation& b = graph.input(op, 1).quant;
  const ir::Quantisation& y = graph.output(op).quant;
  EltwiseParams params;
  params.exactness.level = Exactness::Level::proved;
  if (op.kind == ir::OpKind::minimum || op.kind == ir::OpKind::maximum) {
    params.op = op.kind == ir::OpKind::minimum ? isa::BinaryOp::min : isa::BinaryOp::max;
    return params;  // on the raw bytes
  }
  params.zpA = static_cast<int8_t>(a.zeroPoint());
  params.zpB = static_cast<int8_t>(b.zeroPoint());
  params.zpOut = static_cast<int8_t>(y.zeroPoint());
  const ByteRange clamp = activationRange(op.as<ir::FusedAttrs>().activation, y.scale(),
                                          y.zeroPoint(), numerics == Numerics::litert);
  params.clampMin = clamp.min;
  params.clampMax = clamp.max;
  if (op.kind == ir::OpKind::mul) {
    params.op = isa::BinaryOp::mul;
    product(a.scale(), b.scale(), y.scale(), numerics, params);
    return params;
  }
  params.op = op.kind == ir::OpKind::add ? isa::BinaryOp::add : isa::BinaryOp::sub;
  if (numerics != Numerics::litert || !xnnpackSum(a.scale(), b.scale(), y.scale(), params)) {
    gemmlowpSum(a.scale(), b.scale(), y.scale(), params);
  }
  return params;
}

}  // namespace lilong::numerics
