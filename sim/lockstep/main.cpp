// SPDX-License-Identifier: Apache-2.0
// lilong_lockstep: random programs on the functional simulator and on the Verilated chip.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "sim/isa/disassembler.hpp"
#include "sim/lockstep/bench.hpp"
#include "sim/lockstep/generator.hpp"
#include "sim/lockstep/hostile.hpp"
#include "sim/lockstep/runner.hpp"
#include "sim/lockstep/timing.hpp"

namespace lilong::lockstep {
namespace {

constexpr const char* kHelp = R"(usage: lilong_lockstep [options]
  --preset NAME     nano, lite, edge (default), plus or edge-fpga
  --count N         programs (default 100)
  --seed N          first seed (default 1); program i has seed N + i
  --flavour NAME    checked (default: assertions, random initial state) or fast
  --only OPCODE     all EXEC instructions of one kind, e.g. conv
  --traps PERCENT   programs that end in a trap (default 12)
  --no-stalls       memory 'sram' without random stalls
  --modules DIR     folder of liblilong_rtl_*.so
  --keep-going N    stop after N mismatches (default 1)
  --watchdog N      cycles that a job may take (default 2000000)
  --no-shrink       print a mismatch without looking for a shorter program
  --functional      generate, verify and run without the chip
  --list            print the programs
  --waves FILE      write an FST file (one program, flavour checked)
  --hostile         random and mutated programs and bus faults: the chip must stay in its windows,
                    come back, and run the next job right
  --timing          the timing core against the chip (flavour fast): cycles, counters, start and
                    completion of every instruction
  --kernel NAME     measure a kernel on the chip instead: all, or one of those that 'list' names
  --json FILE       with --kernel: write the figures as JSON too
Exit code: 0 all equal, 1 a mismatch, 2 wrong use or no chip.
)";

struct Arguments {
  std::string preset = "edge", modules, kernel, json, waves;
  std::string flavour;  // empty: checked; for kernels and timing fast
  uint64_t count = 100, seed = 1, keepGoing = 1, watchdog = TestCase{}.watchdogCycles;
  GeneratorOptions generator;
  bool functional = false, list = false, help = false, hostile = false, timing = false;
  bool shrink = true;
};

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments a;
  const auto refuse = [](const std::string& text) {
    fmt::print(stderr, "lilong_lockstep: {}\n", text);
    return std::nullopt;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--help" || name == "-h") return a.help = true, a;
    if (name == "--functional") { a.functional = true; continue; }
    if (name == "--list") { a.list = true; continue; }
    if (name == "--hostile") { a.hostile = true; continue; }
    if (name == "--timing") { a.timing = true; continue; }
    if (name == "--no-shrink") { a.shrink = false; continue; }
    if (name == "--no-stalls") { a.generator.stalls = false; continue; }
    if (i + 1 == argc) return refuse("unknown option or missing value: " + name);
    const std::string value = argv[++i];
    const auto number = [&](uint64_t& target) {
      char* end = nullptr;
      target = std::strtoull(value.c_str(), &end, 0);
      return !value.empty() && *end == 0 && value[0] != '-';
    };
    uint64_t n = 0;
    bool ok = true;
    if (name == "--preset") a.preset = value;
    else if (name == "--flavour") a.flavour = value;
    else if (name == "--modules") a.modules = value;
    else if (name == "--kernel") a.kernel = value;
    else if (name == "--json") a.json = value;
    else if (name == "--waves") a.waves = value;
    else if (name == "--count") ok = number(a.count);
    else if (name == "--seed") ok = number(a.seed);
    else if (name == "--watchdog") ok = number(a.watchdog) && a.watchdog != 0 && a.watchdog <= UINT32_MAX;
    else if (name == "--keep-going") ok = number(a.keepGoing);
    else if (name == "--traps") ok = number(n) && n <= 100, a.generator.trapPercent = static_cast<uint32_t>(n);
    else if (name == "--only") {
      const isa::InstructionInfo* info = isa::findInstruction(std::string_view(value));
      ok = info && info->queue == isa::Queue::exec;
      if (ok) a.generator.only = static_cast<int>(info->opcode);
    } else return refuse("unknown option " + name);
    if (!ok) return refuse(fmt::format("'{}' is no value for {}", value, name));
  }
  if (!a.json.empty() && a.kernel.empty()) return refuse("--json needs --kernel");
  return a;
}

