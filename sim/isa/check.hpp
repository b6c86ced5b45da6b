// SPDX-License-Identifier: Apache-2.0
// The precise check of one descriptor: exactly what the chip's decoder does before it accepts an
// instruction.  Every bit pattern is a legal argument.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sim/isa/gen/isa.hpp"

namespace lilong::isa {

// Why a job was halted.
struct Trap {
  TrapCode code = TrapCode::none;
  Engine engine = Engine::fetch;
  uint32_t instruction = 0;  // number in the program, from 0
  uint64_t address = 0;      // offending address or footprint end; 0 if there is none

  bool operator==(const Trap&) const = default;
  // "scratchpad_range at instruction 3 (fetch), address 0x80040".
  std::string toString() const;
};

// Size and rights of a memory window as far as the decoder cares.
struct RegionView {
  uint32_t size = 0;  // bytes
  bool read = false;
  bool write = false;
};

// The trap that the descriptor raises, or nothing.  Order: opcode, reserved bits, fields,
// scratchpad footprints, region footprints (range before access).
std::optional<Trap> check(const Descriptor& descriptor, const Preset& preset,
                          std::span<const RegionView, kRegions> regions, uint32_t instruction);

// Little-endian bytes of a descriptor and back; `bytes` must hold kDescriptorBytes.
Descriptor readDescriptor(const uint8_t* bytes);
void writeDescriptor(const Descriptor& descriptor, uint8_t* bytes);

}  // namespace lilong::isa
