// SPDX-License-Identifier: Apache-2.0
// Rules of every operator: operand count and types, quantisation, shapes, limits.
#pragma once

#include "compiler/ir/graph.hpp"

namespace lilong::ops {

// Checks operands and attributes, and that the declared output shapes are what the operator
// computes (a declared output without shape gets it).  `unsupportedVariant` or `networkCorrupt`
// otherwise.
Result<void> inferOp(ir::Graph& graph, ir::Op& op);

}  // namespace lilong::ops
