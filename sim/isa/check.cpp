// SPDX-License-Identifier: Apache-2.0
#include "sim/isa/check.hpp"

#include <fmt/format.h>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::isa {

std::string Trap::toString() const {
  std::string text = fmt::format("{} at instruction {} ({})", isa::toString(code), instruction,
                                 isa::toString(engine));
  if (address != 0) text += fmt::format(", address 0x{:x}", address);
  return text;
}

std::optional<Trap> check(const Descriptor& descriptor, const Preset& preset,
                          std::span<const RegionView, kRegions> regions, uint32_t instruction) {
  const auto trap = [&](TrapCode code, uint64_t address) {
    return Trap{code, Engine::fetch, instruction, address};
  };
  if (!findInstruction(opcodeByte(descriptor))) return trap(TrapCode::illegalOpcode, 0);
  const Descriptor reserved = reservedMask(opcodeByte(descriptor));
  for (unsigned word = 0; word < kDescriptorWords; ++word)
    if (descriptor[word] & reserved[word]) return trap(TrapCode::reservedBits, 0);
  if (!validOk(descriptor, preset)) return trap(TrapCode::badField, 0);
  for (const Footprint& footprint : footprints(descriptor, preset)) {
    const uint64_t end = footprint.end();
    if (footprint.space == Space::scratchpad) {
      if (end > preset.scratchpadBytes) return trap(TrapCode::scratchpadRange, end);
      continue;
    }
    const RegionView& region = regions[footprint.region];
    if (end > region.size) return trap(TrapCode::regionRange, end);
    if (footprint.write ? !region.write : !region.read) return trap(TrapCode::regionAccess, end);
  }
  return std::nullopt;
}

Descriptor readDescriptor(const uint8_t* bytes) {
  Descriptor d{};
  for (unsigned word = 0; word < kDescriptorWords; ++word)
    for (unsigned byte = 0; byte < 4; ++byte)
      d[word] |= static_cast<uint32_t>(bytes[word * 4 + byte]) << (8 * byte);
  return d;
}

void writeDescriptor(const Descriptor& descriptor, uint8_t* bytes) {
  for (unsigned word = 0; word < kDescriptorWords; ++word)
    for (unsigned byte = 0; byte < 4; ++byte)
      bytes[word * 4 + byte] = static_cast<uint8_t>(descriptor[word] >> (8 * byte));
}

}  // namespace lilong::isa
