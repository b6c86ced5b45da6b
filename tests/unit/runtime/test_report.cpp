// SPDX-License-Identifier: Apache-2.0
// Layer times from a trace that is written down by hand.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runtime/intervals.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {
namespace {

using test::sampleProgram;

// Two layers on the chip; the second starts while the first runs.
Program twoLayers() {
  Program program = sampleProgram();
  std::get<ChipStep>(program.steps[0]).layers.clear();  // by the ranges of the layers
  program.layers = {{.name = "a", .op = "CONV_2D", .macs = 640, .bytes = 80, .step = 0,
                     .firstInstruction = 0, .lastInstruction = 1, .onChip = true, .exactness = ""},
                    {.name = "b", .op = "ADD", .macs = 0, .bytes = 8, .step = 0,
                     .firstInstruction = 2, .lastInstruction = 2, .onChip = true, .exactness = ""}};
  return program;
}

RunResult traced() {
  RunResult result;
  StepResult chip{.onChip = true, .job = {}};
  chip.job.cycles = 100;
  chip.job.trace = {{isa::Queue::load, 0, 10, 30},
                    {isa::Queue::exec, 1, 25, 60},
                    {isa::Queue::store, 2, 50, 90}};
  result.cycles = 100;
  result.counters[static_cast<size_t>(isa::Counter::bytesRead)] = 80;
  result.steps = {chip, StepResult{}};
  return result;
}

TEST(Report, LayersSumToTheInference) {
  const auto device = openDevice({.preset = "nano", .memoryBytes = 4096});
  const Report report = makeReport(twoLayers(), **device, "sram", traced());
  ASSERT_EQ(report.layers.size(), 2u);
  const LayerReport &a = report.layers[0], &b = report.layers[1];
  EXPECT_EQ(a.cycles, 60u);
  EXPECT_EQ(b.cycles, 40u);  // to the end of the job, not to 90
  EXPECT_EQ(a.busyLoad, 20u);
  EXPECT_EQ(a.busyExec, 35u);
  EXPECT_EQ(a.busyStore, 0u);
  EXPECT_EQ(b.busyStore, 40u);
  EXPECT_EQ(a.stallLoad, 15u);  // 10 to 25
  EXPECT_EQ(a.stallStore, 0u);
  EXPECT_EQ(a.stallIdle, 10u);
  EXPECT_EQ(b.stallStore, 30u);
  EXPECT_EQ(b.stallIdle, 10u);
  EXPECT_EQ(a.boundCompute, 10u);  // 640 MAC at 64 a cycle
  EXPECT_EQ(a.boundMemory, 10u);   // 80 bytes at 8 a cycle
  EXPECT_DOUBLE_EQ(*a.utilisation, 640.0 / (60 * 64));
  EXPECT_DOUBLE_EQ(*report.utilisation, 640.0 / (100 * 64));
  EXPECT_EQ(report.bytesRead, 80u);
}

TEST(Report, JsonHasTheDocumentedKeys) {
  const auto device = openDevice({.preset = "nano", .memoryBytes = 4096});
  const auto json =
      nlohmann::json::parse(toJson(makeReport(twoLayers(), **device, "sram", traced())));
  for (const char* key : {"schema_version", "model", "preset", "numerics", "memory", "device",
                          "cycles", "macs", "utilisation", "bytes_read", "bytes_written",
                          "counters", "layers"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  for (const char* key : {"name", "op", "cycles", "busy_cycles", "macs", "utilisation",
                          "bound_compute", "bound_memory", "bytes", "stalls", "on_chip"}) {
    EXPECT_TRUE(json["layers"][0].contains(key)) << key;
  }
  EXPECT_EQ(json["counters"].size(), isa::kNumCounters);
  EXPECT_TRUE(json["layers"][0]["stalls"]["weights"].is_null());  // the trace has no counters
  EXPECT_TRUE(json["layers"][0]["advice"].empty());
}

TEST(Report, WithoutTimeIsNull) {
  auto device = openDevice({.preset = "nano", .memoryBytes = 1 << 20});
  const std::shared_ptr<Device> shared = std::move(*device);
  auto session = Session::create(sampleProgram(), shared);
  ASSERT_TRUE(session.ok());
  auto result = (*session)->run({Bytes(test::kBytes)}, {.trace = true});
  ASSERT_TRUE(result.ok());
  const auto json = nlohmann::json::parse(
      toJson(makeReport((*session)->program(), *shared, "sram", *result)));
  EXPECT_TRUE(json["cycles"].is_null());
  EXPECT_TRUE(json["layers"][0]["cycles"].is_null());
  EXPECT_FALSE(json["layers"][1]["on_chip"]);
  EXPECT_EQ(json["layers"][1]["reason"], "the chip has no ARG_MAX");
}

TEST(Report, RemovedChannelsAreNoWork) {
  Program program = twoLayers();
  program.layers[0].macsRemoved = 320;
  const auto device = openDevice({.preset = "nano", .memoryBytes = 4096});
  const Report report = makeReport(program, **device, "sram", traced());
  EXPECT_EQ(report.macs, 640u);
  EXPECT_EQ(report.macsExecuted, 320u);
  EXPECT_EQ(report.layers[0].boundCompute, 5u);
  EXPECT_DOUBLE_EQ(*report.utilisation, 320.0 / (100 * 64));
  EXPECT_EQ(report.layers[0].distance->cycles, 60 - 10);  // 80 bytes at 8 a cycle
  EXPECT_DOUBLE_EQ(*report.layers[0].distance->percent, 500.0);
}

TEST(Report, SlowMemoryRaisesTheBound) {
  const auto device = openDevice({.preset = "nano", .memoryBytes = 4096});
  const Report report = makeReport(twoLayers(), **device, "sdram", traced());
  EXPECT_EQ(report.layers[0].boundMemory, 40u);  // 80 bytes at 2 a cycle
}

TEST(Report, NamesThatAreNotTextDoNotThrow) {
  Program program = twoLayers();
  program.layers[0].name = "\xff\xfe";
  const auto device = openDevice({.preset = "nano", .memoryBytes = 4096});
  EXPECT_FALSE(toJson(makeReport(program, **device, "sram", traced())).empty());
}

TEST(Report, TimelineHasEveryInstruction) {
  const auto json = nlohmann::json::parse(toPerfetto(twoLayers(), traced()));
  size_t slices = 0;
  for (const auto& event : json["traceEvents"]) slices += event["ph"] == "X";
  EXPECT_EQ(slices, 3u + 2u);  // instructions and layers
}

TEST(Intervals, Sets) {
  const auto set = merged({{5, 9}, {1, 3}, {8, 12}, {4, 4}});
  ASSERT_EQ(set.size(), 2u);
  EXPECT_EQ(length(set), 2u + 7u);
  EXPECT_EQ(length(clipped(set, {2, 6})), 2u);
  EXPECT_EQ(length(without(set, {{2, 6}})), 1u + 6u);
  EXPECT_EQ(length(without(set, {{0, 20}})), 0u);
}

}  // namespace
}  // namespace lilong
