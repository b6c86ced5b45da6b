// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/compiler_backend/run_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "compiler/chip_step.hpp"
#include "compiler/lower/lower.hpp"
#include "compiler/passes/node.hpp"
#include "compiler/tile/plan.hpp"
#include "runtime/program.hpp"
#include "sim/functional/machine.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::test {

using namespace backend;

namespace {

struct Ends {
  std::map<ir::TensorId, Exchange> sources;
  std::vector<std::pair<ir::TensorId, Exchange>> targets;
  uint32_t inputBytes = 0, outputBytes = 0;
};

Ends endsOf(const ir::Graph& graph) {
  Ends ends;
  for (const ir::TensorId t : graph.inputs) {
    ends.sources[t] = {kRegionInputs, ends.inputBytes};
    ends.inputBytes += roundUp(static_cast<uint32_t>(graph.tensor(t).bytes()), 64);
  }
  for (const ir::TensorId t : graph.outputs) {
    ends.targets.push_back({t, {kRegionOutputs, ends.outputBytes}});
    ends.outputBytes += roundUp(static_cast<uint32_t>(graph.tensor(t).bytes()), 64);
  }
  return ends;
}

}  // namespace

Result<Lowered> lowerGraph(const ir::Graph& graph, const isa::Preset& preset,
                           numerics::Numerics numerics, const LowerOptions& options) {
  std::vector<Node> nodes = makeNodes(graph);
  fusePadding(graph, nodes);
  fuseTables(graph, numerics, nodes);
  const Ends ends = endsOf(graph);
  return lower(graph, preset, numerics, nodes, ends.sources, ends.targets, options);
}

Result<CompiledStep> compileGraph(const ir::Graph& graph, const isa::Preset& preset,
                                  numerics::Numerics numerics, const Meter::Allowance& allowance,
                                  const LowerOptions& options) {
  auto lowered = lowerGraph(graph, preset, numerics, options);
  if (!lowered) return lowered.error();
  return compileStep(*lowered, preset, *memory::findTiming("sram"), {}, 0, "test", allowance);
}

Result<Outcome> compileAndRun(const ir::Graph& graph, const isa::Preset& preset,
                              numerics::Numerics numerics, uint32_t seed,
                              const LowerOptions& options) {
  auto step = compileGraph(graph, preset, numerics, kShortSearch, options);
  if (!step) return step.error();
  const auto [sources, targets, inputBytes, outputBytes] = endsOf(graph);

  std::vector<isa::Descriptor> code;
  for (const CodeLine& line : step->code) code.push_back(line.descriptor);
  const std::array<uint32_t, 5> sizes{static_cast<uint32_t>(code.size()) * isa::kDescriptorBytes,
                                      static_cast<uint32_t>(step->constants.size()),
                                      step->spillBytes, inputBytes, outputBytes};
  std::array<functional::Window, isa::kRegions> windows{};
  std::array<isa::RegionView, isa::kRegions> views{};
  uint64_t base = 0;
  for (size_t r = 0; r < sizes.size(); ++r) {
    const bool write = r == kRegionSpill || r == kRegionOutputs;
    windows[r] = {base, sizes[r], true, write};
    views[r] = {sizes[r], true, write};
    base += roundUp64(sizes[r], 64);
  }
  const auto verified = isa::verify(code, preset, views);
  EXPECT_TRUE(verified.ok()) << verified.error().toString();
  std::vector<uint8_t> memory(base + 64);
  for (size_t i = 0; i < code.size(); ++i)
    isa::writeDescriptor(code[i], memory.data() + i * isa::kDescriptorBytes);
  std::copy(step->constants.begin(), step->constants.end(),
            memory.begin() + static_cast<std::ptrdiff_t>(windows[1].base));
  std::mt19937 rng(seed);
  for (uint32_t i = 0; i < inputBytes; ++i)
    memory[windows[3].base + i] = static_cast<uint8_t>(rng());
  functional::Machine machine(preset);
  // What a program reads before it wrote it must not matter.
  for (uint8_t& byte : machine.scratchpad()) byte = static_cast<uint8_t>(rng());
  const auto result = machine.run(memory, windows);
  EXPECT_FALSE(result.trap) << result.trap->toString();
  Outcome outcome{{}, step->spillBytes, code.size(), *step};
  for (size_t o = 0; o < graph.outputs.size(); ++o) {
    const auto first =
        memory.begin() + static_cast<std::ptrdiff_t>(windows[4].base + targets[o].second.offset);
    const auto bytes = static_cast<std::ptrdiff_t>(graph.tensor(graph.outputs[o]).bytes());
    outcome.output.insert(outcome.output.end(), first, first + bytes);
  }
  return outcome;
}

}  // namespace lilong::test
