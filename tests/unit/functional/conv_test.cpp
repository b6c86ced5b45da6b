// SPDX-License-Identifier: Apache-2.0
// conv against the sum that the manual states.
#include "tests/unit/functional/fixture.hpp"

namespace lilong::functional {
namespace {

// Byte at K position `d` of step `step`: the walk of the manual, from the start each time.
int32_t walked(const Fixture& f, const isa::Conv& i, int64_t oy, int64_t ox, uint32_t step,
               uint32_t d) {
  uint32_t ky = 0, kx = 0, b = 0;
  for (uint32_t s = 0;; ++s) {
    uint32_t filled = 0, pieces = 0;
    while (filled < f.preset.depth && pieces < 3 && ky < i.kernelRows && i.kernelCols > 0) {
      const uint32_t count = std::min<uint32_t>(i.run - b, f.preset.depth - filled);
      if (s == step && d >= filled && d < filled + count) {
        const int64_t iy = oy * i.strideY - i.padTop + int64_t{ky} * i.dilationY;
        const int64_t xb = ox * i.strideX - i.padLeft + int64_t{kx} * i.dilationX + b + d - filled;
        if (iy < 0 || iy >= i.inHeight || xb < 0 || xb >= int64_t{i.inRowBytes}) return i.padValue;
        return f.signedAt(i.inAddr + static_cast<uint64_t>(iy * i.inRowPitch + xb));
      }
      filled += count;
      ++pieces;
      b += count;
      if (b == i.run) {
        b = 0;
        if (++kx == i.kernelCols) {
          kx = 0;
          ++ky;
        }
      }
    }
    if (s == step) return 0;
  }
}

TEST(Conv, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 240; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Conv i;
    const uint32_t pitch = f.between(1, 12);
    f.drawInput(i, pitch);
    i.channels = static_cast<uint16_t>(f.between(1, 3 * f.preset.lanes / 2));
    f.drawOutput(i, f.preset.scratchpadBytes / 2);
    i.weightsAddr = f.preset.scratchpadBytes / 4;
    f.drawPipeline(i, f.preset.scratchpadBytes / 8);
    i.perChannel = f.below(2);
    i.strideX = f.between(0, 3) * pitch;
    i.dilationX = f.between(1, 3) * pitch;
    i.kernelRows = static_cast<uint8_t>(f.below(5));
    i.kernelCols = static_cast<uint8_t>(f.below(4));
    i.run = static_cast<uint16_t>(f.between(1, 24));
    i.steps = static_cast<uint16_t>(f.between(1, 6));
    i.accShift = static_cast<uint8_t>(f.below(4));
    std::vector<uint8_t> expected = f.scratchpad;
    const uint32_t lanes = f.preset.lanes, depth = f.preset.depth;
    for (uint32_t oy = 0; oy < i.outHeight; ++oy) {
      for (uint32_t ox = 0; ox < i.outWidth; ++ox) {
        const uint64_t pixel = i.outAddr + oy * i.outRowPitch + ox * i.outPixPitch;
        for (uint32_t c = 0; c < i.channels; ++c) {
          int64_t acc = 0;
          for (uint32_t s = 0; s < i.steps; ++s)
            for (uint32_t d = 0; d < depth; ++d)
              acc += walked(f, i, oy, ox, s, d) *
                     f.signedAt(i.weightsAddr +
                                ((c / lanes * i.steps + s) * lanes + c % lanes) * depth + d);
          expected[pixel + c] = f.channelResult(i, c, acc);
        }
        padPixel(expected, i, pixel);
      }
    }
    ASSERT_EQ(f.run(i.encode()), expected) << "seed " << seed;
    EXPECT_EQ(f.counters[static_cast<size_t>(isa::Counter::macBeats)],
              i.outHeight * i.outWidth * i.steps * ((i.channels + lanes - 1) / lanes));
  }
}

TEST(Conv, WalkOfTheManual) {
  // 3x3x3 at DEPTH 16: row0[0..8] row1[0..6] | row1[7..8] row2[0..8].
  const auto a = walkKernel({.kernelRows = 3, .kernelCols = 1, .run = 9, .steps = 2}, 16);
  ASSERT_EQ(a.size(), 4u);
  EXPECT_EQ(a[1].count, 7u);
  EXPECT_EQ(a[2].first, 7u);
  EXPECT_EQ(a[2].target, 16u);
  EXPECT_EQ(a[3].target, 18u);
  // 10x4x1: three pieces of four bytes in every step, four bytes stay empty.
  const auto b = walkKernel({.kernelRows = 10, .kernelCols = 1, .run = 4, .steps = 4}, 16);
  ASSERT_EQ(b.size(), 10u);
  EXPECT_EQ(b[3].target, 16u);
  EXPECT_EQ(b[9].ky, 9u);
  EXPECT_EQ(b[9].target, 48u);
}

TEST(Conv, AccumulatorWraps) {
  // -128 * -128 * DEPTH * steps * 2^16 leaves int32; the low 32 bits count.
  const isa::Preset& edge = isa::kPresets[2];
  Fixture f(edge, 1);
  isa::Conv i{.inAddr = 0,
              .inRowPitch = 16,
              .strideY = 1,
              .inRowBytes = 16,
              .inHeight = 1,
              .kernelRows = 1,
              .kernelCols = 1,
              .stripe = 1,
              .run = 16,
              .steps = 1,
              .outAddr = 0x8000,
              .clampMin = -128,
              .clampMax = 127,
              .outHeight = 1,
              .outWidth = 1,
              .channels = 1,
              .shift = 0,
              .accShift = 31,
              .rounding = isa::Rounding::halfUp,
              .weightsAddr = 0x1000,
              .paramsAddr = 0x4000};
  std::fill_n(f.scratchpad.begin(), 16, uint8_t{0x80});
  std::fill_n(f.scratchpad.begin() + 0x1000, 256, uint8_t{0x80});
  std::fill_n(f.scratchpad.begin() + 0x4000, 256, uint8_t{0});
  f.scratchpad[0x4000] = 1;  // multiplier 1
  // acc = 2^18, shifted by 31: every bit is lost.
  EXPECT_EQ(f.run(i.encode())[0x8000], 0);
  i.accShift = 13;  // 2^31 wraps to the most negative value
  EXPECT_EQ(f.run(i.encode())[0x8000], 0x80);
}

}  // namespace
}  // namespace lilong::functional
