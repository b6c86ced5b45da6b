// SPDX-License-Identifier: Apache-2.0
#include "compiler/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/chip_step.hpp"
#include "compiler/frontend/tflite.hpp"
#include "compiler/lower/lower.hpp"
#include "compiler/passes/dead_channels.hpp"
#include "compiler/passes/partition.hpp"
#include "compiler/passes/transpose_images.hpp"
#include "runtime/digest.hpp"
#include "runtime/validate.hpp"
#include "runtime/version.hpp"
#include "sim/isa/check.hpp"
#include "sim/isa/gen/isa_checks.hpp"
#include "sim/isa/verify.hpp"

namespace lilong {

namespace {

using backend::CodeLine;
using backend::Exchange;
using backend::Node;
using backend::Step;
using Allowance = backend::Meter::Allowance;

constexpr uint32_t kTensorAlignment = 64;  // of tensors in regions
constexpr uint64_t kMaxRegionBytes = uint64_t{1} << 30;
constexpr uint64_t kCloseBehind = 100;  // one part in so many

// The watchdog lets a program run on any memory, with long stalls: 32 bytes at 2 a cycle, four
// times.
constexpr isa::MemoryBound kSlowestMemory{4096, 64};

class Compilation {
 public:
  Compilation(const CompileOptions& options, const isa::Preset& preset,
              const memory::Timing& timing, numerics::Numerics numerics, const ir::Graph& graph,
              const Allowance& allowance = backend::kSearchAllowance)
      : options_(options),
        preset_(preset),
        timing_(timing),
        numerics_(numerics),
        graph_(graph),
        allowance_(allowance) {}

  uint64_t cycles() const { return cycles_; }  // of all chip steps, by the timing core

  Result<Program> run() {
    std::vector<Node> nodes = backend::makeNodes(graph_);
    backend::fusePadding(graph_, nodes);
    backend::fuseTables(graph_, numerics_, nodes);
    steps_ = backend::partition(graph_, std::move(nodes), numerics_);
    if (auto checked = checkHost(); !checked) return checked.error();
    if (auto placed = placeTensors(); !placed) return placed.error();
    for (size_t s = 0; s < steps_.size(); ++s) {
      auto done = steps_[s].onChip ? chipStep(s) : hostStep(steps_[s].nodes[0]);
      if (!done) return done.error();
    }
    if (auto done = finish(); !done) return done.error();
    return std::move(program_);
  }

 private:
  Result<void> checkHost() const {
    for (const Step& step : steps_) {
      if (step.onChip || !options_.noHost) continue;
      const ir::Op& op = *step.nodes[0].op;
      return makeError(DiagId::hostNotAllowed,
                       fmt::format("{} does not run on the chip: {}", ir::toString(op.kind),
                                   backend::hostReason(graph_, step.nodes[0], numerics_)),
                       graph_.file, op.name);
    }
    return {};
  }

  // Steps that make and read every tensor.
  struct Role {
    bool input = false, output = false;
    std::optional<size_t> maker;
    bool chipReadsLater = false;  // in another step than the one that makes it
    bool hostReads = false;
    bool chipTouches = false;
  };

  std::map<ir::TensorId, Role> findRoles() const {
    std::map<ir::TensorId, Role> roles;
    for (const ir::TensorId t : graph_.inputs) roles[t].input = true;
    for (const ir::TensorId t : graph_.outputs) roles[t].output = true;
    for (size_t s = 0; s < steps_.size(); ++s) {
      for (const Node& node : steps_[s].nodes) {
        for (const ir::TensorId t : node.inputs) {
          if (t == ir::kNoTensor || graph_.tensor(t).constant) continue;
          Role& role = roles[t];
          role.hostReads |= !steps_[s].onChip;
          role.chipTouches |= steps_[s].onChip;
          role.chipReadsLater |= steps_[s].onChip && role.maker != s;
        }
        roles[node.output].maker = s;
        roles[node.output].chipTouches |= steps_[s].onChip;
      }
    }
    return roles;
  }

  Result<uint32_t> reserve(uint32_t& size, uint64_t bytes, const std::string& name) {
    const uint64_t offset = backend::roundUp64(size, kTensorAlignment);
    if (offset + bytes > kMaxRegionBytes)
      return makeError(DiagId::unsupportedVariant,
                       fmt::format("tensor '{}' does not fit into a memory region of 1 GiB", name),
                       graph_.file);
    size = static_cast<uint32_t>(offset + bytes);
    return static_cast<uint32_t>(offset);
  }

