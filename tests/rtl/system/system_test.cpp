// SPDX-License-Identifier: Apache-2.0
// The system side of the chip on its pins: DMA of odd shapes against plain loops, traps, faults of
// the bus, soft reset at any time, watchdog; after every failure the next job must be right.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "sim/isa/gen/isa.hpp"
#include "sim/rtl/harness.hpp"

namespace {

using lilong::isa::TrapCode;
using lilong::rtl::Harness;
using lilong::rtl::Job;
using lilong::rtl::Region;
namespace isa = lilong::isa;
namespace memory = lilong::memory;

constexpr uint32_t kProgram = 0x0000, kIn = 0x4000, kOut = 0x20000;
constexpr uint32_t kInBytes = 0x10000 - 40, kOutBytes = 0x10000 - 24;
constexpr uint32_t kMemory = 0x40000;

class System : public ::testing::TestWithParam<const char*> {
 protected:
  std::mt19937 rng{7};
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(rng() % n); }

  std::unique_ptr<Harness> open(const memory::Timing& timing = memory::kTimings[0]) {
    lilong::rtl::HarnessOptions options;
    options.preset = GetParam();
    options.flavour = "checked";
    options.timing = timing;
    options.memoryBytes = kMemory;
    options.seed = rng();
    options.monitor = true;
    auto harness = Harness::open(options);
    if (!harness) {
      ADD_FAILURE() << harness.error().toString();
      return nullptr;
    }
    return std::move(*harness);
  }

  static std::array<Region, isa::kRegions> windows(uint32_t programBytes) {
    std::array<Region, isa::kRegions> r{};
    r[0] = {kProgram, programBytes, true, false};
    r[3] = {kIn, kInBytes, true, false};
    r[4] = {kOut, kOutBytes, true, true};
    return r;
  }

  static void place(Harness& h, const std::vector<isa::Descriptor>& program) {
    uint8_t* at = h.memory().bytes().data() + kProgram;
    for (const isa::Descriptor& d : program)
      for (uint32_t word : d)
        for (int b = 0; b < 4; ++b) *at++ = static_cast<uint8_t>(word >> 8 * b);
  }

  // Runs the program; nothing if the harness gave up.
  static std::optional<Job> run(Harness& h, const std::vector<isa::Descriptor>& program,
                                uint32_t watchdog = 0) {
    place(h, program);
    auto bound = h.bind(windows(static_cast<uint32_t>(program.size() * isa::kDescriptorBytes)));
    if (!bound) return ADD_FAILURE() << bound.error().toString(), std::nullopt;
    return again(h, watchdog);
  }
  static std::optional<Job> again(Harness& h, uint32_t watchdog = 0) {
    lilong::rtl::JobRequest request;
    request.watchdogCycles = watchdog;
    request.hostLimit = 4000000;
    auto job = h.run(request);
    if (!job) return ADD_FAILURE() << job.error().toString(), std::nullopt;
    for (const std::string& text : h.monitor().complaints()) ADD_FAILURE() << text;
    return *job;
  }

  // A transfer that fits; strides sometimes make rows or planes contiguous.
  template <typename T>
  T transfer(uint32_t spBytes, uint32_t region, uint32_t regionBytes) {
    while (true) {
      T t;
      const uint32_t kind = below(5);
      t.region = static_cast<uint8_t>(region);
      t.rowBytes = kind == 0 ? 1 + below(3000) : 1 + below(kind == 1 ? 9 : 120);
      t.rows = static_cast<uint16_t>(1 + below(kind == 0 ? 3 : 20));
      t.planes = static_cast<uint16_t>(1 + below(4));
      if (below(12) == 0) t.rows = 0;
      t.memRowStride = t.rowBytes + (below(2) ? 0 : below(40));
      t.memPlaneStride = t.memRowStride * t.rows + (below(2) ? 0 : below(50));
      t.spRowStride = (t.rowBytes + 7) / 8 * 8 + 8 * (below(2) ? 0 : below(5));
      t.spPlaneStride = t.spRowStride * t.rows + 8 * below(4);
      t.spAddr = 8 * below(spBytes / 8);
      t.memOffset = below(regionBytes);
      const uint64_t rows = t.rows ? t.rows - 1 : 0, planes = t.planes - 1;
      const uint64_t sp =
          t.spAddr + rows * t.spRowStride + planes * t.spPlaneStride + t.rowBytes + 7;
      const uint64_t mem =
          t.memOffset + rows * t.memRowStride + planes * t.memPlaneStride + t.rowBytes;
      if (sp <= spBytes && mem <= regionBytes) return t;
    }
  }

