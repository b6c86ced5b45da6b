// SPDX-License-Identifier: Apache-2.0
// Semantic check of a program, in the order: chip, sizes, tensors, edges, steps, layers.
#include "runtime/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "runtime/host/kernels.hpp"
#include "runtime/program_file.hpp"
#include "runtime/verify_step.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {

namespace {

constexpr size_t kMaxRank = 8;
constexpr uint32_t kMaxRegionBytes = uint32_t{1} << 30;  // offset + size fits 32 bits

Error illFormed(const std::string& file, std::string message, std::string layer = {}) {
  return makeError(DiagId::programIllFormed, std::move(message), file, std::move(layer));
}

Result<void> checkChip(const Program& program, const std::string& file) {
  if (isa::findPreset(program.preset) == nullptr) {
    return makeError(DiagId::programPreset,
                     fmt::format("the program is for the unknown preset '{}'", program.preset), file);
  }
  if (program.specHash != isa::kSpecHash) {
    return makeError(DiagId::programVersion,
                     fmt::format("the program is for specification {:08x}, this is {:08x}",
                                 program.specHash, isa::kSpecHash),
                     file);
  }
  if (interpreterOf(program.numerics).empty()) {
    return illFormed(file, fmt::format("unknown arithmetic '{}'", program.numerics));
  }
  return {};
}

Result<void> checkSizes(const Program& program, const std::string& file) {
  if (program.constants.size() > kMaxRegionBytes) return illFormed(file, "too many constants");
  for (uint8_t region = kRegionConstants; region <= kRegionHost; ++region) {
    if (regionBytes(program, region) > kMaxRegionBytes) {
      return illFormed(file, fmt::format("region {} is larger than 1 GiB", region));
    }
  }
  return {};
}

Result<void> checkTensor(const ProgramTensor& tensor, const Program& program,
                         const std::string& file) {
  const auto bad = [&](std::string why) {
    return illFormed(file, fmt::format("tensor '{}': {}", tensor.name, why));
  };
  const uint32_t element = elementBytes(tensor.dtype);
  if (element == 0) return bad("unknown element type");
  if (tensor.shape.size() > kMaxRank) return bad("more than 8 dimensions");
  const auto count = elementCount(tensor.shape);
  if (!count.ok()) return bad(count.error().diagnostics[0].message);
  if (!std::isfinite(tensor.scale) || tensor.scale < 0) return bad("the scale is not a number >= 0");
  if (tensor.region == kRegionProgram || tensor.region > kRegionHost ||
      regionBytes(program, tensor.region) == 0) {
    return bad(fmt::format("region {} does not exist", tensor.region));
  }
  if (tensor.offset + *count * element > regionBytes(program, tensor.region)) {
    return bad(fmt::format("ends behind region {}", tensor.region));
  }
  return {};
}

Result<void> checkEdges(const Program& program, const std::string& file) {
  const auto check = [&](const std::vector<uint32_t>& edges, const char* what,
                         uint8_t chip_region) -> Result<void> {
    if (edges.empty()) return illFormed(file, fmt::format("the program has no {}s", what));
    for (uint32_t index : edges) {
      if (index >= program.tensors.size()) {
        return illFormed(file, fmt::format("{} {} is no tensor", what, index));
      }
      const ProgramTensor& tensor = program.tensors[index];
      if (tensor.region != chip_region && tensor.region != kRegionHost) {
        return illFormed(file, fmt::format("{} '{}' lies in region {}", what, tensor.name,
                                           tensor.region));
      }
    }
    return {};
  };
  if (auto inputs = check(program.inputs, "input", kRegionInputs); !inputs.ok()) return inputs;
  return check(program.outputs, "output", kRegionOutputs);
}

Result<void> checkHostStep(const HostStep& step, const Program& program, const std::string& file) {
  const host::Kernel* kernel = host::findKernel(step.op);
  if (kernel == nullptr) {
    return illFormed(file, fmt::format("the host has no operator '{}'", step.op));
  }
  std::array<std::vector<host::Operand>, 2> operands;
  for (size_t side = 0; side < 2; ++side) {
    for (uint32_t index : side == 0 ? step.inputs : step.outputs) {
      if (index >= program.tensors.size()) {
        return illFormed(file, fmt::format("host operator {}: {} is no tensor", step.op, index));
      }
      if (side == 1 && program.tensors[index].region == kRegionConstants) {
        return illFormed(file, fmt::format("host operator {} writes constants", step.op));
      }
      operands[side].push_back({&program.tensors[index], {}});
    }
  }
  auto accepted = kernel->check(step, operands[0], operands[1]);
  if (!accepted.ok()) {
    Error error = accepted.error();
    for (Diagnostic& diagnostic : error.diagnostics) diagnostic.file = file;
    return error;
  }
  return {};
}

Result<void> checkSteps(const Program& program, const std::string& file) {
  if (program.steps.empty()) return illFormed(file, "the program has no steps");
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const auto* chip = std::get_if<ChipStep>(&program.steps[i]);
    auto step = chip != nullptr ? verifyStep(program, *chip, file)
                                : checkHostStep(std::get<HostStep>(program.steps[i]), program, file);
    if (!step.ok()) return step;
  }
  return {};
}

