// SPDX-License-Identifier: Apache-2.0
// The random programs are what they claim to be: repeatable, legal where they should be, and
// between them they reach every instruction, rounding mode, trap and way of waiting.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "sim/functional/requant.hpp"
#include "sim/isa/verify.hpp"
#include "sim/lockstep/accesses.hpp"
#include "sim/lockstep/generator.hpp"
#include "sim/lockstep/runner.hpp"
#include "sim/lockstep/ties.hpp"

namespace lilong::lockstep {
namespace {

const isa::Preset& edge() { return *isa::findPreset("edge"); }

TEST(Generator, TheSameSeedGivesTheSameCase) {
  const TestCase a = generate(edge(), 17), b = generate(edge(), 17), c = generate(edge(), 18);
  EXPECT_EQ(a.program, b.program);
  EXPECT_EQ(a.memory, b.memory);
  EXPECT_EQ(a.scratchpad, b.scratchpad);
  EXPECT_EQ(a.stalls.seed, b.stalls.seed);
  EXPECT_NE(a.program, c.program);
}

TEST(Generator, ProgramsAreLegalOnEveryPreset) {
  for (const isa::Preset& preset : isa::kPresets) {
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      const TestCase test = generate(preset, seed);
      EXPECT_EQ(checkFunctional(test), "") << preset.name << " seed " << seed;
    }
  }
}

TEST(Generator, ReachesEverything) {
  std::map<std::string_view, int> instructions;
  std::set<isa::TrapCode> traps;
  std::set<isa::Rounding> roundings;
  std::set<isa::BinaryOp> operations;
  int fences = 0, twoWaits = 0, empty = 0, dilated = 0, padded = 0, strided = 0, tables = 0,
      tails = 0, crossQueue = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    const TestCase test = generate(edge(), seed);
    if (test.trap) traps.insert(runFunctional(test).trap->code);
    for (const isa::Descriptor& d : test.program) {
      const isa::InstructionInfo* info = isa::findInstruction(isa::opcodeByte(d));
      if (!info) continue;
      ++instructions[info->name];
      const isa::Header h = isa::Header::decode(d);
      fences += h.fence;
      twoWaits += h.wait0En && h.wait1En;
      crossQueue += h.wait0En || h.wait1En;
      if (!isa::validOk(d, edge())) continue;
      empty += isa::isEmpty(d, edge()) && !info->fields.empty();
      if (info->opcode == isa::Opcode::conv) {
        const auto i = isa::Conv::decode(d);
        roundings.insert(i.rounding);
        dilated += i.kernelCols > 1;
        padded += i.padTop > 0 || i.padLeft > 0;
        strided += i.strideY > 1;
        tables += i.tableEn;
        tails += i.channels % edge().lanes != 0;
      }
      if (info->opcode == isa::Opcode::eltwise) operations.insert(isa::Eltwise::decode(d).binaryOp);
    }
  }
  EXPECT_EQ(instructions.size(), isa::kInstructions.size());
  for (const auto& [name, count] : instructions) EXPECT_GE(count, 20) << name;
  EXPECT_EQ(traps.size(), 9u);  // seven precise ones, semaphore_rest and deadlock
  EXPECT_EQ(roundings.size(), 5u);
  EXPECT_EQ(operations.size(), 6u);
  for (int n : {fences, twoWaits, crossQueue, empty, dilated, padded, strided, tables, tails}) {
    EXPECT_GE(n, 10);
  }
}

// The magnitude that f32_rne gives when its product is rounded by `round`.
template <typename Round>
int64_t floatResult(int32_t acc, uint32_t multiplier, uint8_t shift, Round round) {
  const uint64_t kept = functional::roundTo24Bits(static_cast<uint64_t>(std::abs(int64_t{acc})));
  return static_cast<int64_t>(
      functional::shiftRoundEven(round(kept * (multiplier >> 7)), shift > 7 ? shift - 7u : 0));
}

TEST(Ties, TellRoundingsApart) {
  using functional::requantise;
  using isa::Rounding;
  constexpr int kDraws = 2000;  // per rounding
  Random random(1);
  std::map<Rounding, std::map<Rounding, int>> differ;
  int none = 0, ties = 0;
  for (int n = 0; n < 5 * kDraws; ++n) {
    const auto rounding = static_cast<Rounding>(n % 5);
    const int32_t acc = tieAccumulator(random);
    ASSERT_NE(acc, 0);
    uint32_t multiplier = 0;
    uint8_t shift = 0;
    tie(random, rounding, acc, multiplier, shift);
    ASSERT_LT(multiplier, 1u << 31);
    ASSERT_LT(shift, 64);
    const int32_t result = requantise(acc, multiplier, shift, rounding);
    for (int other = 0; other < 4; ++other) {
      const auto with = static_cast<Rounding>(other);
      differ[rounding][with] += result != requantise(acc, multiplier, shift, with);
    }
    if (rounding != Rounding::f32Rne) continue;
    none += std::abs(result) !=
            floatResult(acc, multiplier, shift, [](uint64_t product) { return product; });
    ties += std::abs(result) != floatResult(acc, multiplier, shift, [](uint64_t product) {
      uint64_t unit = 1;
      while (product / unit >> 24 != 0) unit *= 2;
      return (product + unit / 2) / unit * unit;
    });
  }
  for (auto& [rounding, others] : differ) {
    for (auto& [other, count] : others) {
      if (rounding == other) continue;
      EXPECT_GE(count, kDraws / 10) << isa::toString(rounding) << " " << isa::toString(other);
    }
  }
  EXPECT_GE(none, kDraws / 10);
  EXPECT_GE(ties, kDraws / 20);
}

TEST(Generator, WithoutItsOrderAProgramIsRefused) {
  // The fences and semaphores are there for a reason: without them most programs are ill-formed.
  GeneratorOptions options;
  options.trapPercent = 0;
  int refused = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    TestCase test = generate(edge(), seed, options);
    for (isa::Descriptor& d : test.program) d[0] &= 0xFF;
    refused += !isa::verify(test.program, edge(), test.views());
  }
  EXPECT_GE(refused, 25);
}

TEST(Accesses, StridedFootprintsAreExact) {
  isa::Load load;
  load.region = 2;
  load.rows = 3, load.planes = 2;
  load.rowBytes = 5;
  load.memRowStride = 10, load.memPlaneStride = 100;
  load.spRowStride = 16, load.spPlaneStride = 64;
  const auto accesses = accessesOf(load.encode(), edge());
  ASSERT_EQ(accesses.size(), 2u);
  EXPECT_TRUE(accesses[0].write);
  EXPECT_TRUE(accesses[0].contains(7));    // filled up to a multiple of 8
  EXPECT_FALSE(accesses[0].contains(8));
  EXPECT_TRUE(accesses[0].contains(64 + 32));
  EXPECT_FALSE(accesses[1].write);
  EXPECT_EQ(accesses[1].space, 3u);
  EXPECT_TRUE(accesses[1].contains(124));
  EXPECT_FALSE(accesses[1].contains(125));
  EXPECT_FALSE(accesses[0].touches(accesses[1]));
}

}  // namespace
}  // namespace lilong::lockstep
