// SPDX-License-Identifier: Apache-2.0
// Layout of the image: header, steps, tensors, names, programs, constants.
#include "runtime/image.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "runtime/bare_metal/lilong_image.h"
#include "runtime/digest.hpp"
#include "runtime/validate.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {

namespace {

static_assert(std::endian::native == std::endian::little, "images are copied as they are");
static_assert(sizeof(lilong_image_header) == 128 && sizeof(lilong_image_step) == 16 &&
              sizeof(lilong_image_tensor) == 64);
static_assert(LILONG_IMAGE_REGIONS == isa::kRegions &&
              LILONG_REGION_CONSTANTS == kRegionConstants && LILONG_REGION_SPILL == kRegionSpill &&
              LILONG_REGION_INPUTS == kRegionInputs && LILONG_REGION_OUTPUTS == kRegionOutputs &&
              LILONG_REGION_VARIABLES == kRegionVariables);

constexpr uint64_t kMaxImage = UINT32_MAX;

// Appends a block at a multiple of `alignment`; its offset.
uint32_t append(std::vector<uint8_t>& image, const void* bytes, size_t count, size_t alignment) {
  image.resize((image.size() + alignment - 1) / alignment * alignment);
  const auto offset = static_cast<uint32_t>(image.size());
  const auto* from = static_cast<const uint8_t*>(bytes);
  image.insert(image.end(), from, from + count);
  return offset;
}

Result<void> checkForDriver(const Program& program) {
  if (auto valid = validateProgram(program, program.model); !valid.ok()) return valid;
  uint64_t bytes = program.constants.size();
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const auto* chip = std::get_if<ChipStep>(&program.steps[i]);
    if (chip == nullptr) {
      const auto& host = std::get<HostStep>(program.steps[i]);
      std::string layer;
      for (const ProgramLayer& candidate : program.layers) {
        if (candidate.step == i) layer = candidate.name;
      }
      Error error = makeError(DiagId::hostNotAllowed,
                              fmt::format("{} runs on the host, and the C driver has no host "
                                          "operators",
                                          host.op),
                              program.model, layer);
      error.diagnostics[0].remedy =
          "Take the operator out of the network and do its work in your own code";
      return error;
    }
    if (chip->watchdogCycles == 0) {
      return makeError(DiagId::programIllFormed,
                       fmt::format("chip step {} has no bound of its cycles", i), program.model);
    }
    bytes += chip->code.size();
  }
  for (const auto* edges : {&program.inputs, &program.outputs}) {
    for (uint32_t index : *edges) {
      const ProgramTensor& tensor = program.tensors[index];
      if (tensor.region == kRegionHost) {
        return makeError(
            DiagId::unsupportedVariant,
            fmt::format("'{}' lies in host memory that the chip never sees", tensor.name),
            program.model);
      }
      bytes += sizeof(lilong_image_tensor) + tensor.name.size() + 1;
    }
  }
  bytes += program.steps.size() * (sizeof(lilong_image_step) + 64) + 256;
  if (bytes > kMaxImage) {
    return makeError(DiagId::doesNotFit, "the image would be larger than 4 GiB", program.model);
  }
  return {};
}

lilong_image_header makeHeader(const Program& program) {
  const isa::Preset& chip = *isa::findPreset(program.preset);
  lilong_image_header header{};
  header.magic = LILONG_IMAGE_MAGIC;
  header.format = LILONG_IMAGE_FORMAT;
  header.version = isa::kSpecMajor << 16 | isa::kSpecMinor;
  header.spec_hash = program.specHash;
  header.preset0 = chip.lanes | chip.depth << 8 | chip.results << 16 | chip.weightVectors << 24;
  header.preset1 = chip.scratchpadBytes / 1024 | chip.axiBytes << 16 | isa::kBanks << 24;
  for (uint8_t region = 0; region < isa::kRegions; ++region) {
    header.region_bytes[region] = regionBytes(program, region);
  }
  header.step_count = static_cast<uint32_t>(program.steps.size());
  header.input_count = static_cast<uint32_t>(program.inputs.size());
  header.output_count = static_cast<uint32_t>(program.outputs.size());
  return header;
}

lilong_image_tensor makeTensor(const ProgramTensor& from, uint32_t name) {
  lilong_image_tensor to{};
  to.name = name;
  to.dtype = static_cast<uint32_t>(from.dtype);
  to.region = from.region;
  to.offset = from.offset;
  to.bytes = static_cast<uint32_t>(tensorBytes(from));
  to.scale = std::bit_cast<uint32_t>(from.scale);
  to.zero_point = from.zeroPoint;
  to.rank = static_cast<uint32_t>(from.shape.size());
  std::copy(from.shape.begin(), from.shape.end(), to.shape);
  return to;
}

}  // namespace

Result<std::vector<uint8_t>> makeImage(const Program& program) {
  if (auto fits = checkForDriver(program); !fits.ok()) return fits.error();
  lilong_image_header header = makeHeader(program);
  std::vector<lilong_image_step> steps(program.steps.size());
  std::vector<lilong_image_tensor> tensors(program.inputs.size() + program.outputs.size());
  const size_t step_bytes = steps.size() * sizeof(lilong_image_step);
  const size_t tensor_bytes = tensors.size() * sizeof(lilong_image_tensor);

  std::vector<uint8_t> image(sizeof header);
  header.steps = append(image, steps.data(), step_bytes, 4);
  header.tensors = append(image, tensors.data(), tensor_bytes, 4);
  size_t next = 0;
  for (const auto* edges : {&program.inputs, &program.outputs}) {
    for (uint32_t index : *edges) {
      const ProgramTensor& tensor = program.tensors[index];
      const uint32_t name = append(image, tensor.name.c_str(), tensor.name.size() + 1, 1);
      tensors[next++] = makeTensor(tensor, name);
    }
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto& chip = std::get<ChipStep>(program.steps[i]);
    steps[i].offset = append(image, chip.code.data(), chip.code.size(), LILONG_IMAGE_ALIGNMENT);
    steps[i].bytes = static_cast<uint32_t>(chip.code.size());
    steps[i].watchdog_cycles = chip.watchdogCycles;
  }
  header.constants =
      append(image, program.constants.data(), program.constants.size(), LILONG_IMAGE_ALIGNMENT);
  header.bytes = static_cast<uint32_t>(image.size());

  std::memcpy(image.data() + header.steps, steps.data(), step_bytes);
  std::memcpy(image.data() + header.tensors, tensors.data(), tensor_bytes);
  std::memcpy(image.data(), &header, sizeof header);
  header.crc = crc32c(image);  // the field is still 0
  std::memcpy(image.data(), &header, sizeof header);
  return image;
}

}  // namespace lilong
