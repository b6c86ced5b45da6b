// SPDX-License-Identifier: Apache-2.0
// lilong_fpga_sim: the complete FPGA system in simulation, its serial line on a pseudo-terminal.
#include <fmt/format.h>
#include <getopt.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "sim/fpga/board.hpp"
#include "sim/fpga/line.hpp"
#include "sim/fpga/terminal.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::fpga {
namespace {

constexpr const char* kUsage =
    "usage: lilong_fpga_sim [options]\n"
    "Simulates the FPGA system cycle by cycle until SIGTERM or SIGINT.\n"
    "  --preset NAME          nano, lite (default), edge, plus or edge-fpga\n"
    "  --memory NAME          sdram or bram (default sdram)\n"
    "  --pty PATH             link to the pseudo-terminal (default: only its own name is printed)\n"
    "  --folder PATH          where the Verilated boards are\n"
    "  --cycles N             stop after N cycles\n"
    "  --noise-to-chip P      probability that a byte is damaged on its way to the chip\n"
    "  --noise-to-host P      the same for the other direction\n"
    "  --noise-seed N         seed of the noise (default 1)\n"
    "SIGUSR1 pulls the plug: a new terminal, the chip runs on.  SIGUSR2 presses the reset "
    "button.\n";

volatile std::sig_atomic_t stop_asked = 0, unplug_asked = 0, reset_asked = 0;

void onSignal(int number) {
  if (number == SIGUSR1)
    unplug_asked = 1;
  else if (number == SIGUSR2)
    reset_asked = 1;
  else
    stop_asked = 1;
}

struct Options {
  std::string preset = "lite", memory = "sdram", pty, folder;
  uint64_t cycles = 0, seed = 1;
  double toChip = 0, toHost = 0;
};

template <typename Number>
bool parse(const char* text, Number& value) {
  const char* end = text + std::strlen(text);
  const auto result = std::from_chars(text, end, value);
  return result.ec == std::errc() && result.ptr == end;
}

std::optional<Options> parseOptions(int argc, char** argv) {
  const option kOptions[] = {
      {"preset", required_argument, nullptr, 'p'},
      {"memory", required_argument, nullptr, 'm'},
      {"pty", required_argument, nullptr, 't'},
      {"folder", required_argument, nullptr, 'f'},
      {"cycles", required_argument, nullptr, 'c'},
      {"noise-to-chip", required_argument, nullptr, 'i'},
      {"noise-to-host", required_argument, nullptr, 'o'},
      {"noise-seed", required_argument, nullptr, 's'},
      {"help", no_argument, nullptr, 'h'},
      {},
  };
  Options o;
  for (int c; (c = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    bool good = true;
    switch (c) {
      case 'p':
        o.preset = optarg;
        good = isa::findPreset(o.preset) != nullptr;
        break;
      case 'm':
        o.memory = optarg;
        good = o.memory == "sdram" || o.memory == "bram";
        break;
      case 't':
        o.pty = optarg;
        break;
      case 'f':
        o.folder = optarg;
        break;
      case 'c':
        good = parse(optarg, o.cycles);
        break;
      case 's':
        good = parse(optarg, o.seed);
        break;
      case 'i':
        good = parse(optarg, o.toChip) && o.toChip >= 0 && o.toChip <= 1;
        break;
      case 'o':
        good = parse(optarg, o.toHost) && o.toHost >= 0 && o.toHost <= 1;
        break;
      case 'h':
        std::fputs(kUsage, stdout);
        std::exit(0);
      default:
        return std::nullopt;
    }
    if (!good) {
      fmt::print(stderr, "'{}' is no value for that option\n", optarg);
      return std::nullopt;
    }
  }
  if (optind == argc) return o;
  fmt::print(stderr, "there is nothing to do with '{}'\n", argv[optind]);
  return std::nullopt;
}

int report(const Error& error) {
  for (const Diagnostic& d : error.diagnostics) {
    fmt::print(stderr, "{}{}{}\n", d.message, d.remedy.empty() ? "" : ". ", d.remedy);
  }
  return 2;
}

class Simulation {
 public:
  Simulation(const Options& options, const BoardModule& module)
      : options_(options),
        module_(module),
        board_(module.create()),
        sender_(module.clocksPerBit),
        receiver_(module.clocksPerBit),
        toChip_(options.toChip, options.seed),
        toHost_(options.toHost, options.seed + 1) {}

  Result<void> run();
  uint64_t cycles() const { return cycle_; }
  uint64_t hits() const { return toChip_.hits() + toHost_.hits(); }

 private:
  static constexpr uint64_t kSlice = 4096;       // cycles between two looks at the terminal
  static constexpr uint64_t kAwake = 4'000'000;  // cycles without any event before it slows down
  static constexpr uint8_t kActivity = 0b1111'1000;  // lights: instructions, memory, frames
  static constexpr int kNap = 20;                    // milliseconds

  Result<void> plug();
  void slice();

  Options options_;
  const BoardModule& module_;
  std::unique_ptr<Board> board_;
  std::unique_ptr<Terminal> terminal_;
  LineSender sender_;
  LineReceiver receiver_;
  Noise toChip_, toHost_;
  uint64_t cycle_ = 0, lastEvent_ = 0;
};

Result<void> Simulation::plug() {
  terminal_.reset();
  Result<std::unique_ptr<Terminal>> opened = Terminal::open(options_.pty);
  if (!opened) return opened.error();
  terminal_ = std::move(*opened);
  fmt::print("{} with {}: {} clocks a bit, terminal {}\n", module_.preset, module_.memory,
             module_.clocksPerBit, options_.pty.empty() ? terminal_->device() : options_.pty);
  std::fflush(stdout);
  return {};
}

void Simulation::slice() {
  std::vector<uint8_t> out;
  for (uint64_t i = 0; i < kSlice; ++i) {
    const std::optional<uint8_t> byte = receiver_.level(board_->cycle(sender_.level()));
    if (byte) toHost_.pass(*byte, [&](uint8_t b) { out.push_back(b); });
  }
  cycle_ += kSlice;
  if (!out.empty() || !sender_.idle() || (board_->lights() & kActivity)) lastEvent_ = cycle_;
  terminal_->write(out);
}

Result<void> Simulation::run() {
  if (Result<void> plugged = plug(); !plugged) return plugged;
  while (!stop_asked && (options_.cycles == 0 || cycle_ < options_.cycles)) {
    if (unplug_asked) {
      unplug_asked = 0;
      if (Result<void> plugged = plug(); !plugged) return plugged;
    }
    if (reset_asked) {
      reset_asked = 0;
      board_->reset();
    }
    const bool asleep = cycle_ - lastEvent_ > kAwake;
    // Not more than the line takes in a slice: the rest waits in the terminal, as on a real port.
    if (sender_.waiting() < kSlice / 10 / module_.clocksPerBit + 1) {
      for (const uint8_t b : terminal_->read(256, asleep ? kNap : 0)) {
        toChip_.pass(b, [&](uint8_t c) { sender_.push(c); });
      }
    }
    slice();
    if (!board_->failure().empty()) {
      return makeError(DiagId::internal,
                       "the SDRAM was used against its rules: " + board_->failure());
    }
  }
  return {};
}

int run(int argc, char** argv) {
  const std::optional<Options> options = parseOptions(argc, argv);
  if (!options) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  Result<const BoardModule*> module = loadBoard(options->preset, options->memory, options->folder);
  if (!module) return report(module.error());
  struct sigaction action {};
  action.sa_handler = onSignal;
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2})
    sigaction(number, &action, nullptr);
  Simulation simulation(*options, **module);
  if (Result<void> done = simulation.run(); !done) return report(done.error());
  fmt::print("{} cycles, {} bytes damaged\n", simulation.cycles(), simulation.hits());
  return 0;
}

}  // namespace
}  // namespace lilong::fpga

int main(int argc, char** argv) {
  return lilong::fpga::run(argc, argv);
}
