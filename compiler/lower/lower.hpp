// SPDX-License-Identifier: Apache-2.0
// Lowering: nodes of the network become kernels on storages.
#pragma once

#include <map>

#include "compiler/lower/lowered.hpp"
#include "compiler/passes/node.hpp"
#include "sim/base/result.hpp"

namespace lilong::backend {

// A place in memory for a tensor that crosses the border of a chip step.
struct Exchange {
  uint8_t region = 0;
  uint32_t offset = 0;
};

struct LowerOptions {
  // Convolutions with few output channels compute several neighbouring pixels at once: a wider
  // kernel with more outputs, most of whose weights are zero.
  bool packPixels = false;
  // Operators in front of a TRANSPOSE of height and width write their images the way it would.
  bool writeTransposed = false;
  // Rows of images that windows read lie further apart where they would meet in a bank.
  bool spreadRows = false;
};

// Lowers `nodes` (a run of nodes that the chip executes).  `sources` are the tensors that lie in
// memory before the step, `targets` those that must lie there behind it, both dense.
Result<Lowered> lower(const ir::Graph& graph, const isa::Preset& preset,
                      numerics::Numerics numerics, std::span<const Node> nodes,
                      const std::map<ir::TensorId, Exchange>& sources,
                      const std::vector<std::pair<ir::TensorId, Exchange>>& targets,
                      const LowerOptions& options = {});

}  // namespace lilong::backend
