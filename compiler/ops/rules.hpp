// SPDX-License-Identifier: Apache-2.0
// Helpers for the rules of one operator: requirements with uniform messages, output shapes,
// padding.
#pragma once

#include <fmt/format.h>

#include <string>

#include "compiler/ir/graph.hpp"

// Hands the error of a Result on to the caller.
#define LILONG_CHECK(expression)                                                       \
  do {                                                                                 \
    if (auto result_ = (expression); !result_.ok()) return std::move(result_).error(); \
  } while (false)

namespace lilong::ops {

class Rules {
 public:
  Rules(ir::Graph& graph, ir::Op& op) : graph_(graph), op_(op) {}

  ir::Graph& graph() { return graph_; }
  ir::Op& op() { return op_; }
  ir::Tensor& in(size_t i = 0) { return graph_.tensors[op_.inputs[i]]; }
  ir::Tensor& out(size_t i = 0) { return graph_.tensors[op_.outputs[i]]; }
  bool has(size_t i) const { return graph_.hasInput(op_, i); }

  Error variant(const std::string& message) const;  // legal, but not supported
  Error corrupt(const std::string& message) const;  // no interpreter takes it

  // Operand counts; inputs below `required` must be present, and there is one output.
  Result<void> operands(size_t required, size_t maximum);
  Result<void> int8(const ir::Tensor& t) const;      // int8 with one scale
  Result<void> oneScale(const ir::Tensor& t) const;  // quantised per tensor, int8 or uint8
  Result<void> rank(const ir::Tensor& t, size_t rank) const;
  Result<void> sameType(const ir::Tensor& a, const ir::Tensor& b) const;
  Result<void> sameQuantisation(const ir::Tensor& a, const ir::Tensor& b) const;
  Result<void> outputQuantisation(float scale, int32_t zeroPoint) const;
  Result<void> between(const char* what, int64_t value, int64_t low, int64_t high) const;

  // Sets the output's shape, or checks it when it is declared.
  Result<void> outputShape(const std::vector<int32_t>& shape);

 private:
  ir::Graph& graph_;
  ir::Op& op_;
};

// Elements that a window of `kernel` taps, `dilation` apart, spans.
inline int64_t spannedBy(int64_t kernel, int64_t dilation) {
  return (kernel - 1) * dilation + 1;
}

// Positions of a window along one padded dimension; zero or negative if it does not fit.
int64_t windowPositions(int64_t input, int64_t padding, int64_t span, int64_t stride);

// One per operator or family.
Result<void> inferConv(Rules& r);  // CONV_2D and DEPTHWISE_CONV_2D
Result<void> inferFullyConnected(Rules& r);
Result<void> inferPool(Rules& r);
Result<void> inferBinary(Rules& r);
Result<void> inferUnary(Rules& r);
Result<void> inferQuantize(Rules& r);  // QUANTIZE and DEQUANTIZE
Result<void> inferSoftmax(Rules& r);
Result<void> inferMean(Rules& r);
Result<void> inferPad(Rules& r);
Result<void> inferConcatenation(Rules& r);
Result<void> inferReshape(Rules& r);  // RESHAPE, SQUEEZE, EXPAND_DIMS
Result<void> inferStridedSlice(Rules& r);
Result<void> inferTranspose(Rules& r);
Result<void> inferResize(Rules& r);
Result<void> inferArgMax(Rules& r);

}  // namespace lilong::ops
