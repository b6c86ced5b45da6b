// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/partition.hpp"

#include <algorithm>

namespace lilong::backend {

std::string hostReason(const ir::Graph& graph, const Node& node, numerics::Numerics numerics) {
  const ir::Op& op = *node.op;
  switch (op.kind) {
    case ir::OpKind::quantize:
      return graph.input(op).dtype == DType::float32 ? "float32 at the edge of the network" : "";
    case ir::OpKind::dequantize:
      return "float32 at the edge of the network";
    case ir::OpKind::argMax:
      return "the chip has no operation that finds a position";
    case ir::OpKind::mean:
      return numerics::meanParams(graph, op, numerics)
                 ? ""
                 : "no parameters of the chip reproduce the interpreter's float32 mean";
    default:
      return "";
  }
}

std::vector<Step> partition(const ir::Graph& graph, std::vector<Node> nodes,
                            numerics::Numerics numerics) {
  std::vector<bool> ready(graph.tensors.size(), false);
  for (size_t t = 0; t < graph.tensors.size(); ++t) ready[t] = graph.tensors[t].constant;
  for (const ir::TensorId t : graph.inputs) ready[t] = true;
  std::vector<bool> host;
  for (const Node& node : nodes) host.push_back(!hostReason(graph, node, numerics).empty());

  std::vector<Step> steps;
  std::vector<bool> done(nodes.size(), false);
  const auto runnable = [&](size_t n) {
    return !done[n] && std::all_of(nodes[n].inputs.begin(), nodes[n].inputs.end(),
                                   [&](ir::TensorId t) { return t == ir::kNoTensor || ready[t]; });
  };
  const auto take = [&](size_t n, Step& step) {
    done[n] = true;
    ready[nodes[n].output] = true;
    step.nodes.push_back(std::move(nodes[n]));
  };
  for (bool progress = true; progress;) {
    progress = false;
    for (size_t n = 0; n < nodes.size(); ++n) {  // nodes are in topological order
      if (!host[n] || !runnable(n)) continue;
      steps.push_back({false, {}});
      take(n, steps.back());
      progress = true;
    }
    Step chip;
    for (size_t n = 0; n < nodes.size(); ++n)
      if (!host[n] && runnable(n)) take(n, chip);
    if (chip.nodes.empty()) continue;
    steps.push_back(std::move(chip));
    progress = true;
  }
  return steps;
}

}  // namespace lilong::backend
