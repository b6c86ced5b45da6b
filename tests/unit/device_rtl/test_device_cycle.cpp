// SPDX-License-Identifier: Apache-2.0
// Device `cycle` beside device `rtl` through the runtime: the same bytes, cycles, counters, traces
// and traps, job after job on the same device, on every memory, with random stalls.
#include <gtest/gtest.h>

#include <numeric>

#include "runtime/devices.hpp"

namespace lilong {
namespace {

constexpr uint64_t kProgram = 0x40, kInput = 0x10000, kOutput = 0x20000;
constexpr uint32_t kBytes = 3000;

struct Job {
  std::vector<isa::Descriptor> program;
  uint32_t inputBytes = kBytes;
  uint32_t watchdogCycles = 100'000;
};

Job goodJob() {
  isa::Load load;
  load.region = 3;
  load.memOffset = 5;
  load.rowBytes = 100;
  load.memRowStride = load.spRowStride = 104;
  load.rows = 20;
  load.planes = 1;
  load.header.signal0En = true;
  isa::Eltwise add;
  add.binaryOp = isa::BinaryOp::pass;
  add.outHeight = add.outWidth = 1;
  add.channels = 2000;
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
  store.memOffset = 3;
  store.spAddr = 4096;
  store.rowBytes = 1999;
  store.rows = store.planes = 1;
  store.header.wait0En = true;
  store.header.wait0 = 1;
  return {{load.encode(), add.encode(), store.encode(), isa::End{}.encode()}, kBytes, 100'000};
}

// Signals semaphore 2 more often than it can count, while a LOAD is at work.
Job overflowJob() {
  Job job = goodJob();
  job.program.resize(1);
  isa::NopExec signal;
  signal.header.signal0En = signal.header.signal1En = true;
  signal.header.signal0 = signal.header.signal1 = 2;
  job.program.insert(job.program.end(), 130, signal.encode());
  job.program.push_back(isa::End{}.encode());
  return job;
}

struct Ran {
  JobResult result;
  std::vector<uint8_t> output;
};

Ran runOn(Device& device, const Job& job) {
  std::vector<uint8_t> program(job.program.size() * isa::kDescriptorBytes);
  for (size_t i = 0; i < job.program.size(); ++i) {
    isa::writeDescriptor(job.program[i], program.data() + i * isa::kDescriptorBytes);
  }
  std::vector<uint8_t> input(kBytes);
  std::iota(input.begin(), input.end(), 0);
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[0] = {kProgram, static_cast<uint32_t>(program.size()), true, false};
  regions[3] = {kInput, job.inputBytes, true, false};
  regions[4] = {kOutput, kBytes, false, true};
  EXPECT_TRUE(device.write(kProgram, program));
  EXPECT_TRUE(device.write(kInput, input));
  EXPECT_TRUE(device.bind(regions));
  Result<JobResult> done = device.run({.watchdogCycles = job.watchdogCycles, .trace = true});
  EXPECT_TRUE(done) << (done ? "" : done.error().toString());
  Ran ran;
  if (done) ran.result = *done;
  ran.output.resize(kBytes);
  EXPECT_TRUE(device.read(kOutput, ran.output));
  return ran;
}

void expectEqual(const Ran& cycle, const Ran& rtl, const std::string& what) {
  SCOPED_TRACE(what);
  EXPECT_EQ(cycle.result.trap, rtl.result.trap);
  ASSERT_TRUE(cycle.result.cycles && rtl.result.cycles);
  EXPECT_EQ(*cycle.result.cycles, *rtl.result.cycles);
  EXPECT_EQ(cycle.result.counters, rtl.result.counters);
  EXPECT_EQ(cycle.output, rtl.output);
  ASSERT_EQ(cycle.result.trace.size(), rtl.result.trace.size());
  for (size_t i = 0; i < rtl.result.trace.size(); ++i) {
    const TraceEvent &a = cycle.result.trace[i], &b = rtl.result.trace[i];
    EXPECT_EQ(a.queue, b.queue);
    EXPECT_EQ(a.instruction, b.instruction);
    EXPECT_EQ(a.start, b.start) << "instruction " << a.instruction;
    EXPECT_EQ(a.end, b.end) << "instruction " << a.instruction;
  }
}

TEST(DeviceCycle, EqualsRtlJobAfterJob) {
  Job deadlock = goodJob();
  deadlock.program.erase(deadlock.program.begin());
  Job outside = goodJob();
  outside.inputBytes = 1000;
  Job late = goodJob();
  late.watchdogCycles = 150;
  Job endless = goodJob();
  endless.program.pop_back();
  const std::pair<const char*, Job> jobs[] = {
      {"good", goodJob()},      {"deadlock", deadlock},      {"good after deadlock", goodJob()},
      {"outside", outside},     {"overflow", overflowJob()}, {"good after overflow", goodJob()},
      {"watchdog", late},       {"no end", endless},         {"good at the end", goodJob()},
      {"good again", goodJob()}};
  for (const char* memory : {"sram", "lpddr", "sdram"}) {
    for (const uint32_t stalls : {0u, 300u, 900u}) {
      DeviceOptions options;
      options.memory = memory;
      options.memoryBytes = 1 << 20;
      options.stallSeed = 7;
      options.stallPermille = stalls;
      options.name = "cycle";
      Result<std::unique_ptr<Device>> cycle = openDevice(options);
      ASSERT_TRUE(cycle) << cycle.error().toString();
      options.name = "rtl";
      Result<std::unique_ptr<Device>> rtl = openDevice(options);
      ASSERT_TRUE(rtl) << rtl.error().toString();
      for (const auto& [name, job] : jobs) {
        expectEqual(runOn(**cycle, job), runOn(**rtl, job),
                    std::string(memory) + ", " + std::to_string(stalls) + " stalls, " + name);
      }
    }
  }
}

TEST(DeviceCycle, RefusesWhatItDoesNotHave) {
  DeviceOptions options;
  options.name = "cycle";
  options.waves = "waves.fst";
  EXPECT_FALSE(openDevice(options));
  options.waves.clear();
  options.flavour = "checked";
  EXPECT_FALSE(openDevice(options));
  options.flavour.clear();
  options.stallPermille = 901;
  EXPECT_FALSE(openDevice(options));
}

TEST(DeviceCycle, BusFaultHasNoTime) {
  DeviceOptions options;
  options.name = "cycle";
  options.memoryBytes = kOutput;  // the output lies behind the memory
  Result<std::unique_ptr<Device>> device = openDevice(options);
  ASSERT_TRUE(device);
  Job job = goodJob();
  std::vector<uint8_t> program(job.program.size() * isa::kDescriptorBytes);
  for (size_t i = 0; i < job.program.size(); ++i) {
    isa::writeDescriptor(job.program[i], program.data() + i * isa::kDescriptorBytes);
  }
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[0] = {kProgram, 256, true, false};
  regions[3] = {kInput, kBytes, true, false};
  regions[4] = {kOutput, kBytes, false, true};
  ASSERT_TRUE((*device)->write(kProgram, program));
  ASSERT_TRUE((*device)->bind(regions));
  Result<JobResult> done = (*device)->run({});
  ASSERT_TRUE(done);
  ASSERT_TRUE(done->trap);
  EXPECT_EQ(done->trap->code, isa::TrapCode::writeError);
  EXPECT_FALSE(done->cycles);
}

}  // namespace
}  // namespace lilong