  void fill(Harness& h) {
    for (uint8_t& byte : h.memory().bytes()) byte = static_cast<uint8_t>(rng());
  }

  // Loads, then stores of the loaded bytes, several rounds; checks memory and scratchpad.
  void goodJob(Harness& h, uint32_t rounds, bool stalls) {
    fill(h);
    const uint32_t spBytes = std::min<uint32_t>(h.preset().scratchpadBytes, 65536);
    std::vector<uint8_t> sp(spBytes);
    for (uint8_t& byte : sp) byte = static_cast<uint8_t>(rng());
    ASSERT_TRUE(h.chip().poke(0, sp.data(), sp.size()));
    std::vector<uint8_t> mem(h.memory().bytes().begin(), h.memory().bytes().end());
    memory::Stalls s;
    s.seed = rng();
    s.permille = stalls ? below(600) : 0;
    s.maxCycles = 1 + below(12);
    h.memory().setStalls(s);

    std::vector<isa::Descriptor> program;
    uint64_t read = 0, written = 0;
    for (uint32_t round = 0; round < rounds; ++round) {
      const uint32_t loads = 1 + below(4), stores = 1 + below(4);
      for (uint32_t i = 0; i < loads; ++i) {
        auto t = transfer<isa::Load>(spBytes, 3, kInBytes);
        t.header.fence = true;  // later loads win where they overlap
        if (i == 0 && round > 0) t.header.wait0En = true, t.header.wait0 = 2;
        if (i + 1 == loads) t.header.signal1En = true, t.header.signal1 = 9;
        program.push_back(t.encode());
        for (uint32_t p = 0; p < t.planes; ++p)
          for (uint32_t r = 0; r < t.rows; ++r)
            for (uint32_t b = 0; b < (t.rowBytes + 7) / 8 * 8; ++b)
              sp[t.spAddr + p * t.spPlaneStride + r * t.spRowStride + b] =
                  b < t.rowBytes
                      ? mem[kIn + t.memOffset + p * t.memPlaneStride + r * t.memRowStride + b]
                      : 0;
        read += uint64_t{t.planes} * t.rows * t.rowBytes;
      }
      isa::NopExec nop;
      nop.header.wait1En = true, nop.header.wait1 = 9;
      nop.header.signal0En = nop.header.signal1En = true;
      nop.header.signal0 = nop.header.signal1 = 5;
      program.push_back(nop.encode());
      for (uint32_t i = 0; i < stores; ++i) {
        auto t = transfer<isa::Store>(spBytes, 4, kOutBytes);
        t.header.fence = true;
        if (i == 0) {
          t.header.wait0En = t.header.wait1En = true;
          t.header.wait0 = t.header.wait1 = 5;
        }
        if (i + 1 == stores && round + 1 < rounds) t.header.signal0En = true, t.header.signal0 = 2;
        program.push_back(t.encode());
        for (uint32_t p = 0; p < t.planes; ++p)
          for (uint32_t r = 0; r < t.rows; ++r)
            for (uint32_t b = 0; b < t.rowBytes; ++b)
              mem[kOut + t.memOffset + p * t.memPlaneStride + r * t.memRowStride + b] =
                  sp[t.spAddr + p * t.spPlaneStride + r * t.spRowStride + b];
        written += uint64_t{t.planes} * t.rows * t.rowBytes;
      }
    }
    program.push_back(isa::End{}.encode());
    ASSERT_LE(program.size() * isa::kDescriptorBytes, kIn);
    const auto job = run(h, program);
    ASSERT_TRUE(job);
    ASSERT_FALSE(job->trap) << job->trap->toString();
    std::copy_n(h.memory().bytes().begin() + kProgram, program.size() * isa::kDescriptorBytes,
                mem.begin() + kProgram);
    for (size_t i = 0; i < mem.size(); ++i)
      ASSERT_EQ(mem[i], h.memory().bytes()[i]) << "memory byte " << i;
    std::vector<uint8_t> now(spBytes);
    ASSERT_TRUE(h.chip().peek(0, now.data(), now.size()));
    for (size_t i = 0; i < now.size(); ++i) ASSERT_EQ(sp[i], now[i]) << "scratchpad byte " << i;
    EXPECT_EQ(job->cycles, job->counters[static_cast<size_t>(isa::Counter::cycles)]);
    EXPECT_EQ(job->progress, program.size());
    EXPECT_EQ(read, job->counters[static_cast<size_t>(isa::Counter::bytesRead)]);
    EXPECT_EQ(written, job->counters[static_cast<size_t>(isa::Counter::bytesWritten)]);
  }

