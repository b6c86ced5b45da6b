// SPDX-License-Identifier: Apache-2.0
// Bounds of cycles.
#include <gtest/gtest.h>

#include "sim/isa/verify.hpp"
#include "tests/unit/isa/random_descriptor.hpp"

namespace lilong::isa {
namespace {

TEST(Cycles, BoundIsAboveMinimumForEveryDescriptor) {
  std::mt19937 rng(6);
  for (int i = 0; i < 20000; ++i) {
    const Descriptor d = randomFields(kInstructions[rng() % kInstructions.size()], rng);
    for (const Preset& p : kPresets) ASSERT_GE(cycleBound({&d, 1}, p), minimumCycles(d, p));
  }
}

TEST(Cycles, GrowsWithTheMemory) {
  const Descriptor d = Load{.rowBytes = 4096, .rows = 10, .planes = 1}.encode();
  const Preset& p = kPresets[2];
  EXPECT_LT(cycleBound({&d, 1}, p, {.latency = 10, .cyclesPerBeat = 1}), cycleBound({&d, 1}, p));
  EXPECT_GE(minimumCycles(d, p), 4096u * 10 / p.axiBytes);
}

TEST(Cycles, SaturatesInsteadOfWrapping) {
  const Descriptor d = Copy{.fillEn = true,
                            .run = 65535,
                            .count0 = 65535,
                            .count1 = 65535,
                            .count2 = 65535,
                            .count3 = 65535}
                           .encode();
  EXPECT_EQ(cycleBound({&d, 1}, kPresets[0]), UINT64_MAX);
}

TEST(Cycles, EmptyInstructionsCostNothingButTheirFetch) {
  const Descriptor d = NopExec{}.encode();
  EXPECT_EQ(minimumCycles(d, kPresets[0]), 0u);
  EXPECT_LT(cycleBound({&d, 1}, kPresets[0]), 10000u);
}

}  // namespace
}  // namespace lilong::isa
