// SPDX-License-Identifier: Apache-2.0
// pool: sum or maximum over a window, per channel.
#pragma once

#include "sim/functional/kernels.hpp"
#include "sim/functional/output.hpp"
#include "sim/functional/window.hpp"

namespace lilong::functional {

inline void execute(const isa::Pool& insn, Context& context) {
  const size_t channels = insn.channels;
  const bool isMax = insn.poolOp == isa::PoolOp::max;
  const std::vector<Tap> taps =
      windowTaps(insn.kernelRows, insn.kernelCols, insn.steps, context.preset.depth);
  const WindowReader reader(insn, context);
  std::vector<int32_t> acc(channels);
  OutputStage output(insn, uniformParams(insn.channels, insn.bias, insn.multiplier, insn.shift),
                     context);
  for (uint32_t oy = 0; oy < insn.outHeight; ++oy) {
    for (uint32_t ox = 0; ox < insn.outWidth; ++ox) {
      std::fill(acc.begin(), acc.end(), isMax ? -128 : 0);
      for (const Tap& tap : taps) {
        const TapInput in = reader.at(tap, oy, ox);
        if (isMax) {
          maxBytes(in.bytes, in.count, acc.data());
        } else {
          addBytes(in.bytes, in.count, acc.data());
          for (size_t c = in.count; c < channels; ++c) acc[c] += insn.padValue;
        }
      }
      output.write(oy, ox, acc.data());
    }
  }
  const uint32_t lanes = isa::windowLanes(context.preset);
  const uint64_t groups = (channels + lanes - 1) / lanes;
  context.count(isa::Counter::macBeats,
                uint64_t{insn.outHeight} * insn.outWidth * groups * insn.steps);
}

}  // namespace lilong::functional
