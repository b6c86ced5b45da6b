// SPDX-License-Identifier: Apache-2.0
// Verifier and machine together, on random programs: what the verifier accepts ends well and gives
// the same bytes in every order; what differs between orders, the verifier has refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sim/functional/machine.hpp"
#include "sim/isa/disassembler.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::functional {
namespace {

constexpr uint32_t kMemory = 512;  // bytes of regions 1 and 2

// A few transfers and copies on 96 bytes, with semaphores that fit together often enough.
std::vector<isa::Descriptor> randomProgram(std::mt19937& rng) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(rng() % n); };
  std::vector<isa::Descriptor> program;
  std::array<std::array<uint32_t, 3>, 3> open{};  // [from][to]: signals not yet waited for
  const uint32_t length = 2 + below(7);
  for (uint32_t i = 0; i < length; ++i) {
    const uint32_t q = below(3);
    isa::Header h{.fence = below(3) == 0};
    for (uint32_t from = 0; from < 3; ++from) {  // semaphore 3 * from + to
      if (open[from][q] == 0 || below(4) == 0) continue;
      if (h.wait1En) continue;
      --open[from][q];
      (h.wait0En ? h.wait1En : h.wait0En) = true;
      (h.wait1En ? h.wait1 : h.wait0) = static_cast<uint8_t>(3 * from + q);
    }
    if (below(3) != 0) {
      const uint32_t to = below(3);
      ++open[q][to];
      h.signal0En = true;
      h.signal0 = static_cast<uint8_t>(3 * q + to);
    }
    const uint32_t address = 8 * below(12), bytes = 8 + 8 * below(3);
    if (q == 0) {
      program.push_back(isa::Load{.header = h,
                                  .region = static_cast<uint8_t>(1 + below(2)),
                                  .memOffset = 8 * below(12),
                                  .spAddr = address,
                                  .rowBytes = bytes,
                                  .rows = 1,
                                  .planes = 1}
                            .encode());
    } else if (q == 1) {
      program.push_back(isa::Copy{.header = h,
                                  .srcAddr = 8 * below(12),
                                  .dstAddr = address,
                                  .run = 8,
                                  .count0 = static_cast<uint16_t>(1 + below(2)),
                                  .count1 = 1,
                                  .count2 = 1,
                                  .count3 = 1,
                                  .srcStride0 = 16,
                                  .dstStride0 = 16}
                            .encode());
    } else {
      program.push_back(isa::Store{.header = h,
                                   .region = 2,
                                   .memOffset = 8 * below(12),
                                   .spAddr = address,
                                   .rowBytes = bytes,
                                   .rows = 1,
                                   .planes = 1}
                            .encode());
    }
  }
  for (uint32_t from = 0; from < 3; ++from) {
    for (uint32_t to = 0; to < 3; ++to) {
      for (; open[from][to] > 0; --open[from][to]) {
        const isa::Header h{.wait0En = true, .wait0 = static_cast<uint8_t>(3 * from + to)};
        program.push_back(to == 0   ? isa::NopLoad{.header = h}.encode()
                          : to == 1 ? isa::NopExec{.header = h}.encode()
                                    : isa::NopStore{.header = h}.encode());
      }
    }
  }
  program.push_back(isa::End{}.encode());
  return program;
}

struct Outcome {
  std::optional<isa::Trap> trap;
  std::vector<uint8_t> memory, scratchpad;
  bool operator==(const Outcome&) const = default;
};

Outcome runOrdered(const std::vector<isa::Descriptor>& program, uint32_t orderSeed) {
  std::vector<uint8_t> memory(2 * kMemory + program.size() * isa::kDescriptorBytes);
  for (uint32_t i = 0; i < 2 * kMemory; ++i) memory[i] = static_cast<uint8_t>(i * 37 + i / 256);
  for (size_t i = 0; i < program.size(); ++i)
    isa::writeDescriptor(program[i], &memory[2 * kMemory + i * isa::kDescriptorBytes]);
  std::array<Window, isa::kRegions> windows{};
  windows[0] = {2 * kMemory, static_cast<uint32_t>(program.size() * isa::kDescriptorBytes), true,
                false};
  windows[1] = {0, kMemory, true, false};
  windows[2] = {kMemory, kMemory, true, true};
  Machine machine(isa::kPresets[0]);
  Outcome outcome;
  outcome.trap = machine.run(memory, windows, {.orderSeed = orderSeed}).trap;
  outcome.memory = std::move(memory);
  outcome.scratchpad.assign(machine.scratchpad().begin(), machine.scratchpad().begin() + 256);
  return outcome;
}

