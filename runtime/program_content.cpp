// SPDX-License-Identifier: Apache-2.0
// FlatBuffer side of the program file.
#include "runtime/program_content.hpp"

#include <fmt/format.h>

#include "program_generated.h"  // by flatc, in the build folder
#include "runtime/program_file.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {

namespace {

constexpr uint32_t kMaxDepth = 16, kMaxTables = 4'000'000;

flatbuffers::Offset<fbs::Step> encode(flatbuffers::FlatBufferBuilder& fb, const ChipStep& step) {
  const auto code = fb.CreateVector(step.code);
  const auto layers = fb.CreateVector(step.layers);
  fbs::StepBuilder builder(fb);
  builder.add_code(code);
  builder.add_layers(layers);
  builder.add_watchdog_cycles(step.watchdogCycles);
  return builder.Finish();
}

flatbuffers::Offset<fbs::Step> encode(flatbuffers::FlatBufferBuilder& fb, const HostStep& step) {
  std::vector<flatbuffers::Offset<fbs::Attribute>> attributes;
  for (const auto& [name, value] : step.attributes) {
    attributes.push_back(fbs::CreateAttribute(fb, fb.CreateString(name), value));
  }
  const auto op = fb.CreateString(step.op);
  const auto inputs = fb.CreateVector(step.inputs);
  const auto outputs = fb.CreateVector(step.outputs);
  const auto list = fb.CreateVector(attributes);
  const auto reason = fb.CreateString(step.reason);
  fbs::StepBuilder builder(fb);
  builder.add_op(op);
  builder.add_inputs(inputs);
  builder.add_outputs(outputs);
  builder.add_attributes(list);
  builder.add_reason(reason);
  return builder.Finish();
}

// Absent strings and vectors are empty.
std::string text(const flatbuffers::String* string) {
  return string == nullptr ? std::string() : string->str();
}

template <typename T>
std::vector<T> list(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? std::vector<T>() : std::vector<T>(vector->begin(), vector->end());
}

ProgramTensor decode(const fbs::Tensor& from) {
  ProgramTensor to;
  to.name = text(from.name());
  to.dtype = static_cast<DType>(from.dtype());
  to.shape = list(from.shape());
  to.scale = from.scale();
  to.zeroPoint = from.zero_point();
  to.region = from.region();
  to.offset = from.offset();
  return to;
}

ProgramLayer decode(const fbs::Layer& from) {
  ProgramLayer to;
  to.name = text(from.name());
  to.op = text(from.op());
  to.macs = from.macs();
  to.bytes = from.bytes();
  to.step = from.step();
  to.firstInstruction = from.first_instruction();
  to.lastInstruction = from.last_instruction();
  to.onChip = from.on_chip();
  to.exactness = text(from.exactness());
  to.macsRemoved = from.macs_removed();
  return to;
}

std::variant<ChipStep, HostStep> decode(const fbs::Step& from) {
  if (from.code() != nullptr) {
    return ChipStep{list(from.code()), from.watchdog_cycles(), list(from.layers())};
  }
  HostStep to;
  to.op = text(from.op());
  to.inputs = list(from.inputs());
  to.outputs = list(from.outputs());
  if (from.attributes() != nullptr) {
    for (const fbs::Attribute* attribute : *from.attributes()) {
      to.attributes.emplace_back(text(attribute->name()), attribute->value());
    }
  }
  to.reason = text(from.reason());
  return to;
}

// The chip that the file names must be the chip that this build means by that name.
Result<void> checkPreset(const fbs::Preset& from, const std::string& file) {
  const isa::Preset* preset = isa::findPreset(text(from.name()));
  if (preset == nullptr) {
    return makeError(DiagId::programPreset,
                     fmt::format("the program is for the unknown preset '{}'", text(from.name())),
                     file);
  }
  if (from.lanes() != preset->lanes || from.depth() != preset->depth ||
      from.scratchpad_kib() != preset->scratchpadBytes / 1024 || from.axi_bytes() != preset->axiBytes) {
    return makeError(
        DiagId::programPreset,
        fmt::format("the program is for {} x {} MAC and {} KiB, preset {} has {} x {} and {} KiB",
                    from.lanes(), from.depth(), from.scratchpad_kib(), preset->name, preset->lanes,
                    preset->depth, preset->scratchpadBytes / 1024),
        file);
  }
  return {};
}

}  // namespace