  void expectTrap(Harness& h, const std::vector<isa::Descriptor>& program, const isa::Trap& want,
                  uint32_t watchdog = 0) {
    const auto job = run(h, program, watchdog);
    ASSERT_TRUE(job);
    ASSERT_TRUE(job->trap);
    EXPECT_EQ(want, *job->trap) << want.toString() << " / " << job->trap->toString();
    recover(h);
  }

  void recover(Harness& h) {
    h.memory().clearFaults();
    const auto done = h.softReset();
    ASSERT_TRUE(done.ok()) << done.error().toString();
    goodJob(h, 1, false);
  }
};

isa::Load smallLoad() {
  isa::Load t;
  t.region = 3, t.rowBytes = 100, t.rows = 5, t.planes = 2;
  t.memRowStride = 130, t.memPlaneStride = 1000, t.spRowStride = 104, t.spPlaneStride = 520;
  return t;
}
isa::Store smallStore() {
  isa::Store t;
  t.region = 4, t.rowBytes = 100, t.rows = 5, t.planes = 2, t.memOffset = 13;
  t.memRowStride = 130, t.memPlaneStride = 1000, t.spRowStride = 104, t.spPlaneStride = 520;
  return t;
}

TEST_P(System, RandomTransfers) {
  for (const memory::Timing& timing : memory::kTimings) {
    auto h = open(timing);
    ASSERT_TRUE(h);
    for (int i = 0; i < 25 && !HasFatalFailure(); ++i) goodJob(*h, 1 + below(4), i % 2 != 0);
  }
}

TEST_P(System, PreciseTraps) {
  auto h = open();
  ASSERT_TRUE(h);
  const isa::Descriptor end = isa::End{}.encode(), ok = smallLoad().encode();
  const uint32_t sp = h->preset().scratchpadBytes;
  const auto trap = [](TrapCode code, uint64_t address) {
    return isa::Trap{code, isa::Engine::fetch, 1, address};
  };
  isa::Descriptor opcode{};
  opcode[0] = 0x77;
  expectTrap(*h, {ok, opcode, end}, trap(TrapCode::illegalOpcode, 0));
  isa::Descriptor reserved = ok;
  reserved[0] |= 1u << 31;
  expectTrap(*h, {ok, reserved, end}, trap(TrapCode::reservedBits, 0));
  isa::Load t = smallLoad();
  t.spAddr = 4;
  expectTrap(*h, {ok, t.encode(), end}, trap(TrapCode::badField, 0));
  t = smallLoad();
  t.spAddr = sp - 8;
  expectTrap(*h, {ok, t.encode(), end},
             trap(TrapCode::scratchpadRange, sp - 8 + 4 * 104 + 520 + 104));
  t = smallLoad();
  t.memOffset = 0xFFFFFFF0u, t.rows = 0xFFFF, t.memRowStride = 0xFFFFFFFFu, t.spRowStride = 0;
  expectTrap(*h, {ok, t.encode(), end},
             trap(TrapCode::regionRange, 0xFFFFFFF0ull + 0xFFFEull * 0xFFFFFFFFull + 1000 + 100));
  isa::Store s = smallStore();
  s.region = 3;
  expectTrap(*h, {ok, s.encode(), end}, trap(TrapCode::regionAccess, 13 + 4 * 130 + 1000 + 100));
  expectTrap(*h, {ok}, trap(TrapCode::programRange, 64));
}

