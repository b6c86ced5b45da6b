// SPDX-License-Identifier: Apache-2.0
// The output pipeline of conv, dwconv, pool and eltwise: from the accumulators of one position to
// the bytes of one pixel.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/functional/context.hpp"
#include "sim/functional/requant.hpp"

namespace lilong::functional {

// Bias, multiplier and shift of every channel, rounded up to whole groups.
struct ChannelParams {
  std::vector<int32_t> bias;
  std::vector<uint32_t> multiplier;
  std::vector<uint8_t> shift;
};

// The same for all channels (pool, eltwise).
inline ChannelParams uniformParams(uint32_t channels, int32_t bias, uint32_t multiplier,
                                   uint8_t shift) {
  return {std::vector<int32_t>(channels, bias), std::vector<uint32_t>(channels, multiplier),
          std::vector<uint8_t>(channels, shift)};
}

// Reads the parameter block of conv and dwconv: one record of LANES values for each group of
// `width` channels.
template <typename Instruction>
ChannelParams readParams(const Instruction& insn, uint32_t width, const Context& context) {
  const uint32_t lanes = context.preset.lanes;
  const uint32_t groups = (insn.channels + width - 1) / width;
  ChannelParams params = uniformParams(groups * width, 0, 0, 0);
  uint64_t at = insn.paramsAddr + (insn.tableEn ? isa::kTableBytes : 0);
  uint32_t multiplier = 0;
  uint8_t shift = 0;
  if (!insn.perChannel) {
    multiplier = readWord(context.scratchpad, at) & kMultiplierMask;
    shift = context.scratchpad[at + 4] & kShiftMask;
    at += context.preset.depth;
  }
  for (uint32_t group = 0; group < groups; ++group) {
    for (uint32_t lane = 0; lane < width; ++lane) {
      const uint32_t c = group * width + lane;
      params.bias[c] = static_cast<int32_t>(readWord(context.scratchpad, at + 4 * lane));
      params.multiplier[c] = multiplier;
      params.shift[c] = shift;
      if (insn.perChannel) {
        params.multiplier[c] =
            readWord(context.scratchpad, at + 4 * (lanes + lane)) & kMultiplierMask;
        params.shift[c] = context.scratchpad[at + 8 * lanes + lane] & kShiftMask;
      }
    }
    at += insn.perChannel ? isa::paramChannelBytes(context.preset)
                          : isa::paramBiasBytes(context.preset);
  }
  return params;
}

class OutputStage {
 public:
  template <typename Instruction>
  OutputStage(const Instruction& insn, ChannelParams params, Context& context)
      : params_(std::move(params)),
        scratchpad_(context.scratchpad),
        address_(insn.outAddr),
        rowPitch_(insn.outRowPitch),
        pixPitch_(insn.outPixPitch),
        channels_(insn.channels),
        accShift_(insn.accShift),
        zeroPoint_(insn.zpOut),
        clampMin_(insn.clampMin),
        clampMax_(insn.clampMax),
        rounding_(insn.rounding) {
    for (uint32_t i = 0; i < isa::kTableBytes; ++i)
      table_[i] = insn.tableEn ? context.scratchpad[insn.paramsAddr + i] : static_cast<uint8_t>(i);
  }

  // Writes output pixel (oy, ox) and its pad bytes; acc holds the channels.
  void write(uint64_t oy, uint64_t ox, const int32_t* acc) {
    using isa::Rounding;
    uint8_t* out = scratchpad_.data() + address_ + oy * rowPitch_ + ox * pixPitch_;
    switch (rounding_) {
      case Rounding::halfUp:
        results<Rounding::halfUp>(acc, out);
        break;
      case Rounding::halfAway:
        results<Rounding::halfAway>(acc, out);
        break;
      case Rounding::ruy:
        results<Rounding::ruy>(acc, out);
        break;
      case Rounding::gemmlowp:
        results<Rounding::gemmlowp>(acc, out);
        break;
      case Rounding::f32Rne:
        results<Rounding::f32Rne>(acc, out);
        break;
    }
    for (uint64_t c = channels_; c < ceil8(channels_); ++c)
      out[c] = static_cast<uint8_t>(zeroPoint_);
  }

 private:
  template <isa::Rounding Mode>
  void results(const int32_t* acc, uint8_t* out) const {
    for (uint32_t c = 0; c < channels_; ++c) {
      const auto a = static_cast<int32_t>((static_cast<uint32_t>(acc[c]) << accShift_) +
                                          static_cast<uint32_t>(params_.bias[c]));
      const int32_t r = requantise<Mode>(a, params_.multiplier[c], params_.shift[c]);
      out[c] = table_[static_cast<uint8_t>(finish(r, zeroPoint_, clampMin_, clampMax_))];
    }
  }

  ChannelParams params_;
  std::array<uint8_t, isa::kTableBytes> table_{};  // identity if the instruction has none
  std::span<uint8_t> scratchpad_;
  uint64_t address_, rowPitch_, pixPitch_;
  uint32_t channels_;
  unsigned accShift_;
  int32_t zeroPoint_, clampMin_, clampMax_;
  isa::Rounding rounding_;
};

}  // namespace lilong::functional