std::vector<uint8_t> encodeContent(const Program& program) {
  flatbuffers::FlatBufferBuilder fb(1 << 16);
  const isa::Preset& chip = *isa::findPreset(program.preset);
  const auto preset = fbs::CreatePreset(fb, fb.CreateString(program.preset), chip.lanes, chip.depth,
                                        chip.scratchpadBytes / 1024, chip.axiBytes);
  std::vector<flatbuffers::Offset<fbs::Tensor>> tensors;
  for (const ProgramTensor& tensor : program.tensors) {
    const auto name = fb.CreateString(tensor.name);
    const auto shape = fb.CreateVector(tensor.shape);
    tensors.push_back(fbs::CreateTensor(fb, name, static_cast<uint8_t>(tensor.dtype), shape,
                                        tensor.scale, tensor.zeroPoint, tensor.region,
                                        tensor.offset));
  }
  std::vector<flatbuffers::Offset<fbs::Step>> steps;
  for (const auto& step : program.steps) {
    steps.push_back(std::visit([&](const auto& one) { return encode(fb, one); }, step));
  }
  std::vector<flatbuffers::Offset<fbs::Layer>> layers;
  for (const ProgramLayer& layer : program.layers) {
    const auto name = fb.CreateString(layer.name);
    const auto op = fb.CreateString(layer.op);
    const auto exactness = fb.CreateString(layer.exactness);
    layers.push_back(fbs::CreateLayer(fb, name, op, layer.macs, layer.bytes, layer.step,
                                      layer.firstInstruction, layer.lastInstruction, layer.onChip,
                                      exactness, layer.macsRemoved));
  }
  const auto model = fb.CreateString(program.model);
  const auto model_sha256 = fb.CreateString(program.modelSha256);
  const auto numerics = fb.CreateString(program.numerics);
  const auto interpreter = fb.CreateString(interpreterOf(program.numerics));
  const auto compiler_version = fb.CreateString(program.compilerVersion);
  const auto constants = fb.CreateVector(program.constants);
  const auto tensor_list = fb.CreateVector(tensors);
  const auto inputs = fb.CreateVector(program.inputs);
  const auto outputs = fb.CreateVector(program.outputs);
  const auto step_list = fb.CreateVector(steps);
  const auto layer_list = fb.CreateVector(layers);
  fbs::FinishProgramBuffer(
      fb, fbs::CreateProgram(fb, model, model_sha256, preset, numerics, interpreter,
                             compiler_version, program.specHash, constants, program.spillBytes,
                             program.inputBytes, program.outputBytes, program.variableBytes,
                             program.hostBytes, tensor_list, inputs, outputs, step_list,
                             layer_list));
  return {fb.GetBufferPointer(), fb.GetBufferPointer() + fb.GetSize()};
}

Result<Program> decodeContent(std::span<const uint8_t> content, const std::string& file) {
  const std::vector<uint8_t> aligned(content.begin(), content.end());  // FlatBuffers wants 8
  flatbuffers::Verifier verifier(aligned.data(), aligned.size(), kMaxDepth, kMaxTables);
  if (!fbs::VerifyProgramBuffer(verifier)) {
    return makeError(DiagId::programCorrupt, "the content of the program file is malformed", file);
  }
  const fbs::Program& from = *fbs::GetProgram(aligned.data());
  if (from.preset() == nullptr) {
    return makeError(DiagId::programCorrupt, "the program file names no preset", file);
  }
  if (auto preset = checkPreset(*from.preset(), file); !preset.ok()) return preset.error();

  Program to;
  to.model = text(from.model());
  to.modelSha256 = text(from.model_sha256());
  to.preset = text(from.preset()->name());
  to.numerics = text(from.numerics());
  to.compilerVersion = text(from.compiler_version());
  to.specHash = from.spec_hash();
  if (interpreterOf(to.numerics) != text(from.interpreter())) {
    return makeError(DiagId::programVersion,
                     fmt::format("the program reproduces {}, this version reproduces {}",
                                 text(from.interpreter()), interpreterOf(to.numerics)),
                     file);
  }
  to.constants = list(from.constants());
  to.spillBytes = from.spill_bytes();
  to.inputBytes = from.input_bytes();
  to.outputBytes = from.output_bytes();
  to.variableBytes = from.variable_bytes();
  to.hostBytes = from.host_bytes();
  if (from.tensors() != nullptr) {
    for (const fbs::Tensor* tensor : *from.tensors()) to.tensors.push_back(decode(*tensor));
  }
  to.inputs = list(from.inputs());
  to.outputs = list(from.outputs());
  if (from.steps() != nullptr) {
    for (const fbs::Step* step : *from.steps()) to.steps.push_back(decode(*step));
  }
  if (from.layers() != nullptr) {
    for (const fbs::Layer* layer : *from.layers()) to.layers.push_back(decode(*layer));
  }
  return to;
}

}  // namespace lilong
