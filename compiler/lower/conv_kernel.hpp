// SPDX-License-Identifier: Apache-2.0
// ConvKernel: dense convolution; also fully connected layers, grouped convolutions and depth
// multipliers (with weights that are zero outside the group).
#pragma once

#include "compiler/lower/output_fields.hpp"

namespace lilong::backend {

// One piece of a K step: bytes [begin, begin + length) of kernel row `row`.
struct Piece {
  uint32_t row, begin, length;
};

// The K walk of docs/4-isa/2-execution.md: `rows` kernel rows of `run` bytes, packed into steps.
std::vector<std::vector<Piece>> walkK(uint32_t depth, uint32_t rows, uint32_t run);

class ConvKernel final : public Kernel {
 public:
  uint32_t inHeight = 1, outHeight = 1;  // of one image
  uint32_t inChannels = 1;
  uint32_t kernelY = 1, kernelX = 1;
  WindowShape rows;  // kernel == kernelY
  uint32_t strideX = 1, dilationX = 1, padLeft = 0;
  int8_t padValue = 0;
  std::vector<int8_t> weights;  // OHWI
  ChannelParams params;
  OutputStage stage;
  bool packed = false;  // several pixels of the output tensor in each of `output`

  bool fixedLayout() const override { return packed; }
  uint32_t channelUnit(const isa::Preset& preset) const override { return preset.lanes; }
  Range inputRows(size_t i, Range out) const override;
  Range inputChannels(size_t i, Range out) const override;
  uint64_t constantBytes(const isa::Preset& preset, Range channels) const override;
  ConstantBlock constants(const isa::Preset& preset, Range channels) const override;
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;

 private:
  // How the kernel rows are walked: a whole row of pixels as one run, or pixel by pixel.
  struct Walk {
    bool byPixel = false;
    uint32_t run = 1;   // bytes
    uint32_t rows = 1;  // kernel rows that are walked
    uint32_t steps = 1;
  };
  Walk walk(const isa::Preset& preset) const;
};

}  // namespace lilong::backend
