// SPDX-License-Identifier: Apache-2.0
// Generated encodings: structs, field tables and reserved masks agree with each other.
#include <gtest/gtest.h>

#include "sim/isa/check.hpp"
#include "tests/unit/isa/random_descriptor.hpp"

namespace lilong::isa {
namespace {

template <typename Instruction>
void roundTrip(std::mt19937& rng) {
  const InstructionInfo* info = findInstruction(static_cast<uint8_t>(Instruction::kOpcode));
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->name, Instruction::kName);
  EXPECT_EQ(info->queue, Instruction::kQueue);
  for (int i = 0; i < 200; ++i) {
    const Descriptor d = randomFields(*info, rng);
    EXPECT_EQ(Instruction::decode(d).encode(), d) << info->name;
  }
}

TEST(Encoding, StructsKeepEveryBit) {
  std::mt19937 rng(1);
  roundTrip<NopLoad>(rng);
  roundTrip<Load>(rng);
  roundTrip<NopExec>(rng);
  roundTrip<Conv>(rng);
  roundTrip<Dwconv>(rng);
  roundTrip<Pool>(rng);
  roundTrip<Eltwise>(rng);
  roundTrip<Softmax>(rng);
  roundTrip<Copy>(rng);
  roundTrip<NopStore>(rng);
  roundTrip<Store>(rng);
  roundTrip<End>(rng);
}

TEST(Encoding, ReservedMaskIsTheComplementOfTheFields) {
  for (const InstructionInfo& info : kInstructions) {
    Descriptor used{};
    for (const FieldInfo& f : kHeaderFields) setBits(used, f.word, f.msb, f.lsb, 0xffffffff);
    for (const FieldInfo& f : info.fields) {
      EXPECT_EQ(bits(used, f.word, f.msb, f.lsb), 0u) << info.name << ' ' << f.name;
      setBits(used, f.word, f.msb, f.lsb, 0xffffffff);
    }
    const Descriptor mask = reservedMask(static_cast<uint8_t>(info.opcode));
    for (unsigned w = 0; w < kDescriptorWords; ++w) EXPECT_EQ(mask[w], ~used[w]) << info.name;
  }
}

TEST(Encoding, SignedFields) {
  const Conv conv{.padValue = -128, .clampMin = -1};
  const Descriptor d = conv.encode();
  EXPECT_EQ(d[1], 0x80000000u);
  EXPECT_EQ(Conv::decode(d).padValue, -128);
  EXPECT_EQ(Conv::decode(d).clampMin, -1);
}

TEST(Encoding, BytesAreLittleEndian) {
  std::mt19937 rng(2);
  const Descriptor d = randomFields(kInstructions[5], rng);
  uint8_t bytes[kDescriptorBytes];
  writeDescriptor(d, bytes);
  EXPECT_EQ(bytes[0], static_cast<uint8_t>(kInstructions[5].opcode));
  EXPECT_EQ(readDescriptor(bytes), d);
}

TEST(Encoding, Presets) {
  ASSERT_NE(findPreset("edge"), nullptr);
  EXPECT_EQ(findPreset("edge")->scratchpadBytes, 512u * 1024);
  EXPECT_EQ(findPreset("huge"), nullptr);
  // Records are whole vectors.
  for (const Preset& p : kPresets) {
    EXPECT_EQ(paramBiasBytes(p) % p.depth, 0u) << p.name;
    EXPECT_EQ(paramChannelBytes(p) % p.depth, 0u) << p.name;
    EXPECT_GE(paramChannelBytes(p), 9 * p.lanes) << p.name;
  }
}

}  // namespace
}  // namespace lilong::isa
