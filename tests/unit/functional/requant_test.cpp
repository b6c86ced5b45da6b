// SPDX-License-Identifier: Apache-2.0
// The requantiser against the frameworks' own definitions, in plain big-integer and float32
// arithmetic.
#include "sim/functional/requant.hpp"

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <random>

namespace lilong::functional {
namespace {

using isa::Rounding;
using Wide = __int128;

Wide floorShift(Wide value, unsigned shift) {
  const Wide divisor = Wide{1} << shift;
  Wide quotient = value / divisor;
  if (value % divisor < 0) --quotient;
  return quotient;
}
Wide halfUp(Wide value, unsigned shift) {
  return shift == 0 ? value : floorShift(value + (Wide{1} << (shift - 1)), shift);
}
Wide halfAway(Wide value, unsigned shift) {
  const Wide magnitude = value < 0 ? -value : value;
  const Wide rounded = halfUp(magnitude, shift);
  return value < 0 ? -rounded : rounded;
}
int32_t saturated(Wide value) {
  if (value > INT32_MAX) return INT32_MAX;
  if (value < INT32_MIN) return INT32_MIN;
  return static_cast<int32_t>(value);
}

// Accumulators around everything that can go wrong: small, large, and near ties.
class Draw {
 public:
  int32_t acc() {
    switch (rng_() % 5) {
      case 0:
        return static_cast<int32_t>(rng_() % 2001) - 1000;
      case 1:
        return static_cast<int32_t>(rng_());
      case 2:
        return static_cast<int32_t>(rng_() % 20) + (rng_() % 2 ? INT32_MIN : INT32_MAX - 20);
      case 3:
        return static_cast<int32_t>(uint32_t{1} << rng_() % 32) + static_cast<int32_t>(rng_() % 3) -
               1;
      default:
        return static_cast<int32_t>(rng_() % (1u << 25)) - (1 << 24);
    }
  }
  uint32_t multiplier() {
    switch (rng_() % 4) {
      case 0:
        return 0x40000000u | (rng_() & 0x3fffffff);
      case 1:
        return uint32_t{1} << rng_() % 31;
      case 2:
        return 0x40000000u;
      default:
        return rng_() & kMultiplierMask;
    }
  }
  unsigned shift() { return rng_() % 64; }

