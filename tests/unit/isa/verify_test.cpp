// SPDX-License-Identifier: Apache-2.0
// The verifier: what it accepts and, one by one, what it refuses.
#include "sim/isa/verify.hpp"

#include <gtest/gtest.h>

namespace lilong::isa {
namespace {

const Preset& kEdge = *findPreset("edge");

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    regions_[1] = {1 << 20, true, false};
    regions_[2] = {1 << 20, true, true};
  }
  // Empty if accepted.
  std::string verdict(std::vector<Descriptor> program, bool addEnd = true) {
    if (addEnd) program.push_back(End{}.encode());
    regions_[0] = {static_cast<uint32_t>(program.size() * kDescriptorBytes), true, false};
    const auto result = verify(program, kEdge, regions_);
    return result.ok() ? "" : result.error().toString();
  }
  bool refused(const std::vector<Descriptor>& program, const std::string& because) {
    const std::string text = verdict(program);
    EXPECT_NE(text.find(because), std::string::npos) << (text.empty() ? "accepted" : text);
    return !text.empty();
  }
  static Load load(uint32_t to, uint32_t bytes, Header header = {}) {
    return {.header = header, .region = 1, .spAddr = to, .rowBytes = bytes, .rows = 1, .planes = 1};
  }
  static Copy copy(uint32_t from, uint32_t to, uint16_t bytes, Header header = {}) {
    return {.header = header,
            .srcAddr = from,
            .dstAddr = to,
            .run = bytes,
            .count0 = 1,
            .count1 = 1,
            .count2 = 1,
            .count3 = 1};
  }
  static Store store(uint32_t from, uint32_t bytes, Header header = {}) {
    return {
        .header = header, .region = 2, .spAddr = from, .rowBytes = bytes, .rows = 1, .planes = 1};
  }

  std::array<RegionView, kRegions> regions_{};
};

TEST_F(VerifyTest, AcceptsAPipeline) {
  EXPECT_EQ(
      verdict({load(0, 64, {.signal0En = true, .signal0 = 0}).encode(),
               copy(0, 1024, 64, {.wait0En = true, .wait0 = 0, .signal0En = true, .signal0 = 1})
                   .encode(),
               store(1024, 64, {.wait0En = true, .wait0 = 1}).encode()}),
      "");
}

TEST_F(VerifyTest, NeedsEndOnceAndLast) {
  EXPECT_NE(verdict({NopExec{}.encode()}, false), "");
  EXPECT_NE(verdict({}, false), "");
  EXPECT_TRUE(refused({End{}.encode()}, "more instructions follow"));
}

TEST_F(VerifyTest, RefusesTraps) {
  EXPECT_TRUE(refused({load(kEdge.scratchpadBytes, 8).encode()}, "scratchpad_range"));
  EXPECT_TRUE(refused({Descriptor{0x77}}, "illegal_opcode"));
}

TEST_F(VerifyTest, RegionZeroMustHoldTheProgram) {
  const std::vector<Descriptor> program{NopExec{}.encode(), End{}.encode()};
  regions_[0] = {64, true, false};
  EXPECT_FALSE(verify(program, kEdge, regions_).ok());
  regions_[0] = {128, false, false};
  EXPECT_FALSE(verify(program, kEdge, regions_).ok());
}

TEST_F(VerifyTest, RefusesStoreToTheProgram) {
  Store s = store(0, 8);
  s.region = 0;
  std::vector<Descriptor> program{s.encode(), End{}.encode()};
  regions_[0] = {128, true, true};
  const auto result = verify(program, kEdge, regions_);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().toString().find("region 0"), std::string::npos);
}

TEST_F(VerifyTest, UnorderedAccesses) {
  // Read after write, write after read, write after write across queues.
  EXPECT_TRUE(refused({load(0, 64).encode(), copy(0, 1024, 64).encode()}, "may still write"));
  EXPECT_TRUE(refused({copy(0, 1024, 64).encode(), load(0, 64).encode()}, "instruction"));
  EXPECT_TRUE(refused({load(0, 64).encode(), copy(512, 32, 64).encode()}, "writes"));
  // Apart, or read and read.
  EXPECT_EQ(verdict({load(0, 64).encode(), copy(64, 1024, 64).encode()}), "");
  EXPECT_EQ(verdict({copy(0, 1024, 64).encode(), store(0, 64).encode()}), "");
}

