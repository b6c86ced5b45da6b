// SPDX-License-Identifier: Apache-2.0
// The cycle semantics of sim/memory/memory.hpp, figure by figure.
#include <gtest/gtest.h>

#include <vector>

#include "sim/memory/memory.hpp"

namespace lilong::memory {
namespace {

constexpr uint32_t kBus = 16;

AxiAddress address(uint64_t addr, uint8_t len, uint16_t id = 0) {
  AxiAddress a;
  a.valid = true;
  a.addr = addr;
  a.len = len;
  a.size = 4;
  a.id = id;
  return a;
}

// A master that offers bursts as early as it can and notes the cycle of every handshake.
struct Bench {
  explicit Bench(const char* timing) : memory(*findTiming(timing), kBus, 1 << 16) {
    memory.step({});  // a cycle before cycle 0: ready signals settle
  }

  void run(int cycles) {
    for (int i = 0; i < cycles; ++i, ++cycle) {
      AxiMaster m;
      if (!reads.empty()) m.ar = reads.front();
      if (!writes.empty()) m.aw = writes.front();
      m.rready = rready;
      m.bready = true;
      m.wvalid = dataBeats > 0;
      m.wlast = dataBeats == 1;
      m.wstrb = strobe;
      m.wdata.fill(fill);
      const AxiSlave s = memory.out();
      if (m.ar.valid && s.arready) reads.erase(reads.begin()), ar.push_back(cycle);
      if (m.aw.valid && s.awready) writes.erase(writes.begin()), aw.push_back(cycle);
      if (s.rvalid && m.rready) r.push_back(cycle), data.push_back(s);
      if (m.wvalid && s.wready) --dataBeats, w.push_back(cycle);
      if (s.bvalid) b.push_back(cycle), answers.push_back(s);
      memory.step(m);
    }
  }

  AxiMemory memory;
  std::vector<AxiAddress> reads, writes;
  int dataBeats = 0;
  uint32_t strobe = 0xFFFF;
  uint8_t fill = 0xA5;
  bool rready = true;
  int cycle = 0;
  std::vector<int> ar, aw, r, w, b;
  std::vector<AxiSlave> data, answers;
};

TEST(Memory, FirstDataComesAfterTheLatencyAndThenEveryCycle) {
  Bench t("sram");
  for (int i = 0; i < 64; ++i) t.memory.bytes()[0x100 + i] = static_cast<uint8_t>(i);
  t.reads = {address(0x100, 3, 5)};
  t.run(80);
  EXPECT_EQ(t.ar, (std::vector<int>{0}));
  EXPECT_EQ(t.r, (std::vector<int>{50, 51, 52, 53}));
  ASSERT_EQ(t.data.size(), 4u);
  EXPECT_EQ(t.data[1].rdata[0], 16);
  EXPECT_EQ(t.data[3].rdata[15], 63);
  EXPECT_EQ(t.data[0].rid, 5);
  EXPECT_FALSE(t.data[2].rlast);
  EXPECT_TRUE(t.data[3].rlast);
  EXPECT_EQ(t.memory.owed(), 0u);
}

TEST(Memory, OutstandingReadsAreLimitedAndOverlap) {
  Bench t("sram");
  for (int i = 0; i < 9; ++i) t.reads.push_back(address(0x100 * i, 15));
  t.run(300);
  // Eight bursts are accepted at once; the ninth when the first has ended, in cycle 65.
  EXPECT_EQ(t.ar, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 66}));
  ASSERT_EQ(t.r.size(), 144u);
  for (size_t i = 0; i < t.r.size(); ++i) EXPECT_EQ(t.r[i], 50 + static_cast<int>(i));
}

TEST(Memory, WriteAnswerComesAfterItsLatency) {
  Bench t("sram");
  t.writes = {address(0x40, 1)};
  t.dataBeats = 2;
  t.strobe = 0x0FF0;
  t.run(60);
  EXPECT_EQ(t.aw, (std::vector<int>{0}));
  EXPECT_EQ(t.w, (std::vector<int>{1, 2}));
  EXPECT_EQ(t.b, (std::vector<int>{22}));
  EXPECT_EQ(t.memory.bytes()[0x43], 0);
  EXPECT_EQ(t.memory.bytes()[0x44], 0xA5);
  EXPECT_EQ(t.memory.bytes()[0x4B], 0xA5);
  EXPECT_EQ(t.memory.bytes()[0x4C], 0);
}

TEST(Memory, NarrowMemoryTakesItsCyclesPerBeat) {
  Bench t("sdram");  // 2 bytes a cycle: 8 cycles a beat; 1 burst of each kind
  t.reads = {address(0, 1), address(0x40, 0)};
  t.run(80);
  EXPECT_EQ(t.ar, (std::vector<int>{0, 28}));
  EXPECT_EQ(t.r, (std::vector<int>{12 + 7, 12 + 7 + 8, 28 + 12 + 7}));
  Bench u("sdram");
  u.writes = {address(0, 1)};
  u.dataBeats = 2;
  u.run(40);
  EXPECT_EQ(u.w, (std::vector<int>{1, 9}));
  EXPECT_EQ(u.b, (std::vector<int>{9 + 7 + 4}));
}

