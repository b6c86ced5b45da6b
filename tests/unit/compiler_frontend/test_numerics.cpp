// SPDX-License-Identifier: Apache-2.0
// Scales, prover, convolutions, elementwise operators and tables against plain statements of the
// interpreters' definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compiler/frontend/tflite.hpp"
#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/prover.hpp"
#include "tests/unit/compiler_frontend/network.hpp"

namespace lilong::numerics {
namespace {

using test::TestNetwork;

ir::Graph import(const TestNetwork& network) {
  auto graph = importTflite(network.finish(), "test.tflite");
  EXPECT_TRUE(graph.ok()) << graph.error().toString();
  return std::move(graph).value();
}

// x (and y) -> one operator without options -> result.
TestNetwork single(int32_t builtin, test::TestTensor x, test::TestTensor y) {
  TestNetwork n;
  n.tensors = {std::move(x), std::move(y)};
  n.ops = {{builtin, {0}, {1}}};
  n.inputs = {0};
  n.outputs = {1};
  return n;
}

TEST(Scale, FixedScaleIsNormalisedAndRounded) {
  for (double real : {1.0, 0.5, 0.75, 1e-9, 123.456, 0x1.fffffffffffffp-3}) {
    const FixedScale s = fixedScale(real);
    EXPECT_GE(s.multiplier, 1 << 30);
    EXPECT_NEAR(std::ldexp(s.multiplier, s.exponent - 31) / real, 1.0, 1e-9);
  }
  EXPECT_EQ(fixedScale(0.0).multiplier, 0);
  EXPECT_EQ(fixedScale(0x1p-33).multiplier, 0);    // dead channels
  EXPECT_NE(fixedScale(0x1.8p-32).multiplier, 0);  // the smallest living ones
  EXPECT_EQ(chipScale(0x1.8p-32).shift, 62);
  EXPECT_FALSE(chipScale(0x1p31).fits);
}

// The multiplier that the prover accepts gives the double-precision result for every accumulator,
// and where it claims wrong thresholds there are some.
TEST(Prover, HalfAwayAgainstEveryAccumulator) {
  std::mt19937_64 random(7);
  uint32_t repaired = 0, wrong = 0;
  for (int i = 0; i < 400; ++i) {
    const double real =
        std::exp(std::uniform_real_distribution(std::log(2e-5), std::log(0.5))(random));
    const auto reach = static_cast<int64_t>(300 / real);
    const HalfAwayScale solved = solveHalfAway(real, {-reach, reach, -256, 256});
    uint64_t differences = 0;
    for (int32_t k = -256; k <= 256; ++k) {
      const auto centre = static_cast<int64_t>(std::llround((k - 0.5) / real));
      for (int64_t acc = centre - 3; acc <= centre + 3; ++acc) {
        const auto want = static_cast<int64_t>(std::round(static_cast<double>(acc) * real));
        differences += requantise(static_cast<int32_t>(acc), solved.scale.multiplier,
                                  solved.scale.shift, isa::Rounding::halfAway) != want;
      }
    }
    EXPECT_EQ(differences > 0, solved.wrongSteps > 0) << real;
    wrong += solved.wrongSteps > 0;
    repaired += solved.wrongSteps == 0 && solved.scale.multiplier != chipScale(real).multiplier;
  }
  EXPECT_GT(repaired, 0u);  // a searched multiplier helped
  EXPECT_LT(wrong, 60u);
}

TEST(Conv, BiasHoldsTheInputZeroPoint) {
  const ir::Graph g = import(test::smallNetwork());
  for (Numerics n : {Numerics::tflm, Numerics::litertRef, Numerics::litert}) {
    const ConvParams p = convParams(g, g.ops[0], n);
    ASSERT_EQ(p.bias.size(), 4u);
    EXPECT_TRUE(p.perChannel);
    EXPECT_EQ(p.padValue, -7);
    EXPECT_EQ(p.zpOut, -128);
    EXPECT_EQ(p.clampMin, -128);  // RELU at zero point -128
    EXPECT_EQ(p.exactness.level, Exactness::Level::proved);
    const auto weights = g.input(g.ops[0], 1).int8Data();
    int32_t sum = 0;
    for (size_t i = 27; i < 54; ++i) sum += weights[i];
    EXPECT_EQ(p.bias[1], -200 + 7 * sum);
    EXPECT_NEAR(std::ldexp(p.multiplier[2], -p.shift[2]) / (0.1 * 0.003 / 0.2), 1.0, 1e-6);
  }
  EXPECT_EQ(convParams(g, g.ops[0], Numerics::litert).rounding, isa::Rounding::f32Rne);
  EXPECT_EQ(convParams(g, g.ops[0], Numerics::litert).multiplier[0] % 128, 0u);
  EXPECT_EQ(convParams(g, g.ops[0], Numerics::tflm).rounding, isa::Rounding::gemmlowp);
}

// Two roundings as gemmlowp states them: doubling high multiplication, then division by a power of
// two with ties away from zero.
int32_t gemmlowp(int32_t x, double real) {
  int exponent;
  auto m = static_cast<int64_t>(std::llround(std::frexp(real, &exponent) * 0x1p31));
  if (m == int64_t{1} << 31) {
    m /= 2;
    ++exponent;
  }
  const int64_t left = exponent > 0 ? int64_t{x} << exponent : x;
  const auto high =
      static_cast<int64_t>(std::floor(static_cast<long double>(left * m) * 0x1p-31L + 0.5L));
  const int right = exponent > 0 ? 0 : -exponent;
  return static_cast<int32_t>(std::llround(static_cast<long double>(high) / (int64_t{1} << right)));
}

int32_t chipEltwise(const EltwiseParams& p, int32_t a, int32_t b) {
  const int32_t ra = functional::rescale(a - p.zpA, p.multiplierA, p.shiftA);
  const int32_t rb = functional::rescale(b - p.zpB, p.multiplierB, p.shiftB);
  const int32_t acc = p.op == isa::BinaryOp::add   ? ra + rb
                      : p.op == isa::BinaryOp::sub ? ra - rb
                                                   : (a - p.zpA) * (b - p.zpB);
  return functional::finish(requantise(acc, p.multiplier, p.shift, p.rounding), p.zpOut, p.clampMin,
                            p.clampMax);
}

TEST(Eltwise, SumsOfAllBytePairs) {
  auto network = test::smallNetwork();
  for (const auto& [sa, sb, sy] :
       {std::tuple{0.2f, 0.03f, 0.25f}, {0.01f, 0.5f, 0.3f}, {0.1f, 0.1f, 0.05f}}) {
    network.tensors[3].scales = {sa};
    network.tensors[4].scales = {sb};
    network.tensors[5].scales = {sy};
    network.tensors[7].scales = {sy};
    const ir::Graph g = import(network);
    const EltwiseParams ref = eltwiseParams(g, g.ops[1], Numerics::litertRef);
    const EltwiseParams xnn = eltwiseParams(g, g.ops[1], Numerics::litert);
    const double twice = 2.0 * std::max(sa, sb);
    const float ra = sa / sy, rb = sb / sy;
    const int shift = 20 - std::ilogb(std::max(ra, rb));
    const auto ma = std::llrint(std::ldexp(ra, shift)), mb = std::llrint(std::ldexp(rb, shift));
    for (int32_t a = -128; a < 128; ++a) {
      for (int32_t b = -128; b < 128; ++b) {
        const int32_t sum =
            gemmlowp((a + 128) * (1 << 20), sa / twice) + gemmlowp((b - 5) * (1 << 20), sb / twice);
        const int32_t y = gemmlowp(sum, twice / (0x1p20 * sy)) + 3;
        ASSERT_EQ(chipEltwise(ref, a, b), std::clamp(y, -128, 127)) << a << " " << b;
        const auto total = static_cast<double>((a + 128) * ma + (b - 5) * mb);
        const auto x = static_cast<int64_t>(std::floor(std::ldexp(total, -shift) + 0.5)) + 3;
        ASSERT_EQ(chipEltwise(xnn, a, b), std::clamp<int64_t>(x, -128, 127)) << a << " " << b;
      }
    }
  }
}

TEST(Tables, QuantizeBetweenSignedAndUnsignedMovesBy128) {
  for (Numerics n : {Numerics::tflm, Numerics::litertRef, Numerics::litert}) {
    const ir::Graph g = import(single(
        114,
        {.shape = {1, 32}, .type = tflite::TensorType_UINT8, .scales = {0.5f}, .zeroPoints = {130}},
        {.shape = {1, 32}, .scales = {0.5f}, .zeroPoints = {2}}));
    const UnaryTable t = unaryTable(g, g.ops[0], n);
    EXPECT_FALSE(t.identity);
    for (size_t i = 0; i < 256; ++i) ASSERT_EQ(t.bytes[i], i ^ 0x80);
  }
}

TEST(Tables, ReluWithEqualScalesClamps) {
  for (Numerics n : {Numerics::tflm, Numerics::litertRef, Numerics::litert}) {
    const ir::Graph g = import(single(21, {.shape = {8}, .scales = {0.1f}, .zeroPoints = {-20}},
                                      {.shape = {8}, .scales = {0.1f}, .zeroPoints = {-20}}));
    const UnaryTable t = unaryTable(g, g.ops[0], n);
    for (int32_t x = -128; x < 128; ++x) {
      const auto y = static_cast<int8_t>(t.bytes[static_cast<uint8_t>(x)]);
      ASSERT_EQ(y, std::clamp(x, -20, 40)) << x;
    }
  }
}

// Every table of a smooth function lies within one step of its real value.
TEST(Tables, FollowTheirFunctions) {
  struct Function {
    int32_t builtin;
    float scale;
    int64_t zero;
    double (*value)(double);
    double tolerance;
  };
  const Function functions[] = {
      {14, 1.0f / 256, -128, [](double x) { return 1 / (1 + std::exp(-x)); }, 0.51},
      {28, 1.0f / 128, 0, [](double x) { return std::tanh(x); }, 0.51},
      {117, 0.03f, 4, [](double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; }, 1.01},
      {111, 0.04f, -90, [](double x) { return x < 0 ? std::expm1(x) : x; }, 0.51},
      {101, 0.03f, -128, [](double x) { return std::abs(x); }, 1.01},
  };
  for (const Function& f : functions) {
    for (Numerics n : {Numerics::tflm, Numerics::litertRef, Numerics::litert}) {
      const ir::Graph g =
          import(single(f.builtin, {.shape = {1, 8}, .scales = {0.043f}, .zeroPoints = {11}},
                        {.shape = {1, 8}, .scales = {f.scale}, .zeroPoints = {f.zero}}));
      const UnaryTable t = unaryTable(g, g.ops[0], n);
      for (int32_t x = -128; x < 128; ++x) {
        const double real = f.value(0.043f * (x - 11)) / f.scale + static_cast<double>(f.zero);
        const auto y = static_cast<int8_t>(t.bytes[static_cast<uint8_t>(x)]);
        ASSERT_NEAR(y, std::clamp(real, -128.0, 127.0), f.tolerance) << f.builtin << " at " << x;
      }
    }
  }
}

TEST(Names, AreInverse) {
  for (Numerics n : {Numerics::tflm, Numerics::litertRef, Numerics::litert}) {
    EXPECT_EQ(numericsFromName(toString(n)), n);
  }
  EXPECT_EQ(numericsFromName("ort"), std::nullopt);
}

}  // namespace
}  // namespace lilong::numerics
