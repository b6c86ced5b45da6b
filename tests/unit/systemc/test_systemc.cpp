// SPDX-License-Identifier: Apache-2.0
// CycleChip and RtlChip in the same platform: the same outputs, interrupt time, counters, traps and
// answers of the registers, with and without DMI; and the same as the devices without SystemC.
#include <gtest/gtest.h>

#include <memory>

#include "compiler/compile.hpp"
#include "runtime/program_file.hpp"
#include "runtime/session.hpp"
#include "runtime/validate.hpp"
#include "sim/systemc/cycle_chip.hpp"
#include "sim/systemc/example/platform.hpp"
#include "sim/systemc/placement.hpp"
#include "sim/systemc/rtl_chip.hpp"

namespace lilong::systemc {
namespace {

using example::Host;
constexpr char kNetwork[] = "python/lilong/networks/vibration/vibration.tflite";
constexpr int kRuns = 2;
constexpr uint32_t kRegisterCycles = 4;

// What one platform gave.
struct Record {
  explicit Record(std::string title) : name(std::move(title)) {}
  std::string name;
  std::vector<std::string> errors;
  std::vector<RunResult> runs;
  JobResult trap;
  std::vector<uint32_t> registers;  // after reset
  bool lockedRefused = false, unmappedRefused = false;
  double polledCycles = 0;  // from doorbell to the first look at STATUS that found the chip idle
  uint64_t polledJob = 0;   // CYCLES counter of that job
  JobResult fault;          // of a job with a window outside of the memory
  bool maskedStaysLow = false;
  uint32_t afterReset = 0, longAfterReset = 0;  // IRQ_STATUS after a soft reset of a running job
  uint64_t directBytes = 0, transactions = 0;
};

std::vector<Bytes> makeInputs(const Program& program, uint32_t state) {
  std::vector<Bytes> inputs;
  for (uint32_t index : program.inputs) {
    Bytes& bytes = inputs.emplace_back(tensorBytes(program.tensors[index]));
    for (uint8_t& byte : bytes) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<uint8_t>(state >> 24);
    }
  }
  return inputs;
}

void runNetwork(std::shared_ptr<Device> device, const Program& program, Record& record) {
  auto session = Session::create(program, std::move(device));
  if (!session) return record.errors.push_back(session.error().toString());
  for (uint32_t i = 0; i < kRuns; ++i) {
    auto run = (*session)->run(makeInputs(program, i));
    if (!run) return record.errors.push_back(run.error().toString());
    record.runs.push_back(std::move(*run));
  }
}

// A program of one descriptor.
JobResult runDescriptor(Device& device, const std::vector<uint8_t>& descriptor, Record& record) {
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[0] = {0, isa::kDescriptorBytes, true, false};
  for (const auto& done : {device.write(0, descriptor), device.bind(regions)}) {
    if (!done) record.errors.push_back(done.error().toString());
  }
  auto job = device.run({});
  if (job) return *job;
  record.errors.push_back(job.error().toString());
  return {};
}

std::vector<uint8_t> illegalProgram() {
  return std::vector<uint8_t>(isa::kDescriptorBytes, 0xEE);
}
std::vector<uint8_t> emptyProgram() {
  std::vector<uint8_t> bytes(isa::kDescriptorBytes);
  isa::writeDescriptor(isa::End{}.encode(), bytes.data());
  return bytes;
}

// Rings the doorbell by hand and looks at STATUS again and again.
void poll(Host& host, Record& record) {
  (void)runDescriptor(host, emptyProgram(), record);
  const sc_core::sc_time doorbell = host.time();
  host.writeRegister(isa::kRegControl, isa::kRegControlStartMask);
  record.lockedRefused = !host.writeRegister(isa::kRegWatchdog, 1);
  record.unmappedRefused = !host.readRegister(0x80) && !host.writeRegister(0x80, 0);
  sc_core::sc_time look = host.time();
  while ((host.readRegister(isa::kRegStatus).value_or(0) & isa::kRegStatusStateMask) ==
         static_cast<uint32_t>(isa::State::running)) {
    look = host.time();
  }
  record.polledCycles = (look - doorbell) / sc_core::sc_time(10, sc_core::SC_NS);
  record.polledJob = host.readRegister(isa::kRegCounterBase).value_or(0);
  host.writeRegister(isa::kRegIrqStatus, UINT32_MAX);
}

// A job whose interrupt is not enabled, and one that a soft reset ends.
void interrupts(Host& host, Record& record) {
  const auto wait = [] { sc_core::wait(1, sc_core::SC_MS); };
  host.writeRegister(isa::kRegIrqEnable, 0);
  host.writeRegister(isa::kRegControl, isa::kRegControlStartMask);
  wait();
  record.maskedStaysLow =
      !host.irq.read() && host.readRegister(isa::kRegIrqStatus) == isa::kRegIrqStatusDoneMask;
  host.writeRegister(isa::kRegIrqEnable, isa::kRegIrqEnableReset);
  host.writeRegister(isa::kRegIrqStatus, UINT32_MAX);
  host.writeRegister(isa::kRegControl, isa::kRegControlStartMask);
  host.writeRegister(isa::kRegControl, isa::kRegControlSoftResetMask);
  record.afterReset = host.readRegister(isa::kRegIrqStatus).value_or(0);
  wait();
  record.longAfterReset = host.readRegister(isa::kRegIrqStatus).value_or(0);
  host.writeRegister(isa::kRegIrqStatus, UINT32_MAX);
}

void fault(Host& host, Record& record) {
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[0] = {0, isa::kDescriptorBytes, true, false};
  regions[2] = {host.memoryBytes(), 64, true, true};
  if (auto done = host.bind(regions); !done) record.errors.push_back(done.error().toString());
  if (auto job = host.run({})) record.fault = *job;
}

void drive(Host& host, const Program& program, Record& record) {
  for (uint32_t offset = 0; offset <= isa::kRegProgress; offset += 4) {
    record.registers.push_back(host.readRegister(offset).value_or(0xDEAD));
  }
  runNetwork({std::shared_ptr<void>(), &host}, program, record);
  record.trap = runDescriptor(host, illegalProgram(), record);
  poll(host, record);
  interrupts(host, record);
  fault(host, record);
}

Record cycleDmi("cycle, DMI"), cyclePlain("cycle, no DMI"), rtlDmi("rtl, DMI");
Record functional("functional"), rtl("rtl");

TEST(Systemc, NothingFailed) {
  for (const Record* r : {&cycleDmi, &cyclePlain, &rtlDmi, &functional, &rtl}) {
    for (const std::string& error : r->errors) ADD_FAILURE() << r->name << ": " << error;
    EXPECT_EQ(r->runs.size(), static_cast<size_t>(kRuns)) << r->name;
  }
}

TEST(Systemc, OutputsInterruptTimeAndCounters) {
  for (const Record* r : {&cycleDmi, &cyclePlain, &rtlDmi}) {
    ASSERT_EQ(r->runs.size(), rtl.runs.size()) << r->name;
    for (size_t i = 0; i < rtl.runs.size(); ++i) {
      EXPECT_EQ(r->runs[i].outputs, functional.runs[i].outputs) << r->name;
      ASSERT_TRUE(r->runs[i].cycles.has_value()) << r->name;
      EXPECT_EQ(*r->runs[i].cycles, rtl.runs[i].cycles) << r->name;
      EXPECT_EQ(r->runs[i].counters, rtl.runs[i].counters) << r->name;
    }
  }
  EXPECT_NE(functional.runs[0].outputs, functional.runs[1].outputs);
}

TEST(Systemc, Trap) {
  ASSERT_TRUE(rtl.trap.trap.has_value());
  EXPECT_EQ(rtl.trap.trap->code, isa::TrapCode::illegalOpcode);
  for (const Record* r : {&cycleDmi, &cyclePlain, &rtlDmi}) {
    EXPECT_EQ(r->trap.trap, rtl.trap.trap) << r->name;
    EXPECT_EQ(r->trap.cycles, rtl.trap.cycles) << r->name;
    EXPECT_EQ(r->trap.counters, rtl.trap.counters) << r->name;
  }
}

TEST(Systemc, RegistersAfterReset) {
  EXPECT_EQ(cycleDmi.registers[isa::kRegId / 4], isa::kMagic);
  EXPECT_EQ(cycleDmi.registers[isa::kRegIrqEnable / 4], isa::kRegIrqEnableReset);
  EXPECT_EQ(cycleDmi.registers[isa::kRegDrainLimit / 4], isa::kRegDrainLimitReset);
  EXPECT_EQ(cycleDmi.registers, rtlDmi.registers);
}

// A host that runs ahead of the simulation sees the end of the job at the same time.
TEST(Systemc, PollingAheadOfTime) {
  for (const Record* r : {&cycleDmi, &cyclePlain, &rtlDmi}) {
    EXPECT_TRUE(r->lockedRefused) << r->name;
    EXPECT_TRUE(r->unmappedRefused) << r->name;
    EXPECT_GT(r->polledJob, 0u) << r->name;
    EXPECT_GE(r->polledCycles, static_cast<double>(r->polledJob)) << r->name;
    EXPECT_LT(r->polledCycles, static_cast<double>(r->polledJob + kRegisterCycles)) << r->name;
  }
}

TEST(Systemc, Interrupts) {
  for (const Record* r : {&cycleDmi, &cyclePlain, &rtlDmi}) {
    EXPECT_TRUE(r->maskedStaysLow) << r->name;
    EXPECT_EQ(r->afterReset, isa::kRegIrqStatusResetDoneMask) << r->name;
    EXPECT_EQ(r->longAfterReset, isa::kRegIrqStatusResetDoneMask) << r->name;
  }
}

TEST(Systemc, WindowOutsideOfThePlatform) {
  const isa::Trap expected{isa::TrapCode::readError, isa::Engine::load, 0,
                           example::kMemoryBase + example::kMemoryBytes};
  for (const Record* r : {&cycleDmi, &cyclePlain, &rtlDmi}) {
    EXPECT_EQ(r->fault.trap, expected) << r->name;
  }
}

TEST(Systemc, DmiWhereOffered) {
  EXPECT_GT(cycleDmi.directBytes, 0u);
  EXPECT_GT(rtlDmi.directBytes, 0u);
  EXPECT_EQ(cyclePlain.directBytes, 0u);
  EXPECT_GT(cyclePlain.transactions, cycleDmi.transactions);
}

TEST(Placement, KeepsPlacesInPagesAndDistances) {
  std::array<RegionBinding, isa::kRegions> windows{};
  windows[0] = {0x9000'0040, 0x100, true, false};
  windows[1] = {0x8000'0FC0, 0x2000, true, false};
  windows[2] = {0x8000'1000, 0x40, true, true};  // inside of window 1
  windows[3] = {0x4000'0000, 0x40, false, false};
  const auto placed = placeWindows(windows, 0x4000);
  ASSERT_TRUE(placed.ok());
  for (size_t i : {0, 1, 2}) EXPECT_EQ((*placed)[i].base % 4096, windows[i].base % 4096) << i;
  EXPECT_EQ((*placed)[2].base - (*placed)[1].base, 0x40u);
  EXPECT_GE((*placed)[0].base, (*placed)[1].base + windows[1].size);
  EXPECT_EQ((*placed)[3].size, windows[3].size);
  EXPECT_FALSE(placeWindows(windows, 0x3FFF).ok());
}

// The devices without SystemC.
void reference(const Program& program) {
  for (Record* r : {&functional, &rtl}) {
    auto device = openDevice({.name = r->name, .preset = program.preset});
    if (!device) {
      r->errors.push_back(device.error().toString());
      continue;
    }
    const std::shared_ptr<Device> shared = std::move(*device);
    runNetwork(shared, program, *r);
    r->trap = runDescriptor(*shared, illegalProgram(), *r);
  }
}

Result<Program> compileNetwork() {
  const auto bytes = readFile(kNetwork);
  if (!bytes) return bytes.error();
  return compile({}, *bytes, kNetwork);
}

int run() {
  const auto program = compileNetwork();
  if (!program) {
    std::fprintf(stderr, "%s\n", program.error().toString().c_str());
    return 2;
  }
  tlm::tlm_global_quantum::instance().set(sc_core::sc_time(10, sc_core::SC_US));
  ChipOptions options;
  options.preset = program->preset;
  options.registerCycles = kRegisterCycles;
  example::Platform<CycleChip> first("first", options, true), second("second", options, false);
  example::Platform<RtlChip> third("third", options, true);
  first.host.program = [&](Host& host) { drive(host, *program, cycleDmi); };
  second.host.program = [&](Host& host) { drive(host, *program, cyclePlain); };
  third.host.program = [&](Host& host) { drive(host, *program, rtlDmi); };
  sc_core::sc_start();
  const auto note = [](const MemoryPort& port, Record& record) {
    record.directBytes = port.directBytes();
    record.transactions = port.transactions();
  };
  note(first.chip.memory, cycleDmi);
  note(second.chip.memory, cyclePlain);
  note(third.chip.memory, rtlDmi);
  reference(*program);
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace lilong::systemc

int sc_main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return lilong::systemc::run();
}