  Result<uint32_t> addTensor(ir::TensorId t, uint8_t region) {
    const ir::Tensor& tensor = graph_.tensor(t);
    uint32_t& size = region == kRegionInputs    ? program_.inputBytes
                     : region == kRegionOutputs ? program_.outputBytes
                     : region == kRegionSpill   ? program_.spillBytes
                                                : program_.hostBytes;
    auto offset = reserve(size, tensor.bytes(), tensor.name);
    if (!offset) return offset;
    ProgramTensor entry;
    entry.name = tensor.name;
    entry.dtype = tensor.dtype;
    entry.shape = tensor.shape;
    entry.scale = tensor.quant.scale();
    entry.zeroPoint = tensor.quant.zeroPoint();
    entry.region = region;
    entry.offset = *offset;
    program_.tensors.push_back(std::move(entry));
    return static_cast<uint32_t>(program_.tensors.size() - 1);
  }

  // Tensors at the borders of steps get their places in memory.
  Result<void> placeTensors() {
    for (const auto& [t, role] : findRoles()) {
      const bool madeByChip = role.maker && steps_[*role.maker].onChip;
      const bool crosses = role.chipReadsLater || role.hostReads;
      if (role.input || (role.maker && !madeByChip && !role.output)) {
        auto index = addTensor(t, role.chipTouches ? kRegionInputs : kRegionHost);
        if (!index) return index.error();
        place_[t] = *index;
      } else if (role.output) {
        // Chip inputs made by the host lie where the chip may only read.
        auto index = addTensor(t, madeByChip || role.chipTouches ? kRegionOutputs : kRegionHost);
        if (!index) return index.error();
        place_[t] = *index;
      } else if (madeByChip && crosses) {
        auto index = addTensor(t, kRegionSpill);
        if (!index) return index.error();
        place_[t] = *index;
      }
    }
    for (const ir::TensorId t : graph_.inputs) program_.inputs.push_back(place_.at(t));
    for (const ir::TensorId t : graph_.outputs) {
      uint32_t index = place_.at(t);
      if (program_.tensors[index].region == kRegionInputs) {  // passed through
        auto copy = addTensor(t, kRegionOutputs);
        if (!copy) return copy.error();
        passed_.emplace_back(t, *copy);
        index = *copy;
      }
      program_.outputs.push_back(index);
    }
    return {};
  }

  Exchange exchangeOf(uint32_t index) const {
    return {program_.tensors[index].region, program_.tensors[index].offset};
  }

  struct Made {
    backend::Lowered lowered;
    backend::CompiledStep compiled;
  };
  Result<Made> compileNodes(const std::vector<Node>& nodes,
                            const std::map<ir::TensorId, Exchange>& sources,
                            const std::vector<std::pair<ir::TensorId, Exchange>>& targets,
                            const backend::LowerOptions& options,
                            const backend::Plan* plan = nullptr) {
    auto lowered = backend::lower(graph_, preset_, numerics_, nodes, sources, targets, options);
    if (!lowered) return lowered.error();
    auto compiled = plan
                        ? backend::compilePlan(*lowered, *plan, preset_, timing_,
                                               program_.constants, program_.spillBytes, graph_.file)
                        : backend::compileStep(*lowered, preset_, timing_, program_.constants,
                                               program_.spillBytes, graph_.file, allowance_);
    if (!compiled) return compiled.error();
    return Made{std::move(*lowered), std::move(*compiled)};
  }

