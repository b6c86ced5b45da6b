// SPDX-License-Identifier: Apache-2.0
// What the decoder says about an EXEC instruction: the kind that lilong_exec and lilong_post take.
#pragma once

#include <cstdint>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::testing {

inline uint8_t kindOf(const isa::Descriptor& d, const isa::Preset& preset) {
  constexpr uint8_t kArray = 1, kVector = 2, kGroups = 4, kSoftmax = 8, kCopy = 16, kEmpty = 32;
  const bool empty = isa::isEmpty(d, preset);
  const uint8_t rest = empty ? kEmpty : uint8_t{0};
  switch (static_cast<isa::Opcode>(isa::opcodeByte(d))) {
    case isa::Opcode::conv:
    case isa::Opcode::dwconv:
      return rest | kGroups | (empty ? 0 : kArray);
    case isa::Opcode::pool:
      return rest | (empty ? 0 : kArray);
    case isa::Opcode::eltwise:
      return rest | kVector;
    case isa::Opcode::softmax:
      return rest | kVector | kSoftmax;
    case isa::Opcode::copy:
      return rest | kVector | kCopy;
    default:
      return kEmpty;
  }
}

}  // namespace lilong::testing
