// SPDX-License-Identifier: Apache-2.0
// Queues, semaphores, the end of a job and every trap that the functional simulator raises.
#include "sim/functional/machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace lilong::functional {
namespace {

using isa::Engine;
using isa::Trap;
using isa::TrapCode;

// A machine whose window 0 holds the program at 64, window 1 4 KiB at 1 MiB.
class MachineTest : public ::testing::Test {
 protected:
  MachineTest() : memory_(2 << 20) { windows_[1] = {1 << 20, 4096, true, true}; }

  RunResult run(const std::vector<isa::Descriptor>& program, RunOptions options = {}) {
    for (size_t i = 0; i < program.size(); ++i)
      isa::writeDescriptor(program[i], &memory_[64 + i * 64]);
    windows_[0] = {64, static_cast<uint32_t>(program.size() * 64), true, false};
    return machine_.run(memory_, windows_, options);
  }
  static isa::Descriptor end() { return isa::End{}.encode(); }

  Machine machine_{isa::kPresets[2]};
  std::vector<uint8_t> memory_;
  std::array<Window, isa::kRegions> windows_{};
};

TEST_F(MachineTest, LoadCopyStore) {
  for (uint32_t i = 0; i < 32; ++i) memory_[(1 << 20) + i] = static_cast<uint8_t>(i * 3);
  const RunResult r =
      run({isa::Load{.header = {.signal0En = true, .signal0 = 1},
                     .region = 1,
                     .rowBytes = 32,
                     .rows = 1,
                     .planes = 1}
               .encode(),
           isa::Copy{.header = {.wait0En = true, .wait0 = 1, .signal0En = true, .signal0 = 2},
                     .dstAddr = 101,
                     .run = 32,
                     .count0 = 1,
                     .count1 = 1,
                     .count2 = 1,
                     .count3 = 1}
               .encode(),
           isa::Store{.header = {.wait0En = true, .wait0 = 2},
                      .region = 1,
                      .memOffset = 200,
                      .spAddr = 104,
                      .rowBytes = 16,
                      .rows = 1,
                      .planes = 1}
               .encode(),
           end()},
          {.trace = true});
  ASSERT_FALSE(r.trap) << r.trap->toString();
  for (uint32_t i = 0; i < 16; ++i) EXPECT_EQ(memory_[(1 << 20) + 200 + i], (i + 3) * 3);
  EXPECT_EQ(r.counters[static_cast<size_t>(isa::Counter::bytesFetch)], 256u);
  EXPECT_EQ(r.counters[static_cast<size_t>(isa::Counter::instructionsExec)], 1u);
  ASSERT_EQ(r.executed.size(), 3u);
  EXPECT_EQ(r.executed[2].instruction, 2u);
}

TEST_F(MachineTest, QueueDepthLimitsFetchButNotTheJob) {
  std::vector<isa::Descriptor> program;
  for (int i = 0; i < 40; ++i) program.push_back(isa::NopLoad{}.encode());
  program.push_back(end());
  EXPECT_FALSE(run(program).trap);
}

TEST_F(MachineTest, DeadlockNamesTheFirstWaitingHead) {
  const auto r =
      run({isa::NopExec{}.encode(), isa::NopExec{.header = {.wait0En = true, .wait0 = 3}}.encode(),
           isa::NopStore{.header = {.wait0En = true, .wait0 = 4}}.encode(), end()});
  EXPECT_EQ(r.trap, (Trap{TrapCode::deadlock, Engine::exec, 1, 0}));
}

TEST_F(MachineTest, DeadlockBehindAFullQueue) {
  // Nine instructions: the signal is never decoded because the LOAD queue is full.
  std::vector<isa::Descriptor> program;
  for (int i = 0; i < 9; ++i)
    program.push_back(isa::NopLoad{.header = {.wait0En = i == 0, .wait0 = 0}}.encode());
  program.push_back(isa::NopExec{.header = {.signal0En = true}}.encode());
  program.push_back(end());
  EXPECT_EQ(run(program).trap, (Trap{TrapCode::deadlock, Engine::load, 0, 0}));
}

TEST_F(MachineTest, PreciseTrapLetsEarlierInstructionsComplete) {
  machine_.scratchpad()[8] = 1;
  const auto r = run({isa::Copy{.fillValue = 9,
                                .dstAddr = 8,
                                .fillEn = true,
                                .run = 1,
                                .count0 = 1,
                                .count1 = 1,
                                .count2 = 1,
                                .count3 = 1}
                          .encode(),
                      isa::Copy{.fillValue = 9,
                                .dstAddr = 0xffffff,
                                .fillEn = true,
                                .run = 2,
                                .count0 = 1,
                                .count1 = 1,
                                .count2 = 1,
                                .count3 = 1}
                          .encode(),
                      end()});
  EXPECT_EQ(r.trap, (Trap{TrapCode::scratchpadRange, Engine::fetch, 1, 0x1000001}));
  EXPECT_EQ(machine_.scratchpad()[8], 9);
}

TEST_F(MachineTest, PreciseTrapWinsOverWaitingHeads) {
  const auto r = run({isa::NopExec{.header = {.wait0En = true}}.encode(), isa::Descriptor{0xff}});
  EXPECT_EQ(r.trap, (Trap{TrapCode::illegalOpcode, Engine::fetch, 1, 0}));
}

TEST_F(MachineTest, ProgramRange) {
  EXPECT_EQ(run({isa::NopExec{}.encode()}).trap,
            (Trap{TrapCode::programRange, Engine::fetch, 1, 64}));
  windows_[0] = {64, 128, false, false};
  EXPECT_EQ(machine_.run(memory_, windows_).trap,
            (Trap{TrapCode::programRange, Engine::fetch, 0, 0}));
}

TEST_F(MachineTest, SemaphoreRestNamesEnd) {
  const auto r = run({isa::NopLoad{.header = {.signal0En = true, .signal0 = 7}}.encode(), end()});
  EXPECT_EQ(r.trap, (Trap{TrapCode::semaphoreRest, Engine::fetch, 1, 7}));
}

TEST_F(MachineTest, SemaphoreOverflowAt256) {
  std::vector<isa::Descriptor> program;
  for (int i = 0; i < 300; ++i)
    program.push_back(isa::NopLoad{.header = {.signal0En = true, .signal0 = 7}}.encode());
  program.push_back(end());
  EXPECT_EQ(run(program).trap, (Trap{TrapCode::semaphoreOverflow, Engine::load, 255, 7}));
}

TEST_F(MachineTest, SameSemaphoreTwiceNeedsTwo) {
  const isa::Descriptor both =
      isa::NopExec{.header = {.wait0En = true, .wait0 = 2, .wait1En = true, .wait1 = 2}}.encode();
  const isa::Descriptor one = isa::NopLoad{.header = {.signal0En = true, .signal0 = 2}}.encode();
  const isa::Descriptor two =
      isa::NopLoad{.header = {.signal0En = true, .signal0 = 2, .signal1En = true, .signal1 = 2}}
          .encode();
  EXPECT_FALSE(run({two, both, end()}).trap);
  EXPECT_FALSE(run({one, both, one, end()}).trap);
  EXPECT_EQ(run({one, both, end()}).trap, (Trap{TrapCode::deadlock, Engine::exec, 1, 0}));
}

TEST_F(MachineTest, BusErrorsOutsideOfTheMemory) {
  windows_[2] = {(2 << 20) - 16, 4096, true, true};
  const isa::Load load{.region = 2, .memOffset = 8, .rowBytes = 9, .rows = 1, .planes = 1};
  EXPECT_EQ(run({load.encode(), end()}).trap,
            (Trap{TrapCode::readError, Engine::load, 0, (2 << 20) - 8}));
  const isa::Store store{.region = 2, .memOffset = 8, .rowBytes = 9, .rows = 1, .planes = 1};
  EXPECT_EQ(run({store.encode(), end()}).trap,
            (Trap{TrapCode::writeError, Engine::store, 0, (2 << 20) - 8}));
  windows_[0] = {~uint64_t{0} - 63, 4096, true, false};
  EXPECT_EQ(machine_.run(memory_, windows_).trap->code, TrapCode::readError);
}

TEST_F(MachineTest, WatchdogBoundsHostileWork) {
  const isa::Copy endless{.fillEn = true,
                          .run = 65535,
                          .count0 = 65535,
                          .count1 = 65535,
                          .count2 = 65535,
                          .count3 = 65535};
  EXPECT_EQ(run({endless.encode(), end()}, {.watchdogCycles = 1000000}).trap,
            (Trap{TrapCode::watchdog, Engine::exec, 0, 0}));
}

TEST_F(MachineTest, RandomDescriptorsNeverHarmTheHost) {
  std::mt19937 rng(1);
  windows_[2] = {1000, 1u << 30, true, false};  // reaches far behind the memory
  windows_[3] = {64, 1u << 20, true, true};     // even the program may be overwritten
  int executed = 0;
  for (int i = 0; i < 60000; ++i) {
    const auto& info = isa::kInstructions[rng() % isa::kInstructions.size()];
    isa::Descriptor d{static_cast<uint32_t>(info.opcode)};
    for (const isa::FieldInfo& field : info.fields) {
      const uint32_t value = rng() % 12 == 0 ? rng() : rng() % 6 == 0 ? rng() % 4096 : rng() % 6;
      isa::setBits(d, field.word, field.msb, field.lsb, value * (rng() % 4 ? 8 : 1));
    }
    const auto r = run({d, end()}, {.watchdogCycles = 3000});
    executed += !r.trap;
  }
  EXPECT_GT(executed, 10000);
}

}  // namespace
}  // namespace lilong::functional
