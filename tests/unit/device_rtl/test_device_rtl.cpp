// SPDX-License-Identifier: Apache-2.0
// Device `rtl` through the runtime: same results as `functional`, cycles, traces, traps with
// recovery, waves, and clear errors.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "runtime/devices.hpp"

namespace lilong {
namespace {

constexpr uint64_t kProgram = 0, kInput = 0x10000, kOutput = 0x20000;

// Loads 1000 bytes, adds 3 to each with saturation, stores them.
std::vector<uint8_t> program(uint32_t inputBytes = 1000) {
  isa::Load load;
  load.region = 3;
  load.rowBytes = inputBytes;
  load.rows = load.planes = 1;
  load.header.signal0En = true;
  isa::Eltwise add;
  add.binaryOp = isa::BinaryOp::pass;
  add.outHeight = add.outWidth = 1;
  add.channels = 1000;
  add.outAddr = 4096;
  add.multiplier = 1u << 30;
  add.shift = 30;
  add.zpOut = 3;
  add.clampMin = -128;
  add.clampMax = 127;
  add.header.wait0En = true;
  add.header.signal0En = true;
  add.header.signal0 = 1;
  isa::Store store;
  store.region = 4;
  store.spAddr = 4096;
  store.rowBytes = 1000;
  store.rows = store.planes = 1;
  store.header.wait0En = true;
  store.header.wait0 = 1;
  std::vector<uint8_t> bytes(4 * isa::kDescriptorBytes);
  isa::writeDescriptor(load.encode(), bytes.data());
  isa::writeDescriptor(add.encode(), bytes.data() + 64);
  isa::writeDescriptor(store.encode(), bytes.data() + 128);
  isa::writeDescriptor(isa::End{}.encode(), bytes.data() + 192);
  return bytes;
}

DeviceOptions rtl() {
  DeviceOptions options;
  options.name = "rtl";
  options.memoryBytes = 1 << 20;
  return options;
}

std::vector<uint8_t> input() {
  std::vector<uint8_t> bytes(1000);
  std::iota(bytes.begin(), bytes.end(), 0);
  return bytes;
}

// Runs the program on the device; the output.
std::vector<uint8_t> runOn(Device& device, JobResult& result, bool trace = false) {
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[0] = {kProgram, 256, true, false};
  regions[3] = {kInput, 1000, true, false};
  regions[4] = {kOutput, 1000, false, true};
  EXPECT_TRUE(device.write(kProgram, program()));
  EXPECT_TRUE(device.write(kInput, input()));
  EXPECT_TRUE(device.bind(regions));
  Result<JobResult> job = device.run({.watchdogCycles = 100000, .trace = trace});
  EXPECT_TRUE(job) << (job ? "" : job.error().toString());
  if (job) result = *job;
  std::vector<uint8_t> bytes(1000);
  EXPECT_TRUE(device.read(kOutput, bytes));
  return bytes;
}

std::unique_ptr<Device> open(const DeviceOptions& options) {
  Result<std::unique_ptr<Device>> device = openDevice(options);
  EXPECT_TRUE(device) << (device ? "" : device.error().toString());
  return device ? std::move(*device) : nullptr;
}

TEST(DeviceRtl, EqualsFunctionalAndCounts) {
  auto chip = open(rtl());
  DeviceOptions f = rtl();
  f.name = "functional";
  auto functional = open(f);
  ASSERT_TRUE(chip && functional);
  JobResult a, b;
  const auto expected = runOn(*functional, b), got = runOn(*chip, a, true);
  EXPECT_EQ(got, expected);
  EXPECT_EQ(got[10], 13);
  EXPECT_EQ(got[126], 127);
  EXPECT_FALSE(a.trap);
  ASSERT_TRUE(a.cycles);
  EXPECT_GT(*a.cycles, 200u);
  EXPECT_LT(*a.cycles, 2000u);
  EXPECT_EQ(a.counters[static_cast<size_t>(isa::Counter::cycles)], *a.cycles);
  EXPECT_EQ(a.counters[static_cast<size_t>(isa::Counter::bytesRead)], 1000u);
  ASSERT_EQ(a.trace.size(), 3u);
  for (const TraceEvent& e : a.trace) {
    EXPECT_LT(e.start, e.end);
    EXPECT_LE(e.end, *a.cycles);
  }
  EXPECT_EQ(a.trace[0].queue, isa::Queue::load);
  EXPECT_LE(a.trace[0].end, a.trace[1].start + 1);

  // The same job takes the same time again, and slower memories take longer.
  JobResult again;
  EXPECT_EQ(runOn(*chip, again), expected);
  EXPECT_EQ(*again.cycles, *a.cycles);
  DeviceOptions slow = rtl();
  slow.memory = "sdram";
  auto other = open(slow);
  ASSERT_TRUE(other);
  EXPECT_EQ(runOn(*other, again), expected);
  EXPECT_GT(*again.cycles, *a.cycles + 800);
}

TEST(DeviceRtl, StallsChangeTimeAndNothingElse) {
  DeviceOptions options = rtl();
  options.stallSeed = 5;
  options.stallPermille = 300;
  auto plain = open(rtl()), stalled = open(options);
  ASSERT_TRUE(plain && stalled);
  JobResult a, b;
  EXPECT_EQ(runOn(*plain, a), runOn(*stalled, b));
  EXPECT_GT(*b.cycles, *a.cycles);
}

TEST(DeviceRtl, TrapThenGoodJob) {
  auto device = open(rtl());
  ASSERT_TRUE(device);
  JobResult result;
  const auto expected = runOn(*device, result);
  // The same program with a LOAD that leaves its window.
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[0] = {kProgram, 256, true, false};
  regions[3] = {kInput, 1000, true, false};
  ASSERT_TRUE(device->write(kProgram, program(1001)));
  ASSERT_TRUE(device->bind(regions));
  Result<JobResult> job = device->run({.watchdogCycles = 100000, .trace = false});
  ASSERT_TRUE(job);
  ASSERT_TRUE(job->trap);
  EXPECT_EQ(job->trap->code, isa::TrapCode::regionRange);
  EXPECT_EQ(job->trap->instruction, 0u);
  EXPECT_EQ(job->trap->address, 1001u);
  EXPECT_EQ(runOn(*device, result), expected);
  EXPECT_FALSE(result.trap);
}

TEST(DeviceRtl, WatchdogEndsALongJob) {
  auto device = open(rtl());
  ASSERT_TRUE(device);
  JobResult result;
  runOn(*device, result);
  Result<JobResult> job = device->run({.watchdogCycles = 50, .trace = false});
  ASSERT_TRUE(job);
  ASSERT_TRUE(job->trap);
  EXPECT_EQ(job->trap->code, isa::TrapCode::watchdog);
}

TEST(DeviceRtl, ClearErrors) {
  DeviceOptions options = rtl();
  options.modulePath = "/nonexistent";
  Result<std::unique_ptr<Device>> device = openDevice(options);
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().diagnostics[0].id, DiagId::deviceUnavailable);
  options = rtl();
  options.flavour = "slow";
  device = openDevice(options);
  ASSERT_FALSE(device);
  options = rtl();
  options.stallPermille = 2000;
  device = openDevice(options);
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().diagnostics[0].id, DiagId::unknownOption);
  auto good = open(rtl());
  ASSERT_TRUE(good);
  EXPECT_FALSE(good->write((1 << 20) - 4, std::vector<uint8_t>(5)));
  std::vector<uint8_t> five(5);
  EXPECT_FALSE(good->read(~uint64_t{0}, five));
}

#if LILONG_TEST_CHECKED
TEST(DeviceRtl, WritesWaves) {
  const auto file = std::filesystem::temp_directory_path() / "lilong_test_device_rtl.fst";
  DeviceOptions options = rtl();
  options.waves = file.string();
  {
    auto device = open(options);
    ASSERT_TRUE(device);
    JobResult result;
    runOn(*device, result);
  }
  EXPECT_GT(std::filesystem::file_size(file), 1000u);
  std::filesystem::remove(file);
}
#endif

}  // namespace
}  // namespace lilong
