// SPDX-License-Identifier: Apache-2.0
// External memory of the FPGA system on its AXI4 port, every violation of the SDRAM's data sheet
// included.
#include <gtest/gtest.h>

#include <bit>
#include <cstdio>

#include "tests/rtl/fpga_memory/bench.hpp"

namespace lilong::fpga {
namespace {

Burst burstOf(bool write, uint64_t address, uint32_t beats) {
  Burst burst;
  burst.write = write;
  burst.beats = beats;
  burst.size = static_cast<uint32_t>(std::countr_zero(Bench::kBytes));
  burst.address = address;
  for (uint32_t i = 0; write && i < beats * Bench::kBytes; ++i) {
    burst.bytes.push_back(static_cast<uint8_t>((address + i) * 2654435761u >> 24));
    burst.strobes.push_back(1);
  }
  return burst;
}

// Cycles for `count` bytes in bursts of 1 KiB.
uint64_t stream(Bench& bench, bool write, uint64_t count) {
  const uint64_t start = bench.cycles();
  for (uint64_t at = 0; at < count; at += 1024) {
    const Burst burst = burstOf(write, at, 1024 / Bench::kBytes > 128 ? 128 : 1024 / Bench::kBytes);
    while (bench.conflicts(burst) && bench.failure().empty()) bench.cycle();
    bench.add(burst);
  }
  EXPECT_TRUE(bench.finish());
  return bench.cycles() - start;
}

void randomTraffic(uint32_t seed, uint32_t stalls, int bursts) {
  Bench bench(seed);
  bench.stallPermille = stalls;
  for (int i = 0; i < bursts && bench.failure().empty(); ++i) {
    Burst burst = bench.randomBurst();
    for (int tries = 0; bench.conflicts(burst) && bench.failure().empty(); ++tries) {
      if (tries > 500'000) FAIL() << "the memory does not answer";
      bench.cycle();
    }
    bench.add(std::move(burst));
  }
  EXPECT_TRUE(bench.finish());
  EXPECT_EQ(bench.failure(), "");
}

TEST(FpgaMemory, RandomTraffic) {
  randomTraffic(1, 0, 4000);
}
TEST(FpgaMemory, RandomTrafficWithStalls) {
  randomTraffic(2, 300, 3000);
}
TEST(FpgaMemory, RandomTrafficWithManyStalls) {
  randomTraffic(3, 900, 300);
}

TEST(FpgaMemory, RefreshWhenIdle) {
  Bench bench(4);
  stream(bench, true, 4096);
  for (int i = 0; i < TEST_MHZ * 2000; ++i) bench.cycle();  // 2 ms
  stream(bench, false, 4096);
  EXPECT_EQ(bench.failure(), "");
  const double micros = static_cast<double>(bench.cycles()) / TEST_MHZ - 201;  // start-up
  if (TEST_MEMORY == 1) {
    EXPECT_NEAR(static_cast<double>(bench.part().refreshes()), micros / 7.8125, 3);
  }
}

TEST(FpgaMemory, Streams) {
  Bench bench(5);
  stream(bench, true, 1024);  // the start-up is not counted
  const uint64_t bytes = TEST_MEMORY == 1 ? 1 << 20 : Bench::kMemory;
  const uint64_t writing = stream(bench, true, bytes), reading = stream(bench, false, bytes);
  EXPECT_EQ(bench.failure(), "");
  std::printf("bytes a cycle: reading %.3f, writing %.3f\n",
              static_cast<double>(bytes) / static_cast<double>(reading),
              static_cast<double>(bytes) / static_cast<double>(writing));
  const double wanted = TEST_MEMORY == 1 ? 1.9 : 0.9 * Bench::kBytes;
  EXPECT_GE(static_cast<double>(bytes), wanted * static_cast<double>(reading));
  EXPECT_GE(static_cast<double>(bytes), wanted * static_cast<double>(writing));
}

}  // namespace
}  // namespace lilong::fpga
