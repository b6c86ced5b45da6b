// SPDX-License-Identifier: Apache-2.0
// Nodes: the operators of a graph after fusion.  The graph itself is not changed, because the
// parameters of an operator depend on its original tensors; a node says what it reads and writes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/numerics/numerics.hpp"

namespace lilong::backend {

struct Node {
  const ir::Op* op = nullptr;
  std::vector<ir::TensorId> inputs;  // may differ from op->inputs after fusion
  ir::TensorId output = ir::kNoTensor;
  std::optional<std::array<uint8_t, 256>> table;  // applied to every result byte
  ir::Padding2d padding;                          // added to the one of the operator
  bool identity = false;                          // the output has the bytes of the input
  std::string opName;                             // with what was fused, "CONV_2D + LOGISTIC"
  numerics::Exactness exactness;                  // of fused tables
};

// One node per operator.
std::vector<Node> makeNodes(const ir::Graph& graph);

// PAD with the zero point in front of convolutions becomes their padding.
void fusePadding(const ir::Graph& graph, std::vector<Node>& nodes);

// Unary operators become the table of the operator in front of them; those that change nothing
// become identities.
void fuseTables(const ir::Graph& graph, numerics::Numerics numerics, std::vector<Node>& nodes);

// Nodes that read a tensor; `count` includes one for a network output.
struct Uses {
  std::vector<size_t> nodes;
  bool networkOutput = false;
  size_t count() const { return nodes.size() + (networkOutput ? 1 : 0); }
};
std::vector<Uses> findUses(const ir::Graph& graph, const std::vector<Node>& nodes);

}  // namespace lilong::backend