Result<void> checkLayers(const Program& program, const std::string& file) {
  for (const ProgramLayer& layer : program.layers) {
    if (layer.step >= program.steps.size()) {
      return illFormed(file, "the layer names a step that does not exist", layer.name);
    }
    const auto* chip = std::get_if<ChipStep>(&program.steps[layer.step]);
    if ((chip != nullptr) != layer.onChip) {
      return illFormed(file, "the layer and its step differ in where they run", layer.name);
    }
    if (chip != nullptr && (layer.firstInstruction > layer.lastInstruction ||
                            layer.lastInstruction >= chip->code.size() / isa::kDescriptorBytes)) {
      return illFormed(file, "the layer names instructions that do not exist", layer.name);
    }
    if (layer.macsRemoved > layer.macs) {
      return illFormed(file, "the layer has less than no work", layer.name);
    }
  }
  for (size_t s = 0; s < program.steps.size(); ++s) {
    const auto* chip = std::get_if<ChipStep>(&program.steps[s]);
    if (chip == nullptr || chip->layers.empty()) continue;
    const auto known = [&](uint32_t layer) {
      return layer == kNoLayer ||
             (layer < program.layers.size() && program.layers[layer].step == s);
    };
    if (chip->layers.size() != chip->code.size() / isa::kDescriptorBytes ||
        !std::all_of(chip->layers.begin(), chip->layers.end(), known)) {
      return illFormed(file, "instructions name layers that do not exist");
    }
  }
  return {};
}

}  // namespace

const char* toString(DType dtype) {
  switch (dtype) {
    case DType::int8: return "int8";
    case DType::uint8: return "uint8";
    case DType::int16: return "int16";
    case DType::int32: return "int32";
    case DType::float32: return "float32";
    case DType::int64: return "int64";
  }
  return "unknown";
}

Result<uint64_t> elementCount(const std::vector<int32_t>& shape) {
  uint64_t count = 1;
  for (int32_t size : shape) {
    if (size < 1) return makeError(DiagId::programIllFormed, "a dimension is below 1");
    count *= static_cast<uint64_t>(size);  // both factors are below 2^31
    if (count > std::numeric_limits<int32_t>::max()) {
      return makeError(DiagId::programIllFormed, "more than 2^31 - 1 elements");
    }
  }
  return count;
}

uint64_t tensorBytes(const ProgramTensor& tensor) {
  uint64_t bytes = elementBytes(tensor.dtype);
  for (int32_t size : tensor.shape) bytes *= static_cast<uint64_t>(size);
  return bytes;
}

uint32_t regionBytes(const Program& program, uint8_t region) {
  switch (region) {
    case kRegionConstants: return static_cast<uint32_t>(program.constants.size());
    case kRegionSpill: return program.spillBytes;
    case kRegionInputs: return program.inputBytes;
    case kRegionOutputs: return program.outputBytes;
    case kRegionVariables: return program.variableBytes;
    case kRegionHost: return program.hostBytes;
    default: return 0;
  }
}

Result<void> validateProgram(const Program& program, const std::string& file) {
  if (auto chip = checkChip(program, file); !chip.ok()) return chip;
  if (auto sizes = checkSizes(program, file); !sizes.ok()) return sizes;
  for (const ProgramTensor& tensor : program.tensors) {
    if (auto fits = checkTensor(tensor, program, file); !fits.ok()) return fits;
  }
  if (auto edges = checkEdges(program, file); !edges.ok()) return edges;
  if (auto steps = checkSteps(program, file); !steps.ok()) return steps;
  return checkLayers(program, file);
}

}  // namespace lilong
