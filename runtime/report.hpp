// SPDX-License-Identifier: Apache-2.0
// Where the cycles of one inference went, layer by layer, and its JSON and timeline forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/advice.hpp"
#include "runtime/device.hpp"
#include "runtime/program.hpp"
#include "runtime/session.hpp"
#include "runtime/traffic.hpp"

namespace lilong {

// Version of the JSON form; raised when a key changes its meaning or goes away.
inline constexpr int kReportSchemaVersion = 2;

// How far the cycles are above the least that work and bytes allow.
struct Distance {
  int64_t cycles = 0;  // below zero: bytes of the layer came while an earlier one was at work
  std::optional<double> percent{};  // of the bound
};

// One layer of the network.  Everything that needs time is empty without a trace.
struct LayerReport {
  std::string name{};
  std::string op{};
  // Completion minus completion of the layer before; the layers sum to the cycles of the inference.
  std::optional<uint64_t> cycles{};
  // Cycles in which an engine ran an instruction of this layer.
  std::optional<uint64_t> busyLoad{}, busyExec{}, busyStore{};
  // Of `cycles`, those without running EXEC instruction: a LOAD ran, else a STORE, else nothing.
  std::optional<uint64_t> stallLoad{}, stallStore{}, stallIdle{};
  // Of `cycles`, those in which the array waited, from the counters.
  std::optional<uint64_t> stallWeights{}, stallInput{}, stallOutput{};
  uint64_t macs = 0;                    // of the network file
  uint64_t macsExecuted = 0;            // without those of removed channels
  std::optional<double> utilisation{};  // executed MACs / (cycles * MAC per cycle)
  uint64_t boundCompute = 0;            // cycles that the executed MACs need at least
  uint64_t boundMemory = 0;  // cycles that the bytes need at least, at the rate of the memory
  uint64_t bytes = 0;        // that the layer moves over the bus
  Traffic traffic{};         // the same by what they are
  std::optional<Distance> distance{};
  std::vector<Advice> advice{};  // what would shorten it, the largest first
  bool onChip = true;
  std::string exactness{};
  std::string reason{};  // why it runs on the host
};

struct Report {
  std::string model{}, preset{}, numerics{}, memory{}, device{};
  uint64_t macsPerCycle = 0, bytesPerCycle = 0;  // of the chip; of the memory, at most the bus
  std::optional<uint64_t> cycles{};
  uint64_t macs = 0, macsExecuted = 0;
  std::optional<double> utilisation{};
  uint64_t boundCompute = 0, boundMemory = 0;  // sums over the layers on the chip
  Traffic traffic{};
  std::optional<Distance> distance{};
  std::vector<Advice> advice{};
  uint64_t bytesRead = 0, bytesWritten = 0;  // of tensors, over the bus
  std::vector<std::pair<std::string, uint64_t>> counters{};
  std::vector<LayerReport> layers{};
};

// `memory` is the name of the memory timing that the device was opened with.  Layer times need a
// result of RunOptions{.trace = true}.
Report makeReport(const Program& program, const Device& device, const std::string& memory,
                  const RunResult& result);

// JSON text with the keys of the command line manual.
std::string toJson(const Report& report);

// Timeline for ui.perfetto.dev or chrome://tracing: one track per engine, one for the layers;
// one microsecond is one cycle.
std::string toPerfetto(const Program& program, const RunResult& result);

}  // namespace lilong
