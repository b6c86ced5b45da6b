// SPDX-License-Identifier: Apache-2.0
// The precise check: every trap, the order of the checks, the reported addresses.
#include "sim/isa/check.hpp"

#include <gtest/gtest.h>

#include "sim/isa/gen/isa_checks.hpp"
#include "tests/unit/isa/random_descriptor.hpp"

namespace lilong::isa {
namespace {

const Preset& kEdge = *findPreset("edge");

class CheckTest : public ::testing::Test {
 protected:
  CheckTest() {
    regions_[1] = {1000, true, false};
    regions_[2] = {1000, false, true};
  }
  std::optional<Trap> trap(const Descriptor& d) { return check(d, kEdge, regions_, 7); }
  static Trap fetch(TrapCode code, uint64_t address = 0) {
    return {code, Engine::fetch, 7, address};
  }
  static Load load() { return {.region = 1, .rowBytes = 10, .rows = 1, .planes = 1}; }

  std::array<RegionView, kRegions> regions_{};
};

TEST_F(CheckTest, IllegalOpcode) {
  EXPECT_EQ(trap(Descriptor{}), fetch(TrapCode::illegalOpcode));
  EXPECT_EQ(trap(Descriptor{0xff, 1}), fetch(TrapCode::illegalOpcode));
}

TEST_F(CheckTest, EveryReservedBitIsFound) {
  for (const InstructionInfo& info : kInstructions) {
    const Descriptor mask = reservedMask(static_cast<uint8_t>(info.opcode));
    for (unsigned bit = 0; bit < 512; ++bit) {
      if (!(mask[bit / 32] >> bit % 32 & 1)) continue;
      Descriptor d{static_cast<uint32_t>(info.opcode)};
      d[bit / 32] |= 1u << bit % 32;
      ASSERT_EQ(trap(d), fetch(TrapCode::reservedBits)) << info.name << " bit " << bit;
    }
  }
}

TEST_F(CheckTest, BadField) {
  Load misaligned = load();
  misaligned.spRowStride = 4;
  EXPECT_EQ(trap(misaligned.encode()), fetch(TrapCode::badField));
  Conv conv{.stripe = 33, .run = 1};
  EXPECT_EQ(trap(conv.encode()), fetch(TrapCode::badField));
  conv.stripe = 32;
  EXPECT_EQ(trap(conv.encode()), std::nullopt);
  conv.run = 0;
  EXPECT_EQ(trap(conv.encode()), fetch(TrapCode::badField));
  Eltwise eltwise;
  eltwise.binaryOp = static_cast<BinaryOp>(6);
  EXPECT_EQ(trap(eltwise.encode()), fetch(TrapCode::badField));
  EXPECT_EQ(trap(End{.header = {.fence = true}}.encode()), fetch(TrapCode::badField));
}

TEST_F(CheckTest, EmptyInstructionsHaveNoFootprint) {
  Load wild = load();
  wild.rows = 0;
  wild.spAddr = 0xfffff8;
  wild.memOffset = 0xffffffff;
  EXPECT_EQ(trap(wild.encode()), std::nullopt);
}

TEST_F(CheckTest, ScratchpadRangeGivesTheEnd) {
  Load d = load();
  d.spAddr = kEdge.scratchpadBytes - 16;
  EXPECT_EQ(trap(d.encode()), std::nullopt);
  d.rowBytes = 17;  // filled up to 24
  EXPECT_EQ(trap(d.encode()), fetch(TrapCode::scratchpadRange, kEdge.scratchpadBytes + 8));
}

TEST_F(CheckTest, RegionRangeBeforeAccess) {
  Load d = load();
  d.memOffset = 990;
  EXPECT_EQ(trap(d.encode()), std::nullopt);
  d.memOffset = 991;
  EXPECT_EQ(trap(d.encode()), fetch(TrapCode::regionRange, 1001));
  d.region = 2;
  EXPECT_EQ(trap(d.encode()), fetch(TrapCode::regionRange, 1001));
  d.memOffset = 5;
  EXPECT_EQ(trap(d.encode()), fetch(TrapCode::regionAccess, 15));
  Store s{.region = 1, .rowBytes = 8, .rows = 1, .planes = 1};
  EXPECT_EQ(trap(s.encode()), fetch(TrapCode::regionAccess, 8));
}

TEST_F(CheckTest, LargestFootprintDoesNotOverflow) {
  Load d = load();
  d.rows = d.planes = 65535;
  d.memOffset = d.memRowStride = d.memPlaneStride = 0xffffffff;
  d.rowBytes = 8;
  const uint64_t end = 0xffffffffull + 2 * 65534 * 0xffffffffull + 8;
  EXPECT_EQ(trap(d.encode()), fetch(TrapCode::regionRange, end));
}

TEST_F(CheckTest, ParameterBlockOfConv) {
  Conv conv{.stripe = 1,
            .run = 1,
            .steps = 1,
            .outHeight = 1,
            .outWidth = 1,
            .channels = 17,
            .tableEn = true};
  // Two lane groups: table, head, two records of 64 bytes.
  const Footprints all = footprints(conv.encode(), kEdge);
  ASSERT_EQ(all.count, 3u);  // no input: the image is empty
  EXPECT_EQ(all.items[2].name, "params");
  EXPECT_EQ(all.items[2].end(), 256u + 16 + 2 * 64);
  conv.perChannel = true;
  EXPECT_EQ(footprints(conv.encode(), kEdge).items[2].end(), 256u + 2 * 144);
}

// Footprints evaluated independently for random load descriptors.
TEST_F(CheckTest, RandomDescriptorsAreJudgedByTheirEnd) {
  std::mt19937 rng(3);
  const InstructionInfo& info = *findInstruction("store");
  int legal = 0;
  for (int i = 0; i < 100000; ++i) {
    Descriptor d = randomFields(info, rng);
    Store s = Store::decode(d);
    s.spAddr &= 0x3fff8;
    s.spRowStride &= 0x1ff8;
    s.spPlaneStride &= 0x1ff8;
    s.rows &= 63;
    s.planes &= 15;
    s.rowBytes &= 0x1ff;
    s.memOffset &= 0x1ff;
    s.memRowStride &= 0xf;
    s.memPlaneStride &= 0xf;
    const bool empty = !s.rows || !s.planes || !s.rowBytes;
    const uint64_t sp = uint64_t{s.spAddr} + (s.rows - 1ull) * s.spRowStride +
                        (s.planes - 1ull) * s.spPlaneStride + s.rowBytes;
    const uint64_t memory = uint64_t{s.memOffset} + (s.rows - 1ull) * s.memRowStride +
                            (s.planes - 1ull) * s.memPlaneStride + s.rowBytes;
    std::optional<Trap> expected;
    if (!empty && sp > kEdge.scratchpadBytes)
      expected = fetch(TrapCode::scratchpadRange, sp);
    else if (!empty && memory > regions_[s.region].size)
      expected = fetch(TrapCode::regionRange, memory);
    else if (!empty && !regions_[s.region].write)
      expected = fetch(TrapCode::regionAccess, memory);
    ASSERT_EQ(trap(s.encode()), expected);
    legal += !expected && !empty;
  }
  EXPECT_GT(legal, 100);
}

TEST_F(CheckTest, TrapText) {
  EXPECT_EQ((Trap{TrapCode::scratchpadRange, Engine::fetch, 3, 0x80040}.toString()),
            "scratchpad_range at instruction 3 (fetch), address 0x80040");
}

}  // namespace
}  // namespace lilong::isa
