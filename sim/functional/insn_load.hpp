// SPDX-License-Identifier: Apache-2.0
// load: planes of rows from memory to the scratchpad, each filled with zeros to a multiple of 8.
#pragma once

#include <cstring>

#include "sim/functional/dma.hpp"

namespace lilong::functional {

inline void execute(const isa::Load& insn, Context& context) {
  const uint64_t fill = ceil8(insn.rowBytes) - insn.rowBytes;
  forEachRow(insn, context, isa::TrapCode::readError, [&](uint64_t address, const uint8_t* memory) {
    uint8_t* row = context.scratchpad.data() + address;
    std::memcpy(row, memory, insn.rowBytes);
    std::memset(row + insn.rowBytes, 0, fill);
  });
  context.count(isa::Counter::bytesRead, uint64_t{insn.planes} * insn.rows * insn.rowBytes);
}

}  // namespace lilong::functional
