// SPDX-License-Identifier: Apache-2.0
// Rows of load and store: where they lie in memory, and the bus that may refuse them.
#pragma once

#include "sim/functional/context.hpp"

namespace lilong::functional {

// Calls move(scratchpad address, memory bytes) for every row in order.  Stops with a bus error at
// the first row that the external memory does not hold completely.
template <typename Instruction, typename Move>
void forEachRow(const Instruction& insn, Context& context, isa::TrapCode error, Move move) {
  const uint64_t base = context.windows[insn.region].base;
  const uint64_t size = context.memory.size();
  for (uint64_t plane = 0; plane < insn.planes; ++plane) {
    for (uint64_t row = 0; row < insn.rows; ++row) {
      // Below 2^51: the offset has been checked against a 32-bit window.
      const uint64_t offset =
          insn.memOffset + plane * insn.memPlaneStride + row * insn.memRowStride;
      const uint64_t address = base + offset;
      if (base > size || offset > size - base || insn.rowBytes > size - address) {
        context.busError = BusError{error, address};
        return;
      }
      move(insn.spAddr + plane * insn.spPlaneStride + row * insn.spRowStride,
           context.memory.data() + address);
    }
  }
}

}  // namespace lilong::functional
