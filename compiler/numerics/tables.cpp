// SPDX-License-Identifier: Apache-2.0
// Unary operators as tables of 256 bytes, computed as the interpreter computes each byte.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/numerics/activation.hpp"
#include "compiler/numerics/gemmlowp.hpp"
#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/scale.hpp"

namespace lilong::numerics {

namespace {

struct Operand {
  float scale;
  int32_t zeroPoint;
  bool isSigned;
  int32_t min() const { return isSigned ? -128 : 0; }
  int32_t max() const { return isSigned ? 127 : 255; }
};

// Value of an input byte minus its zero point.
using Function = int32_t (*)(int32_t, const struct Context&);

struct Context {
  Operand x, y;
  Numerics numerics;
  const ir::Op& op;
};

constexpr int32_t kSaturated = 1 << 20;  // beyond every byte

int32_t rescale(int32_t v, double real, isa::Rounding rounding) {
  const ChipScale scale = chipScale(real);
  if (!scale.fits) return v == 0 ? 0 : (v < 0) == (real < 0) ? kSaturated : -kSaturated;
  return requantise(v, scale.multiplier, scale.shift, rounding);
}

// --- QUANTIZE between int8 and uint8 ---
isa::Rounding quantizeRounding(const Context& c) {
  return c.numerics == Numerics::litert ? isa::Rounding::ruy : isa::Rounding::gemmlowp;
}

int32_t quantizeWith(int32_t v, const Context& c, isa::Rounding rounding) {
  return rescale(v, static_cast<double>(c.x.scale) / c.y.scale, rounding) + c.y.zeroPoint;
}

int32_t quantize(int32_t v, const Context& c) {
  const float ratio = c.x.scale / c.y.scale;
  const bool sameType = c.x.isSigned == c.y.isSigned;
  if (c.numerics == Numerics::litert && sameType && ratio >= 0x1.0p-8f && ratio <= 0x1.0p7f) {
    const auto m = static_cast<int32_t>(std::lrint(256.0f * ratio));
    return ((v * m + 128) >> 8) + c.y.zeroPoint;
  }
  return quantizeWith(v, c, quantizeRounding(c));
}

// LiteRT's vector code rounds otherwise than the scalar code behind it, which does the last
// (elements mod 16) elements.
Exactness quantizeExactness(const Context& c, uint64_t elements) {
  if (c.numerics != Numerics::litert || c.x.isSigned == c.y.isSigned || elements % 16 == 0)
    return {};
  for (int32_t x = c.x.min(); x <= c.x.max(); ++x) {
    const int32_t v = x - c.x.zeroPoint;
    if (quantizeWith(v, c, isa::Rounding::ruy) != quantizeWith(v, c, isa::Rounding::gemmlowp)) {
      return {Exactness::Level::inexact,
              fmt::format("the interpreter rounds ties of the last {} of {} values otherwise",
                          elements % 16, elements)};
    }
  }
  return {};
}

// --- RELU family ---
ir::Activation activationOf(ir::OpKind kind) {
  switch (kind) {
    case ir::OpKind::relu:
      return ir::Activation::relu;
    case ir::OpKind::relu6:
      return ir::Activation::relu6;
    default:
      return ir::Activation::reluN1To1;
  }
}

int32_t relu(int32_t v, const Context& c) {
  if (c.numerics == Numerics::tflm && c.op.kind == ir::OpKind::relu6) {
    // The kernel clamps the bytes without rescaling them to the output.
    const ByteRange range = activationRange(ir::Activation::relu6, c.x.scale, c.x.zeroPoint, false);
    return std::clamp<int32_t>(v + c.x.zeroPoint, range.min, range.max);
  }
  const ByteRange range = activationRange(activationOf(c.op.kind), c.y.scale, c.y.zeroPoint, false);
  const int32_t y = rescale(v, c.x.scale / c.y.scale, isa::Rounding::gemmlowp) + c.y.zeroPoint;
  return std::clamp<int32_t>(y, range.min, range.max);
}

int32_t leakyRelu(int32_t v, const Context& c) {
  const float alpha = c.op.as<ir::LeakyReluAttrs>().alpha;
  const float ratio = c.x.scale / c.y.scale;
  const auto delegated = [](float r) { return r >= 0x1.0p-8f && r <= 0x1.0p7f; };
  if (c.numerics == Numerics::litert && delegated(ratio) && delegated(std::abs(ratio * alpha))) {
    const auto m = static_cast<int32_t>(std::lrint(256.0f * (v >= 0 ? ratio : ratio * alpha)));
    return ((v * m + 128) >> 8) + c.y.zeroPoint;
  }
  const double identity = c.x.scale / c.y.scale;
  const double real = v >= 0 ? identity : c.x.scale * alpha / c.y.scale;
  const int32_t y = real < 0 ? -rescale(v, -real, isa::Rounding::gemmlowp)
                             : rescale(v, real, isa::Rounding::gemmlowp);
  return y + c.y.zeroPoint;
}

int32_t absolute(int32_t v, const Context& c) {
  if (c.x.scale == c.y.scale) return std::abs(v) + c.y.zeroPoint;
  return rescale(std::abs(v), c.x.scale / c.y.scale, isa::Rounding::gemmlowp) + c.y.zeroPoint;
}

// --- LOGISTIC and TANH: Q4 fixed point in TensorFlow Lite Micro, float32 in LiteRT ---
float logisticOf(float x) {
  // exp through double is correctly rounded, as (nearly) that of the C library is.
  const auto e = static_cast<float>(std::exp(-static_cast<double>(x)));
  return 1.0f / (1.0f + e);
}

int32_t sigmoidal(int32_t v, const Context& c) {
  const bool logistic = c.op.kind == ir::OpKind::logistic;
  if (c.numerics != Numerics::tflm) {
    const float x = static_cast<float>(v) * c.x.scale;
    const float y = logistic ? 256.0f * logisticOf(x) : 128.0f * std::tanh(x);
    const float rounded = c.numerics == Numerics::litert ? std::nearbyint(y) : std::round(y);
    return static_cast<int32_t>(rounded) + c.y.zeroPoint;
  }
  const FixedScale scale = fixedScale(static_cast<double>(c.x.scale) * (1 << 27));
  const double reach = std::floor(15.0 * (1 << 27) / std::ldexp(1.0, scale.exponent));
  if (v <= -reach) return -128;
  if (v >= reach) return 127;
  const int32_t q4 = fixed::multiply(v, scale.multiplier, scale.exponent);
  return logistic ? fixed::divideByPowerOfTwo(fixed::logistic(q4), 23) - 128
                  : fixed::divideByPowerOfTwo(fixed::tanh(q4), 24);
}

// --- HARD_SWISH: 16-bit fixed point ---
int16_t saturate16(int32_t v) {
  return static_cast<int16_t>(std::clamp(v, -32768, 32767));
}

int16_t multiplier16(int32_t m) {
  return m >= 0x7FFFFFFF - 0x8000 ? int16_t{0x7FFF} : static_cast<int16_t>((m + 0x8000) >> 16);
}

int16_t doublingHighMul16(int16_t a, int16_t b) {  // rounded
  if (a == -32768 && b == -32768) return 32767;
  return static_cast<int16_t>((int32_t{a} * b + (1 << 14)) >> 15);
}

int16_t doublingHighMulTruncated16(int16_t a, int16_t b) {
  if (a == -32768 && b == -32768) return 32767;
  return static_cast<int16_t>(int32_t{a} * b / (1 << 15));
}

int16_t divide16(int16_t v, int exponent) {
  return static_cast<int16_t>(fixed::divideByPowerOfTwo(v, std::min(exponent, 20)));
}

int16_t shiftLeft16(int16_t v, int by) {
  return saturate16(
      static_cast<int32_t>(std::clamp<int64_t>(int64_t{v} << std::min(by, 20), -32768, 32767)));
}

int32_t hardSwish(int32_t v, const Context& c) {
  const float hires = (1.0f / 128.0f) * c.x.scale;
  const FixedScale out = fixedScale(hires / c.y.scale);
  const FixedScale gate = fixedScale(hires / (3.0f / 32768.0f));
  const auto value = static_cast<int16_t>(v * 128);
  const int16_t scaled = doublingHighMul16(value, multiplier16(out.multiplier));
  int16_t reluish = value;
  if (gate.exponent > 0) reluish = shiftLeft16(reluish, gate.exponent - 1);
  reluish = doublingHighMul16(reluish, multiplier16(gate.multiplier));
  if (gate.exponent > 0) reluish = shiftLeft16(reluish, 1);
  if (gate.exponent < 0) reluish = divide16(reluish, -gate.exponent);
  reluish = static_cast<int16_t>((int32_t{reluish} + (1 << 15)) >> 1);
  const int16_t product = doublingHighMulTruncated16(reluish, scaled);
  const int16_t y =
      out.exponent > 0 ? shiftLeft16(product, out.exponent) : divide16(product, -out.exponent);
  return int32_t{y} + c.y.zeroPoint;
}

int32_t elu(int32_t v, const Context& c) {
  const float x = static_cast<float>(v) * c.x.scale;
  const float y = x < 0.0f ? std::expm1(x) : x;
  if (c.numerics == Numerics::litert) {
    const float shifted = y * (1.0f / c.y.scale) + static_cast<float>(c.y.zeroPoint);
    return static_cast<int32_t>(std::nearbyint(std::clamp(shifted, -128.0f, 127.0f)));
  }
  return static_cast<int32_t>(std::clamp(std::round(y * (1.0f / c.y.scale)), -1e6f, 1e6f)) +
         c.y.zeroPoint;
}

Function functionOf(ir::OpKind kind) {
  switch (kind) {
    case ir::OpKind::quantize:
      return quantize;
    case ir::OpKind::relu:
    case ir::OpKind::relu6:
    case ir::OpKind::reluN1To1:
      return relu;
    case ir::OpKind::leakyRelu:
      return leakyRelu;
    case ir::OpKind::abs:
      return absolute;
    case ir::OpKind::logistic:
    case ir::OpKind::tanh:
      return sigmoidal;
    case ir::OpKind::hardSwish:
      return hardSwish;
    case ir::OpKind::elu:
      return elu;
    default:
      return nullptr;
  }
}

Operand operandOf(const ir::Tensor& t) {
  return {t.quant.scale(), t.quant.zeroPoint(), t.dtype == ir::DType::int8};
}

Exactness exactnessOf(const Context& c, uint64_t elements) {
  const bool xnnpack = c.numerics == Numerics::litert;
  if (c.op.kind == ir::OpKind::quantize) return quantizeExactness(c, elements);
  if ((c.op.kind == ir::OpKind::logistic && xnnpack) ||
      (c.op.kind == ir::OpKind::elu && c.numerics == Numerics::tflm)) {
    return {
        Exactness::Level::inexact,
        "about 3 table entries in 10^6 lie so near a tie that the interpreter's float32 function "
        "rounds them to the neighbour"};
  }
  return {};
}

}  // namespace

bool isUnaryTable(ir::OpKind kind) {
  return functionOf(kind) != nullptr;
}

UnaryTable unaryTable(const ir::Graph& graph, const ir::Op& op, Numerics numerics) {
  UnaryTable table;
  const Context context{operandOf(graph.input(op)), operandOf(graph.output(op)), numerics, op};
  const Function function = functionOf(op.kind);
  table.exactness = exactnessOf(context, graph.input(op).elements());
  table.identity = true;
  for (int32_t raw = 0; raw < 256; ++raw) {
    const int32_t x = context.x.isSigned ? static_cast<int8_t>(raw) : raw;
    const int32_t y = function ? function(x - context.x.zeroPoint, context) : x;
    table.bytes[static_cast<size_t>(raw)] =
        static_cast<uint8_t>(std::clamp(y, context.y.min(), context.y.max()));
    table.identity &= table.bytes[static_cast<size_t>(raw)] == raw;
  }
  return table;
}

}  // namespace lilong::numerics
