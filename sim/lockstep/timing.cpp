// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "sim/cycle/core.hpp"
#include "sim/isa/disassembler.hpp"

namespace lilong::lockstep {

namespace {

cycle::Result runCore(const TestCase& test, TimingFigures& figures) {
  std::array<cycle::Region, isa::kRegions> regions;
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    const functional::Window& w = test.windows[i];
    regions[i] = {w.base, w.size, w.read, w.write};
  }
  const std::vector<uint8_t> image = test.image();
  const functional::Window& program = test.windows[0];
  cycle::TimingCore core(*test.preset, test.timing, test.stalls);
  cycle::RunOptions options;
  options.watchdogCycles = test.watchdogCycles;
  options.cycleLimit = uint64_t{test.watchdogCycles} + 100'000;
  options.trace = true;
  const std::clock_t start = std::clock();
  cycle::Result result = core.run(
      std::span<const uint8_t>(image).subspan(program.base, program.size), regions, options);
  figures.seconds += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  figures.cycles += result.cycles;
  ++figures.jobs;
  return result;
}

std::string describe(const TestCase& test, uint32_t instruction) {
  if (instruction >= test.program.size()) return "?";
  return isa::disassemble(test.program[instruction]);
}

// The difference that comes first in time.
std::string firstDifference(const TestCase& test, const std::vector<cycle::Event>& core,
                            const std::vector<rtl::Event>& rtl) {
  uint64_t best = ~uint64_t{0};
  std::string text;
  const auto note = [&](uint64_t cycle, std::string what) {
    if (cycle < best) best = cycle, text = std::move(what);
  };
  for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
    const auto queue = static_cast<isa::Queue>(q);
    size_t a = 0, b = 0;
    while (true) {
      while (a < core.size() && core[a].queue != queue) ++a;
      while (b < rtl.size() && rtl[b].queue != queue) ++b;
      if (a == core.size() && b == rtl.size()) break;
      if (a == core.size() || b == rtl.size()) {
        const bool missing = a == core.size();
        const uint64_t start = missing ? rtl[b].start : core[a].start;
        note(start, fmt::format("an instruction of queue {} starts in cycle {} only on {}",
                                isa::toString(queue), start, missing ? "rtl" : "cycle"));
        break;
      }
      const cycle::Event& x = core[a++];
      const rtl::Event& y = rtl[b++];
      if (x.instruction != y.instruction) {
        note(std::min(x.start, y.start), fmt::format("instruction {} starts on cycle, {} on rtl",
                                                     x.instruction, y.instruction));
        break;
      }
      if (x.start != y.start || x.end != y.end) {
        note(x.start != y.start ? std::min(x.start, y.start) : std::min(x.end, y.end),
             fmt::format("instruction {} takes cycles {} to {}, on rtl {} to {}: {}", x.instruction,
                         x.start, x.end, y.start, y.end, describe(test, x.instruction)));
        break;
      }
      if (const auto [ours, chips] = std::ranges::mismatch(x.counters, y.counters);
          ours != x.counters.end()) {
        note(x.end, fmt::format("behind instruction {} counter {} is {}, on rtl {}", x.instruction,
                                isa::kCounterNames[ours - x.counters.begin()], *ours, *chips));
        break;
      }
    }
  }
  return text;
}

}  // namespace

std::string compareTiming(const TestCase& test, const Outcome& chip, TimingFigures& figures) {
  if (!chip.failure.empty()) return chip.failure;
  const cycle::Result core = runCore(test, figures);
  if (!core.finished) return "the timing core does not come to an end";
  std::string difference = firstDifference(test, core.events, chip.events);
  if (!difference.empty()) return difference;
  if (core.trap != chip.trap) {
    return fmt::format("cycle: {}; rtl: {}", core.trap ? core.trap->toString() : "no trap",
                       chip.trap ? chip.trap->toString() : "no trap");
  }
  if (core.cycles != chip.cycles) {
    return fmt::format("{} cycles, on rtl {}", core.cycles, chip.cycles);
  }
  for (size_t i = 0; i < isa::kNumCounters; ++i) {
    if (core.counters[i] != chip.counters[i]) {
      return fmt::format("counter {} is {}, on rtl {}", isa::kCounterNames[i], core.counters[i],
                         chip.counters[i]);
    }
  }
  return {};
}

std::string checkTiming(const TestCase& test, RtlRunner& rtl, TimingFigures& figures) {
  return compareTiming(test, rtl.run(test, JobOptions{}), figures);
}

TestCase shrinkTiming(const TestCase& test, RtlRunner& rtl) {
  TestCase best = test;
  TimingFigures unused;
  const auto failing = [&](const TestCase& t) { return !checkTiming(t, rtl, unused).empty(); };
  if (best.stalls.permille != 0) {
    TestCase t = best;
    t.stalls = {};
    if (failing(t)) best = t;
  }
  for (size_t i = best.program.size(); i-- > 0;) {
    const isa::InstructionInfo* info = isa::findInstruction(isa::opcodeByte(best.program[i]));
    if (!info || info->queue == isa::Queue::control) continue;
    isa::Descriptor nop{};
    nop[0] = best.program[i][0];
    const isa::Opcode opcode = info->queue == isa::Queue::load   ? isa::Opcode::nopLoad
                               : info->queue == isa::Queue::exec ? isa::Opcode::nopExec
                                                                 : isa::Opcode::nopStore;
    isa::setBits(nop, 0, 7, 0, static_cast<uint32_t>(opcode));
    if (nop == best.program[i]) continue;
    TestCase t = best;
    t.program[i] = nop;
    if (failing(t)) best = t;
  }
  return best;
}

}  // namespace lilong::lockstep
