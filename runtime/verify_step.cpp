// SPDX-License-Identifier: Apache-2.0
// Bridge from program steps to the program verifier.
#include "runtime/verify_step.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/validate.hpp"
#include "sim/isa/verify.hpp"

namespace lilong {

Result<void> verifyStep(const Program& program, const ChipStep& step, const std::string& file) {
  if (step.code.empty() || step.code.size() % isa::kDescriptorBytes != 0 ||
      step.code.size() > UINT32_MAX) {
    return makeError(DiagId::programIllFormed,
                     fmt::format("a chip step has {} bytes of code, not a multiple of {}",
                                 step.code.size(), isa::kDescriptorBytes),
                     file);
  }
  std::vector<isa::Descriptor> descriptors;
  for (size_t at = 0; at < step.code.size(); at += isa::kDescriptorBytes) {
    descriptors.push_back(isa::readDescriptor(step.code.data() + at));
  }
  std::array<isa::RegionView, isa::kRegions> regions{};
  regions[kRegionProgram] = {static_cast<uint32_t>(step.code.size()), true, false};
  for (uint8_t region = kRegionConstants; region < isa::kRegions; ++region) {
    const uint32_t size = regionBytes(program, region);
    regions[region] = {size, size > 0 && regionReadable(region), size > 0 && regionWritable(region)};
  }
  auto verified = isa::verify(descriptors, *isa::findPreset(program.preset), regions);
  if (verified.ok()) return {};
  Error error = verified.error();
  for (Diagnostic& diagnostic : error.diagnostics) diagnostic.file = file;
  return error;
}

}  // namespace lilong
