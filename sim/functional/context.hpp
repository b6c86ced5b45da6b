// SPDX-License-Identifier: Apache-2.0
// What an instruction works on.  Every instruction has one file insn_<name>.hpp with a function
// `execute(instruction, context)`; footprints have been checked before.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "sim/isa/check.hpp"

namespace lilong::functional {

// A window of the external memory.
struct Window {
  uint64_t base = 0;
  uint32_t size = 0;  // bytes
  bool read = false;
  bool write = false;
};

using Counters = std::array<uint32_t, isa::kNumCounters>;

// A bus that answers with an error.
struct BusError {
  isa::TrapCode code;
  uint64_t address;
};

struct Context {
  const isa::Preset& preset;
  std::span<uint8_t> scratchpad;
  std::span<uint8_t> memory;
  std::span<const Window, isa::kRegions> windows;
  Counters& counters;                  // wrap modulo 2^32 like the registers
  std::optional<BusError> busError{};  // set by load and store

  void count(isa::Counter counter, uint64_t by) {
    counters[static_cast<size_t>(counter)] += static_cast<uint32_t>(by);
  }
  const int8_t* signedBytes(uint64_t address) const {
    return reinterpret_cast<const int8_t*>(scratchpad.data()) + address;
  }
};

// Little-endian word of the scratchpad.
inline uint32_t readWord(std::span<const uint8_t> bytes, uint64_t address) {
  return static_cast<uint32_t>(bytes[address]) | static_cast<uint32_t>(bytes[address + 1]) << 8 |
         static_cast<uint32_t>(bytes[address + 2]) << 16 |
         static_cast<uint32_t>(bytes[address + 3]) << 24;
}

constexpr uint64_t ceil8(uint64_t bytes) {
  return (bytes + 7) & ~uint64_t{7};
}

}  // namespace lilong::functional
