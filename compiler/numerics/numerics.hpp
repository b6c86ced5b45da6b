// SPDX-License-Identifier: Apache-2.0
// From the quantisation of an operator to the parameters with which the chip computes the bytes
// of the chosen interpreter.  Pure functions; each result says how exact it is.
//
// Notation as in docs/4-isa/2-execution.md: the chip computes
//   y = table[clamp(zpOut + requantise((acc << accShift) + bias, multiplier, shift, rounding))].
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "compiler/ir/graph.hpp"
#include "sim/isa/gen/isa.hpp"  // isa::Rounding, isa::BinaryOp

namespace lilong::numerics {

// Whose arithmetic: TensorFlow Lite Micro; LiteRT reference kernels; LiteRT default (XNNPACK).
enum class Numerics : uint8_t { tflm, litertRef, litert };
const char* toString(Numerics numerics);  // "tflm", "litert-ref", "litert"
std::optional<Numerics> numericsFromName(std::string_view name);

// How far the chip's bytes equal the interpreter's.
struct Exactness {
  enum class Level : uint8_t {
    proved,   // equal for every input, shown by comparing thresholds or all inputs
    tested,   // same formula; equal in all comparisons with the interpreter
    inexact,  // differs for some inputs; `reason` says which and by how much
  };
  Level level = Level::tested;
  std::string reason;  // for `inexact`
};
std::string toString(const Exactness& exactness);  // "proved", "tested", or the reason

// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED.  One entry per output channel in multiplier, shift
// and bias; `perChannel` is false when all multipliers and shifts are equal.
struct ConvParams {
  isa::Rounding rounding{};
  std::vector<uint32_t> multiplier;  // 31 bits
  std::vector<uint8_t> shift;        // 1..62
  std::vector<int32_t> bias;         // includes -zeroPoint * sum(weights)
  bool perChannel = false;
  int8_t padValue = 0;  // input zero point
  int8_t zpOut = 0, clampMin = -128, clampMax = 127;
  Exactness exactness;
};
ConvParams convParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics);

// Sums over windows: AVERAGE_POOL_2D and MEAN.  Raw input bytes are summed; padding adds zero
// (pad_value = 0), so a window that reaches over the border needs the parameters of its own count.
struct PoolParams {
  isa::Rounding rounding{};
  uint32_t multiplier = 0;
  uint8_t shift = 0;
  uint8_t accShift = 0;
  int32_t bias = 0;
  int8_t zpOut = 0, clampMin = -128, clampMax = 127;
  Exactness exactness;
};
// `count`: elements of the window inside the image.
PoolParams averagePoolParams(const ir::Graph& graph, const ir::Op& op, uint32_t count);
// Empty when no parameters reproduce the interpreter: the operator then runs on the host.
std::optional<PoolParams> meanParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics);
// Clamp of a MAX_POOL_2D (its output quantisation equals that of the input).
PoolParams maxPoolParams(const ir::Graph& graph, const ir::Op& op);

// ADD, SUB, MUL, MINIMUM, MAXIMUM.
struct EltwiseParams {
  isa::BinaryOp op{};
  int8_t zpA = 0, zpB = 0;
  uint32_t multiplierA = 0, multiplierB = 0;
  uint8_t shiftA = 0, shiftB = 0;
  isa::Rounding rounding{};
  uint32_t multiplier = 1;
  uint8_t shift = 0;
  int8_t zpOut = 0, clampMin = -128, clampMax = 127;
  Exactness exactness;
};
EltwiseParams eltwiseParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics);

// Unary operators, as a table over the raw input byte (also uint8 input): result byte =
// bytes[(uint8) input byte].  On the chip: eltwise `pass` with zp_a = 0, multiplier 1, shift 0,
// zp_out 0, clamp -128..127 and table_en; or fused behind the operator that made the input.
// Kinds: quantize (between int8 and uint8), relu, reluN1To1, relu6, logistic, tanh, hardSwish,
// leakyRelu, elu, abs.
struct UnaryTable {
  std::array<uint8_t, 256> bytes{};
  bool identity = false;  // bytes[i] == i
  Exactness exactness;
};
bool isUnaryTable(ir::OpKind kind);
UnaryTable unaryTable(const ir::Graph& graph, const ir::Op& op, Numerics numerics);

// SOFTMAX over the last dimension.
struct SoftmaxParams {
  std::array<uint32_t, 256> exponentials{};  // E[d], bit 31 clear
  int8_t zpOut = -128;
  Exactness exactness;
};
SoftmaxParams softmaxParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics);

}  // namespace lilong::numerics
