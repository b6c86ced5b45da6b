// SPDX-License-Identifier: Apache-2.0
// softmax over the channels of every pixel, from a table of exponentials.
#pragma once

#include <algorithm>
#include <array>
#include <bit>

#include "sim/functional/context.hpp"

namespace lilong::functional {

// clamp(zp + round(256 * e / sum)); sum is below 2^48, e at most sum.
constexpr int8_t softmaxResult(uint32_t e, uint64_t sum, int32_t zeroPoint) {
  if (sum == 0) return static_cast<int8_t>(zeroPoint);
  const unsigned n = static_cast<unsigned>(std::bit_width(sum)) - 1;
  const auto normalised = static_cast<uint64_t>((static_cast<unsigned __int128>(sum) << 31) >> n);
  const uint64_t reciprocal = (uint64_t{1} << 63) / normalised;
  const unsigned __int128 scaled = static_cast<unsigned __int128>(e) * reciprocal +
                                   (static_cast<unsigned __int128>(1) << (23 + n));
  const auto quotient = static_cast<int64_t>(scaled >> (24 + n));
  return static_cast<int8_t>(std::clamp<int64_t>(zeroPoint + quotient, -128, 127));
}

inline void execute(const isa::Softmax& insn, Context& context) {
  std::array<uint32_t, 256> exponential{};
  for (uint32_t d = 0; d < 256; ++d)
    exponential[d] = readWord(context.scratchpad, insn.paramsAddr + 4 * d) & 0x7fffffff;
  for (uint64_t oy = 0; oy < insn.outHeight; ++oy) {
    for (uint64_t ox = 0; ox < insn.outWidth; ++ox) {
      const int8_t* in =
          context.signedBytes(insn.inAddr + oy * insn.inRowPitch + ox * insn.inPixPitch);
      uint8_t* out =
          context.scratchpad.data() + insn.outAddr + oy * insn.outRowPitch + ox * insn.outPixPitch;
      const int32_t largest = *std::max_element(in, in + insn.channels);
      // Of eight bits whatever the input is: an output over the input may change it.
      const auto below = [&](uint32_t c) {
        return exponential[static_cast<uint8_t>(largest - in[c])];
      };
      uint64_t sum = 0;
      for (uint32_t c = 0; c < insn.channels; ++c) sum += below(c);
      for (uint32_t c = 0; c < insn.channels; ++c)
        out[c] = static_cast<uint8_t>(softmaxResult(below(c), sum, insn.zpOut));
      for (uint64_t c = insn.channels; c < ceil8(insn.channels); ++c)
        out[c] = static_cast<uint8_t>(insn.zpOut);
    }
  }
}

}  // namespace lilong::functional
