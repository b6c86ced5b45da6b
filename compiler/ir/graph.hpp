// SPDX-License-Identifier: Apache-2.0
// The network graph: tensors, operators in execution order, inputs and outputs.
//
// A graph from a front end has passed `checkGraph` and shape inference: every index is in range,
// every non-constant tensor is a network input or the output of exactly one earlier operator,
// every operand list and attribute fits its operator (compiler/ops/), all sizes are below the
// limits of types.hpp.  Passes keep that; `checkGraph` proves it again.
//
// Inputs by operator (data only, constants that shape the operator are attributes):
//   conv2d, depthwiseConv2d, fullyConnected   x, weights, bias or kNoTensor
//   add, sub, mul, minimum, maximum           a, b (either may be constant or broadcast)
//   concatenation                             one or more
//   everything else                           x
#pragma once

#include <optional>
#include <string_view>

#include "compiler/ir/attributes.hpp"
#include "compiler/ir/tensor.hpp"
#include "sim/base/result.hpp"

namespace lilong::ir {

enum class OpKind : uint8_t {
#define LILONG_OP(kind, name, builtin, attributes) kind,
#include "compiler/ops/ops.def"
#undef LILONG_OP
};
const char* toString(OpKind kind);  // "CONV_2D"

struct Op {
  OpKind kind;
  std::string name;  // of the layer: the name of its first output tensor in the network file
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  Attributes attributes;
  // Multiply-accumulates in the network file, when a pass has made the operator smaller.
  std::optional<uint64_t> networkMacs = std::nullopt;

  template <typename T>
  const T& as() const {
    return std::get<T>(attributes);
  }
};

struct Graph {
  std::string file;  // network file, for messages
  std::vector<Tensor> tensors;
  std::vector<Op> ops;
  std::vector<TensorId> inputs, outputs;

  const Tensor& tensor(TensorId id) const { return tensors[id]; }
  const Tensor& input(const Op& op, size_t i = 0) const { return tensors[op.inputs[i]]; }
  const Tensor& output(const Op& op, size_t i = 0) const { return tensors[op.outputs[i]]; }
  bool hasInput(const Op& op, size_t i) const {
    return i < op.inputs.size() && op.inputs[i] != kNoTensor;
  }
};

// The promises above; the error names tensor or layer.
Result<void> checkGraph(const Graph& graph);

// Multiply-accumulates of an operator by the network file's shapes (conv, depthwise, fully
// connected; 0 for others).
uint64_t macsOf(const Graph& graph, const Op& op);
// The same by the shapes of this graph, after channels were removed.
uint64_t executedMacsOf(const Graph& graph, const Op& op);

}  // namespace lilong::ir
