// SPDX-License-Identifier: Apache-2.0
#include "runtime/traffic.hpp"

#include "sim/base/checked.hpp"
#include "sim/isa/check.hpp"

namespace lilong {

namespace {

// LOAD and STORE have the same fields.
void add(Traffic& traffic, const isa::Load& dma, bool store) {
  const uint64_t bytes = saturatingMul(uint64_t{dma.planes} * dma.rows, dma.rowBytes);
  switch (dma.region) {
    case kRegionConstants:
      traffic.constants += bytes;
      break;
    case kRegionInputs:
      traffic.inputs += bytes;
      break;
    case kRegionOutputs:
      traffic.outputs += bytes;
      break;
    case kRegionSpill:
      (store ? traffic.spillWritten : traffic.spillRead) += bytes;
      break;
    default:
      traffic.other += bytes;
      break;
  }
}

}  // namespace

Traffic& Traffic::operator+=(const Traffic& more) {
  constants += more.constants;
  inputs += more.inputs;
  outputs += more.outputs;
  spillRead += more.spillRead;
  spillWritten += more.spillWritten;
  other += more.other;
  return *this;
}

uint32_t layerOf(const Program& program, uint32_t step, uint32_t instruction) {
  if (step >= program.steps.size()) return kNoLayer;
  const auto* chip = std::get_if<ChipStep>(&program.steps[step]);
  if (chip == nullptr) return kNoLayer;
  if (!chip->layers.empty()) {
    return instruction < chip->layers.size() ? chip->layers[instruction] : kNoLayer;
  }
  // A file that does not say: by the range of the layer.
  for (uint32_t l = 0; l < program.layers.size(); ++l) {
    const ProgramLayer& layer = program.layers[l];
    if (layer.onChip && layer.step == step && instruction >= layer.firstInstruction &&
        instruction <= layer.lastInstruction) {
      return l;
    }
  }
  return kNoLayer;
}

std::vector<Traffic> trafficOf(const Program& program) {
  std::vector<Traffic> traffic(program.layers.size());
  for (uint32_t s = 0; s < program.steps.size(); ++s) {
    const auto* chip = std::get_if<ChipStep>(&program.steps[s]);
    if (chip == nullptr) continue;
    const size_t count = chip->code.size() / isa::kDescriptorBytes;
    for (uint32_t i = 0; i < count; ++i) {
      const isa::Descriptor d =
          isa::readDescriptor(chip->code.data() + size_t{i} * isa::kDescriptorBytes);
      const auto opcode = static_cast<isa::Opcode>(isa::opcodeByte(d));
      if (opcode != isa::Opcode::load && opcode != isa::Opcode::store) continue;
      const uint32_t layer = layerOf(program, s, i);
      if (layer != kNoLayer)
        add(traffic[layer], isa::Load::decode(d), opcode == isa::Opcode::store);
    }
  }
  return traffic;
}

}  // namespace lilong
