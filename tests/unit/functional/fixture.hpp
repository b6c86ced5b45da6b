// SPDX-License-Identifier: Apache-2.0
// Random scratchpads and the text of docs/4-isa/2-execution.md written down byte by byte, slowly
// and without sharing code with the simulator.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "sim/functional/execute.hpp"

namespace lilong::functional {

class Fixture {
 public:
  Fixture(const isa::Preset& preset, uint32_t seed) : preset(preset), rng(seed) {
    scratchpad.resize(preset.scratchpadBytes);
    std::mt19937_64 words(seed);
    for (size_t i = 0; i < scratchpad.size(); i += 8)
      for (uint64_t byte = 0, word = words(); byte < 8; ++byte)
        scratchpad[i + byte] = static_cast<uint8_t>(word >> (8 * byte));
  }

  uint32_t below(uint32_t limit) { return rng() % limit; }
  uint32_t between(uint32_t low, uint32_t high) { return low + rng() % (high - low + 1); }
  int8_t byte() { return static_cast<int8_t>(rng()); }

  // Scratchpad after the instruction.
  std::vector<uint8_t> run(const isa::Descriptor& descriptor) {
    std::array<isa::RegionView, isa::kRegions> views{};
    for (size_t i = 0; i < isa::kRegions; ++i)
      views[i] = {windows[i].size, windows[i].read, windows[i].write};
    const auto trap = isa::check(descriptor, preset, views, 0);
    EXPECT_FALSE(trap) << trap->toString();
    std::vector<uint8_t> after = scratchpad;
    if (trap) return after;
    Context context{preset, after, memory, windows, counters};
    execute(descriptor, context);
    EXPECT_FALSE(context.busError);
    return after;
  }

  // Output fields that every legal test may have.
  template <typename Instruction>
  void drawOutput(Instruction& insn, uint32_t address) {
    insn.outHeight = static_cast<uint16_t>(between(1, 5));
    insn.outWidth = static_cast<uint16_t>(between(1, 6));
    insn.outPixPitch = (insn.channels + 7) / 8 * 8 + 8 * below(3);
    insn.outRowPitch = insn.outPixPitch * insn.outWidth + 8 * below(3);
    insn.outAddr = address;
    insn.zpOut = byte();
  }
  template <typename Instruction>
  void drawPipeline(Instruction& insn, uint32_t params) {
    insn.clampMin = static_cast<int8_t>(below(2) ? -128 : byte());
    insn.clampMax = static_cast<int8_t>(below(2) ? 127 : byte());
    insn.shift = static_cast<uint8_t>(between(20, 45));
    insn.rounding = static_cast<isa::Rounding>(below(5));
    insn.tableEn = below(3) == 0;
    insn.paramsAddr = params;
  }
  template <typename Instruction>
  void drawInput(Instruction& insn, uint32_t pitch) {
    insn.padValue = byte();
    insn.inHeight = static_cast<uint16_t>(between(1, 8));
    insn.inRowBytes = between(1, 9) * pitch;
    insn.inRowPitch = insn.inRowBytes + below(9);
    insn.inAddr = below(64);
    insn.strideY = static_cast<uint8_t>(between(1, 3));
    insn.padTop = static_cast<uint8_t>(below(3));
    insn.padLeft = below(3) * pitch;
    insn.dilationY = static_cast<uint8_t>(between(1, 3));
    insn.stripe = static_cast<uint8_t>(between(1, 32));
  }

  int32_t signedAt(uint64_t address) const { return static_cast<int8_t>(scratchpad[address]); }
  uint32_t wordAt(uint64_t address) const {
    uint32_t word = 0;
    for (int i = 3; i >= 0; --i) word = word * 256 + scratchpad[address + static_cast<uint64_t>(i)];
    return word;
  }

  // Output pipeline with everything given, by the formulas in big integers.
  template <typename Instruction>
  uint8_t result(const Instruction& insn, int64_t acc, uint32_t bias, uint32_t multiplier,
                 unsigned shift) const {
    const auto a = static_cast<int32_t>((static_cast<uint32_t>(acc) << insn.accShift) + bias);
    const __int128 y0 =
        static_cast<__int128>(requantise(a, multiplier & 0x7fffffff, shift & 63, insn.rounding)) +
        insn.zpOut;
    __int128 y = y0 > insn.clampMin ? y0 : insn.clampMin;
    y = y < insn.clampMax ? y : insn.clampMax;
    const auto byte = static_cast<uint8_t>(y);
    return insn.tableEn ? scratchpad[insn.paramsAddr + byte] : byte;
  }

  // The same with the parameter block of conv and dwconv, for channel c.
  template <typename Instruction>
  uint8_t channelResult(const Instruction& insn, uint32_t c, int64_t acc) const {
    const bool dense = std::is_same_v<Instruction, isa::Conv>;
    const uint32_t lanes = preset.lanes, width = dense ? lanes : std::min(lanes, preset.depth);
    const uint32_t group = c / width, lane = c % width;
    uint64_t at = insn.paramsAddr + (insn.tableEn ? 256 : 0);
    if (!insn.perChannel) {
      const uint64_t record = at + preset.depth + uint64_t{group} * 4 * lanes;
      return result(insn, acc, wordAt(record + 4 * lane), wordAt(at), scratchpad[at + 4]);
    }
    const uint64_t bytes = (9 * lanes + preset.depth - 1) / preset.depth * preset.depth;
    at += group * bytes;
    return result(insn, acc, wordAt(at + 4 * lane), wordAt(at + 4 * lanes + 4 * lane),
                  scratchpad[at + 8 * lanes + lane]);
  }

  const isa::Preset& preset;
  std::mt19937 rng;
  std::vector<uint8_t> scratchpad;
  std::vector<uint8_t> memory;
  std::array<Window, isa::kRegions> windows{};
  Counters counters{};
};

// Writes a pixel's pad bytes into the expected scratchpad.
template <typename Instruction>
void padPixel(std::vector<uint8_t>& expected, const Instruction& insn, uint64_t pixel) {
  for (uint64_t c = insn.channels; c % 8 != 0; ++c)
    expected[pixel + c] = static_cast<uint8_t>(insn.zpOut);
}

}  // namespace lilong::functional
