// SPDX-License-Identifier: Apache-2.0
// dwconv: depthwise convolution, every channel with its own kernel.
#pragma once

#include "sim/functional/kernels.hpp"
#include "sim/functional/output.hpp"
#include "sim/functional/window.hpp"

namespace lilong::functional {

// Weights as [tap][channel].
inline std::vector<int16_t> readTapWeights(const isa::Dwconv& insn, const Context& context,
                                           const std::vector<Tap>& taps) {
  const size_t lanes = isa::windowLanes(context.preset), depth = context.preset.depth;
  std::vector<int16_t> weights(taps.size() * insn.channels);
  for (size_t t = 0; t < taps.size(); ++t) {
    for (size_t c = 0; c < insn.channels; ++c) {
      const size_t block = (c / lanes) * insn.steps + taps[t].pass;
      weights[t * insn.channels + c] = *context.signedBytes(
          insn.weightsAddr + (block * lanes + c % lanes) * depth + taps[t].slot);
    }
  }
  return weights;
}

inline void execute(const isa::Dwconv& insn, Context& context) {
  const uint32_t channels = insn.channels, lanes = isa::windowLanes(context.preset);
  const std::vector<Tap> taps =
      windowTaps(insn.kernelRows, insn.kernelCols, insn.steps, context.preset.depth);
  const std::vector<int16_t> weights = readTapWeights(insn, context, taps);
  const WindowReader reader(insn, context);
  std::vector<int32_t> acc(channels);
  OutputStage output(insn, readParams(insn, lanes, context), context);
  for (uint32_t oy = 0; oy < insn.outHeight; ++oy) {
    for (uint32_t ox = 0; ox < insn.outWidth; ++ox) {
      std::fill(acc.begin(), acc.end(), 0);
      for (size_t t = 0; t < taps.size(); ++t) {
        const int16_t* w = &weights[t * channels];
        const TapInput in = reader.at(taps[t], oy, ox);
        addProducts(in.bytes, w, in.count, acc.data());
        if (in.count < channels)
          addScaled(insn.padValue, w + in.count, channels - in.count, acc.data() + in.count);
      }
      output.write(oy, ox, acc.data());
    }
  }
  const uint64_t groups = (channels + lanes - 1) / lanes;
  context.count(isa::Counter::macBeats,
                uint64_t{insn.outHeight} * insn.outWidth * groups * insn.steps);
}

}  // namespace lilong::functional
