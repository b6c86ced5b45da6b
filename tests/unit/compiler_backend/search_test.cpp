// SPDX-License-Identifier: Apache-2.0
// The search for a plan: the timing core decides, within an allowance that counts what is
// simulated, and the program is the same every time, on any number of threads.
#include <gtest/gtest.h>

#include <thread>

#include "compiler/search/search.hpp"
#include "sim/cycle/core.hpp"
#include "tests/unit/compiler_backend/graph_builder.hpp"
#include "tests/unit/compiler_backend/run_graph.hpp"

namespace lilong::backend {
namespace {

using test::compileAndRun;
using test::compileGraph;
using test::GraphBuilder;
using test::lowerGraph;

constexpr auto kTflm = numerics::Numerics::tflm;
constexpr Meter::Allowance kSome{20'000'000, 100};

isa::Preset presetWith(uint32_t scratchpadBytes) {
  isa::Preset preset = *isa::findPreset("edge");
  preset.scratchpadBytes = scratchpadBytes;
  return preset;
}

// Expand, depthwise, project: the two tensors in the middle are large, the ends are small.
ir::Graph bottleneck(uint32_t seed) {
  GraphBuilder g(seed);
  const auto x = g.input({1, 32, 20, 8});
  const auto a = g.conv(x, 64, 1, 1, 0);
  const auto b = g.depthwise(a, 3, 1, 1);
  const auto c = g.conv(b, 8, 1, 1, 0);
  return g.finish({g.conv(c, 24, 3, 2, 1)});
}

std::vector<uint8_t> bytesOf(const CompiledStep& step) {
  std::vector<uint8_t> bytes = step.constants;
  for (const CodeLine& line : step.code) {
    bytes.resize(bytes.size() + isa::kDescriptorBytes);
    isa::writeDescriptor(line.descriptor, bytes.data() + bytes.size() - isa::kDescriptorBytes);
  }
  return bytes;
}

TEST(Search, ReportsTheCyclesOfTheTimingCore) {
  const isa::Preset preset = presetWith(24 * 1024);
  const auto step = compileGraph(bottleneck(1), preset, kTflm, kSome);
  ASSERT_TRUE(step.ok());
  std::vector<uint8_t> program(step->code.size() * isa::kDescriptorBytes);
  for (size_t i = 0; i < step->code.size(); ++i)
    isa::writeDescriptor(step->code[i].descriptor, program.data() + i * isa::kDescriptorBytes);
  std::array<cycle::Region, isa::kRegions> regions{};
  uint64_t base = 4096;
  for (cycle::Region& region : regions) {
    region = {base, 1 << 20, true, true};
    base += 1 << 20;
  }
  regions[0].size = static_cast<uint32_t>(program.size());
  cycle::TimingCore core(preset, *memory::findTiming("sram"));
  const cycle::Result result = core.run(program, regions);
  EXPECT_FALSE(result.trap);
  EXPECT_EQ(result.cycles, step->cycles);
}

TEST(Search, SameProgramOnAnyNumberOfThreads) {
  const isa::Preset preset = presetWith(24 * 1024);
  const ir::Graph graph = bottleneck(2);
  const auto alone = compileGraph(graph, preset, kTflm, kSome);
  ASSERT_TRUE(alone.ok());
  std::vector<std::vector<uint8_t>> found(4);
  std::vector<uint64_t> evaluations(4);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < found.size(); ++t) {
    threads.emplace_back([&, t] {
      const auto step = compileGraph(graph, preset, kTflm, kSome);
      if (!step) return;
      found[t] = bytesOf(*step);
      evaluations[t] = step->evaluations;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 0; t < found.size(); ++t) {
    EXPECT_EQ(found[t], bytesOf(*alone));
    EXPECT_EQ(evaluations[t], alone->evaluations);
  }
}

TEST(Search, StaysWithinItsAllowance) {
  const isa::Preset preset = presetWith(24 * 1024);
  const ir::Graph graph = bottleneck(3);
  uint64_t cycles = UINT64_MAX;
  for (const uint64_t evaluations : {1, 10, 60}) {
    const auto step = compileGraph(graph, preset, kTflm, {uint64_t{1} << 40, evaluations});
    ASSERT_TRUE(step.ok());
    EXPECT_GE(step->evaluations, 1u);
    EXPECT_LE(step->evaluations, evaluations + 1);  // the first whole plan is always measured
    EXPECT_LE(step->cycles, cycles);                // more is not worse here
    cycles = step->cycles;
  }
  // The program that uses up the cycles is the last one.
  const auto step = compileGraph(graph, preset, kTflm, {30000, 1000});
  ASSERT_TRUE(step.ok());
  EXPECT_GE(step->simulated, 30000u);
  EXPECT_LE(step->simulated, 30000u + 4 * step->cycles);
}

TEST(Search, TheChooserDecides) {
  size_t choices = 0;
  for (const uint32_t kib : {16, 24, 32, 40}) {
    const isa::Preset preset = presetWith(kib * 1024);
    const auto lowered = lowerGraph(bottleneck(4), preset);
    ASSERT_TRUE(lowered.ok());
    const Bus bus(*memory::findTiming("sram"), preset);
    for (const bool last : {false, true}) {
      std::vector<std::pair<uint32_t, KernelPlan>> wanted;
      const TileChooser choose = [&](const Plan&, Range group,
                                     std::span<const KernelPlan> candidates) {
        ++choices;
        const size_t choice = last ? candidates.size() - 1 : 0;
        wanted.emplace_back(group.end - 1, candidates[choice]);
        return choice;
      };
      const auto plan = makePlan(*lowered, preset, bus, {kib * 1024, true}, choose, "test");
      if (!plan) continue;
      for (const auto& [k, way] : wanted) EXPECT_EQ(plan->kernels[k], way);
    }
  }
  EXPECT_GE(choices, 4u);
}

TEST(Meter, CountsEveryProgramOnce) {
  const isa::Preset preset = presetWith(64 * 1024);
  const auto step = compileGraph(bottleneck(5), preset);
  ASSERT_TRUE(step.ok());
  Meter meter(preset, *memory::findTiming("sram"), kSome);
  const auto cost = meter.measure(step->code);
  ASSERT_TRUE(cost);
  EXPECT_EQ(cost->cycles, step->cycles);
  EXPECT_EQ(meter.evaluations(), 1u);
  EXPECT_FALSE(meter.measure(step->code, cost->cycles));  // not below the limit
  EXPECT_TRUE(meter.measure(step->code, cost->cycles + 1));
  EXPECT_EQ(meter.evaluations(), 1u);
  EXPECT_EQ(meter.simulated(), cost->cycles);
}

TEST(Strips, TensorsInTheMiddleNeedNoMemory) {
  const ir::Graph graph = bottleneck(6);
  const auto whole = compileAndRun(graph, presetWith(1 << 20));
  ASSERT_TRUE(whole.ok());
  for (const uint32_t kib : {96, 64, 40, 28}) {  // 40 KiB each in the middle
    const auto strips = compileAndRun(graph, presetWith(kib * 1024));
    ASSERT_TRUE(strips.ok()) << kib;
    EXPECT_EQ(strips->output, whole->output) << kib;
    EXPECT_EQ(strips->spillBytes, 0u) << kib;
  }
}

TEST(Strips, RowsThatTheReadersNeed) {
  const isa::Preset preset = presetWith(1 << 20);
  const auto lowered = lowerGraph(bottleneck(7), preset);
  ASSERT_TRUE(lowered.ok());
  const std::vector<Range> rows = stripRows(*lowered, {0, 3}, {8, 16});
  EXPECT_EQ(rows[2], (Range{8, 16}));
  EXPECT_EQ(rows[1], (Range{8, 16}));
  EXPECT_EQ(rows[0], (Range{7, 17}));  // one more on either side for the depthwise kernel
  EXPECT_EQ(stripRows(*lowered, {0, 3}, {0, 8})[0], (Range{0, 9}));
}

// Convolutions with few channels, alone and in front of what reads them in different ways.
TEST(Packing, NeighbouringPixelsTogether) {
  struct Case {
    int32_t height, width, in;
    int32_t out;  // two pixels fit into 16 lanes, or into 32
    int32_t kernel, stride, pad;
  };
  const Case cases[] = {{12, 16, 3, 8, 3, 1, 1}, {13, 16, 3, 8, 3, 2, 1}, {9, 12, 1, 16, 5, 1, 2},
                        {10, 25, 1, 8, 3, 2, 0}, {7, 18, 4, 8, 1, 1, 0},  {11, 15, 2, 8, 4, 3, 2}};
  uint32_t seed = 20;
  for (const Case& c : cases) {
    GraphBuilder g(++seed);
    const auto x = g.input({2, c.height, c.width, c.in});
    const auto a = g.conv(x, c.out, c.kernel, c.stride, c.pad);
    const auto b = g.depthwise(a, 3, 1, 1);
    const auto d = g.conv(a, c.out, 1, 1, 0);
    const ir::Graph graph = g.finish({g.add(b, d), a});
    for (const char* name : {"edge", "plus"}) {
      for (const uint32_t kib : {512, 24, 12}) {
        isa::Preset preset = *isa::findPreset(name);
        preset.scratchpadBytes = kib * 1024;
        const auto plain = compileAndRun(graph, preset, kTflm, 99);
        const auto packed = compileAndRun(graph, preset, kTflm, 99, {true});
        if (kib == 512) {
          EXPECT_EQ(lowerGraph(graph, preset)->packable,
                    preset.lanes >= 2 * static_cast<uint32_t>(c.out))
              << seed;
          ASSERT_TRUE(plain.ok() && packed.ok());
        }
        if (!plain || !packed) continue;
        EXPECT_EQ(plain->output, packed->output) << name << ' ' << kib << ' ' << seed;
      }
    }
  }
}

}  // namespace
}  // namespace lilong::backend
