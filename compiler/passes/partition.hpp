// SPDX-License-Identifier: Apache-2.0
// Partition: which nodes run on the chip and which on the host, and in which steps.
#pragma once

#include "compiler/passes/node.hpp"
#include "sim/base/result.hpp"

namespace lilong::backend {

struct Step {
  bool onChip = true;
  std::vector<Node> nodes;  // one, if on the host
};

// Why the node runs on the host; empty if the chip runs it.
std::string hostReason(const ir::Graph& graph, const Node& node, numerics::Numerics numerics);

// Steps in order of execution, as few chip steps as a greedy walk finds.
std::vector<Step> partition(const ir::Graph& graph, std::vector<Node> nodes,
                            numerics::Numerics numerics);

}  // namespace lilong::backend
