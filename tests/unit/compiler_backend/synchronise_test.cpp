// SPDX-License-Identifier: Apache-2.0
// Synchronisation of random programs against the program verifier: complete, and without any order
// that could be left out.
#include <gtest/gtest.h>

#include <random>

#include "compiler/emit/code.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::backend {
namespace {

const isa::Preset& preset() {
  return *isa::findPreset("edge");
}

std::array<isa::RegionView, isa::kRegions> regions() {
  std::array<isa::RegionView, isa::kRegions> views{};
  views[0] = {1 << 20, true, false};
  views[1] = {1 << 16, true, false};
  views[2] = {1 << 16, true, true};
  return views;
}

// Transfers and copies among few places, so that most pairs conflict.
std::vector<CodeLine> randomCode(std::mt19937& rng, size_t length) {
  std::vector<CodeLine> code;
  const auto place = [&] { return static_cast<uint32_t>(rng() % 12 * 64); };
  for (size_t i = 0; i < length; ++i) {
    const uint32_t kind = rng() % 3;
    if (kind == 0) {
      isa::Load load;
      load.region = static_cast<uint8_t>(1 + rng() % 2);
      load.memOffset = place();
      load.spAddr = place();
      load.rowBytes = 64;
      load.rows = load.planes = 1;
      code.push_back({load.encode(), isa::Queue::load, 0});
    } else if (kind == 1) {
      isa::Copy copy;
      copy.srcAddr = place();
      copy.dstAddr = place();
      if (copy.srcAddr == copy.dstAddr) copy.fillEn = true;
      copy.run = 64;
      copy.count0 = copy.count1 = copy.count2 = copy.count3 = 1;
      code.push_back({copy.encode(), isa::Queue::exec, 0});
    } else {
      isa::Store store;
      store.region = 2;
      store.memOffset = place();
      store.spAddr = place();
      store.rowBytes = 64;
      store.rows = store.planes = 1;
      code.push_back({store.encode(), isa::Queue::store, 0});
    }
  }
  return code;
}

std::vector<isa::Descriptor> program(const std::vector<CodeLine>& code) {
  std::vector<isa::Descriptor> result;
  for (const CodeLine& line : code) result.push_back(line.descriptor);
  result.push_back(isa::End{}.encode());
  return result;
}

bool accepted(const std::vector<isa::Descriptor>& code) {
  return isa::verify(code, preset(), regions()).ok();
}

TEST(Synchronise, RandomProgramsAreWellFormed) {
  std::mt19937 rng(2);
  for (int round = 0; round < 60; ++round) {
    auto code = randomCode(rng, 2 + rng() % 60);
    synchronise(preset(), code);
    const auto verified = isa::verify(program(code), preset(), regions());
    ASSERT_TRUE(verified.ok()) << verified.error().toString();
  }
}

TEST(Synchronise, EveryFenceIsNeeded) {
  std::mt19937 rng(3);
  int fences = 0;
  for (int round = 0; round < 20; ++round) {
    auto code = randomCode(rng, 20);
    synchronise(preset(), code);
    auto descriptors = program(code);
    for (isa::Descriptor& d : descriptors) {
      isa::Header header = isa::Header::decode(d);
      if (!header.fence) continue;
      ++fences;
      const isa::Descriptor before = d;
      header.fence = false;
      header.encodeInto(d);
      EXPECT_FALSE(accepted(descriptors));
      d = before;
    }
  }
  EXPECT_GT(fences, 20);
}

TEST(Synchronise, IndependentInstructionsDoNotWait) {
  std::vector<CodeLine> code;
  for (uint32_t i = 0; i < 6; ++i) {
    isa::Copy copy;
    copy.fillEn = true;
    copy.dstAddr = i * 64;
    copy.run = 64;
    copy.count0 = copy.count1 = copy.count2 = copy.count3 = 1;
    code.push_back({copy.encode(), isa::Queue::exec, 0});
  }
  synchronise(preset(), code);
  for (const CodeLine& line : code) {
    const isa::Header header = isa::Header::decode(line.descriptor);
    EXPECT_EQ(header, isa::Header{});
  }
}

}  // namespace
}  // namespace lilong::backend
