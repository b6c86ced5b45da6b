// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "sim/isa/disassembler.hpp"
#include "sim/isa/verify.hpp"
#include "sim/lockstep/random.hpp"

namespace lilong::lockstep {

Outcome runFunctional(const TestCase& test) {
  functional::Machine machine(*test.preset);
  std::copy(test.scratchpad.begin(), test.scratchpad.end(), machine.scratchpad().begin());
  Outcome outcome;
  outcome.memory = test.image();
  const functional::RunResult result = machine.run(
      outcome.memory, test.windows, {.watchdogCycles = test.watchdogCycles, .trace = false});
  outcome.trap = result.trap;
  outcome.counters = result.counters;
  outcome.scratchpad.assign(machine.scratchpad().begin(), machine.scratchpad().end());
  return outcome;
}

Result<std::unique_ptr<RtlRunner>> RtlRunner::open(const isa::Preset& preset,
                                                   const RtlOptions& options) {
  rtl::HarnessOptions h;
  h.preset = preset.name;
  h.flavour = options.flavour;
  h.folder = options.modules;
  h.memoryBytes = 1 << 20;
  h.monitor = options.monitor;
  Result<std::unique_ptr<rtl::Harness>> harness = rtl::Harness::open(h);
  if (!harness) return harness.error();
  auto runner = std::make_unique<RtlRunner>();
  runner->options_ = options;
  runner->harness_ = std::move(*harness);
  return runner;
}

Outcome RtlRunner::run(const TestCase& test, const JobOptions& options) {
  Outcome outcome;
  Result<void> done = prepare(test, options);
  if (done) done = job(test, outcome);
  if (!done) outcome.failure = done.error().toString();
  harness_->chip().closeWaves();
  return outcome;
}

// Everything before the doorbell: chip, memory, scratchpad, windows.
Result<void> RtlRunner::prepare(const TestCase& test, const JobOptions& options) {
  rtl::Harness& h = *harness_;
  if (options.renewChip) {
    if (Result<void> done = h.renew(test.seed); !done) return done;
  }
  if (!options_.waves.empty() && !h.chip().openWaves(options_.waves)) {
    return makeError(DiagId::fileWriteFailed, "waves cannot be written", options_.waves);
  }
  Result<uint32_t> status = h.readRegister(isa::kRegStatus);
  if (!status) return status.error();
  if (static_cast<isa::State>(*status & isa::kRegStatusStateMask) != isa::State::idle) {
    if (Result<void> done = h.softReset(); !done) return done;
  }
  const std::vector<uint8_t> image = test.image();
  if (options.keepMemory && h.memory().bytes().size() >= image.size()) {
    h.memory().clearFaults();
  } else if (Result<void> ok = h.renewMemory(test.timing, std::max<uint64_t>(options.memoryBytes,
                                                                             image.size()));
             !ok) {
    return ok;
  }
  std::copy(image.begin(), image.end(), h.memory().bytes().begin());
  if (!options.keepStalls) h.memory().setStalls(test.stalls);
  if (!options.faults.empty()) h.memory().setFaults(options.faults);
  h.monitor().clearComplaints();
  if (options.drainLimit != 0) {
    if (Result<void> ok = h.writeRegister(isa::kRegDrainLimit, options.drainLimit); !ok) return ok;
  }
  if (!h.chip().poke(0, test.scratchpad.data(), test.scratchpad.size())) {
    return makeError(DiagId::internal, "the scratchpad of the chip cannot be reached");
  }
  std::array<rtl::Region, isa::kRegions> regions;
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    const functional::Window& w = test.windows[i];
    regions[i] = {w.base, w.size, w.read, w.write};
  }
  return h.bind(regions);
}