TEST_F(VerifyTest, FenceOrdersItsOwnQueueOnly) {
  EXPECT_TRUE(refused({copy(0, 1024, 64).encode(), copy(1024, 2048, 64).encode()}, "reads source"));
  EXPECT_EQ(verdict({copy(0, 1024, 64).encode(), copy(1024, 2048, 64, {.fence = true}).encode()}),
            "");
  EXPECT_TRUE(
      refused({load(0, 64).encode(), copy(0, 1024, 64, {.fence = true}).encode()}, "write"));
}

TEST_F(VerifyTest, OrderIsTransitive) {
  // load -> copy -> store -> load over the same bytes, by three semaphores.
  const auto at = [](uint8_t wait, uint8_t signal) {
    return Header{.wait0En = true, .wait0 = wait, .signal0En = true, .signal0 = signal};
  };
  const std::vector<Descriptor> good{
      load(0, 64, {.signal0En = true, .signal0 = 0}).encode(), copy(0, 1024, 64, at(0, 1)).encode(),
      store(1024, 64, at(1, 2)).encode(), load(0, 64, {.wait0En = true, .wait0 = 2}).encode()};
  EXPECT_EQ(verdict(good), "");
  // Without the wait the load may overtake the copy.
  std::vector<Descriptor> bad = good;
  bad[2] = store(1024, 64, {.wait0En = true, .wait0 = 1}).encode();
  bad[3] = load(0, 64).encode();
  EXPECT_NE(verdict(bad), "");
}

TEST_F(VerifyTest, NthWaitBelongsToNthSignal) {
  const Header give{.signal0En = true, .signal0 = 0}, take{.wait0En = true, .wait0 = 0};
  EXPECT_EQ(verdict({load(0, 64, give).encode(), load(64, 64, give).encode(),
                     copy(0, 1024, 64, take).encode(), copy(64, 2048, 64, take).encode()}),
            "");
  // The first copy uses what only the second signal promises.
  EXPECT_TRUE(refused({load(0, 64, give).encode(), load(64, 64, give).encode(),
                       copy(64, 1024, 64, take).encode(), copy(0, 2048, 64, take).encode()},
                      "may still write"));
}

TEST_F(VerifyTest, ConstantsAreReadBeforeTheFence) {
  const auto conv = [](Header header) {
    return Conv{.header = header,
                .stripe = 1,
                .run = 16,
                .steps = 1,
                .outAddr = 8192,
                .outHeight = 1,
                .outWidth = 1,
                .channels = 8,
                .weightsAddr = 1024,
                .paramsAddr = 4096}
        .encode();
  };
  // The copy writes weights; the fence of conv does not hold its weight fetch back.
  EXPECT_TRUE(refused({copy(0, 1024, 64).encode(), conv({.fence = true})}, "weights"));
  EXPECT_EQ(verdict({copy(0, 1024, 64).encode(), NopExec{.header = {.fence = true}}.encode(),
                     conv({.fence = true})}),
            "");
  // A semaphore does hold it back.
  EXPECT_EQ(verdict({load(1024, 64, {.signal0En = true}).encode(), conv({.wait0En = true})}), "");
}

TEST_F(VerifyTest, MemoryConflicts) {
  Load back = load(4096, 64);
  back.region = 2;
  EXPECT_TRUE(refused({store(0, 64).encode(), back.encode()}, "memory"));
  back.memOffset = 64;
  EXPECT_EQ(verdict({store(0, 64).encode(), back.encode()}), "");
  EXPECT_TRUE(refused({store(0, 64).encode(), store(0, 64).encode()}, "memory"));
}

TEST_F(VerifyTest, SelfOverlap) {
  EXPECT_TRUE(refused({copy(0, 32, 64).encode()}, "writes bytes that it reads as source"));
  Copy fill = copy(0, 32, 64);
  fill.fillEn = true;
  EXPECT_EQ(verdict({fill.encode()}), "");
  Eltwise twice{.outAddr = 4096, .outPixPitch = 8, .outHeight = 1, .outWidth = 4, .channels = 9};
  EXPECT_TRUE(refused({twice.encode()}, "twice"));
  twice.outPixPitch = 16;
  EXPECT_EQ(verdict({twice.encode()}), "");
}

