// SPDX-License-Identifier: Apache-2.0
// store: planes of rows from the scratchpad to memory, to any byte.
#pragma once

#include <cstring>

#include "sim/functional/dma.hpp"

namespace lilong::functional {

inline void execute(const isa::Store& insn, Context& context) {
  forEachRow(insn, context, isa::TrapCode::writeError, [&](uint64_t address, uint8_t* memory) {
    std::memcpy(memory, context.scratchpad.data() + address, insn.rowBytes);
  });
  context.count(isa::Counter::bytesWritten, uint64_t{insn.planes} * insn.rows * insn.rowBytes);
}

}  // namespace lilong::functional
