// SPDX-License-Identifier: Apache-2.0
// Average pooling, MEAN and softmax: every reachable sum against the interpreters' definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compiler/frontend/tflite.hpp"
#include "compiler/numerics/numerics.hpp"
#include "compiler/numerics/scale.hpp"
#include "tests/unit/compiler_frontend/network.hpp"

namespace lilong::numerics {
namespace {

using test::TestNetwork;

ir::Graph import(const TestNetwork& network) {
  auto graph = importTflite(network.finish(), "test.tflite");
  EXPECT_TRUE(graph.ok()) << graph.error().toString();
  return std::move(graph).value();
}

int32_t chipPool(const PoolParams& p, int32_t sum) {
  const auto acc = static_cast<int32_t>((static_cast<uint32_t>(sum) << p.accShift) +
                                        static_cast<uint32_t>(p.bias));
  return functional::finish(requantise(acc, p.multiplier, p.shift, p.rounding), p.zpOut, p.clampMin,
                            p.clampMax);
}

TEST(AveragePool, EverySumOfEveryCount) {
  TestNetwork n;
  n.tensors = {{.shape = {1, 4, 4, 8}, .scales = {0.1f}, .zeroPoints = {9}},
               {.shape = {1, 4, 4, 8}, .scales = {0.1f}, .zeroPoints = {9}}};
  n.ops = {{1,
            {0},
            {1},
            tflite::BuiltinOptions_Pool2DOptions,
            [](flatbuffers::FlatBufferBuilder& b) {
              return tflite::CreatePool2DOptions(b, tflite::Padding_SAME, 1, 1, 3, 3).Union();
            },
            {}}};
  n.inputs = {0};
  n.outputs = {1};
  const ir::Graph g = import(n);
  for (int32_t count :
       {1, 2, 3, 4, 6, 7, 9, 25, 49, 64, 81, 100, 125, 196, 255, 1023, 4096, 65025}) {
    const PoolParams p = averagePoolParams(g, g.ops[0], static_cast<uint32_t>(count));
    ASSERT_EQ(p.exactness.level, Exactness::Level::proved);
    for (int32_t sum = -128 * count; sum <= 127 * count; ++sum) {
      const int32_t want = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
      ASSERT_EQ(chipPool(p, sum), want) << sum << " / " << count;
    }
  }
}

ir::Graph meanGraph(int32_t height, int32_t width, float si, int64_t zi, float so, int64_t zo) {
  TestNetwork n;
  n.tensors = {{.shape = {1, height, width, 2}, .scales = {si}, .zeroPoints = {zi}},
               {.shape = {2},
                .type = tflite::TensorType_INT32,
                .scales = {},
                .zeroPoints = {},
                .data = test::bytesOfValues<int32_t>({1, -2})},
               {.shape = {1, 2}, .scales = {so}, .zeroPoints = {zo}}};
  n.ops = {{40, {0, 1}, {2}}};
  n.inputs = {0};
  n.outputs = {2};
  return import(n);
}

// XNNPACK's float32 formula, for every reachable sum; most quantisations have parameters.
TEST(Mean, FloatFormulaForEverySum) {
  std::mt19937 random(3);
  uint32_t missing = 0;
  constexpr int kCases = 120;
  for (int i = 0; i < kCases; ++i) {
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    const int32_t height = pick(1, 14), width = pick(1, 14), n = height * width;
    const float si = std::exp(std::uniform_real_distribution(-5.0f, 0.0f)(random));
    const int64_t zi = pick(-128, 127);
    const bool same = i % 4 == 0;
    const float so = same ? si : si * std::exp(std::uniform_real_distribution(-1.5f, 1.5f)(random));
    const int64_t zo = same ? zi : pick(-128, 127);
    const ir::Graph g = meanGraph(height, width, si, zi, so, zo);
    const auto p = meanParams(g, g.ops[0], Numerics::litert);
    if (!p) {
      ++missing;
      continue;
    }
    const float scale = (si / so) * (1.0f / static_cast<float>(n));
    const float offset = static_cast<float>(zo) + static_cast<float>(-n * zi) * scale;
    for (int32_t sum = -128 * n; sum <= 127 * n; ++sum) {
      const float y = static_cast<float>(sum) * scale + offset;
      ASSERT_EQ(chipPool(*p, sum), std::clamp(std::nearbyint(y), -128.0f, 127.0f))
          << "case " << i << " sum " << sum;
    }
  }
  EXPECT_LT(missing, kCases / 20);
}

// The reference kernels: 1/n folded into the multiplier, two roundings.
TEST(Mean, ReferenceFormulaForEverySum) {
  std::mt19937 random(4);
  for (int i = 0; i < 60; ++i) {
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    const int32_t height = pick(1, 14), width = pick(1, 14), n = height * width;
    const float si = std::exp(std::uniform_real_distribution(-5.0f, 0.0f)(random));
    const float so = si * std::exp(std::uniform_real_distribution(-1.5f, 1.5f)(random));
    const int64_t zi = pick(-128, 127), zo = pick(-128, 127);
    const ir::Graph g = meanGraph(height, width, si, zi, so, zo);
    const auto p = meanParams(g, g.ops[0], Numerics::tflm);
    ASSERT_TRUE(p.has_value());
    int exponent;
    auto m = static_cast<int64_t>(std::llround(
        std::frexp(static_cast<double>(si) / static_cast<double>(so), &exponent) * 0x1p31));
    const int k = std::min(static_cast<int>(std::log2(n)), 31 + exponent);
    m = (m << k) / n;
    exponent -= k;
    for (int32_t sum = -128 * n; sum <= 127 * n; ++sum) {
      const int64_t x = (sum - n * zi) * (exponent > 0 ? int64_t{1} << exponent : 1);
      const auto high = (x * m + (int64_t{1} << 30)) >> 31;
      const auto y =
          std::llround(std::ldexp(static_cast<double>(high), exponent < 0 ? exponent : 0));
      ASSERT_EQ(chipPool(*p, sum), std::clamp<int64_t>(y + zo, -128, 127)) << i << " " << sum;
    }
  }
}

TEST(Softmax, TableIsTheExponential) {
  TestNetwork n;
  n.tensors = {{.shape = {1, 10}, .scales = {0.07f}, .zeroPoints = {3}},
               {.shape = {1, 10}, .scales = {1.0f / 256}, .zeroPoints = {-128}}};
  n.ops = {{25,
            {0},
            {1},
            tflite::BuiltinOptions_SoftmaxOptions,
            [](flatbuffers::FlatBufferBuilder& b) {
              return tflite::CreateSoftmaxOptions(b, 0.5f).Union();
            },
            {}}};
  n.inputs = {0};
  n.outputs = {1};
  const ir::Graph g = import(n);
  const SoftmaxParams p = softmaxParams(g, g.ops[0], Numerics::litert);
  for (size_t d = 0; d < 256; ++d) {
    ASSERT_NEAR(p.exponentials[d], std::exp(-0.035 * static_cast<double>(d)) * 0x1p30, 40.0);
    ASSERT_LT(p.exponentials[d], 1u << 31);
  }
  EXPECT_EQ(p.exponentials[0], 1u << 30);
  EXPECT_EQ(p.zpOut, -128);
}

}  // namespace
}  // namespace lilong::numerics