TEST(Order, AcceptedProgramsGiveTheSameBytesInEveryOrder) {
  std::mt19937 rng(11);
  int accepted = 0, busy = 0, different = 0;
  for (int n = 0; n < 6000; ++n) {
    const std::vector<isa::Descriptor> program = randomProgram(rng);
    std::array<isa::RegionView, isa::kRegions> views{};
    views[0] = {static_cast<uint32_t>(program.size() * isa::kDescriptorBytes), true, false};
    views[1] = {kMemory, true, false};
    views[2] = {kMemory, true, true};
    const bool good = isa::verify(program, isa::kPresets[0], views).ok();
    const Outcome first = runOrdered(program, 0);
    bool same = true;
    for (uint32_t seed = 1; seed <= 6; ++seed) same = same && runOrdered(program, seed) == first;
    if (!good) {
      different += !same;
      continue;
    }
    ++accepted;
    busy += program.size() > 5;
    std::string text;
    for (const isa::Descriptor& d : program) text += isa::disassemble(d) + '\n';
    ASSERT_FALSE(first.trap) << text << first.trap->toString();
    ASSERT_TRUE(same) << text;
  }
  // The draw must contain all three kinds, or the test says nothing.
  EXPECT_GT(accepted, 500);
  EXPECT_GT(busy, 100);
  EXPECT_GT(different, 100);
}

TEST(Order, LongPipelineIsVerifiedQuickly) {
  // 20,000 instructions with double buffers, as a compiler emits them.
  std::vector<isa::Descriptor> program;
  for (uint32_t i = 0; i < 6666; ++i) {
    const uint32_t buffer = i % 2;
    const auto free = static_cast<uint8_t>(4 + buffer), full = static_cast<uint8_t>(buffer);
    const auto done = static_cast<uint8_t>(2 + buffer), taken = static_cast<uint8_t>(6 + buffer);
    const bool last = i + 2 >= 6666;
    program.push_back(
        isa::Load{.header = {.wait0En = i > 1, .wait0 = free, .signal0En = true, .signal0 = full},
                  .region = 1,
                  .spAddr = buffer * 256,
                  .rowBytes = 256,
                  .rows = 1,
                  .planes = 1}
            .encode());
    program.push_back(isa::Copy{.header = {.wait0En = true,
                                           .wait0 = full,
                                           .wait1En = i > 1,
                                           .wait1 = taken,
                                           .signal0En = true,
                                           .signal0 = done,
                                           .signal1En = !last,
                                           .signal1 = free},
                                .srcAddr = buffer * 256,
                                .dstAddr = 1024 + buffer * 256,
                                .run = 256,
                                .count0 = 1,
                                .count1 = 1,
                                .count2 = 1,
                                .count3 = 1}
                          .encode());
    program.push_back(isa::Store{
        .header =
            {.fence = true, .wait0En = true, .wait0 = done, .signal0En = !last, .signal0 = taken},
        .region = 2,
        .spAddr = 1024 + buffer * 256,
        .rowBytes = 256,
        .rows = 1,
        .planes = 1}
                          .encode());
  }
  program.push_back(isa::End{}.encode());
  std::array<isa::RegionView, isa::kRegions> views{};
  views[0] = {static_cast<uint32_t>(program.size() * isa::kDescriptorBytes), true, false};
  views[1] = {kMemory, true, false};
  views[2] = {kMemory, true, true};
  const auto verdict = isa::verify(program, isa::kPresets[2], views);
  EXPECT_TRUE(verdict.ok()) << verdict.error().toString();
}

}  // namespace
}  // namespace lilong::functional