TEST(Memory, SharedChannelServesOneBurstAtATime) {
  Bench t("lpddr");
  t.reads = {address(0, 3)};
  t.run(120);
  t.writes = {address(0x400, 3)};
  t.dataBeats = 4;
  t.run(200);
  EXPECT_EQ(t.r, (std::vector<int>{120, 121, 122, 123}));
  // The read burst owns the channel from cycle 120, in which the write address is taken.
  EXPECT_EQ(t.aw, (std::vector<int>{120}));
  EXPECT_EQ(t.w, (std::vector<int>{124, 125, 126, 127}));
  EXPECT_EQ(t.b, (std::vector<int>{167}));
}

TEST(Memory, StallsAreAPureFunction) {
  const Stalls s{42, 300, 5};
  int stalled = 0;
  for (uint64_t i = 0; i < 4096; ++i) {
    EXPECT_EQ(s.cycles(Channel::r, i), s.cycles(Channel::r, i));
    EXPECT_LE(s.cycles(Channel::r, i), 5u);
    stalled += s.cycles(Channel::r, i) != 0;
  }
  EXPECT_NEAR(stalled, 1200, 150);
  EXPECT_EQ((Stalls{}.cycles(Channel::r, 7)), 0u);
}

TEST(Memory, StallsDelayExactly) {
  Bench t("sram");
  const Stalls s{7, 500, 4};
  t.memory.setStalls(s);
  t.reads = {address(0, 7)};
  t.run(200);
  ASSERT_EQ(t.r.size(), 8u);
  // The address gate was armed before setStalls; beats follow the formula.
  int at = t.ar[0] + 50;
  for (int i = 0; i < 8; ++i) {
    at += static_cast<int>(s.cycles(Channel::r, i));
    EXPECT_EQ(t.r[i], at) << i;
    at = t.r[i] + 1;
  }
}

TEST(Memory, OutsideTheMemoryIsAnError) {
  Bench t("sram");
  t.reads = {address(0x10000, 0), address(0xFFF0, 1), address(0xFFF0, 0)};
  t.run(100);
  ASSERT_EQ(t.data.size(), 4u);
  EXPECT_EQ(t.data[0].rresp, kDecErr);
  EXPECT_EQ(t.data[1].rresp, kDecErr);
  EXPECT_EQ(t.data[3].rresp, kOkay);
  t.writes = {address(uint64_t{1} << 39, 0)};
  t.dataBeats = 1;
  t.run(60);
  ASSERT_EQ(t.answers.size(), 1u);
  EXPECT_EQ(t.answers[0].bresp, kDecErr);
}

TEST(Memory, NarrowBurstsAreRefused) {
  Bench t("sram");
  AxiAddress a = address(0, 0);
  a.size = 2;
  t.reads = {a};
  t.run(60);
  ASSERT_EQ(t.data.size(), 1u);
  EXPECT_EQ(t.data[0].rresp, kSlvErr);
}

TEST(Memory, FaultsHitTheirBeat) {
  Bench t("sram");
  t.memory.setFaults({{FaultKind::readError, 1, 2}, {FaultKind::readWrongId, 0, 1},
                      {FaultKind::earlyLast, 2, 1}, {FaultKind::writeError, 0, 0},
                      {FaultKind::lateLast, 3, 3}});
  for (int i = 0; i < 4; ++i) t.reads.push_back(address(0x100 * i, 3, 2));
  t.writes = {address(0, 0)};
  t.dataBeats = 1;
  t.run(120);
  ASSERT_EQ(t.data.size(), 14u);  // the third burst is two beats short
  EXPECT_EQ(t.data[1].rid, 3);
  EXPECT_EQ(t.data[2].rid, 2);
  EXPECT_EQ(t.data[6].rresp, kSlvErr);
  EXPECT_EQ(t.data[5].rresp, kOkay);
  EXPECT_TRUE(t.data[9].rlast);
  EXPECT_FALSE(t.data[13].rlast);
  ASSERT_EQ(t.answers.size(), 1u);
  EXPECT_EQ(t.answers[0].bresp, kSlvErr);
}

TEST(Memory, EndlessStallEndsWithTheFault) {
  Bench t("sram");
  t.memory.setFaults({{FaultKind::readStall, 0, 1}, {FaultKind::writeStall, 0, 0}});
  t.reads = {address(0, 3)};
  t.writes = {address(0x100, 0)};
  t.dataBeats = 1;
  t.run(1000);
  EXPECT_EQ(t.r.size(), 1u);
  EXPECT_EQ(t.w.size(), 0u);
  EXPECT_EQ(t.memory.owed(), 2u);
  t.memory.clearFaults();
  t.run(100);
  EXPECT_EQ(t.r.size(), 4u);
  EXPECT_EQ(t.b.size(), 1u);
  EXPECT_EQ(t.memory.owed(), 0u);
}

}  // namespace
}  // namespace lilong::memory