std::string reproduce(const Arguments& a, const TestCase& test) {
  std::string text = fmt::format("lilong_lockstep --preset {} --seed {} --count 1", a.preset,
                                 test.seed);
  if (!a.flavour.empty()) text += " --flavour " + a.flavour;
  if (a.hostile) text += " --hostile";
  if (a.timing) text += " --timing";
  if (a.generator.only >= 0) {
    text += fmt::format(" --only {}", isa::toString(static_cast<isa::Opcode>(a.generator.only)));
  }
  if (a.watchdog != TestCase{}.watchdogCycles) text += fmt::format(" --watchdog {}", a.watchdog);
  if (!a.generator.stalls) text += " --no-stalls";
  if (a.generator.trapPercent != GeneratorOptions{}.trapPercent) {
    text += fmt::format(" --traps {}", a.generator.trapPercent);
  }
  return text;
}

void report(const Arguments& a, const TestCase& test, const std::string& difference,
            RtlRunner* rtl) {
  fmt::print("MISMATCH seed {}: {}\n", test.seed, difference);
  if (rtl && a.shrink && a.timing) {
    const TestCase small = shrinkTiming(test, *rtl);
    TimingFigures unused;
    fmt::print("shrunk to:\n{}which fails with: {}\n", listing(small),
               checkTiming(small, *rtl, unused));
  } else if (rtl && a.shrink && !a.hostile) {
    const TestCase small = shrink(test, *rtl);
    fmt::print("shrunk to:\n{}", listing(small));
    const std::string left = compare(small, runFunctional(small), rtl->run(small));
    if (!left.empty() && left != difference) fmt::print("which fails with: {}\n", left);
  }
  fmt::print("reproduce: {}\n", reproduce(a, test));
}

int runPrograms(const Arguments& a, const isa::Preset& preset) {
  std::unique_ptr<RtlRunner> rtl;
  if (!a.functional) {
    RtlOptions options;
    options.flavour = !a.flavour.empty() ? a.flavour : a.timing ? "fast" : "checked";
    options.modules = a.modules;
    options.waves = a.count == 1 ? a.waves : "";
    options.trace = a.timing;
    Result<std::unique_ptr<RtlRunner>> opened = RtlRunner::open(preset, options);
    if (!opened) {
      fmt::print(stderr, "lilong_lockstep: {}\n", opened.error().toString());
      return 2;
    }
    rtl = std::move(*opened);
  }
  std::map<std::string, uint64_t> coverage, traps;
  TimingFigures timing;
  uint64_t run = 0, well = 0, trapped = 0;
  const auto start = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < a.count && run - well < a.keepGoing; ++i) {
    TestCase test = generate(preset, a.seed + i, a.generator);
    test.watchdogCycles = static_cast<uint32_t>(a.watchdog);
    if (a.list) fmt::print("seed {}:\n{}", test.seed, listing(test));
    std::string difference;
    if (a.functional) {
      difference = checkFunctional(test);
    } else if (a.timing) {
      difference = checkTiming(test, *rtl, timing);
    } else if (a.hostile) {
      difference = checkHostile(test, *rtl, traps);
    } else {
      difference = check(test, *rtl);
    }
    ++run;
    trapped += test.trap.has_value();
    if (test.trap && !a.hostile) ++traps[isa::toString(*test.trap)];
    for (const isa::Descriptor& d : test.program) {
      if (const auto* info = isa::findInstruction(isa::opcodeByte(d))) ++coverage[std::string(info->name)];
    }
    if (difference.empty()) {
      ++well;
    } else {
      report(a, test, difference, rtl.get());
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (const auto& [name, count] : coverage) fmt::print("{:>8} {}\n", count, name);
  for (const auto& [name, count] : traps) fmt::print("{:>8} trap {}\n", count, name);
  if (rtl) {
    fmt::print("{} cycles, {:.0f} thousand cycles/s; {:.1f} s in all\n", rtl->cycles(),
               static_cast<double>(rtl->cycles()) / rtl->seconds() / 1000, seconds);
  }
  if (timing.cycles != 0) {
    fmt::print("timing core: {} cycles, {:.1f} million cycles/s\n", timing.cycles,
               static_cast<double>(timing.cycles) / std::max(timing.seconds, 1e-6) / 1e6);
  }
  fmt::print("{}: {} run, {} ok, {} trapped, seed {}\n", preset.name, run, well, trapped, a.seed);
  return run == well ? 0 : 1;
}

int main(int argc, char** argv) {
  const std::optional<Arguments> a = parse(argc, argv);
  if (!a) return 2;
  if (a->help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const isa::Preset* preset = isa::findPreset(a->preset);
  if (!preset) {
    fmt::print(stderr, "lilong_lockstep: there is no preset '{}'\n", a->preset);
    return 2;
  }
  if (!a->kernel.empty()) {
    RtlOptions options;
    options.flavour = a->flavour.empty() ? "fast" : a->flavour;
    options.modules = a->modules;
    options.waves = a->waves;
    return runKernels(*preset, options, a->kernel, a->json);
  }
  return runPrograms(*a, *preset);
}

}  // namespace
}  // namespace lilong::lockstep

int main(int argc, char** argv) { return lilong::lockstep::main(argc, argv); }
