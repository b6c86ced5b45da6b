// SPDX-License-Identifier: Apache-2.0
// Random descriptors from the field tables.
#pragma once

#include <random>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::isa {

// Every field of the instruction drawn from its whole range; reserved bits zero.
inline Descriptor randomFields(const InstructionInfo& info, std::mt19937& rng) {
  Descriptor d{};
  for (const FieldInfo& field : kHeaderFields) setBits(d, field.word, field.msb, field.lsb, rng());
  for (const FieldInfo& field : info.fields) setBits(d, field.word, field.msb, field.lsb, rng());
  setBits(d, 0, 7, 0, static_cast<uint32_t>(info.opcode));
  return d;
}

}  // namespace lilong::isa
