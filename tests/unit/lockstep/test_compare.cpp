// SPDX-License-Identifier: Apache-2.0
// The comparison sees every kind of difference and names the instruction that should have written
// the byte.
#include <gtest/gtest.h>

#include "sim/lockstep/generator.hpp"
#include "sim/lockstep/runner.hpp"

namespace lilong::lockstep {
namespace {

struct Compare : testing::Test {
  Compare() {
    isa::Copy copy;
    copy.fillEn = true;
    copy.fillValue = 7;
    copy.dstAddr = 0x103;
    copy.run = 5;
    copy.count0 = copy.count1 = copy.count2 = copy.count3 = 1;
    isa::Store store;
    store.region = 4;
    store.memOffset = 1;
    store.spAddr = 0x100;
    store.rowBytes = 8;
    store.rows = store.planes = 1;
    store.header.wait0En = true;
    copy.header.signal0En = true;
    test.preset = isa::findPreset("edge");
    test.program = {copy.encode(), store.encode(), isa::End{}.encode()};
    test.memory.resize(4096);
    test.scratchpad.resize(test.preset->scratchpadBytes);
    test.windows[0] = {0, 1024, true, false};
    test.windows[4] = {2048, 64, false, true};
    expected = runFunctional(test);
  }
  TestCase test;
  Outcome expected;
};

TEST_F(Compare, EqualOutcomes) { EXPECT_EQ(compare(test, expected, expected), ""); }

TEST_F(Compare, Scratchpad) {
  Outcome got = expected;
  got.scratchpad[0x105] ^= 1;
  const std::string text = compare(test, expected, got);
  EXPECT_NE(text.find("0x105"), std::string::npos) << text;
  EXPECT_NE(text.find("instruction 0: copy"), std::string::npos) << text;
}

TEST_F(Compare, Memory) {
  Outcome got = expected;
  EXPECT_EQ(got.memory[2048 + 4], 7);
  got.memory[2048 + 4] ^= 0x80;
  const std::string text = compare(test, expected, got);
  EXPECT_NE(text.find("region 4 offset 0x4"), std::string::npos) << text;
  EXPECT_NE(text.find("instruction 1: store"), std::string::npos) << text;
}

TEST_F(Compare, BytesThatNobodyWrites) {
  Outcome got = expected;
  got.memory[3000] ^= 1;
  EXPECT_NE(compare(test, expected, got).find("outside of every window"), std::string::npos);
}

TEST_F(Compare, TrapCounterAndFailure) {
  Outcome got = expected;
  got.trap = isa::Trap{isa::TrapCode::badField, isa::Engine::fetch, 1, 0};
  EXPECT_NE(compare(test, expected, got).find("bad_field at instruction 1"), std::string::npos);
  got = expected;
  ++got.counters[static_cast<size_t>(isa::Counter::bytesWritten)];
  EXPECT_NE(compare(test, expected, got).find("bytes_written"), std::string::npos);
  got = expected;
  got.failure = "an assertion failed";
  EXPECT_EQ(compare(test, expected, got), "an assertion failed");
}

}  // namespace
}  // namespace lilong::lockstep
