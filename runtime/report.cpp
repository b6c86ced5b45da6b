// SPDX-License-Identifier: Apache-2.0
// Layer table from the program, and from the trace of every instruction.
#include "runtime/report.hpp"

#include <algorithm>

#include "runtime/layer_times.hpp"
#include "sim/memory/timing.hpp"

namespace lilong {

namespace {

uint64_t ceilDivide(uint64_t value, uint64_t by) {
  return (value + by - 1) / by;
}

std::string reasonOf(const Program& program, const ProgramLayer& layer) {
  const auto* host = std::get_if<HostStep>(&program.steps[layer.step]);
  return host == nullptr ? std::string() : host->reason;
}

// Layers of a step in the order in which they finish.
std::vector<uint32_t> layersOf(const Program& program, uint32_t step) {
  std::vector<uint32_t> order;
  for (uint32_t l = 0; l < program.layers.size(); ++l) {
    if (program.layers[l].step == step) order.push_back(l);
  }
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return program.layers[a].lastInstruction < program.layers[b].lastInstruction;
  });
  return order;
}

// Bytes a cycle that the memory gives at best.
uint64_t readBytes(const std::string& memory, const isa::Preset& preset) {
  const auto timing = memory::findTiming(memory);
  const uint32_t bytes = timing ? timing->readBytes : 0;
  return bytes == 0 ? preset.axiBytes : std::min(bytes, preset.axiBytes);
}

Distance distanceOf(uint64_t cycles, uint64_t compute, uint64_t memory) {
  const uint64_t bound = std::max(compute, memory);
  Distance distance{.cycles = static_cast<int64_t>(cycles) - static_cast<int64_t>(bound)};
  if (bound > 0) {
    distance.percent = 100 * static_cast<double>(distance.cycles) / static_cast<double>(bound);
  }
  return distance;
}

double utilisationOf(uint64_t macs, uint64_t cycles, uint64_t perCycle) {
  return static_cast<double>(macs) / (static_cast<double>(cycles) * static_cast<double>(perCycle));
}

// What is known without time.
LayerReport rowOf(const Program& program, const ProgramLayer& layer, uint64_t macsPerCycle,
                  uint64_t bytesPerCycle) {
  return {.name = layer.name,
          .op = layer.op,
          .macs = layer.macs,
          .macsExecuted = layer.macsExecuted(),
          .boundCompute = ceilDivide(layer.macsExecuted(), macsPerCycle),
          .boundMemory = ceilDivide(layer.bytes, bytesPerCycle),
          .bytes = layer.bytes,
          .onChip = layer.onChip,
          .exactness = layer.exactness,
          .reason = reasonOf(program, layer)};
}

void fillTimes(LayerReport& row, const LayerTimes& t, uint64_t macsPerCycle) {
  row.cycles = t.cycles;
  row.busyLoad = t.busyLoad;
  row.busyExec = t.busyExec;
  row.busyStore = t.busyStore;
  row.stallLoad = t.stallLoad;
  row.stallStore = t.stallStore;
  row.stallIdle = t.stallIdle;
  if (t.counted) {
    row.stallWeights = t.stallWeights;
    row.stallInput = t.stallInput;
    row.stallOutput = t.stallOutput;
  }
  row.distance = distanceOf(t.cycles, row.boundCompute, row.boundMemory);
  if (t.cycles > 0) row.utilisation = utilisationOf(row.macsExecuted, t.cycles, macsPerCycle);
}

}  // namespace

Report makeReport(const Program& program, const Device& device, const std::string& memory,
                  const RunResult& result) {
  const isa::Preset& preset = device.preset();
  Report report{.model = program.model,
                .preset = program.preset,
                .numerics = program.numerics,
                .memory = memory,
                .device = device.name(),
                .macsPerCycle = uint64_t{preset.lanes} * preset.depth,
                .bytesPerCycle = readBytes(memory, preset),
                .cycles = result.cycles};
  for (size_t i = 0; i < result.counters.size(); ++i) {
    report.counters.emplace_back(isa::kCounterNames[i], result.counters[i]);
  }
  report.bytesRead = result.counters[static_cast<size_t>(isa::Counter::bytesRead)];
  report.bytesWritten = result.counters[static_cast<size_t>(isa::Counter::bytesWritten)];

  const uint64_t macs_per_cycle = report.macsPerCycle, bytes_per_cycle = report.bytesPerCycle;
  const std::vector<Traffic> traffic = trafficOf(program);
  std::vector<LayerTimes> times;
  times.reserve(program.layers.size());
  std::vector<NamedTimes> named;
  uint64_t chip_macs = 0;
  for (uint32_t step = 0; step < program.steps.size(); ++step) {
    const std::vector<uint32_t> order = layersOf(program, step);
    const size_t first = report.layers.size();
    for (const uint32_t index : order) {
      report.layers.push_back(
          rowOf(program, program.layers[index], macs_per_cycle, bytes_per_cycle));
      report.layers.back().traffic = traffic[index];
      const LayerReport& row = report.layers.back();
      report.macs += row.macs;
      report.macsExecuted += row.macsExecuted;
      report.traffic += row.traffic;
      if (!row.onChip) continue;
      chip_macs += row.macsExecuted;
      report.boundCompute += row.boundCompute;
      report.boundMemory += row.boundMemory;
    }
    if (step >= result.steps.size() || order.empty()) continue;
    const StepResult& done = result.steps[step];
    if (!done.onChip || !done.job.cycles || done.job.trace.empty()) continue;
    std::vector<uint64_t> ideal;
    for (size_t n = 0; n < order.size(); ++n) {
      ideal.push_back(report.layers[first + n].boundCompute);
    }
    for (LayerTimes& one : layerTimes(program, step, done.job, order, ideal)) {
      times.push_back(std::move(one));
    }
    for (size_t n = 0; n < order.size(); ++n) {
      LayerReport& row = report.layers[first + n];
      const LayerTimes& t = times[times.size() - order.size() + n];
      fillTimes(row, t, macs_per_cycle);
      const bool by_memory = row.boundMemory > row.boundCompute;
      row.advice =
          adviceFor(program, order[n], t, preset, by_memory ? row.boundMemory : 0, bytes_per_cycle);
      named.push_back({row.name, &t});
    }
  }
  if (report.cycles && *report.cycles > 0) {
    report.utilisation = utilisationOf(chip_macs, *report.cycles, macs_per_cycle);
    report.distance = distanceOf(*report.cycles, report.boundCompute, report.boundMemory);
    report.advice = adviceFor(named);
  }
  return report;
}

}  // namespace lilong
