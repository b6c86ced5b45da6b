// SPDX-License-Identifier: Apache-2.0
// Walks, windows, transfers and strided copies against direct enumeration.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compiler/lower/conv_kernel.hpp"
#include "compiler/lower/strides.hpp"
#include "compiler/lower/window_kernels.hpp"
#include "compiler/tile/transfer.hpp"

namespace lilong::backend {
namespace {

TEST(WalkK, PacksKernelRowsAsTheManualSays) {
  // 3x3x3 at depth 16: nine bytes of row 0 and seven of row 1, then the rest.
  const auto steps = walkK(16, 3, 9);
  ASSERT_EQ(steps.size(), 2u);
  ASSERT_EQ(steps[0].size(), 2u);
  EXPECT_EQ(steps[0][1].length, 7u);
  ASSERT_EQ(steps[1].size(), 2u);
  EXPECT_EQ(steps[1][0].begin, 7u);
  EXPECT_EQ(steps[1][1].length, 9u);
  // 10x4x1: three pieces a step at most.
  EXPECT_EQ(walkK(16, 10, 4).size(), 4u);
}

TEST(WalkK, CoversEveryByteOnce) {
  for (uint32_t depth : {8u, 16u, 32u}) {
    for (uint32_t rows = 1; rows < 8; ++rows) {
      for (uint32_t run = 1; run < 40; ++run) {
        std::map<std::pair<uint32_t, uint32_t>, int> seen;
        for (const auto& step : walkK(depth, rows, run)) {
          uint32_t bytes = 0;
          EXPECT_LE(step.size(), isa::kStreams);
          for (const Piece& piece : step) {
            bytes += piece.length;
            for (uint32_t b = 0; b < piece.length; ++b) ++seen[{piece.row, piece.begin + b}];
          }
          EXPECT_LE(bytes, depth);
        }
        EXPECT_EQ(seen.size(), size_t{rows} * run);
        for (const auto& [byte, times] : seen) EXPECT_EQ(times, 1);
      }
    }
  }
}

TEST(PassShape, FollowsTheTableOfTheManual) {
  EXPECT_EQ(passShape(16, 3, 3).passes, 1u);
  EXPECT_EQ(passShape(16, 5, 5).passes, 2u);
  EXPECT_EQ(passShape(16, 7, 7).passes, 4u);
  EXPECT_EQ(passShape(16, 1, 16).passes, 1u);
  EXPECT_EQ(passShape(16, 2, 17).passes, 4u);
  EXPECT_EQ(passShape(8, 3, 3).passes, 2u);
}

TEST(CountRuns, CountsElementsInsideTheImage) {
  // Kernel 3, stride 1, one row of padding on both sides of 5 rows.
  const auto runs = countRuns({3, 1, 1, 1}, 5, 5);
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[0].count, 2u);
  EXPECT_EQ(runs[1].outputs, (Range{1, 4}));
  EXPECT_EQ(runs[1].count, 3u);
  EXPECT_EQ(runs[2].count, 2u);
}

TEST(BalancedStripe, SplitsEvenly) {
  EXPECT_EQ(balancedStripe(36), 18);
  EXPECT_EQ(balancedStripe(32), 32);
  EXPECT_EQ(balancedStripe(33), 17);
  EXPECT_EQ(balancedStripe(1), 1);
}

// Bytes of memory that a transfer brings to each byte of a buffer.
std::map<uint64_t, uint64_t> moved(const Transfer& t) {
  std::map<uint64_t, uint64_t> result;
  for (uint64_t p = 0; p < t.planes; ++p)
    for (uint64_t r = 0; r < t.rows; ++r)
      for (uint64_t b = 0; b < t.rowBytes; ++b)
        result[p * t.spPlaneStride + r * t.spRowStride + b] =
            p * t.memPlaneStride + r * t.memRowStride + b;
  return result;
}

TEST(MakeTransfer, MovesEveryElementOfRandomLayouts) {
  std::mt19937 rng(4);
  for (int round = 0; round < 500; ++round) {
    TransferShape s;
    s.rows = 1 + rng() % 4;
    s.width = 1 + rng() % 5;
    s.channels = 1 + rng() % 20;
    s.memPixPitch = s.channels + rng() % 2 * (rng() % 12);
    s.memRowPitch = s.width * s.memPixPitch + rng() % 2 * 8;
    s.spPixPitch = rng() % 2 ? s.memPixPitch : roundUp(s.channels, 8);
    s.spRowPitch =
        s.spPixPitch == s.memPixPitch && rng() % 2 ? s.memRowPitch : s.width * s.spPixPitch + 16;
    const auto bytes = moved(makeTransfer(s));
    for (uint32_t y = 0; y < s.rows; ++y)
      for (uint32_t x = 0; x < s.width; ++x)
        for (uint32_t c = 0; c < s.channels; ++c) {
          const auto it = bytes.find(uint64_t{y} * s.spRowPitch + x * s.spPixPitch + c);
          ASSERT_NE(it, bytes.end());
          ASSERT_EQ(it->second, uint64_t{y} * s.memRowPitch + x * s.memPixPitch + c);
        }
  }
}

TEST(AppendCopies, DoesRandomLoops) {
  std::mt19937 rng(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<CopyLoop> loops;
    const size_t rank = 1 + rng() % 7;
    int64_t destination = 1;
    for (size_t i = 0; i < rank; ++i) {
      const uint64_t count = 1 + rng() % 3;
      loops.insert(
          loops.begin(),
          {count, static_cast<int64_t>(rng() % 40) - (rng() % 4 == 0 ? 20 : 0), destination});
      destination *= static_cast<int64_t>(count + rng() % 2);
    }
    CopyPart prototype;
    prototype.source = 10000;
    std::vector<CopyPart> parts;
    ASSERT_TRUE(appendCopies(prototype, loops, parts));
    std::map<int64_t, int64_t> wanted, got;
    std::vector<uint64_t> at(rank, 0);
    for (bool more = true; more;) {
      int64_t from = 10000, to = 0;
      for (size_t i = 0; i < rank; ++i) {
        from += static_cast<int64_t>(at[i]) * loops[i].source;
        to += static_cast<int64_t>(at[i]) * loops[i].destination;
      }
      wanted[to] = from;
      more = false;
      for (size_t i = rank; i-- > 0 && !more;) {
        more = ++at[i] < loops[i].count;
        if (!more) at[i] = 0;
      }
    }
    for (const CopyPart& p : parts)
      for (uint32_t i3 = 0; i3 < p.count[3]; ++i3)
        for (uint32_t i2 = 0; i2 < p.count[2]; ++i2)
          for (uint32_t i1 = 0; i1 < p.count[1]; ++i1)
            for (uint32_t i0 = 0; i0 < p.count[0]; ++i0)
              for (uint32_t b = 0; b < p.run; ++b) {
                const auto offset = [&](const auto& stride) {
                  return int64_t{i3} * stride[3] + int64_t{i2} * stride[2] +
                         int64_t{i1} * stride[1] + int64_t{i0} * stride[0] + b;
                };
                got[p.destination + offset(p.destinationStride)] =
                    p.source + offset(p.sourceStride);
              }
    ASSERT_EQ(got, wanted);
  }
}

}  // namespace
}  // namespace lilong::backend