  Result<void> chipStep(size_t s) {
    const Step& step = steps_[s];
    std::map<ir::TensorId, Exchange> sources;
    std::vector<std::pair<ir::TensorId, Exchange>> targets;
    std::map<ir::TensorId, bool> made;
    for (const Node& node : step.nodes) {
      for (const ir::TensorId t : node.inputs)
        if (t != ir::kNoTensor && !made.count(t) && place_.count(t))
          sources[t] = exchangeOf(place_.at(t));
      made[node.output] = true;
      if (place_.count(node.output))
        targets.emplace_back(node.output, exchangeOf(place_.at(node.output)));
    }
    for (const auto& [t, index] : passed_) {
      if (!sources.count(t)) continue;
      targets.emplace_back(t, exchangeOf(index));
    }
    std::erase_if(passed_, [&](const auto& entry) { return sources.count(entry.first) != 0; });

    backend::LowerOptions chosen;
    auto best = compileNodes(step.nodes, sources, targets, chosen);
    // One option after the other, each on top of those that helped.
    const auto consider = [&](bool backend::LowerOptions::*option, bool offered,
                              const backend::Plan* plan = nullptr) {
      if (best && !offered) return;
      backend::LowerOptions options = chosen;
      options.*option = true;
      auto made = compileNodes(step.nodes, sources, targets, options, plan);
      if (!made || (best && made->compiled.cycles >= best->compiled.cycles)) return;
      best = std::move(made);
      chosen = options;
    };
    consider(&backend::LowerOptions::writeTransposed, best && best->lowered.transposable);
    consider(&backend::LowerOptions::packPixels, best && best->lowered.packable);
    if (!best) return best.error();
    const backend::Plan plan = best->compiled.plan;
    consider(&backend::LowerOptions::spreadRows, best->lowered.spreadable, &plan);
    cycles_ += best->compiled.cycles;
    backend::CompiledStep* compiled = &best->compiled;
    program_.constants = std::move(compiled->constants);
    program_.spillBytes = compiled->spillBytes;
    std::vector<isa::Descriptor> descriptors;
    ChipStep chip;
    for (const CodeLine& line : compiled->code) {
      descriptors.push_back(line.descriptor);
      chip.code.resize(chip.code.size() + isa::kDescriptorBytes);
      isa::writeDescriptor(line.descriptor,
                           chip.code.data() + chip.code.size() - isa::kDescriptorBytes);
    }
    chip.watchdogCycles = static_cast<uint32_t>(
        std::min<uint64_t>(isa::cycleBound(descriptors, preset_, kSlowestMemory), UINT32_MAX));
    chip.layers = addLayers(best->lowered, compiled->code);
    program_.steps.emplace_back(std::move(chip));
    return {};
  }

  // Returns the layer of every instruction.
  std::vector<uint32_t> addLayers(const backend::Lowered& lowered,
                                  const std::vector<CodeLine>& code) {
    const size_t first = program_.layers.size();
    std::vector<bool> seen(lowered.layers.size(), false);
    for (const backend::Layer& layer : lowered.layers) {
      ProgramLayer entry;
      entry.name = layer.name;
      entry.op = layer.op;
      entry.macs = layer.macs;
      entry.macsRemoved = layer.macs - layer.macsExecuted;
      entry.step = static_cast<uint32_t>(program_.steps.size());
      entry.exactness = layer.exactness;
      program_.layers.push_back(std::move(entry));
    }
    for (size_t i = 0; i + 1 < code.size(); ++i) {
      ProgramLayer& layer = program_.layers[first + code[i].layer];
      if (code[i].queue != isa::Queue::exec) {
        for (const isa::Footprint& print : isa::footprints(code[i].descriptor, preset_)) {
          if (print.space != isa::Space::region) continue;
          uint64_t bytes = print.extent;
          for (uint32_t t = 0; t < print.numTerms; ++t) bytes *= print.terms[t].count;
          layer.bytes += bytes;
        }
      }
      if (code[i].queue == isa::Queue::load) continue;  // stands far in front of its layer
      if (!seen[code[i].layer]) layer.firstInstruction = static_cast<uint32_t>(i);
      seen[code[i].layer] = true;
      layer.lastInstruction = static_cast<uint32_t>(i);
    }
    // Layers that only rename bytes have no instruction and no line in reports.
    size_t kept = first;
    std::vector<uint32_t> place(seen.size(), kNoLayer);
    for (size_t l = 0; l < seen.size(); ++l) {
      if (!seen[l]) continue;
      place[l] = static_cast<uint32_t>(kept);
      if (kept != first + l) program_.layers[kept] = std::move(program_.layers[first + l]);
      ++kept;
    }
    program_.layers.resize(kept);
    std::vector<uint32_t> layers;
    for (const CodeLine& line : code) layers.push_back(place[line.layer]);
    layers.back() = kNoLayer;  // `end`
    return layers;
  }

  Result<void> hostStep(const Node& node) {
    const ir::Op& op = *node.op;
    HostStep step;
    step.op = ir::toString(op.kind);
    step.reason = backend::hostReason(graph_, node, numerics_);
    step.inputs.push_back(place_.at(node.inputs[0]));
    step.outputs.push_back(place_.at(node.output));
    if (op.kind == ir::OpKind::quantize)
      step.attributes.emplace_back("half_even", numerics_ == numerics::Numerics::litert ? 1 : 0);
    if (op.kind == ir::OpKind::argMax)
      step.attributes.emplace_back("axis", op.as<ir::ArgAttrs>().axis);
    if (op.kind == ir::OpKind::mean) {
      uint32_t mask = 0;
      for (const uint32_t axis : op.as<ir::ReduceAttrs>().axes) mask |= 1u << axis;
      step.attributes.emplace_back("axes", mask);
    }
    ProgramLayer layer;
    layer.name = op.name;
    layer.op = node.opName;
    layer.macs = ir::macsOf(graph_, op);
    layer.bytes = graph_.input(op).bytes() + graph_.output(op).bytes();
    layer.step = static_cast<uint32_t>(program_.steps.size());
    layer.onChip = false;
    layer.exactness = "tested";
    program_.layers.push_back(std::move(layer));
    program_.steps.emplace_back(std::move(step));
    return {};
  }

