// SPDX-License-Identifier: Apache-2.0
#include "sim/isa/disassembler.hpp"

#include <fmt/format.h>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::isa {
namespace {

std::string value(const Descriptor& d, const FieldInfo& field) {
  const uint32_t raw = bits(d, field.word, field.msb, field.lsb);
  for (const EnumValueInfo& item : kEnumValues)
    if (item.enumName == field.enumName && item.value == raw) return std::string(item.name);
  if (field.isSigned) return fmt::format("{}", signedBits(d, field.word, field.msb, field.lsb));
  const bool isAddress =
      field.name.find("addr") != std::string_view::npos || field.name == "mem_offset";
  return isAddress ? fmt::format("0x{:x}", raw) : fmt::format("{}", raw);
}

}  // namespace

std::string disassemble(const Descriptor& descriptor) {
  const InstructionInfo* info = findInstruction(opcodeByte(descriptor));
  const Descriptor reserved = reservedMask(opcodeByte(descriptor));
  bool legal = info != nullptr;
  for (unsigned word = 0; word < kDescriptorWords; ++word)
    legal = legal && (descriptor[word] & reserved[word]) == 0;
  if (!legal) {
    std::string text = ".word";
    for (uint32_t word : descriptor) text += fmt::format(" 0x{:08x}", word);
    return text;
  }
  std::string text(info->name);
  const auto add = [&](const FieldInfo& field) {
    if (bits(descriptor, field.word, field.msb, field.lsb) == 0) return;
    text += fmt::format(" {}", field.name);
    if (field.msb != field.lsb || !field.enumName.empty())
      text += fmt::format("={}", value(descriptor, field));
  };
  const Header h = Header::decode(descriptor);
  const auto semaphore = [&](const char* name, bool enabled, uint32_t number) {
    if (enabled || number != 0) text += fmt::format(" {}={}", name, number);
    if (!enabled && number != 0) text += fmt::format(" {}_en=0", name);
  };
  if (h.fence) text += " fence";
  semaphore("wait0", h.wait0En, h.wait0);
  semaphore("wait1", h.wait1En, h.wait1);
  semaphore("signal0", h.signal0En, h.signal0);
  semaphore("signal1", h.signal1En, h.signal1);
  for (const FieldInfo& field : info->fields) add(field);
  return text;
}

}  // namespace lilong::isa
