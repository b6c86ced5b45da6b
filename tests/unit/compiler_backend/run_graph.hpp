// SPDX-License-Identifier: Apache-2.0
// Compiles a small graph for one chip, checks the program and runs it on the functional machine.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/numerics/numerics.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::test {

struct Outcome {
  std::vector<uint8_t> output;  // of all network outputs, one after the other
  uint32_t spillBytes = 0;
  size_t instructions = 0;
};

// The inputs are random bytes by `seed`; a diagnostic if the graph does not fit.
Result<Outcome> compileAndRun(const ir::Graph& graph, const isa::Preset& preset,
                              numerics::Numerics numerics = numerics::Numerics::tflm,
                              uint32_t seed = 99);

}  // namespace lilong::test