  Result<void> finish() {
    program_.model = graph_.file;
    program_.preset = std::string(preset_.name);
    program_.numerics = numerics::toString(numerics_);
    program_.compilerVersion = kVersion;
    program_.specHash = isa::kSpecHash;
    if (!passed_.empty())
      return makeError(DiagId::unsupportedVariant,
                       "a network output is a network input that no operator on the chip reads",
                       graph_.file);
    return validateProgram(program_, graph_.file);
  }

  const CompileOptions& options_;
  const isa::Preset& preset_;
  memory::Timing timing_;
  numerics::Numerics numerics_;
  const ir::Graph& graph_;
  Allowance allowance_;
  std::vector<Step> steps_;
  std::map<ir::TensorId, uint32_t> place_;  // tensors with a place in memory -> Program::tensors
  std::vector<std::pair<ir::TensorId, uint32_t>> passed_;  // inputs that are outputs
  Program program_;
  uint64_t cycles_ = 0;
};

Result<void> checkOptions(const CompileOptions& options) {
  if (options.deadChannels != "keep" && options.deadChannels != "remove")
    return makeError(
        DiagId::unknownOption,
        fmt::format("dead channels '{}' is neither keep nor remove", options.deadChannels));
  return {};
}

// The network as it is, or with the images of some of its layers transposed.  Of these the search
// first looks briefly; the best one gets a search of its own if it is not far behind then.
Result<Program> compileFastest(const CompileOptions& options, const isa::Preset& preset,
                               const memory::Timing& timing, numerics::Numerics numerics,
                               const ir::Graph& graph) {
  Compilation plain(options, preset, timing, numerics, graph);
  auto best = plain.run();
  uint64_t cycles = plain.cycles();
  if (!backend::isLopsided(graph)) return best;
  std::optional<ir::Graph> chosen;
  uint64_t limit = best ? cycles + cycles / kCloseBehind : UINT64_MAX;
  const auto consider = [&](const ir::Graph& other, const Allowance& allowance) {
    Compilation compilation(options, preset, timing, numerics, other, allowance);
    auto program = compilation.run();
    if (!program) return UINT64_MAX;
    if (!best || compilation.cycles() < cycles) {
      best = std::move(program);
      cycles = compilation.cycles();
    }
    return compilation.cycles();
  };
  for (const auto from : {backend::TransposeFrom::input, backend::TransposeFrom::windows}) {
    auto transposed = backend::transposeImages(graph, from);
    if (!transposed) continue;
    const uint64_t reached = consider(*transposed, backend::kShortAllowance);
    if (reached >= limit) continue;
    limit = reached;
    chosen = std::move(transposed);
  }
  if (chosen) consider(*chosen, backend::kSearchAllowance);
  return best;
}

}  // namespace

Result<Program> compile(const CompileOptions& options, std::span<const uint8_t> model,
                        std::string fileName) {
  if (auto checked = checkOptions(options); !checked) return checked.error();
  const isa::Preset* preset = isa::findPreset(options.preset);
  if (!preset)
    return makeError(DiagId::unknownPreset, fmt::format("there is no preset '{}'", options.preset));
  const auto timing = memory::findTiming(options.memory);
  if (!timing)
    return makeError(DiagId::unknownOption,
                     fmt::format("memory '{}' is none of sram, lpddr, sdram", options.memory));
  const auto numerics = numerics::numericsFromName(options.numerics);
  if (!numerics)
    return makeError(
        DiagId::unknownOption,
        fmt::format("numerics '{}' is none of tflm, litert-ref, litert", options.numerics));
  auto graph = importTflite(model, fileName);
  if (!graph) return graph.error();
  if (options.deadChannels == "remove")
    graph = backend::removeDeadChannels(*graph, *numerics, preset->lanes);
  if (!graph) return graph.error();
  auto program = compileFastest(options, *preset, *timing, *numerics, *graph);
  if (program) program->modelSha256 = toHex(sha256(model));
  return program;
}

}  // namespace lilong
