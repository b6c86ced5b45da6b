// SPDX-License-Identifier: Apache-2.0
// eltwise, softmax and copy against the manual.
#include "tests/unit/functional/fixture.hpp"

namespace lilong::functional {
namespace {

// rescale of the manual in 128 bits.
int32_t rescaled(int64_t x, uint32_t multiplier, unsigned h) {
  __int128 p = static_cast<__int128>(x) * multiplier;
  if (h > 0) {
    p += static_cast<__int128>(1) << (h - 1);
    if (h > 11) p += x < 0 ? -1024 : 1024;
    p >>= h;
  }
  return static_cast<int32_t>(static_cast<uint32_t>(p));
}

TEST(Eltwise, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Eltwise i;
    i.channels = static_cast<uint16_t>(f.between(1, 70));
    f.drawOutput(i, f.preset.scratchpadBytes / 2);
    f.drawPipeline(i, f.preset.scratchpadBytes / 8);
    i.aAddr = f.below(100);
    i.bAddr = f.preset.scratchpadBytes / 4 + f.below(100);
    i.aRowPitch = f.below(3) ? f.below(600) : 0;
    i.bRowPitch = f.below(3) ? f.below(600) : 0;
    i.aPixPitch = f.below(3) ? f.below(90) : 0;
    i.bPixPitch = f.below(3) ? f.below(90) : 0;
    i.zpA = f.byte();
    i.zpB = f.byte();
    i.binaryOp = static_cast<isa::BinaryOp>(f.below(6));
    i.bScalar = f.below(3) == 0;
    i.shiftA = static_cast<uint8_t>(f.below(64));
    i.shiftB = static_cast<uint8_t>(f.between(8, 20));
    i.multiplierA = f.rng() & 0x7fffffff;
    i.multiplierB = f.rng() & 0x7fffffff;
    i.multiplier = f.rng() & 0x7fffffff;
    std::vector<uint8_t> expected = f.scratchpad;
    for (uint32_t oy = 0; oy < i.outHeight; ++oy) {
      for (uint32_t ox = 0; ox < i.outWidth; ++ox) {
        const uint64_t pixel = i.outAddr + oy * i.outRowPitch + ox * i.outPixPitch;
        for (uint32_t c = 0; c < i.channels; ++c) {
          const int32_t a = f.signedAt(i.aAddr + oy * i.aRowPitch + ox * i.aPixPitch + c) - i.zpA;
          const int32_t b =
              f.signedAt(i.bAddr + oy * i.bRowPitch + ox * i.bPixPitch + (i.bScalar ? 0 : c)) -
              i.zpB;
          const int64_t ra = rescaled(a, i.multiplierA, i.shiftA);
          const int64_t rb = rescaled(b, i.multiplierB, i.shiftB);
          const std::array<int64_t, 6> acc{ra + rb,        ra - rb,        int64_t{a} * b,
                                           std::min(a, b), std::max(a, b), a};
          expected[pixel + c] =
              f.result(i, acc[static_cast<size_t>(i.binaryOp)], 0, i.multiplier, i.shift);
        }
        padPixel(expected, i, pixel);
      }
    }
    ASSERT_EQ(f.run(i.encode()), expected) << "seed " << seed;
  }
}

TEST(Softmax, IsCloseToTheRealFunctionAndPadsWithZeroPoint) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Softmax i;
    i.channels = static_cast<uint16_t>(f.between(1, 300));
    f.drawOutput(i, f.preset.scratchpadBytes / 2);
    i.zpOut = -128;
    i.inAddr = f.below(50);
    i.inRowPitch = 400 + f.below(100);
    i.inPixPitch = f.below(70);
    i.paramsAddr = f.preset.scratchpadBytes / 4;
    const double beta = 0.01 + 0.001 * f.below(300);
    for (uint32_t d = 0; d < 256; ++d) {
      // Bit 31 must be ignored.
      const auto e = static_cast<uint32_t>(std::lround(std::exp(-beta * d) * 1073741824.0)) |
                     (f.rng() & 0x80000000);
      for (uint32_t b = 0; b < 4; ++b)
        f.scratchpad[i.paramsAddr + 4 * d + b] = static_cast<uint8_t>(e >> (8 * b));
    }
    std::vector<uint8_t> expected = f.scratchpad;
    const std::vector<uint8_t> after = f.run(i.encode());
    for (uint32_t oy = 0; oy < i.outHeight; ++oy) {
      for (uint32_t ox = 0; ox < i.outWidth; ++ox) {
        const uint64_t in = i.inAddr + oy * i.inRowPitch + ox * i.inPixPitch;
        const uint64_t pixel = i.outAddr + oy * i.outRowPitch + ox * i.outPixPitch;
        int32_t largest = -128;
        double sum = 0;
        for (uint32_t c = 0; c < i.channels; ++c) largest = std::max(largest, f.signedAt(in + c));
        for (uint32_t c = 0; c < i.channels; ++c)
          sum += std::exp(-beta * (largest - f.signedAt(in + c)));
        for (uint32_t c = 0; c < i.channels; ++c) {
          const double real = 256 * std::exp(-beta * (largest - f.signedAt(in + c))) / sum - 128;
          const int32_t y = static_cast<int8_t>(after[pixel + c]);
          ASSERT_LE(std::abs(std::min(real, 127.0) - y), 0.5001) << "seed " << seed;
          expected[pixel + c] = after[pixel + c];
        }
        padPixel(expected, i, pixel);
      }
    }
    ASSERT_EQ(after, expected) << "seed " << seed;
  }
}