TEST_P(System, ImpreciseTraps) {
  auto h = open();
  ASSERT_TRUE(h);
  const isa::Descriptor end = isa::End{}.encode();
  isa::Store wait = smallStore();
  wait.header.wait0En = true, wait.header.wait0 = 4;
  expectTrap(*h, {smallLoad().encode(), wait.encode(), end},
             {TrapCode::deadlock, isa::Engine::store, 1, 0});
  std::vector<isa::Descriptor> full(9, wait.encode());
  full.push_back(end);
  expectTrap(*h, full, {TrapCode::deadlock, isa::Engine::store, 0, 0});
  isa::NopExec signal;
  signal.header.signal0En = true, signal.header.signal0 = 11;
  expectTrap(*h, {signal.encode(), end}, {TrapCode::semaphoreRest, isa::Engine::fetch, 1, 11});
  std::vector<isa::Descriptor> many(256, signal.encode());
  many.back() = end;
  expectTrap(*h, many, {TrapCode::semaphoreRest, isa::Engine::fetch, 255, 11});
  many.assign(300, signal.encode());
  expectTrap(*h, many, {TrapCode::semaphoreOverflow, isa::Engine::exec, 255, 11});
  isa::Load slow = smallLoad();
  slow.rowBytes = 1, slow.rows = 600, slow.planes = 1, slow.memRowStride = 100,
  slow.spRowStride = 8;
  expectTrap(*h, {slow.encode(), end}, {TrapCode::watchdog, isa::Engine::load, 0, 0}, 500);
}

// A window that leaves the address space: nothing may wrap around to the bottom.
TEST_P(System, WindowAtTheTop) {
  auto h = open();
  ASSERT_TRUE(h);
  for (bool write : {false, true}) {
    const std::vector<isa::Descriptor> program = {
        write ? smallStore().encode() : smallLoad().encode(), isa::End{}.encode()};
    place(*h, program);
    auto regions = windows(128);
    regions[write ? 4 : 3] = {0xFF'FFFF'FFC0, 0x10000, true, true};
    h->memory().setFaults({});
    auto bound = h->bind(regions);
    ASSERT_TRUE(bound.ok());
    const auto job = again(*h);
    ASSERT_TRUE(job);
    ASSERT_TRUE(job->trap);
    EXPECT_EQ(TrapCode::window, job->trap->code) << job->trap->toString();
    EXPECT_EQ(write ? isa::Engine::store : isa::Engine::load, job->trap->engine);
    recover(*h);
  }
}

TEST_P(System, BusFaults) {
  auto h = open();
  ASSERT_TRUE(h);
  const std::vector<isa::Descriptor> program = {smallLoad().encode(), smallStore().encode(),
                                                isa::End{}.encode()};
  using memory::FaultKind;
  const struct {
    FaultKind kind;
    uint64_t burst;
    TrapCode code;
    isa::Engine engine;
  } kCases[] = {
      {FaultKind::readError, 0, TrapCode::readError, isa::Engine::fetch},
      {FaultKind::readError, 3, TrapCode::readError, isa::Engine::load},
      {FaultKind::readStall, 3, TrapCode::watchdog, isa::Engine::load},
      {FaultKind::earlyLast, 3, TrapCode::readError, isa::Engine::load},
      {FaultKind::lateLast, 3, TrapCode::readError, isa::Engine::load},
      {FaultKind::readWrongId, 3, TrapCode::readError, isa::Engine::load},
      {FaultKind::answerWrongId, 2, TrapCode::writeError, isa::Engine::store},
      {FaultKind::writeError, 2, TrapCode::writeError, isa::Engine::store},
      {FaultKind::writeStall, 2, TrapCode::watchdog, isa::Engine::store},
      {FaultKind::answerStall, 2, TrapCode::watchdog, isa::Engine::store},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(static_cast<int>(c.kind));
    auto limit = h->writeRegister(isa::kRegDrainLimit, 3000);
    ASSERT_TRUE(limit.ok());
    // The third row starts 260 bytes behind a multiple of 1024; the others have more than a beat.
    const uint32_t last = (260 % h->preset().axiBytes + 99) / h->preset().axiBytes;
    h->memory().setFaults({{c.kind, c.burst, c.kind == FaultKind::lateLast ? last : 0}});
    const auto job = run(*h, program, 20000);
    ASSERT_TRUE(job);
    ASSERT_TRUE(job->trap);
    EXPECT_EQ(c.code, job->trap->code) << job->trap->toString();
    EXPECT_EQ(c.engine, job->trap->engine) << job->trap->toString();
    recover(*h);
  }
}

