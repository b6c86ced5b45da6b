// SPDX-License-Identifier: Apache-2.0
// A small valid program: copies 24 input bytes to the output, then takes their largest on the host.
#pragma once

#include "runtime/lilong.hpp"
#include "sim/isa/check.hpp"

namespace lilong::test {

inline constexpr uint32_t kBytes = 24;

inline std::vector<uint8_t> encode(const std::vector<isa::Descriptor>& descriptors) {
  std::vector<uint8_t> code(descriptors.size() * isa::kDescriptorBytes);
  for (size_t i = 0; i < descriptors.size(); ++i) {
    isa::writeDescriptor(descriptors[i], code.data() + i * isa::kDescriptorBytes);
  }
  return code;
}

inline std::vector<isa::Descriptor> sampleCode() {
  isa::Load load;
  load.header.signal0En = true;
  load.region = kRegionInputs;
  load.rowBytes = kBytes;
  load.rows = 1;
  load.planes = 1;
  isa::Store store;
  store.header.wait0En = true;
  store.region = kRegionOutputs;
  store.rowBytes = kBytes;
  store.rows = 1;
  store.planes = 1;
  return {load.encode(), store.encode(), isa::End{}.encode()};
}

inline Program sampleProgram(const std::string& preset = "nano") {
  Program program;
  program.model = "sample.tflite";
  program.modelSha256 = std::string(64, '0');
  program.preset = preset;
  program.numerics = "litert";
  program.compilerVersion = "test";
  program.specHash = isa::kSpecHash;
  program.constants = {1, 2, 3, 4};
  program.inputBytes = kBytes;
  program.outputBytes = kBytes;
  program.hostBytes = 4;
  program.tensors = {
      {.name = "in", .shape = {1, 24}, .scale = 0.5f, .zeroPoint = 3, .region = kRegionInputs},
      {.name = "out", .shape = {1, 24}, .scale = 0.5f, .zeroPoint = 3, .region = kRegionOutputs},
      {.name = "top", .dtype = DType::int32, .shape = {1}, .region = kRegionHost}};
  program.inputs = {0};
  program.outputs = {1, 2};
  program.steps = {ChipStep{encode(sampleCode()), 100000, {0, 0, kNoLayer}},
                   HostStep{"ARG_MAX", {1}, {2}, {{"axis", 1.0}}, "the chip has no ARG_MAX"}};
  program.layers = {{.name = "copy", .op = "RESHAPE", .macs = 0, .bytes = 48, .step = 0,
                     .firstInstruction = 0, .lastInstruction = 1, .onChip = true,
                     .exactness = "proved"},
                    {.name = "top", .op = "ARG_MAX", .step = 1, .onChip = false,
                     .exactness = "proved"}};
  return program;
}

inline DiagId idOf(const Error& error) { return error.diagnostics.front().id; }

}  // namespace lilong::test
