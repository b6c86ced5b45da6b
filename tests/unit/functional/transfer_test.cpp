// SPDX-License-Identifier: Apache-2.0
// load and store against the manual.
#include "tests/unit/functional/fixture.hpp"

namespace lilong::functional {
namespace {

template <typename Instruction>
void drawTransfer(Fixture& f, Instruction& i) {
  f.memory.resize(8192);
  for (uint8_t& byte : f.memory) byte = static_cast<uint8_t>(f.byte());
  f.windows[3] = {1024, 7000, true, true};
  i.region = 3;
  i.memOffset = f.below(100);
  i.rowBytes = f.between(1, 60);
  i.rows = static_cast<uint16_t>(f.between(1, 5));
  i.planes = static_cast<uint16_t>(f.between(1, 4));
  i.memRowStride = f.below(100);
  i.memPlaneStride = f.below(700);
  i.spAddr = 8 * f.below(50);
  i.spRowStride = 8 * f.below(12);
  i.spPlaneStride = 8 * f.below(80);
}

TEST(Load, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Load i;
    drawTransfer(f, i);
    std::vector<uint8_t> expected = f.scratchpad;
    for (uint32_t p = 0; p < i.planes; ++p)
      for (uint32_t r = 0; r < i.rows; ++r)
        for (uint32_t b = 0; b < (i.rowBytes + 7) / 8 * 8; ++b)
          expected[i.spAddr + p * i.spPlaneStride + r * i.spRowStride + b] =
              b < i.rowBytes
                  ? f.memory[1024 + i.memOffset + p * i.memPlaneStride + r * i.memRowStride + b]
                  : 0;
    ASSERT_EQ(f.run(i.encode()), expected) << "seed " << seed;
    EXPECT_EQ(f.counters[static_cast<size_t>(isa::Counter::bytesRead)],
              i.planes * i.rows * i.rowBytes);
  }
}

TEST(Store, EqualsTheManual) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    Fixture f(isa::kPresets[seed % isa::kPresets.size()], seed);
    isa::Store i;
    drawTransfer(f, i);
    std::vector<uint8_t> expected = f.memory;
    for (uint32_t p = 0; p < i.planes; ++p)
      for (uint32_t r = 0; r < i.rows; ++r)
        for (uint32_t b = 0; b < i.rowBytes; ++b)
          expected[1024 + i.memOffset + p * i.memPlaneStride + r * i.memRowStride + b] =
              f.scratchpad[i.spAddr + p * i.spPlaneStride + r * i.spRowStride + b];
    ASSERT_EQ(f.run(i.encode()), f.scratchpad);
    ASSERT_EQ(f.memory, expected) << "seed " << seed;
    EXPECT_EQ(f.counters[static_cast<size_t>(isa::Counter::bytesWritten)],
              i.planes * i.rows * i.rowBytes);
  }
}

}  // namespace
}  // namespace lilong::functional
