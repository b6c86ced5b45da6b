// SPDX-License-Identifier: Apache-2.0
// copy: strided copy of byte runs, or fill with a constant.
#pragma once

#include <cstring>

#include "sim/functional/context.hpp"

namespace lilong::functional {

inline void execute(const isa::Copy& insn, Context& context) {
  uint8_t* base = context.scratchpad.data();
  for (uint64_t i3 = 0; i3 < insn.count3; ++i3) {
    for (uint64_t i2 = 0; i2 < insn.count2; ++i2) {
      for (uint64_t i1 = 0; i1 < insn.count1; ++i1) {
        uint64_t dst =
            insn.dstAddr + i3 * insn.dstStride3 + i2 * insn.dstStride2 + i1 * insn.dstStride1;
        uint64_t src =
            insn.srcAddr + i3 * insn.srcStride3 + i2 * insn.srcStride2 + i1 * insn.srcStride1;
        for (uint64_t i0 = 0; i0 < insn.count0; ++i0) {
          if (insn.fillEn)
            std::memset(base + dst, insn.fillValue, insn.run);
          else
            std::memmove(base + dst, base + src, insn.run);
          dst += insn.dstStride0;
          src += insn.srcStride0;
        }
      }
    }
  }
}

}  // namespace lilong::functional
