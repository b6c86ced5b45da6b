// SPDX-License-Identifier: Apache-2.0
// Layer table from the trace of every instruction.
#include "runtime/report.hpp"

#include <algorithm>
#include <array>

#include "runtime/intervals.hpp"

namespace lilong {

namespace {

constexpr size_t kEngines = isa::kNumQueues;

uint64_t ceilDivide(uint64_t value, uint64_t by) { return (value + by - 1) / by; }

// Busy cycles of every engine in one chip step, on the time axis of the inference.
std::array<std::vector<Interval>, kEngines> busyOf(const StepResult& step, uint64_t origin) {
  std::array<std::vector<Interval>, kEngines> busy;
  for (const TraceEvent& event : step.job.trace) {
    const auto engine = static_cast<size_t>(event.queue);
    if (engine < kEngines) busy[engine].push_back({origin + event.start, origin + event.end});
  }
  for (auto& set : busy) set = merged(std::move(set));
  return busy;
}

// Fills the times of the layers of one chip step; returns the end of the last one.
class StepTimes {
 public:
  StepTimes(const StepResult& step, uint64_t origin)
      : step_(step), origin_(origin), busy_(busyOf(step, origin)), previous_(origin) {}

  void fill(const ProgramLayer& layer, bool last, LayerReport& report) {
    std::array<std::vector<Interval>, kEngines> own;
    uint64_t end = previous_;
    for (const TraceEvent& event : step_.job.trace) {
      const auto engine = static_cast<size_t>(event.queue);
      if (engine >= kEngines || event.instruction < layer.firstInstruction ||
          event.instruction > layer.lastInstruction) {
        continue;
      }
      own[engine].push_back({origin_ + event.start, origin_ + event.end});
      end = std::max(end, origin_ + event.end);
    }
    if (last) end = origin_ + *step_.job.cycles;  // with the end of the job
    const std::vector<Interval> window = merged({{previous_, end}});
    const Interval span{previous_, end};
    const auto exec = clipped(busy_[1], span), load = clipped(busy_[0], span),
               store = clipped(busy_[2], span);
    const auto not_exec = without(window, exec);
    const auto not_load = without(not_exec, load);
    const auto idle = without(not_load, store);
    report.cycles = end - previous_;
    report.busyLoad = length(merged(own[0]));
    report.busyExec = length(merged(own[1]));
    report.busyStore = length(merged(own[2]));
    report.stallLoad = length(not_exec) - length(not_load);
    report.stallStore = length(not_load) - length(idle);
    report.stallIdle = length(idle);
    previous_ = end;
  }

 private:
  const StepResult& step_;
  uint64_t origin_;
  std::array<std::vector<Interval>, kEngines> busy_;
  uint64_t previous_;
};

std::string reasonOf(const Program& program, const ProgramLayer& layer) {
  const auto* host = std::get_if<HostStep>(&program.steps[layer.step]);
  return host == nullptr ? std::string() : host->reason;
}

}  // namespace

Report makeReport(const Program& program, const Device& device, const std::string& memory,
                  const RunResult& result) {
  const isa::Preset& preset = device.preset();
  const uint64_t macs_per_cycle = uint64_t{preset.lanes} * preset.depth;
  Report report{.model = program.model,
                .preset = program.preset,
                .numerics = program.numerics,
                .memory = memory,
                .device = device.name(),
                .cycles = result.cycles};
  for (size_t i = 0; i < result.counters.size(); ++i) {
    report.counters.emplace_back(isa::kCounterNames[i], result.counters[i]);
  }
  report.bytesRead = result.counters[static_cast<size_t>(isa::Counter::bytesRead)];
  report.bytesWritten = result.counters[static_cast<size_t>(isa::Counter::bytesWritten)];

  // Layers in the order in which they finish: by step, then by last instruction.
  std::vector<const ProgramLayer*> order;
  for (const ProgramLayer& layer : program.layers) order.push_back(&layer);
  std::stable_sort(order.begin(), order.end(), [](const ProgramLayer* a, const ProgramLayer* b) {
    return std::pair(a->step, a->lastInstruction) < std::pair(b->step, b->lastInstruction);
  });
  uint64_t origin = 0;
  size_t next = 0;
  for (uint32_t step = 0; step < program.steps.size(); ++step) {
    static const StepResult kNotRun;
    const StepResult& done = step < result.steps.size() ? result.steps[step] : kNotRun;
    const bool timed = done.onChip && done.job.cycles.has_value() && !done.job.trace.empty();
    std::optional<StepTimes> times;
    if (timed) times.emplace(done, origin);
    for (; next < order.size() && order[next]->step == step; ++next) {
      const ProgramLayer& layer = *order[next];
      LayerReport row{.name = layer.name,
                      .op = layer.op,
                      .macs = layer.macs,
                      .boundCompute = ceilDivide(layer.macs, macs_per_cycle),
                      .boundMemory = ceilDivide(layer.bytes, preset.axiBytes),
                      .bytes = layer.bytes,
                      .onChip = layer.onChip,
                      .exactness = layer.exactness,
                      .reason = reasonOf(program, layer)};
      const bool last = next + 1 == order.size() || order[next + 1]->step != step;
      if (timed) times->fill(layer, last, row);
      if (row.cycles && *row.cycles > 0) {
        row.utilisation = static_cast<double>(layer.macs) /
                          (static_cast<double>(*row.cycles) * static_cast<double>(macs_per_cycle));
      }
      report.macs += layer.macs;
      report.layers.push_back(std::move(row));
    }
    if (done.job.cycles) origin += *done.job.cycles;
  }
  if (report.cycles && *report.cycles > 0) {
    report.utilisation = static_cast<double>(report.macs) /
                         (static_cast<double>(*report.cycles) * static_cast<double>(macs_per_cycle));
  }
  return report;
}

}  // namespace lilong
