// SPDX-License-Identifier: Apache-2.0
// JSON forms of the report and the timeline.
#include <map>
#include <nlohmann/json.hpp>

#include "runtime/intervals.hpp"
#include "runtime/report.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json layerJson(const LayerReport& layer) {
  Json json;
  json["name"] = layer.name;
  json["op"] = layer.op;
  json["cycles"] = orNull(layer.cycles);
  json["busy_cycles"] = {{"load", orNull(layer.busyLoad)},
                         {"exec", orNull(layer.busyExec)},
                         {"store", orNull(layer.busyStore)}};
  json["macs"] = layer.macs;
  json["utilisation"] = orNull(layer.utilisation);
  json["bound_compute"] = layer.boundCompute;
  json["bound_memory"] = layer.boundMemory;
  json["bytes"] = layer.bytes;
  json["stalls"] = {{"load", orNull(layer.stallLoad)},
                    {"store", orNull(layer.stallStore)},
                    {"idle", orNull(layer.stallIdle)}};
  json["on_chip"] = layer.onChip;
  json["exactness"] = layer.exactness;
  if (!layer.onChip) json["reason"] = layer.reason;
  return json;
}

// Names come from files: bytes that are not UTF-8 are replaced, never thrown about.
std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// Tracks of one group: a slice goes to the first track that is free, because slices of one track
// must not overlap.
class Tracks {
 public:
  Tracks(Json& events, std::string name, int first) : events_(events), name_(name), first_(first) {}

  void add(const std::string& name, uint64_t start, uint64_t end, Json args) {
    size_t lane = 0;
    while (lane < free_at_.size() && free_at_[lane] > start) ++lane;
    const int track = first_ + static_cast<int>(lane);
    if (lane == free_at_.size()) {
      free_at_.push_back(0);
      events_.push_back({{"ph", "M"}, {"pid", 1}, {"tid", track}, {"name", "thread_name"},
                         {"args", {{"name", name_}}}});
    }
    free_at_[lane] = end;
    events_.push_back({{"ph", "X"}, {"pid", 1}, {"tid", track}, {"name", name}, {"ts", start},
                       {"dur", end - start}, {"args", std::move(args)}});
  }

 private:
  Json& events_;
  std::string name_;
  int first_;
  std::vector<uint64_t> free_at_;
};

std::string opcodeName(const ChipStep& step, uint32_t instruction) {
  const uint64_t at = uint64_t{instruction} * isa::kDescriptorBytes;
  if (at >= step.code.size()) return "?";
  return isa::toString(static_cast<isa::Opcode>(step.code[at]));
}

const ProgramLayer* layerOf(const Program& program, uint32_t step, uint32_t instruction) {
  for (const ProgramLayer& layer : program.layers) {
    if (layer.onChip && layer.step == step && instruction >= layer.firstInstruction &&
        instruction <= layer.lastInstruction) {
      return &layer;
    }
  }
  return nullptr;
}

}  // namespace

std::string toJson(const Report& report) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["model"] = report.model;
  json["preset"] = report.preset;
  json["numerics"] = report.numerics;
  json["memory"] = report.memory;
  json["device"] = report.device;
  json["cycles"] = orNull(report.cycles);
  json["macs"] = report.macs;
  json["utilisation"] = orNull(report.utilisation);
  json["bytes_read"] = report.bytesRead;
  json["bytes_written"] = report.bytesWritten;
  json["counters"] = Json::object();
  for (const auto& [name, value] : report.counters) json["counters"][name] = value;
  json["layers"] = Json::array();
  for (const LayerReport& layer : report.layers) json["layers"].push_back(layerJson(layer));
  return dump(json, 2);
}

std::string toPerfetto(const Program& program, const RunResult& result) {
  constexpr int kTracksPerGroup = 1000;
  Json events = Json::array();
  Tracks layers(events, "layers", 1);
  std::vector<Tracks> engines;
  for (uint32_t queue = 0; queue < isa::kNumQueues; ++queue) {
    engines.emplace_back(events, isa::toString(static_cast<isa::Queue>(queue)),
                         static_cast<int>(queue + 1) * kTracksPerGroup);
  }
  uint64_t origin = 0;
  for (uint32_t i = 0; i < result.steps.size(); ++i) {
    const auto* step = std::get_if<ChipStep>(&program.steps[i]);
    if (step == nullptr) continue;
    std::map<const ProgramLayer*, Interval> spans;
    for (const TraceEvent& event : result.steps[i].job.trace) {
      const auto queue = static_cast<size_t>(event.queue);
      if (queue >= engines.size()) continue;
      const Interval time{origin + event.start, origin + event.end};
      const ProgramLayer* layer = layerOf(program, i, event.instruction);
      engines[queue].add(opcodeName(*step, event.instruction), time.start, time.end,
                         {{"instruction", event.instruction},
                          {"layer", layer == nullptr ? "" : layer->name}});
      if (layer == nullptr) continue;
      Interval& span = spans.try_emplace(layer, time).first->second;
      span = {std::min(span.start, time.start), std::max(span.end, time.end)};
    }
    for (const ProgramLayer& layer : program.layers) {
      const auto span = spans.find(&layer);
      if (span == spans.end()) continue;
      layers.add(layer.name, span->second.start, span->second.end,
                 {{"op", layer.op}, {"macs", layer.macs}, {"bytes", layer.bytes}});
    }
    origin += result.steps[i].job.cycles.value_or(0);
  }
  return dump({{"displayTimeUnit", "ns"}, {"traceEvents", std::move(events)}}, -1);
}

}  // namespace lilong