TEST_P(System, SoftResetAnywhere) {
  auto h = open();
  ASSERT_TRUE(h);
  std::vector<isa::Descriptor> program(6, smallLoad().encode());
  for (int i = 0; i < 6; ++i) program.push_back(smallStore().encode());
  program.push_back(isa::End{}.encode());
  for (int i = 0; i < 60 && !HasFailure(); ++i) {
    place(*h, program);
    auto bound = h->bind(windows(static_cast<uint32_t>(program.size() * isa::kDescriptorBytes)));
    ASSERT_TRUE(bound.ok());
    memory::Stalls s;
    s.seed = rng(), s.permille = 300, s.maxCycles = 20;
    h->memory().setStalls(s);
    auto started = h->writeRegister(isa::kRegControl, isa::kRegControlStartMask);
    ASSERT_TRUE(started.ok());
    for (uint32_t n = below(900); n > 0; --n) h->step();
    recover(*h);
    for (const std::string& text : h->monitor().complaints()) ADD_FAILURE() << text;
  }
}

// Long transfers keep the bus busy at any alignment; short rows take one cycle each.  Memory `sram`
// answers after 50 cycles (read) and 20 cycles (write).
TEST_P(System, Throughput) {
  auto h = open();
  ASSERT_TRUE(h);
  const uint32_t bus = h->preset().axiBytes, bytes = 48 * 1024;
  const struct {
    uint32_t offset, rowBytes, rows, spStride;
  } kCases[] = {
      {0, bytes, 1, 0}, {13, bytes, 1, 0}, {0, 96, 512, 128}, {5, 8, 4096, 8}, {5, 6, 4096, 16}};
  for (const auto& c : kCases) {
    for (const bool write : {false, true}) {
      isa::Load t;
      t.region = 3, t.memOffset = c.offset, t.rowBytes = c.rowBytes;
      t.rows = static_cast<uint16_t>(c.rows), t.planes = 1;
      t.memRowStride = c.rowBytes, t.spRowStride = c.spStride;
      isa::Store u;
      u.region = 4, u.memOffset = c.offset, u.rowBytes = c.rowBytes, u.rows = t.rows, u.planes = 1;
      u.memRowStride = c.rowBytes, u.spRowStride = c.spStride;
      h->memory().setStalls({});
      const std::vector<isa::Descriptor> program = {write ? u.encode() : t.encode(),
                                                    isa::End{}.encode()};
      place(*h, program);
      ASSERT_TRUE(h->bind(windows(128)).ok());
      lilong::rtl::JobRequest request;
      request.trace = true;
      const auto job = h->run(request);
      ASSERT_TRUE(job.ok());
      ASSERT_FALSE(job->trap);
      ASSERT_EQ(1u, job->events.size());
      // A cycle per bus word, or per piece of a row where rows are shorter than a word.
      const uint64_t words = (uint64_t{c.rowBytes} * c.rows + bus - 1) / bus;
      const uint64_t pieces = uint64_t{c.rows} * ((c.rowBytes + bus - 1) / bus);
      const uint64_t taken = job->events[0].end - job->events[0].start;
      EXPECT_LE(taken, std::max(words, pieces) + (write ? 36 : 64)) << c.rowBytes << " " << write;
      EXPECT_LE(job->events[0].start, 80u);  // doorbell, program fetch, decode
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, System, ::testing::Values("nano", "lite", "edge", "plus"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
