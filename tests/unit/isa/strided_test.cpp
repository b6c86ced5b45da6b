// SPDX-License-Identifier: Apache-2.0
// StridedSet::meets against sets of single bytes.
#include "sim/isa/strided.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace lilong::isa {
namespace {

std::vector<bool> bytesOf(const Footprint& f) {
  std::vector<bool> bytes(1 << 14);
  std::array<uint64_t, 4> count{1, 1, 1, 1}, stride{};
  for (uint32_t i = 0; i < f.numTerms; ++i) {
    count[i] = f.terms[i].count;
    stride[i] = f.terms[i].stride;
  }
  for (uint64_t a = 0; a < count[0]; ++a)
    for (uint64_t b = 0; b < count[1]; ++b)
      for (uint64_t c = 0; c < count[2]; ++c)
        for (uint64_t d = 0; d < count[3]; ++d)
          for (uint64_t e = 0; e < f.extent; ++e)
            bytes[f.base + a * stride[0] + b * stride[1] + c * stride[2] + d * stride[3] + e] =
                true;
  return bytes;
}

Footprint draw(std::mt19937& rng) {
  Footprint f;
  f.base = rng() % 400;
  f.extent = 1 + rng() % 12;
  f.numTerms = rng() % 5;
  for (uint32_t i = 0; i < f.numTerms; ++i) {
    f.terms[i].count = 1 + rng() % 6;
    constexpr uint64_t kStrides[] = {0, 8, 16, 24, 32, 48, 64, 96, 128, 192};
    f.terms[i].stride = rng() % 4 ? kStrides[rng() % 10] : rng() % 130;
  }
  return f;
}

TEST(StridedSet, MeetsIsExact) {
  std::mt19937 rng(5);
  int met = 0, apart = 0;
  for (int i = 0; i < 20000; ++i) {
    const Footprint a = draw(rng), b = draw(rng);
    const std::vector<bool> bytesA = bytesOf(a), bytesB = bytesOf(b);
    bool expected = false;
    for (size_t k = 0; k < bytesA.size(); ++k) expected = expected || (bytesA[k] && bytesB[k]);
    ASSERT_EQ(StridedSet(a).meets(StridedSet(b)), expected) << "draw " << i;
    ASSERT_EQ(StridedSet(b).meets(StridedSet(a)), expected) << "draw " << i;
    ASSERT_EQ(StridedSet(a).end(), a.end());
    met += expected;
    apart += !expected;
  }
  EXPECT_GT(met, 1000);
  EXPECT_GT(apart, 1000);
}

TEST(StridedSet, ConcatenationByPitchIsApart) {
  const Footprint a{"a", Space::scratchpad, true, 0, 0, 16, 2, {{{56, 56 * 24}, {56, 24}}}};
  Footprint b{"b", Space::scratchpad, true, 0, 16, 8, 2, {{{56, 56 * 24}, {56, 24}}}};
  EXPECT_FALSE(StridedSet(a).meets(StridedSet(b)));
  b.base = 15;
  EXPECT_TRUE(StridedSet(a).meets(StridedSet(b)));
}

TEST(StridedSet, WildSetsEndQuickly) {
  const Footprint a{
      "a", Space::region, true, 0, 0, 1, 2, {{{65535, 0xfffffffd}, {65535, 0xfffffff1}}}};
  const Footprint b{
      "b", Space::region, true, 0, 3, 1, 2, {{{65535, 0xfffffffb}, {65535, 0xfffffff7}}}};
  StridedSet(a).meets(StridedSet(b));
}

}  // namespace
}  // namespace lilong::isa