TEST_F(VerifyTest, CopyKeepsOutOfTheGranulesItReads) {
  EXPECT_TRUE(refused({copy(0, 66, 66).encode()}, "writes granules that it reads as source"));
  EXPECT_EQ(verdict({copy(0, 72, 66).encode()}), "");
  EXPECT_TRUE(refused({copy(68, 0, 65).encode()}, "granules"));
  EXPECT_EQ(verdict({copy(72, 0, 65).encode()}), "");
  Copy woven = copy(0, 9, 6);  // every second granule each
  woven.count3 = 4;
  woven.srcStride3 = woven.dstStride3 = 16;
  EXPECT_EQ(verdict({woven.encode()}), "");
  woven.dstAddr = 6;
  woven.run = 2;
  EXPECT_TRUE(refused({woven.encode()}, "granules"));
  woven.dstAddr = 10;
  woven.dstStride3 = 12;
  EXPECT_TRUE(refused({woven.encode()}, "granules"));
}

TEST_F(VerifyTest, ConcatenationByPitchNeedsNoOrder) {
  const auto part = [](uint32_t offset, uint16_t channels) {
    return Eltwise{.outAddr = 65536 + offset,
                   .outRowPitch = 56 * 24,
                   .outPixPitch = 24,
                   .outHeight = 56,
                   .outWidth = 56,
                   .channels = channels}
        .encode();
  };
  EXPECT_EQ(verdict({part(0, 16), part(16, 8)}), "");
  EXPECT_NE(verdict({part(0, 17), part(16, 8)}), "");
}

TEST_F(VerifyTest, SemaphoreOwnership) {
  EXPECT_TRUE(refused({NopLoad{.header = {.signal0En = true}}.encode(),
                       NopStore{.header = {.signal0En = true}}.encode(),
                       NopExec{.header = {.wait0En = true, .wait1En = true}}.encode()},
                      "is signalled by queue load and by queue store"));
  EXPECT_TRUE(refused({NopLoad{.header = {.signal0En = true, .signal1En = true}}.encode(),
                       NopExec{.header = {.wait0En = true}}.encode(),
                       NopStore{.header = {.wait0En = true}}.encode()},
                      "is waited for by queue exec and by queue store"));
}

TEST_F(VerifyTest, SemaphoresMustBeZeroAtTheEnd) {
  EXPECT_TRUE(refused({NopLoad{.header = {.signal0En = true, .signal0 = 5}}.encode()},
                      "semaphore 5 is 1 at the end"));
}

TEST_F(VerifyTest, Deadlock) {
  EXPECT_TRUE(refused({NopExec{.header = {.wait0En = true}}.encode()}, "waits for ever"));
  // Nine LOAD instructions block fetch, so the signal behind them never comes.
  std::vector<Descriptor> program{NopLoad{.header = {.wait0En = true}}.encode()};
  for (int i = 0; i < 8; ++i) program.push_back(NopLoad{}.encode());
  program.push_back(NopExec{.header = {.signal0En = true}}.encode());
  EXPECT_TRUE(refused(program, "waits for ever"));
  program.erase(program.begin() + 1);
  EXPECT_EQ(verdict(program), "");
}

TEST_F(VerifyTest, CountsStayInRangeInEveryOrder) {
  // 300 signals that nobody has to take before the end: LOAD may run ahead of EXEC.
  std::vector<Descriptor> program;
  for (int i = 0; i < 300; ++i) {
    program.push_back(NopLoad{.header = {.signal0En = true}}.encode());
    program.push_back(NopExec{.header = {.wait0En = true}}.encode());
  }
  EXPECT_TRUE(refused(program, "may be signalled above 255"));
  // With a way back every count stays small.
  program.clear();
  for (int i = 0; i < 300; ++i) {
    program.push_back(
        NopLoad{.header = {.wait0En = i > 3, .wait0 = 1, .signal0En = true}}.encode());
    program.push_back(
        NopExec{.header = {.wait0En = true, .signal0En = i < 296, .signal0 = 1}}.encode());
  }
  EXPECT_EQ(verdict(program), "");
}

TEST_F(VerifyTest, AtMostSixteenMessages) {
  std::vector<Descriptor> program(100, Descriptor{0xee});
  program.push_back(End{}.encode());
  regions_[0] = {static_cast<uint32_t>(program.size() * 64), true, false};
  EXPECT_EQ(verify(program, kEdge, regions_).error().diagnostics.size(), 16u);
}

}  // namespace
}  // namespace lilong::isa
