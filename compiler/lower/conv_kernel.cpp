// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/conv_kernel.hpp"

#include <algorithm>

namespace lilong::backend {

std::vector<std::vector<Piece>> walkK(uint32_t depth, uint32_t rows, uint32_t run) {
  std::vector<std::vector<Piece>> steps;
  uint32_t row = 0, at = 0;
  while (row < rows) {
    std::vector<Piece> step;
    uint32_t left = depth;
    while (row < rows && left > 0 && step.size() < isa::kStreams) {
      const uint32_t length = std::min(run - at, left);
      step.push_back({row, at, length});
      left -= length;
      at += length;
      if (at == run) ++row, at = 0;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

ConvKernel::Walk ConvKernel::walk(const isa::Preset& preset) const {
  const uint32_t pitch = inputs[0].grid.pixPitch;
  const auto make = [&](bool byPixel, uint32_t run) {
    const uint32_t count = byPixel ? kernelY * kernelX : kernelY;
    return Walk{byPixel, run, count, static_cast<uint32_t>(walkK(preset.depth, count, run).size())};
  };
  const uint64_t whole = uint64_t{kernelX - 1} * pitch + inChannels;
  if (kernelX == 1) return make(false, inChannels);
  const Walk pixels = make(true, inChannels);
  if (dilationX > 1 || whole > 0xffff) return pixels;
  const Walk row = make(false, static_cast<uint32_t>(whole));
  return row.steps <= pixels.steps ? row : pixels;
}

Range ConvKernel::inputRows(size_t, Range out) const {
  return foldedInputRows(rows, inHeight, outHeight, out);
}

Range ConvKernel::inputChannels(size_t, Range) const {
  return {0, inChannels};
}

uint64_t ConvKernel::constantBytes(const isa::Preset& preset, Range channels) const {
  const uint64_t block = uint64_t{preset.lanes} * preset.depth;
  return paramBlockBytes(preset, stage, params.perChannel, channels.size(), preset.lanes) +
         ceilDiv(channels.size(), preset.lanes) * walk(preset).steps * block;
}

ConstantBlock ConvKernel::constants(const isa::Preset& preset, Range channels) const {
  ConstantBlock block;
  appendParamBlock(preset, stage, params, channels, preset.lanes, block.bytes);
  block.weights = static_cast<uint32_t>(block.bytes.size());
  const Walk how = walk(preset);
  const auto steps = walkK(preset.depth, how.rows, how.run);
  const uint32_t pitch = inputs[0].grid.pixPitch;
  block.bytes.resize(constantBytes(preset, channels));
  uint8_t* at = block.bytes.data() + block.weights;
  for (uint32_t base = channels.begin; base < channels.end; base += preset.lanes) {
    for (const auto& step : steps) {
      for (uint32_t lane = 0; lane < preset.lanes; ++lane) {
        uint8_t* byte = at + lane * preset.depth;
        const uint32_t out = base + lane;
        if (out >= channels.end) continue;
        for (const Piece& piece : step) {
          const uint32_t ky = how.byPixel ? piece.row / kernelX : piece.row;
          for (uint32_t b = piece.begin; b < piece.begin + piece.length; ++b, ++byte) {
            const uint32_t kx = how.byPixel ? piece.row % kernelX : (kernelX == 1 ? 0 : b / pitch);
            const uint32_t c = how.byPixel || kernelX == 1 ? b : b % pitch;
            if (c >= inChannels) continue;  // pad byte of a pixel
            const size_t index = ((size_t{out} * kernelY + ky) * kernelX + kx) * inChannels + c;
            *byte = static_cast<uint8_t>(weights[index]);
          }
        }
      }
      at += size_t{preset.lanes} * preset.depth;
    }
  }
  return block;
}

uint64_t ConvKernel::cycles(const isa::Preset& preset, const Tile& tile) const {
  const uint64_t positions = uint64_t{tile.rows.size()} * output.grid.width;
  const uint64_t stripe = balancedStripe(positions);
  const uint64_t stripes = (positions + stripe - 1) / stripe;
  const uint64_t step = std::max<uint64_t>(stripe, ceilDiv(preset.lanes, preset.weightVectors));
  return 40 + ceilDiv(tile.channels.size(), preset.lanes) * stripes * walk(preset).steps * step;
}

void ConvKernel::emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
                      const Placed& out, uint32_t constants,
                      std::vector<ExecInstruction>& code) const {
  const Walk how = walk(preset);
  const Grid& grid = inputs[0].grid;
  forEachImage(tile.rows, outHeight, [&](uint32_t image, Range part) {
    const RowWindow window = rowWindow(rows, inHeight, part);
    isa::Conv insn;
    const uint32_t first = image * inHeight + (window.rows ? window.first : 0);
    insn.inAddr = in[0].row(window.rows ? first : in[0].firstRow);
    insn.padValue = padValue;
    insn.inRowPitch = in[0].rowPitch;
    insn.strideY = static_cast<uint8_t>(rows.stride);
    insn.inRowBytes = (grid.width - 1) * in[0].pixPitch + inChannels;
    insn.padTop = static_cast<uint8_t>(window.padTop);
    insn.inHeight = static_cast<uint16_t>(window.rows);
    insn.kernelRows = static_cast<uint8_t>(kernelY);
    insn.kernelCols = static_cast<uint8_t>(how.byPixel ? kernelX : 1);
    insn.strideX = strideX * in[0].pixPitch;
    insn.dilationY = static_cast<uint8_t>(rows.dilation);
    insn.padLeft = padLeft * in[0].pixPitch;
    insn.perChannel = params.perChannel;
    insn.stripe = balancedStripe(uint64_t{part.size()} * output.grid.width);
    insn.dilationX = how.byPixel ? dilationX * in[0].pixPitch : 0;
    insn.run = static_cast<uint16_t>(how.run);
    insn.steps = static_cast<uint16_t>(how.steps);
    insn.weightsAddr =
        constants + static_cast<uint32_t>(paramBlockBytes(preset, stage, params.perChannel,
                                                          tile.channels.size(), preset.lanes));
    setOutput(insn, stage, out, out.row(image * outHeight + part.begin), part.size(),
              output.grid.width, tile.channels, constants);
    code.push_back(insn);
  });
}

}  // namespace lilong::backend
