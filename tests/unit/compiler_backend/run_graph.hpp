// SPDX-License-Identifier: Apache-2.0
// Compiles a small graph for one chip, checks the program and runs it on the functional machine.
#pragma once

#include "compiler/chip_step.hpp"
#include "compiler/ir/graph.hpp"
#include "compiler/lower/lower.hpp"
#include "compiler/numerics/numerics.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::test {

// A short search is enough where only the bytes count.
inline constexpr backend::Meter::Allowance kShortSearch{2'000'000, 12};

struct Outcome {
  std::vector<uint8_t> output;  // of all network outputs, one after the other
  uint32_t spillBytes = 0;
  size_t instructions = 0;
  backend::CompiledStep step;
};

// The kernels of a graph with its inputs and outputs in regions, and a program for them.
Result<backend::CompiledStep> compileGraph(
    const ir::Graph& graph, const isa::Preset& preset,
    numerics::Numerics numerics = numerics::Numerics::tflm,
    const backend::Meter::Allowance& allowance = kShortSearch,
    const backend::LowerOptions& options = {});
Result<backend::Lowered> lowerGraph(const ir::Graph& graph, const isa::Preset& preset,
                                    numerics::Numerics numerics = numerics::Numerics::tflm,
                                    const backend::LowerOptions& options = {});

// The inputs are random bytes by `seed`; a diagnostic if the graph does not fit.
Result<Outcome> compileAndRun(const ir::Graph& graph, const isa::Preset& preset,
                              numerics::Numerics numerics = numerics::Numerics::tflm,
                              uint32_t seed = 99, const backend::LowerOptions& options = {});

}  // namespace lilong::test
