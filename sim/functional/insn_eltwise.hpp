// SPDX-License-Identifier: Apache-2.0
// eltwise: element by element operation on one or two tensors.
#pragma once

#include <algorithm>
#include <array>

#include "sim/functional/output.hpp"

namespace lilong::functional {

// What every operand byte contributes, by its bits: the offset value, rescaled for add and sub.
inline std::array<int32_t, 256> operandTable(isa::BinaryOp op, int32_t zeroPoint,
                                             uint32_t multiplier, uint8_t shift) {
  const bool rescaled = op == isa::BinaryOp::add || op == isa::BinaryOp::sub;
  std::array<int32_t, 256> table{};
  for (int32_t i = 0; i < 256; ++i) {
    const int32_t x = static_cast<int8_t>(i) - zeroPoint;
    table[static_cast<size_t>(i)] = rescaled ? rescale(x, multiplier, shift) : x;
  }
  return table;
}

// The accumulator of one element; add and sub wrap.
constexpr int32_t combine(isa::BinaryOp op, int32_t a, int32_t b) {
  using isa::BinaryOp;
  switch (op) {
    case BinaryOp::add:
      return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
    case BinaryOp::sub:
      return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
    case BinaryOp::mul:
      return a * b;
    case BinaryOp::min:
      return std::min(a, b);
    case BinaryOp::max:
      return std::max(a, b);
    case BinaryOp::pass:
      return a;
  }
  return 0;
}

inline void execute(const isa::Eltwise& insn, Context& context) {
  const auto tableA = operandTable(insn.binaryOp, insn.zpA, insn.multiplierA, insn.shiftA);
  const auto tableB = operandTable(insn.binaryOp, insn.zpB, insn.multiplierB, insn.shiftB);
  const bool twoOperands = insn.binaryOp != isa::BinaryOp::pass;
  std::vector<int32_t> acc(insn.channels);
  OutputStage output(insn, uniformParams(insn.channels, 0, insn.multiplier, insn.shift), context);
  const uint8_t* scratchpad = context.scratchpad.data();
  for (uint64_t oy = 0; oy < insn.outHeight; ++oy) {
    for (uint64_t ox = 0; ox < insn.outWidth; ++ox) {
      const uint8_t* a = scratchpad + insn.aAddr + oy * insn.aRowPitch + ox * insn.aPixPitch;
      // Operand b has no footprint and is not read when the operation is `pass`.
      const uint8_t* b =
          twoOperands ? scratchpad + insn.bAddr + oy * insn.bRowPitch + ox * insn.bPixPitch : a;
      const size_t stepB = insn.bScalar ? 0 : 1;
      for (size_t c = 0; c < insn.channels; ++c)
        acc[c] = combine(insn.binaryOp, tableA[a[c]], tableB[b[c * stepB]]);
      output.write(oy, ox, acc.data());
    }
  }
}

}  // namespace lilong::functional