Result<void> RtlRunner::job(const TestCase& test, Outcome& outcome) {
  rtl::Harness& h = *harness_;
  rtl::JobRequest request;
  request.watchdogCycles = test.watchdogCycles;
  request.hostLimit = uint64_t{test.watchdogCycles} + 100'000;
  request.trace = options_.trace;
  const std::clock_t start = std::clock();
  Result<rtl::Job> job = h.run(request);
  if (!job) return job.error();
  seconds_ += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  cycles_ += job->cycles;
  outcome.cycles = job->cycles;
  outcome.trap = job->trap;
  outcome.counters = job->counters;
  outcome.events = std::move(job->events);
  outcome.memory.assign(h.memory().bytes().begin(),
                        h.memory().bytes().begin() + static_cast<long>(test.memory.size()));
  outcome.scratchpad.resize(test.scratchpad.size());
  h.chip().peek(0, outcome.scratchpad.data(), outcome.scratchpad.size());
  if (!h.monitor().complaints().empty()) {
    outcome.failure = h.monitor().complaints().front();
  } else if (!job->trap && h.memory().owed() != 0) {
    outcome.failure = "the job ended with bursts in flight";
  } else if (job->counters[static_cast<size_t>(isa::Counter::cycles)] !=
             static_cast<uint32_t>(job->cycles)) {
    outcome.failure = fmt::format("counter cycles is {}, the pins say {}",
                                  job->counters[static_cast<size_t>(isa::Counter::cycles)],
                                  job->cycles);
  }
  return {};
}

namespace {

std::string checkExpected(const TestCase& test, const Outcome& expected) {
  if (test.legal) {
    if (Result<void> ok = isa::verify(test.program, *test.preset, test.views()); !ok) {
      return "the verifier refuses the program: " + ok.error().toString();
    }
    if (expected.trap) return "the functional simulator traps: " + expected.trap->toString();
  } else if (!expected.trap) {
    return fmt::format("the program was made for {}, the functional simulator does not trap",
                       isa::toString(*test.trap));
  }
  return {};
}

}  // namespace

std::string checkFunctional(const TestCase& test) {
  return checkExpected(test, runFunctional(test));
}

std::string check(const TestCase& test, RtlRunner& rtl) {
  const Outcome expected = runFunctional(test);
  if (std::string wrong = checkExpected(test, expected); !wrong.empty()) return wrong;
  const Outcome got = rtl.run(test);
  std::string difference = compare(test, expected, got);
  if (!difference.empty()) return difference;
  if (test.seed % 4 == 0) {
    // Nothing may be left of the first job.
    difference = compare(test, expected, rtl.run(test, JobOptions{}));
    if (!difference.empty()) return "second job on the same chip: " + difference;
  }
  if (test.seed % 8 == 1 && test.legal) {
    TestCase other = test;
    Random random(test.seed);
    random.fill(other.memory);
    random.fill(other.scratchpad);
    const Outcome second = rtl.run(other);
    difference = compare(other, runFunctional(other), second);
    if (!difference.empty()) return "with other data: " + difference;
    if (second.cycles != got.cycles) {
      return fmt::format("time depends on data: {} and {} cycles", got.cycles, second.cycles);
    }
  }
  return {};
}

TestCase shrink(const TestCase& test, RtlRunner& rtl) {
  TestCase best = test;
  const auto failing = [&](const TestCase& t) {
    return !compare(t, runFunctional(t), rtl.run(t)).empty();
  };
  if (!failing(best)) return best;  // only the second job or other data fail
  if (best.stalls.permille != 0) {
    TestCase t = best;
    t.stalls = {};
    if (failing(t)) best = t;
  }
  for (size_t i = best.program.size(); i-- > 0;) {
    const isa::InstructionInfo* info = isa::findInstruction(isa::opcodeByte(best.program[i]));
    if (!info || info->queue == isa::Queue::control) continue;
    isa::Descriptor nop{};
    nop[0] = best.program[i][0];
    const isa::Opcode opcode = info->queue == isa::Queue::load    ? isa::Opcode::nopLoad
                               : info->queue == isa::Queue::exec ? isa::Opcode::nopExec
                                                                 : isa::Opcode::nopStore;
    isa::setBits(nop, 0, 7, 0, static_cast<uint32_t>(opcode));
    if (nop == best.program[i]) continue;
    TestCase t = best;
    t.program[i] = nop;
    if (failing(t)) best = t;
  }
  return best;
}

std::string listing(const TestCase& test) {
  std::string text;
  for (size_t i = 0; i < test.program.size(); ++i) {
    const isa::Descriptor& d = test.program[i];
    const bool plain = d[0] == static_cast<uint32_t>(isa::Opcode::nopLoad) ||
                       d[0] == static_cast<uint32_t>(isa::Opcode::nopExec) ||
                       d[0] == static_cast<uint32_t>(isa::Opcode::nopStore);
    if (!plain) text += fmt::format("  {:3} {}\n", i, isa::disassemble(d));
  }
  return text;
}

}  // namespace lilong::lockstep
