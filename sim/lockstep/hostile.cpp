// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/hostile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/isa/gen/isa_checks.hpp"
#include "sim/lockstep/generator.hpp"
#include "sim/lockstep/random.hpp"

namespace lilong::lockstep {

namespace {

constexpr uint32_t kWatchdog = 60'000;      // cycles; hostile programs may want to run for years
constexpr uint32_t kDrainLimit = 3000;      // cycles
constexpr uint64_t kGoodBase = 1 << 20;     // the good job lives above, out of reach of late writes

// Bits of one descriptor turned over, fields set to extremes, or a descriptor of random bits.
void mutate(isa::Descriptor& d, Random& r) {
  switch (r.range(0, 4)) {
    case 0:
      for (uint32_t n = r.range(1, 3); n > 0; --n) {
        d[r.range(0, isa::kDescriptorWords - 1)] ^= 1u << r.range(0, 31);
      }
      return;
    case 1: {  // a whole field, at an extreme or anywhere
      const isa::InstructionInfo* info = isa::findInstruction(isa::opcodeByte(d));
      if (!info || info->fields.empty()) break;
      const isa::FieldInfo& f =
          info->fields[r.range(0, static_cast<uint32_t>(info->fields.size()) - 1)];
      const uint32_t all = 0xFFFFFFFFu >> (31 - (f.msb - f.lsb));
      isa::setBits(d, f.word, f.msb, f.lsb,
                   r.pick({0, 1, all, all - 7, all >> 1, static_cast<uint32_t>(r.next()) & all}));
      return;
    }
    case 2: {  // a header that may wait for ever
      const uint32_t opcode = d[0] & 0xFF;
      d[0] = (static_cast<uint32_t>(r.next()) & 0x1FFFFF00) | opcode;
      return;
    }
    case 3: {  // random fields of a real instruction, aligned where it must be
      const auto& info = isa::kInstructions[r.range(0, isa::kInstructions.size() - 1)];
      const isa::Descriptor reserved = isa::reservedMask(static_cast<uint8_t>(info.opcode));
      for (uint32_t w = 1; w < isa::kDescriptorWords; ++w) {
        d[w] = static_cast<uint32_t>(r.next()) & ~reserved[w];
        if (r.chance(70)) d[w] &= 0x1F1F1FE0 >> r.range(0, 3);
        d[w] &= r.chance(80) ? ~31u : ~0u;
      }
      d[0] = static_cast<uint32_t>(info.opcode);
      return;
    }
    default: break;
  }
  for (uint32_t& w : d) w = static_cast<uint32_t>(r.next());
}

// Windows that lie outside of the memory, or all over it.
void wildWindows(TestCase& test, Random& r) {
  for (uint32_t i = 2; i < isa::kRegions; ++i) {
    if (!r.chance(30)) continue;
    functional::Window& w = test.windows[i];
    w.base = (r.chance(50) ? r.next() : r.next() % test.memory.size()) & 0x3FFFFFFC0;
    // Never over the place of the good job: its bytes must stay.
    if (w.base < 2 * kGoodBase + test.memory.size()) w.base += 4 * kGoodBase;
    w.size = r.chance(50) ? w.size : static_cast<uint32_t>(r.next());
  }
}

std::vector<memory::Fault> faults(Random& r) {
  std::vector<memory::Fault> result;
  for (uint32_t n = r.range(1, 2); n > 0; --n) {
    memory::Fault f{};
    f.kind = static_cast<memory::FaultKind>(
        r.range(0, static_cast<uint32_t>(memory::FaultKind::answerWrongId)));
    f.burst = r.small(0, 20);
    f.beat = r.chance(60) ? 0 : r.small(0, 12);
    result.push_back(f);
  }
  return result;
}

bool isPrecise(isa::TrapCode code) {
  return code >= isa::TrapCode::illegalOpcode && code <= isa::TrapCode::programRange;
}

TestCase shifted(TestCase test) {
  test.memory.insert(test.memory.begin(), kGoodBase, 0);
  for (functional::Window& w : test.windows) w.base += kGoodBase;
  return test;
}

}  // namespace

std::string checkHostile(TestCase& test, RtlRunner& rtl, std::map<std::string, uint64_t>& traps) {
  Random r(test.seed * 77 + 5);
  const bool faulty = r.chance(40);
  if (!faulty || r.chance(20)) {
    for (uint32_t n = r.range(1, 5); n > 0; --n) {
      mutate(test.program[r.range(0, static_cast<uint32_t>(test.program.size()) - 1)], r);
    }
    if (r.chance(30)) wildWindows(test, r);
  }
  test.legal = false;
  test.watchdogCycles = kWatchdog;

  JobOptions options;
  options.renewChip = true;
  options.memoryBytes = 4 * kGoodBase;
  options.drainLimit = kDrainLimit;
  if (faulty) options.faults = faults(r);
  const Outcome hostile = rtl.run(test, options);
  ++traps[hostile.trap ? isa::toString(hostile.trap->code) : "none"];
  if (!hostile.failure.empty()) return "hostile job: " + hostile.failure;
  if (!faulty && hostile.trap && isPrecise(hostile.trap->code)) {
    const Outcome expected = runFunctional(test);
    if (expected.trap && isPrecise(expected.trap->code) && *expected.trap != *hostile.trap) {
      return fmt::format("functional: {}; rtl: {}", expected.trap->toString(),
                         hostile.trap->toString());
    }
  }

  // The next job, with whatever the bus still owes.
  GeneratorOptions good;
  good.trapPercent = 0;
  const TestCase next = shifted(generate(*test.preset, test.seed ^ 0x9E3779B9, good));
  JobOptions after;
  after.keepMemory = true;
  after.keepStalls = true;
  Outcome expected = runFunctional(next);
  Outcome got = rtl.run(next, after);
  if (got.memory.size() >= kGoodBase && expected.memory.size() >= kGoodBase) {
    // Below lies what late writes of the hostile job may have changed.
    std::copy_n(expected.memory.begin(), kGoodBase, got.memory.begin());
  }
  const std::string difference = compare(next, expected, got);
  return difference.empty() ? difference : "good job after the hostile one: " + difference;
}

}  // namespace lilong::lockstep
