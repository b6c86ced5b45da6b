// SPDX-License-Identifier: Apache-2.0
// The timing core with its jumps against the same core that takes every cycle by itself: every
// event, its counters, and the end.
#include <gtest/gtest.h>

#include "sim/cycle/core.hpp"
#include "sim/lockstep/generator.hpp"
#include "tests/unit/cycle/layers.hpp"

namespace lilong::cycle {
namespace {

// First difference; empty if there is none.
std::string difference(const Result& a, const Result& b) {
  const auto text = [](const char* what, uint64_t x, uint64_t y) {
    return std::string(what) + " " + std::to_string(x) + ", plain " + std::to_string(y);
  };
  for (size_t i = 0; i < std::min(a.events.size(), b.events.size()); ++i) {
    const Event &x = a.events[i], &y = b.events[i];
    const std::string at = "instruction " + std::to_string(y.instruction) + ": ";
    if (x.instruction != y.instruction) return at + text("number", x.instruction, y.instruction);
    if (x.start != y.start) return at + text("start", x.start, y.start);
    if (x.end != y.end) return at + text("end", x.end, y.end);
    for (size_t c = 0; c < isa::kNumCounters; ++c) {
      if (x.counters[c] != y.counters[c]) {
        return at + text(std::string(isa::kCounterNames[c]).c_str(), x.counters[c], y.counters[c]);
      }
    }
  }
  if (a.events.size() != b.events.size()) return text("events", a.events.size(), b.events.size());
  if (a.finished != b.finished) return text("finished", a.finished, b.finished);
  if (a.trap != b.trap) return "trap";
  if (a.cycles != b.cycles) return text("cycles", a.cycles, b.cycles);
  for (size_t c = 0; c < isa::kNumCounters; ++c) {
    if (a.counters[c] != b.counters[c]) return text("counter", a.counters[c], b.counters[c]);
  }
  return a.progress == b.progress ? "" : text("progress", a.progress, b.progress);
}

// Two jobs on either core: the second one meets the memory as the first one left it.
void compare(const isa::Preset& preset, const memory::Timing& timing, const memory::Stalls& stalls,
             std::span<const uint8_t> program, const std::array<Region, isa::kRegions>& regions,
             RunOptions options, uint64_t seed) {
  TimingCore jumps(preset, timing, stalls), plain(preset, timing, stalls);
  for (int job = 0; job < 2; ++job) {
    options.trace = job == 0;
    const Result a = jumps.run(program, regions, options);
    options.plain = true;
    const Result b = plain.run(program, regions, options);
    options.plain = false;
    ASSERT_EQ(difference(a, b), "")
        << preset.name << ", " << timing.name << ", seed " << seed << ", job " << job;
  }
}

TEST(Jumps, RandomPrograms) {
  for (const isa::Preset& preset : isa::kPresets) {
    for (uint64_t seed = 1; seed <= 150; ++seed) {
      const lockstep::TestCase test = lockstep::generate(preset, seed);
      std::array<Region, isa::kRegions> regions;
      for (uint32_t i = 0; i < isa::kRegions; ++i) {
        const functional::Window& w = test.windows[i];
        regions[i] = {w.base, w.size, w.read, w.write};
      }
      const std::vector<uint8_t> image = test.image();
      compare(preset, test.timing, test.stalls,
              std::span(image).subspan(test.windows[0].base, test.windows[0].size), regions,
              {.watchdogCycles = seed % 8 == 0 ? static_cast<uint32_t>(300 + seed) : 2'000'000},
              seed);
    }
  }
}

TEST(Jumps, Layers) {
  for (const isa::Preset& preset : isa::kPresets) {
    for (uint64_t seed = 1; seed <= 100; ++seed) {
      const std::vector<uint8_t> program = randomLayers(preset, seed);
      std::array<Region, isa::kRegions> regions{};
      regions[0] = {0, static_cast<uint32_t>(program.size()), true, false};
      regions[1] = {1u << 20, kLayerRegionBytes, true, false};
      regions[2] = {8u << 20, kLayerRegionBytes, true, true};
      const memory::Timing& timing = memory::kTimings[seed % std::size(memory::kTimings)];
      memory::Stalls stalls;
      if (seed % 5 == 0) stalls = {.seed = seed, .permille = 200, .maxCycles = 9};
      compare(preset, timing, stalls, program, regions, {}, seed);
    }
  }
}

TEST(Core, TakesDescriptors) {
  const isa::Preset& preset = *isa::findPreset("edge");
  const std::vector<uint8_t> program = randomLayers(preset, 5);
  std::vector<isa::Descriptor> list;
  for (size_t at = 0; at < program.size(); at += isa::kDescriptorBytes) {
    list.push_back(isa::readDescriptor(program.data() + at));
  }
  std::array<Region, isa::kRegions> regions{};
  regions[0] = {0, static_cast<uint32_t>(program.size()), true, false};
  regions[2] = {8u << 20, kLayerRegionBytes, true, true};
  TimingCore core(preset, memory::kTimings[0]);
  const Result a = core.run(program, regions);
  EXPECT_EQ(difference(core.run(list, regions), a), "");
  EXPECT_FALSE(a.trap);
  EXPECT_GT(a.cycles, 500u);
  list.pop_back();  // without END
  EXPECT_EQ(core.run(list, regions).trap->code, isa::TrapCode::programRange);
}

}  // namespace
}  // namespace lilong::cycle
