// SPDX-License-Identifier: Apache-2.0
// Causes of lost cycles from traces and counters that are written down by hand.
#include "runtime/layer_times.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "runtime/advice.hpp"
#include "runtime/traffic.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {
namespace {

using isa::Counter;

// LOAD of constants, convolution of layer 0, convolution of layer 1 whose LOAD of the input comes
// late, STORE.  Preset nano: 8 lanes of 8.
Program program() {
  Program p = test::sampleProgram();
  isa::Load load;
  load.region = kRegionConstants;
  load.rowBytes = 64;
  load.rows = 2;
  load.planes = 1;
  isa::Conv conv;
  conv.outHeight = 1;
  conv.outWidth = 10;
  conv.channels = 8;
  conv.kernelRows = conv.kernelCols = 1;
  conv.run = 4;
  conv.steps = 1;
  conv.stripe = 10;
  isa::Load input = load;
  input.region = kRegionInputs;
  isa::Store store;
  store.region = kRegionSpill;
  store.rowBytes = 80;
  store.rows = 1;
  store.planes = 1;
  p.steps = {ChipStep{test::encode({load.encode(), conv.encode(), input.encode(), conv.encode(),
                                    store.encode(), isa::End{}.encode()}),
                      1000,
                      {0, 0, 1, 1, 1, kNoLayer}}};
  p.layers = {{.name = "a",
               .op = "CONV_2D",
               .macs = 320,
               .bytes = 128,
               .step = 0,
               .firstInstruction = 1,
               .lastInstruction = 1,
               .onChip = true},
              {.name = "b",
               .op = "CONV_2D",
               .macs = 640,
               .bytes = 208,
               .step = 0,
               .firstInstruction = 3,
               .lastInstruction = 4,
               .onChip = true}};
  return p;
}

struct Counts {
  uint32_t beats = 0, weights = 0, input = 0, bytes = 0;
  std::array<uint32_t, 3> done{};
};

std::array<uint32_t, isa::kNumCounters> counters(const Counts& c) {
  std::array<uint32_t, isa::kNumCounters> all{};
  all[static_cast<size_t>(Counter::macBeats)] = c.beats;
  all[static_cast<size_t>(Counter::execStallWeights)] = c.weights;
  all[static_cast<size_t>(Counter::execStallInput)] = c.input;
  all[static_cast<size_t>(Counter::bytesRead)] = c.bytes;
  for (size_t q = 0; q < 3; ++q)
    all[static_cast<size_t>(Counter::instructionsLoad) + q] = c.done[q];
  return all;
}

JobResult job() {
  JobResult result;
  result.cycles = 120;
  result.trace = {
      {isa::Queue::load, 0, 10, 30, counters({.bytes = 128, .done = {1, 0, 0}})},
      {isa::Queue::exec, 1, 32, 52,
       counters({.beats = 10, .weights = 4, .bytes = 128, .done = {1, 1, 0}})},
      {isa::Queue::load, 2, 50, 70,
       counters({.beats = 10, .weights = 4, .bytes = 256, .done = {2, 1, 0}})},
      {isa::Queue::exec, 3, 71, 91,
       counters({.beats = 20, .weights = 4, .input = 3, .bytes = 256, .done = {2, 2, 0}})},
      {isa::Queue::store, 4, 92, 110,
       counters({.beats = 20, .weights = 4, .input = 3, .bytes = 256, .done = {2, 2, 1}})}};
  result.counters =
      counters({.beats = 20, .weights = 4, .input = 3, .bytes = 256, .done = {2, 2, 1}});
  return result;
}

uint64_t cause(const LayerTimes& t, Cause c) {
  return t.causes[static_cast<size_t>(c)];
}

TEST(LayerTimes, EveryCycleHasOneCause) {
  const std::vector<LayerTimes> t = layerTimes(program(), 0, job(), {0, 1}, {5, 10});
  ASSERT_EQ(t.size(), 2u);
  EXPECT_TRUE(t[0].counted);
  EXPECT_EQ(t[0].cycles, 52u);
  EXPECT_EQ(cause(t[0], Cause::idle), 10u + 2u);  // before the LOAD, and after it
  EXPECT_EQ(cause(t[0], Cause::loadConstants), 20u);
  EXPECT_EQ(cause(t[0], Cause::weights), 4u);
  EXPECT_EQ(cause(t[0], Cause::setup), 20u - 10 - 4);
  EXPECT_EQ(cause(t[0], Cause::packing), 5u);  // 10 beats for the MACs of 5
  EXPECT_EQ(t[1].cycles, 68u);
  EXPECT_EQ(cause(t[1], Cause::loadInput), 18u);  // from 52 to 70
  EXPECT_EQ(cause(t[1], Cause::activations), 3u);
  EXPECT_EQ(cause(t[1], Cause::store), 18u);
  EXPECT_EQ(cause(t[1], Cause::idle), 1u + 1u + 10u);
  EXPECT_EQ(cause(t[1], Cause::packing), 0u);
  for (size_t n = 0; n < 2; ++n) {
    const uint64_t sum = std::accumulate(t[n].causes.begin(), t[n].causes.end(), uint64_t{0});
    EXPECT_EQ(sum + (n == 0 ? 5 : 10), t[n].cycles);
  }
}

// Two strips: the first EXEC is of b, the second of a, a third one of b.
TEST(LayerTimes, InterleavedLayersShareTheirTime) {
  Program p = program();
  std::get<ChipStep>(p.steps[0]).layers = {0, 0, 0, 1, 1, kNoLayer};
  JobResult strips = job();
  TraceEvent third = strips.trace[3];
  strips.trace[1].instruction = 3;  // b
  strips.trace[3].instruction = 1;  // a
  third.start = 91, third.end = 95;
  third.counters[static_cast<size_t>(Counter::instructionsExec)] = 3;
  third.counters[static_cast<size_t>(Counter::macBeats)] = 24;
  strips.trace.insert(strips.trace.begin() + 4, third);  // b
  strips.trace[5].counters[static_cast<size_t>(Counter::macBeats)] = 24;
  strips.counters[static_cast<size_t>(Counter::macBeats)] = 24;
  const std::vector<LayerTimes> t = layerTimes(p, 0, strips, {0, 1}, {5, 10});
  EXPECT_EQ(t[0].cycles, 91u - 52);        // a: up to the end of its only EXEC
  EXPECT_EQ(t[1].cycles, 52u + 120 - 91);  // b: the rest
  EXPECT_EQ(cause(t[0], Cause::activations), 3u);
  EXPECT_EQ(cause(t[1], Cause::weights), 4u);
  EXPECT_EQ(cause(t[0], Cause::otherLayer) + cause(t[1], Cause::otherLayer), 0u);
  EXPECT_EQ(cause(t[0], Cause::packing), 5u);  // 10 beats for 5
  EXPECT_EQ(cause(t[1], Cause::packing), 4u);  // 14 beats for 10
}

// Layer b runs while the STORE of a is at work.
TEST(LayerTimes, WorkOfTheNextLayerIsSaid) {
  Program p = program();
  std::get<ChipStep>(p.steps[0]).layers = {0, 0, 1, 1, 0, kNoLayer};
  p.layers[0].lastInstruction = 4;
  const std::vector<LayerTimes> t = layerTimes(p, 0, job(), {1, 0}, {10, 5});
  EXPECT_EQ(t[0].cycles + t[1].cycles, 120u);
  JobResult tail = job();
  const std::vector<LayerTimes> u = layerTimes(p, 0, tail, {0, 1}, {5, 10});
  EXPECT_EQ(u[0].cycles, 110u);
  EXPECT_EQ(cause(u[0], Cause::otherLayer), 91u - 52);
  EXPECT_EQ(u[0].otherLayer, 1u);
  EXPECT_EQ(u[1].cycles, 10u);
  EXPECT_EQ(u[1].ownCauses[static_cast<size_t>(Cause::activations)], 3u);
}

TEST(LayerTimes, WithoutCountersThereAreNoCauses) {
  JobResult bare = job();
  for (TraceEvent& event : bare.trace) event.counters = {};
  const std::vector<LayerTimes> t = layerTimes(program(), 0, bare, {0, 1}, {5, 10});
  EXPECT_FALSE(t[0].counted);
  EXPECT_EQ(t[0].cycles, 52u);
  EXPECT_EQ(t[0].stallLoad, 20u);
  EXPECT_EQ(std::accumulate(t[0].causes.begin(), t[0].causes.end(), uint64_t{0}), 0u);
}

TEST(Advice, SaysWhatWasMeasured) {
  const Program p = program();
  const std::vector<LayerTimes> t = layerTimes(p, 0, job(), {0, 1}, {5, 10});
  const std::vector<Advice> advice = adviceFor(p, 0, t[0], *isa::findPreset("nano"), 16, 8);
  ASSERT_EQ(advice.size(), 5u);
  EXPECT_EQ(advice[0].cause, "load_constants");
  EXPECT_EQ(advice[0].text, "waits 20 cycles for constants: bus 73 % busy, the bytes need 16");
  for (size_t i = 1; i < advice.size(); ++i) EXPECT_LE(advice[i].cycles, advice[i - 1].cycles);
  const auto packing = std::find_if(advice.begin(), advice.end(),
                                    [](const Advice& a) { return a.cause == "packing"; });
  EXPECT_EQ(packing->text, "K = 4 fills 1 step of 8 to 50 %: 5 cycles lost");
}

TEST(Advice, OfTheNetwork) {
  const std::vector<LayerTimes> t = layerTimes(program(), 0, job(), {0, 1}, {5, 10});
  const std::vector<Advice> advice = adviceFor({{"a;x", &t[0]}, {"b", &t[1]}});
  EXPECT_EQ(advice[0].cause, "idle");
  EXPECT_EQ(advice[0].text, "no running instruction: 24 cycles, most of them, 12, in 'a'");
}

TEST(Traffic, ByLayerAndRegion) {
  const std::vector<Traffic> traffic = trafficOf(program());
  EXPECT_EQ(traffic[0].constants, 128u);
  EXPECT_EQ(traffic[1].inputs, 128u);
  EXPECT_EQ(traffic[1].spillWritten, 80u);
  EXPECT_EQ(traffic[1].total(), 208u);
}

TEST(Advice, Commas) {
  EXPECT_EQ(withCommas(0), "0");
  EXPECT_EQ(withCommas(999), "999");
  EXPECT_EQ(withCommas(1234567), "1,234,567");
}

}  // namespace
}  // namespace lilong