TEST(Softmax, ResultByTheFormulaInWideIntegers) {
  std::mt19937_64 rng(3);
  for (int n = 0; n < 200'000; ++n) {
    const uint64_t sum = (rng() & 0xffffffffffff) >> rng() % 48;
    if (sum == 0) continue;
    const auto e = static_cast<uint32_t>(std::min<uint64_t>(rng() & 0x7fffffff, sum));
    unsigned top = 0;
    while ((sum >> top) > 1) ++top;
    const unsigned __int128 normal = (static_cast<unsigned __int128>(sum) << 31) >> top;
    const unsigned __int128 r = (static_cast<unsigned __int128>(1) << 63) / normal;
    const unsigned __int128 y =
        (e * r + (static_cast<unsigned __int128>(1) << (23 + top))) >> (24 + top);
    const int64_t expected = std::min<int64_t>(-128 + static_cast<int64_t>(y), 127);
    ASSERT_EQ(softmaxResult(e, sum, -128), expected) << e << ' ' << sum;
  }
  EXPECT_EQ(softmaxResult(0, 0, -128), -128);
  EXPECT_EQ(softmaxResult(0, 0, 5), 5);
}

TEST(Copy, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Copy i;
    i.run = static_cast<uint16_t>(f.between(1, 20));
    i.count0 = static_cast<uint16_t>(f.between(1, 5));
    i.count1 = static_cast<uint16_t>(f.between(1, 4));
    i.count2 = static_cast<uint16_t>(f.between(1, 3));
    i.count3 = static_cast<uint16_t>(f.between(1, 3));
    i.srcAddr = f.below(50);
    i.dstAddr = f.preset.scratchpadBytes / 2 + f.below(50);
    const auto stride = [&] { return f.below(300); };
    i.srcStride0 = stride();
    i.srcStride1 = stride();
    i.srcStride2 = stride();
    i.srcStride3 = stride();
    i.dstStride0 = stride();
    i.dstStride1 = stride();
    i.dstStride2 = stride();
    i.dstStride3 = stride();
    i.fillEn = f.below(3) == 0;
    i.fillValue = static_cast<uint8_t>(f.byte());
    std::vector<uint8_t> expected = f.scratchpad;
    for (uint32_t i3 = 0; i3 < i.count3; ++i3)
      for (uint32_t i2 = 0; i2 < i.count2; ++i2)
        for (uint32_t i1 = 0; i1 < i.count1; ++i1)
          for (uint32_t i0 = 0; i0 < i.count0; ++i0)
            for (uint32_t b = 0; b < i.run; ++b)
              expected[i.dstAddr + i3 * i.dstStride3 + i2 * i.dstStride2 + i1 * i.dstStride1 +
                       i0 * i.dstStride0 + b] =
                  i.fillEn ? i.fillValue
                           : f.scratchpad[i.srcAddr + i3 * i.srcStride3 + i2 * i.srcStride2 +
                                          i1 * i.srcStride1 + i0 * i.srcStride0 + b];
    ASSERT_EQ(f.run(i.encode()), expected) << "seed " << seed;
  }
}

TEST(Vector, EmptyInstructionsDoNothing) {
  Fixture f(isa::kPresets[2], 9);
  EXPECT_EQ(f.run(isa::Copy{}.encode()), f.scratchpad);
  EXPECT_EQ(f.run(isa::Eltwise{}.encode()), f.scratchpad);
  EXPECT_EQ(f.run(isa::Softmax{}.encode()), f.scratchpad);
  EXPECT_EQ(f.run(isa::NopExec{}.encode()), f.scratchpad);
}

}  // namespace
}  // namespace lilong::functional
