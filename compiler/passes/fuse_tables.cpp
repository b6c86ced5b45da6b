// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/passes/node.hpp"

namespace lilong::backend {

namespace {

bool byteTensor(const ir::Tensor& tensor) {
  return tensor.dtype == DType::int8 || tensor.dtype == DType::uint8;
}

// Operators whose instructions can look their results up in a table.
bool takesTable(const Node& node) {
  switch (node.op->kind) {
    case ir::OpKind::conv2d:
    case ir::OpKind::depthwiseConv2d:
    case ir::OpKind::fullyConnected:
    case ir::OpKind::averagePool2d:
    case ir::OpKind::maxPool2d:
    case ir::OpKind::add:
    case ir::OpKind::sub:
    case ir::OpKind::mul:
    case ir::OpKind::minimum:
    case ir::OpKind::maximum:
      return true;
    default:
      return node.table.has_value();
  }
}

}  // namespace

void fuseTables(const ir::Graph& graph, numerics::Numerics numerics, std::vector<Node>& nodes) {
  std::vector<size_t> producer(graph.tensors.size(), SIZE_MAX);
  std::vector<bool> gone(nodes.size(), false);
  const std::vector<Uses> uses = findUses(graph, nodes);
  for (size_t n = 0; n < nodes.size(); ++n) {
    Node& node = nodes[n];
    const bool bytes = byteTensor(graph.tensor(node.output)) && byteTensor(graph.input(*node.op));
    if (numerics::isUnaryTable(node.op->kind) && bytes) {
      const numerics::UnaryTable table = numerics::unaryTable(graph, *node.op, numerics);
      node.exactness = table.exactness;
      const size_t before = producer[node.inputs[0]];
      if (before != SIZE_MAX && takesTable(nodes[before]) && uses[node.inputs[0]].count() == 1) {
        Node& target = nodes[before];
        if (!target.table) {
          target.table = table.bytes;
        } else {
          for (uint8_t& byte : *target.table) byte = table.bytes[byte];
        }
        target.output = node.output;
        target.opName += " + " + node.opName;
        if (target.exactness.level < table.exactness.level) target.exactness = table.exactness;
        producer[node.output] = before;
        gone[n] = true;
        continue;
      }
      if (table.identity)
        node.identity = true;
      else
        node.table = table.bytes;
    }
    producer[node.output] = n;
  }
  std::vector<Node> kept;
  for (size_t n = 0; n < nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(nodes[n]));
  nodes = std::move(kept);
}

}  // namespace lilong::backend
