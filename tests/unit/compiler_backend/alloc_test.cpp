// SPDX-License-Identifier: Apache-2.0
// The allocator against its validator, and the validator against allocations that are wrong.
#include <gtest/gtest.h>

#include <random>

#include "compiler/alloc/buffer.hpp"

namespace lilong::backend {
namespace {

std::vector<Buffer> randomBuffers(std::mt19937& rng, size_t count, uint64_t largest) {
  std::vector<Buffer> buffers;
  for (size_t i = 0; i < count; ++i) {
    const auto first = static_cast<uint32_t>(rng() % 100);
    buffers.push_back({1 + rng() % largest, first, first + static_cast<uint32_t>(rng() % 10), 0});
  }
  return buffers;
}

TEST(Allocate, RandomBuffersPassTheValidator) {
  std::mt19937 rng(1);
  int placed = 0;
  for (int round = 0; round < 200; ++round) {
    auto buffers = randomBuffers(rng, 1 + rng() % 60, 6000);
    if (allocate(buffers, 65536, 128)) continue;
    ++placed;
    EXPECT_EQ(validateAllocation(buffers, 65536, 128), std::nullopt);
  }
  EXPECT_GT(placed, 100);
}

TEST(Allocate, FillsTheScratchpadCompletely) {
  std::vector<Buffer> buffers(8, Buffer{1024, 0, 3, 0});
  EXPECT_FALSE(allocate(buffers, 8192, 128));
  EXPECT_EQ(validateAllocation(buffers, 8192, 128), std::nullopt);
}

TEST(Allocate, NamesABufferThatDoesNotFit) {
  std::vector<Buffer> buffers{{1024, 0, 3, 0}, {8000, 2, 5, 0}};
  const auto failed = allocate(buffers, 8192, 128);
  ASSERT_TRUE(failed);
  EXPECT_EQ(*failed, 1u);
}

TEST(Allocate, TakesThePlaceThatHasBeenFreeLongest) {
  // Two places are free at time 4; the one released at time 1 is taken.
  std::vector<Buffer> buffers{{1024, 0, 3, 0}, {1024, 0, 1, 0}, {1024, 4, 5, 0}};
  ASSERT_FALSE(allocate(buffers, 2048, 128));
  EXPECT_EQ(buffers[2].address, buffers[1].address);
}

TEST(ValidateAllocation, SeesEveryKindOfMistake) {
  const std::vector<Buffer> good{{100, 0, 3, 0}, {100, 3, 4, 128}, {100, 4, 5, 0}};
  EXPECT_EQ(validateAllocation(good, 256, 128), std::nullopt);
  auto overlap = good;
  overlap[1].address = 0;
  EXPECT_TRUE(validateAllocation(overlap, 256, 128));
  auto outside = good;
  outside[2].address = 256;
  EXPECT_TRUE(validateAllocation(outside, 256, 128));
  auto unaligned = good;
  unaligned[2].address = 64;
  EXPECT_TRUE(validateAllocation(unaligned, 256, 128));
  auto backwards = good;
  backwards[0].last = 0, backwards[0].first = 1;
  EXPECT_TRUE(validateAllocation(backwards, 256, 128));
}

}  // namespace
}  // namespace lilong::backend
