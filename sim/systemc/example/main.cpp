// SPDX-License-Identifier: Apache-2.0
// A virtual platform that runs a compiled network once and compares the outputs with those of the
// functional device.
//   lilong_platform PROGRAM.lilong [--chip cycle|rtl] [--memory sram|lpddr|sdram] [--no-dmi]
// Prints the simulated cycles, the counters and the outputs; ends with 1 if the outputs differ.
#include <fmt/format.h>

#include <memory>
#include <string_view>

#include "runtime/program_file.hpp"
#include "runtime/session.hpp"
#include "runtime/validate.hpp"
#include "sim/systemc/cycle_chip.hpp"
#include "sim/systemc/example/platform.hpp"
#include "sim/systemc/rtl_chip.hpp"

namespace lilong::systemc::example {
namespace {

struct Arguments {
  std::string file, chip = "cycle", memory = "sram";
  bool direct = true;
};

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--no-dmi") {
      out.direct = false;
    } else if ((word == "--chip" || word == "--memory") && i + 1 < argc) {
      (word == "--chip" ? out.chip : out.memory) = argv[++i];
    } else if (!word.starts_with("--") && out.file.empty()) {
      out.file = word;
    } else {
      return false;
    }
  }
  return !out.file.empty() && (out.chip == "cycle" || out.chip == "rtl");
}

// Bytes of any kind, the same in every run.
std::vector<Bytes> makeInputs(const Program& program) {
  std::vector<Bytes> inputs;
  uint32_t state = 1;
  for (uint32_t index : program.inputs) {
    Bytes& bytes = inputs.emplace_back(tensorBytes(program.tensors[index]));
    for (uint8_t& byte : bytes) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<uint8_t>(state >> 24);
    }
  }
  return inputs;
}

Result<RunResult> runOn(std::shared_ptr<Device> device, const Program& program) {
  auto session = Session::create(program, std::move(device));
  if (!session) return session.error();
  return (*session)->run(makeInputs(program));
}

int fail(const std::string& text) {
  fmt::print(stderr, "{}\n", text);
  return 2;
}

int report(const RunResult& got, const RunResult& expected) {
  fmt::print("{} cycles\n", got.cycles.value_or(0));
  for (uint32_t i = 0; i < isa::kNumCounters; ++i) {
    fmt::print("{:20} {}\n", isa::kCounterNames[i], got.counters[i]);
  }
  for (const Bytes& output : got.outputs) fmt::print("output {:02x}\n", fmt::join(output, " "));
  const bool same = got.outputs == expected.outputs;
  fmt::print("outputs {} those of the functional device\n", same ? "equal" : "differ from");
  return same ? 0 : 1;
}

template <typename Chip>
int simulate(const Arguments& arguments, const Program& program) {
  ChipOptions options;
  options.preset = program.preset;
  options.memory = arguments.memory;
  Platform<Chip> platform("platform", options, arguments.direct);
  Result<RunResult> got = makeError(DiagId::internal, "the host did not run");
  platform.host.program = [&](Host& host) {
    got = runOn({std::shared_ptr<void>(), &host}, program);
    sc_core::sc_stop();
  };
  sc_core::sc_start();
  if (!got) return fail(got.error().toString());
  auto functional = openDevice({.name = "functional", .preset = program.preset});
  if (!functional) return fail(functional.error().toString());
  const auto expected = runOn(std::move(*functional), program);
  if (!expected) return fail(expected.error().toString());
  return report(*got, *expected);
}

int run(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    return fail(
        "lilong_platform PROGRAM.lilong [--chip cycle|rtl] [--memory sram|lpddr|sdram] "
        "[--no-dmi]");
  }
  const auto program = loadProgram(arguments.file);
  if (!program) return fail(program.error().toString());
  tlm::tlm_global_quantum::instance().set(sc_core::sc_time(10, sc_core::SC_US));
  if (arguments.chip == "rtl") return simulate<RtlChip>(arguments, *program);
  return simulate<CycleChip>(arguments, *program);
}

}  // namespace
}  // namespace lilong::systemc::example

int sc_main(int argc, char** argv) {
  try {
    return lilong::systemc::example::run(argc, argv);
  } catch (const sc_core::sc_report& report) {
    return lilong::systemc::example::fail(report.what());
  }
}