 private:
  std::mt19937 rng_{20261122};
};

constexpr int kDraws = 1'000'000;

TEST(Requantise, HalfUpIsFloorOfValuePlusHalf) {
  Draw draw;
  for (int i = 0; i < kDraws; ++i) {
    const int32_t a = draw.acc();
    const uint32_t m = draw.multiplier();
    const unsigned s = draw.shift();
    ASSERT_EQ(requantise<Rounding::halfUp>(a, m, s), saturated(halfUp(Wide{a} * m, s)))
        << a << ' ' << m << ' ' << s;
  }
}

TEST(Requantise, HalfAwayIsRoundOfMagnitude) {
  Draw draw;
  for (int i = 0; i < kDraws; ++i) {
    const int32_t a = draw.acc();
    const uint32_t m = draw.multiplier();
    const unsigned s = draw.shift();
    ASSERT_EQ(requantise<Rounding::halfAway>(a, m, s), saturated(halfAway(Wide{a} * m, s)))
        << a << ' ' << m << ' ' << s;
  }
}

// SaturatingRoundingDoublingHighMul of gemmlowp: truncating division with a signed nudge.
Wide doublingHighMul(Wide a, Wide b) {
  const Wide ab = a * b;
  const Wide nudge = ab >= 0 ? Wide{1} << 30 : 1 - (Wide{1} << 30);
  return (ab + nudge) / (Wide{1} << 31);
}

// RoundingDivideByPOT of gemmlowp, by remainder and threshold.
Wide divideByPowerOfTwo(Wide x, unsigned exponent) {
  const Wide mask = (Wide{1} << exponent) - 1;
  const Wide remainder = x & mask;
  const Wide threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return floorShift(x, exponent) + (remainder > threshold ? 1 : 0);
}

TEST(Requantise, GemmlowpIsItsTwoSteps) {
  Draw draw;
  for (int i = 0; i < kDraws; ++i) {
    const int32_t a = draw.acc();
    const uint32_t m = draw.multiplier();
    const unsigned s = draw.shift();
    const unsigned left = s < 31 ? 31 - s : 0, right = s > 31 ? s - 31 : 0;
    const Wide expected = divideByPowerOfTwo(doublingHighMul(Wide{a} << left, m), right);
    ASSERT_EQ(requantise<Rounding::gemmlowp>(a, m, s), saturated(expected))
        << a << ' ' << m << ' ' << s;
  }
}

TEST(Requantise, RuyIsTwoRoundingsHalfUp) {
  Draw draw;
  for (int i = 0; i < kDraws; ++i) {
    const int32_t a = draw.acc();
    const uint32_t m = draw.multiplier();
    const unsigned s = draw.shift();
    const Wide expected =
        s <= 31 ? halfUp(Wide{a} * m, s) : halfUp(halfUp(Wide{a} * m, 31), s - 31);
    ASSERT_EQ(requantise<Rounding::ruy>(a, m, s), saturated(expected)) << a << ' ' << m << ' ' << s;
  }
}

TEST(Requantise, F32RneIsFloat32Arithmetic) {
  ASSERT_EQ(std::fegetround(), FE_TONEAREST);
  Draw draw;
  for (int i = 0; i < kDraws; ++i) {
    const int32_t a = draw.acc();
    const uint32_t m = draw.multiplier();
    const unsigned s = draw.shift();
    const unsigned t = s > 7 ? s - 7 : 0;
    // The scale is a float32 of 24 significant bits: (M >> 7) / 2^t, exactly.
    const float scale = std::ldexp(static_cast<float>(m >> 7), -static_cast<int>(t));
    const volatile float product = static_cast<float>(a) * scale;
    const double rounded = std::nearbyint(static_cast<double>(product));
    const double limited = std::min(std::max(rounded, -2147483648.0), 2147483647.0);
    ASSERT_EQ(requantise<Rounding::f32Rne>(a, m, s), static_cast<int32_t>(limited))
        << a << ' ' << m << ' ' << s;
  }
}

TEST(Requantise, KnownTies) {
  // 5 * 2^30 / 2^31 = 2.5 and its negative.
  constexpr uint32_t kHalf = 1u << 30;
  EXPECT_EQ(requantise<Rounding::halfUp>(5, kHalf, 31), 3);
  EXPECT_EQ(requantise<Rounding::halfUp>(-5, kHalf, 31), -2);
  EXPECT_EQ(requantise<Rounding::halfAway>(5, kHalf, 31), 3);
  EXPECT_EQ(requantise<Rounding::halfAway>(-5, kHalf, 31), -3);
  EXPECT_EQ(requantise<Rounding::f32Rne>(5, kHalf, 31), 2);
  EXPECT_EQ(requantise<Rounding::f32Rne>(-5, kHalf, 31), -2);
  // 5 * 2^30 / 2^32 = 1.25: the first rounding makes 3, the second 3 / 2 = 1.5.
  EXPECT_EQ(requantise<Rounding::ruy>(5, kHalf, 32), 2);
  EXPECT_EQ(requantise<Rounding::gemmlowp>(5, kHalf, 32), 2);
  EXPECT_EQ(requantise<Rounding::halfUp>(5, kHalf, 32), 1);
  EXPECT_EQ(requantise<Rounding::ruy>(-5, kHalf, 32), -1);       // -2.5 -> -2 -> -1
  EXPECT_EQ(requantise<Rounding::gemmlowp>(-7, kHalf, 32), -2);  // -3.5 -> -3 -> -1.5 -> -2
  EXPECT_EQ(requantise<Rounding::ruy>(-7, kHalf, 32), -1);
}

TEST(Requantise, ShiftZeroSaturates) {
  for (Rounding mode : {Rounding::halfUp, Rounding::halfAway, Rounding::ruy, Rounding::gemmlowp}) {
    EXPECT_EQ(requantise(1000, 0x7fffffff, 0, mode), INT32_MAX);
    EXPECT_EQ(requantise(-1000, 0x7fffffff, 0, mode), INT32_MIN);
    EXPECT_EQ(requantise(-7, 3, 0, mode), -21);
  }
}

TEST(Rescale, IsGemmlowpWithLeftShift20) {
  std::mt19937 rng(7);
  for (int i = 0; i < 200'000; ++i) {
    const int32_t x = static_cast<int32_t>(rng() % 511) - 255;
    const uint32_t m = 0x40000000u | (rng() & 0x3fffffff);
    const unsigned h = 11 + rng() % 20;
    const Wide expected = divideByPowerOfTwo(doublingHighMul(Wide{x} << 20, m), h - 11);
    ASSERT_EQ(rescale(x, m, h), static_cast<int32_t>(expected)) << x << ' ' << m << ' ' << h;
  }
}

TEST(Rescale, ShiftZeroKeepsTheLowWord) {
  EXPECT_EQ(rescale(255, 0x7fffffff, 0),
            static_cast<int32_t>(static_cast<uint32_t>(255u * 0x7fffffffu)));
  EXPECT_EQ(rescale(-3, 5, 0), -15);
}

TEST(Finish, UpperClampWins) {
  EXPECT_EQ(finish(INT32_MAX, 127, -128, 127), 127);
  EXPECT_EQ(finish(INT32_MIN, -128, -128, 127), -128);
  EXPECT_EQ(finish(0, 0, 10, -10), -10);
  EXPECT_EQ(finish(20, 3, 0, 100), 23);
}

}  // namespace
}  // namespace lilong::functional
