// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/node.hpp"

namespace lilong::backend {

std::vector<Node> makeNodes(const ir::Graph& graph) {
  std::vector<Node> nodes;
  for (const ir::Op& op : graph.ops) {
    Node node;
    node.op = &op;
    node.inputs = op.inputs;
    node.output = op.outputs[0];
    node.opName = ir::toString(op.kind);
    const bool moves = op.kind == ir::OpKind::reshape || op.kind == ir::OpKind::squeeze ||
                       op.kind == ir::OpKind::expandDims;
    node.identity = moves;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::vector<Uses> findUses(const ir::Graph& graph, const std::vector<Node>& nodes) {
  std::vector<Uses> uses(graph.tensors.size());
  for (size_t n = 0; n < nodes.size(); ++n)
    for (const ir::TensorId t : nodes[n].inputs)
      if (t != ir::kNoTensor) uses[t].nodes.push_back(n);
  for (const ir::TensorId t : graph.outputs) uses[t].networkOutput = true;
  return uses;
}

}  // namespace lilong::backend
