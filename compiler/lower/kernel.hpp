// SPDX-License-Identifier: Apache-2.0
// Kernel: one operation of the chip on views, able to compute any tile of its output.
// The planner asks what a tile needs; after allocation the kernel writes the instructions of the
// tile for the addresses that it got.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/lower/tensor.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::backend {

// Part of an output: rows of the view (batch folded in) and channels.
struct Tile {
  Range rows, channels;
};

// Where the bytes of a view, or of the part that a tile needs, lie in the scratchpad.
struct Placed {
  uint32_t addr = 0;  // of pixel 0 in row firstRow, channel firstChannel
  uint32_t pixPitch = 0, rowPitch = 0;
  uint32_t firstRow = 0;
  uint32_t firstChannel = 0;

  uint32_t row(uint32_t y) const { return addr + (y - firstRow) * rowPitch; }
};

// Weights, parameters and tables of a channel range, as one block of bytes.
struct ConstantBlock {
  std::vector<uint8_t> bytes;  // size a multiple of DEPTH
  uint32_t params = 0;         // offset of table and parameters
  uint32_t weights = 0;        // offset of the weight blocks
};

using ExecInstruction =
    std::variant<isa::Conv, isa::Dwconv, isa::Pool, isa::Eltwise, isa::Softmax, isa::Copy>;

class Kernel {
 public:
  virtual ~Kernel() = default;

  uint32_t layer = 0;  // index into the table of layers
  std::vector<View> inputs;
  View output;

  // Rows may be split into tiles; `rowUnit` rows stay together.
  virtual bool splitsRows() const { return true; }
  // Channels may be split at multiples of this; 0: never.
  virtual uint32_t channelUnit(const isa::Preset& preset) const = 0;
  // True when the instructions hold for the pitches of the output view only.
  virtual bool fixedLayout() const { return false; }
  // Rows of input `i` that output rows `out` need.
  virtual Range inputRows(size_t i, Range out) const = 0;
  // Channels of input `i` that output channels `out` need.
  virtual Range inputChannels(size_t i, Range out) const = 0;

  // Bytes of constants(...).bytes without making them.
  virtual uint64_t constantBytes(const isa::Preset& preset, Range channels) const = 0;
  virtual ConstantBlock constants(const isa::Preset& preset, Range channels) const = 0;

  // Guess of the cycles of a tile: the order in which plans are tried, nothing else.
  virtual uint64_t cycles(const isa::Preset& preset, const Tile& tile) const = 0;

  virtual void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
                    const Placed& out, uint32_t constants,
                    std::vector<ExecInstruction>& code) const = 0;
};

}  // namespace lilong::backend
