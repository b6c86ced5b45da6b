// SPDX-License-Identifier: Apache-2.0
// dwconv and pool against the sums that the manual states.
#include "tests/unit/functional/fixture.hpp"

namespace lilong::functional {
namespace {

// Pass and slot of kernel position (ky, kx) by the table of the manual; pass counts from 0.
struct Place {
  uint32_t pass, slot;
};
Place place(uint32_t cols, uint32_t depth, uint32_t ky, uint32_t kx) {
  uint32_t tapRows = 1, tapCols = depth;
  if (cols <= depth / 3) {
    tapRows = 3;
    tapCols = depth / 3;
  } else if (cols <= depth / 2) {
    tapRows = 2;
    tapCols = depth / 2;
  }
  const uint32_t colPasses = (cols + tapCols - 1) / tapCols;
  const uint32_t k0 = kx / tapCols * tapCols;
  const uint32_t n = std::min(tapCols, cols - k0);
  return {ky / tapRows * colPasses + kx / tapCols, ky % tapRows * tapCols + (k0 + n - 1 - kx)};
}

template <typename Instruction>
void drawWindow(Fixture& f, Instruction& i) {
  i.channels = static_cast<uint16_t>(f.between(1, 2 * f.preset.lanes + 3));
  i.pixPitch = f.below(4) == 0 ? f.between(1, 40) : i.channels + f.below(4);
  f.drawInput(i, i.pixPitch);
  f.drawOutput(i, f.preset.scratchpadBytes / 2);
  f.drawPipeline(i, f.preset.scratchpadBytes / 8);
  i.strideX = static_cast<uint16_t>(f.between(0, 3));
  i.kernelRows = static_cast<uint8_t>(f.below(6));
  i.kernelCols = static_cast<uint8_t>(f.below(3) == 0 ? f.between(1, 20) : f.between(1, 5));
  i.steps = static_cast<uint8_t>(f.between(1, 9));
}

// The input of channel c under tap (ky, kx); false: outside of the image.
template <typename Instruction>
bool input(const Fixture& f, const Instruction& i, int64_t oy, int64_t ox, int64_t ky, int64_t kx,
           int64_t c, int32_t& value) {
  const int64_t iy = oy * i.strideY - i.padTop + ky * i.dilationY;
  const int64_t xb = (ox * i.strideX + kx) * i.pixPitch - i.padLeft;
  value = i.padValue;
  if (iy < 0 || iy >= i.inHeight || xb < 0 || xb + c >= int64_t{i.inRowBytes}) return false;
  value = f.signedAt(i.inAddr + static_cast<uint64_t>(iy * i.inRowPitch + xb + c));
  return true;
}

TEST(Dwconv, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 240; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Dwconv i;
    drawWindow(f, i);
    i.weightsAddr = f.preset.scratchpadBytes / 4;
    i.perChannel = f.below(2);
    i.accShift = static_cast<uint8_t>(f.below(4));
    std::vector<uint8_t> expected = f.scratchpad;
    const uint32_t lanes = isa::windowLanes(f.preset), depth = f.preset.depth;
    for (uint32_t oy = 0; oy < i.outHeight; ++oy) {
      for (uint32_t ox = 0; ox < i.outWidth; ++ox) {
        const uint64_t pixel = i.outAddr + oy * i.outRowPitch + ox * i.outPixPitch;
        for (uint32_t c = 0; c < i.channels; ++c) {
          int64_t acc = 0;
          for (uint32_t ky = 0; ky < i.kernelRows; ++ky) {
            for (uint32_t kx = 0; kx < i.kernelCols; ++kx) {
              const Place at = place(i.kernelCols, depth, ky, kx);
              int32_t value = 0;
              input(f, i, oy, ox, ky, kx, c, value);
              if (at.pass < i.steps)
                acc += value *
                       f.signedAt(i.weightsAddr +
                                  ((c / lanes * i.steps + at.pass) * lanes + c % lanes) * depth +
                                  at.slot);
            }
          }
          expected[pixel + c] = f.channelResult(i, c, acc);
        }
        padPixel(expected, i, pixel);
      }
    }
    ASSERT_EQ(f.run(i.encode()), expected) << "seed " << seed;
  }
}

TEST(Pool, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 240; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Pool i;
    drawWindow(f, i);
    i.poolOp = static_cast<isa::PoolOp>(f.below(2));
    i.bias = static_cast<int32_t>(f.rng()) >> 16;
    i.multiplier = f.rng() & 0x7fffffff;
    i.accShift = static_cast<uint8_t>(f.below(4));
    std::vector<uint8_t> expected = f.scratchpad;
    for (uint32_t oy = 0; oy < i.outHeight; ++oy) {
      for (uint32_t ox = 0; ox < i.outWidth; ++ox) {
        const uint64_t pixel = i.outAddr + oy * i.outRowPitch + ox * i.outPixPitch;
        for (uint32_t c = 0; c < i.channels; ++c) {
          int64_t acc = i.poolOp == isa::PoolOp::max ? -128 : 0;
          for (uint32_t ky = 0; ky < i.kernelRows; ++ky) {
            for (uint32_t kx = 0; kx < i.kernelCols; ++kx) {
              if (place(i.kernelCols, f.preset.depth, ky, kx).pass >= i.steps) continue;
              int32_t value = 0;
              const bool inside = input(f, i, oy, ox, ky, kx, c, value);
              if (i.poolOp == isa::PoolOp::sum)
                acc += value;
              else if (inside)
                acc = std::max<int64_t>(acc, value);
            }
          }
          expected[pixel + c] =
              f.result(i, acc, static_cast<uint32_t>(i.bias), i.multiplier, i.shift);
        }
        padPixel(expected, i, pixel);
      }
    }
    ASSERT_EQ(f.run(i.encode()), expected) << "seed " << seed;
  }
}

TEST(Window, PassTableOfTheManual) {
  EXPECT_EQ(passShape(5, 16).tapRows, 3u);
  EXPECT_EQ(passShape(5, 16).tapCols, 5u);
  EXPECT_EQ(passShape(6, 16).tapRows, 2u);
  EXPECT_EQ(passShape(8, 16).tapCols, 8u);
  EXPECT_EQ(passShape(9, 16).tapRows, 1u);
  EXPECT_EQ(passShape(3, 8).tapRows, 2u);
}

}  // namespace
}  // namespace lilong::functional
