// SPDX-License-Identifier: Apache-2.0
// conv: dense convolution, fully connected layer, matrix product.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/functional/kernels.hpp"
#include "sim/functional/output.hpp"

namespace lilong::functional {

// Bytes [first, first + count) of kernel row (ky, kx), at byte `target` of the walked K dimension.
struct ConvPiece {
  uint32_t ky, kx, first, count;
  size_t target;
};

// The K walk: kernel rows cut into steps of at most DEPTH bytes and STREAMS pieces.
inline std::vector<ConvPiece> walkKernel(const isa::Conv& insn, uint32_t depth) {
  std::vector<ConvPiece> pieces;
  const uint64_t rows = uint64_t{insn.kernelRows} * insn.kernelCols;
  uint64_t row = 0;
  uint32_t first = 0;
  for (uint32_t step = 0; step < insn.steps && row < rows; ++step) {
    uint32_t filled = 0;
    for (uint32_t piece = 0; piece < isa::kStreams && filled < depth && row < rows; ++piece) {
      const uint32_t count = std::min<uint32_t>(insn.run - first, depth - filled);
      pieces.push_back({static_cast<uint32_t>(row / insn.kernelCols),
                        static_cast<uint32_t>(row % insn.kernelCols), first, count,
                        size_t{step} * depth + filled});
      filled += count;
      first += count;
      if (first == insn.run) {
        first = 0;
        ++row;
      }
    }
  }
  return pieces;
}

// Weights as [group * LANES + lane][step * DEPTH + byte].
inline std::vector<int16_t> readConvWeights(const isa::Conv& insn, const Context& context) {
  const size_t lanes = context.preset.lanes, depth = context.preset.depth;
  const size_t groups = (insn.channels + lanes - 1) / lanes;
  std::vector<int16_t> weights(groups * lanes * insn.steps * depth);
  const int8_t* from = context.signedBytes(insn.weightsAddr);
  for (size_t group = 0; group < groups; ++group)
    for (size_t step = 0; step < insn.steps; ++step)
      for (size_t lane = 0; lane < lanes; ++lane, from += depth)
        widen(from, depth, &weights[((group * lanes + lane) * insn.steps + step) * depth]);
  return weights;
}

// The bytes of one output position, in the order of the K walk.
inline void gather(const isa::Conv& insn, const Context& context,
                   const std::vector<ConvPiece>& pieces, int64_t oy, int64_t ox, int16_t* to) {
  for (const ConvPiece& piece : pieces) {
    int16_t* out = to + piece.target;
    const int64_t iy = oy * insn.strideY - insn.padTop + int64_t{piece.ky} * insn.dilationY;
    const int64_t xb =
        ox * insn.strideX - insn.padLeft + int64_t{piece.kx} * insn.dilationX + piece.first;
    if (iy < 0 || iy >= insn.inHeight) {
      std::fill_n(out, piece.count, int16_t{insn.padValue});
      continue;
    }
    const int64_t rowBytes = insn.inRowBytes, count = piece.count;
    const int64_t begin = std::clamp<int64_t>(-xb, 0, count);              // first inside
    const int64_t end = std::clamp<int64_t>(rowBytes - xb, begin, count);  // behind the last inside
    std::fill_n(out, begin, int16_t{insn.padValue});
    if (end > begin)
      widen(context.signedBytes(insn.inAddr + static_cast<uint64_t>(iy) * insn.inRowPitch +
                                static_cast<uint64_t>(xb + begin)),
            static_cast<size_t>(end - begin), out + begin);
    std::fill(out + end, out + count, int16_t{insn.padValue});
  }
}

inline void execute(const isa::Conv& insn, Context& context) {
  const size_t depth = context.preset.depth;
  const size_t lanes = context.preset.lanes;
  const size_t groups = (insn.channels + lanes - 1) / lanes;
  const size_t k = insn.steps * depth;
  const std::vector<ConvPiece> pieces = walkKernel(insn, context.preset.depth);
  const std::vector<int16_t> weights = readConvWeights(insn, context);
  std::vector<int16_t> activation(k, 0);  // bytes that no piece fills stay zero
  std::vector<int32_t> acc(groups * lanes);
  OutputStage output(insn, readParams(insn, context.preset.lanes, context), context);
  for (uint32_t oy = 0; oy < insn.outHeight; ++oy) {
    for (uint32_t ox = 0; ox < insn.outWidth; ++ox) {
      gather(insn, context, pieces, oy, ox, activation.data());
      std::fill(acc.begin(), acc.end(), 0);
      addDotProducts(activation.data(), weights.data(), k, insn.channels, acc.data());
      output.write(oy, ox, acc.data());
    }
  }
  context.count(isa::Counter::macBeats,
                uint64_t{insn.outHeight} * insn.outWidth * groups * insn.steps);
}

}  // namespace lilong::functional
