// SPDX-License-Identifier: Apache-2.0
// RowCopyKernel: output row y is made of pieces of one input row, the same pieces in every row.
// Unlike CopyKernel it can be cut into tiles of rows.
#pragma once

#include "compiler/lower/kernel.hpp"

namespace lilong::backend {

// Outputs [out, out + repeat * steps): output i reads source + (i - out) / repeat * step.
struct Progression {
  uint32_t out = 0;
  int32_t source = 0;  // -1: nothing; then step is 0 and steps is 1
  uint32_t repeat = 1, steps = 1, step = 0;
};

// The fewest progressions, taken greedily, that give these sources.
std::vector<Progression> progressions(std::span<const int32_t> sources);

// Pixels of a row; `fill` writes the fill value instead of a source.
struct RowPiece {
  bool fill = false;
  Progression pixels;
  uint32_t sourceChannel = 0, outChannel = 0, channels = 1;
};

class RowCopyKernel final : public Kernel {
 public:
  std::vector<int32_t> sources;    // of every output row; -1: `emptyRow`
  std::vector<RowPiece> pieces;    // of a row with a source, in this order
  std::vector<RowPiece> emptyRow;  // of a row without
  uint8_t fillValue = 0;

  uint32_t channelUnit(const isa::Preset&) const override { return 0; }
  Range inputRows(size_t i, Range out) const override;
  Range inputChannels(size_t i, Range) const override { return {0, inputs[i].grid.channels}; }
  uint64_t constantBytes(const isa::Preset&, Range) const override { return 0; }
  ConstantBlock constants(const isa::Preset&, Range) const override { return {}; }
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;
};

}  // namespace lilong::backend
