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

Json distanceJson(const std::optional<Distance>& distance) {
  if (!distance) return nullptr;
  return {{"cycles", distance->cycles}, {"percent", orNull(distance->percent)}};
}

Json adviceJson(const std::vector<Advice>& list) {
  Json json = Json::array();
  for (const Advice& advice : list) {
    json.push_back({{"cause", advice.cause}, {"cycles", advice.cycles}, {"text", advice.text}});
  }
  return json;
}

Json trafficJson(const Traffic& traffic) {
  return {{"constants", traffic.constants},      {"inputs", traffic.inputs},
          {"outputs", traffic.outputs},          {"spill_read", traffic.spillRead},
          {"spill_written", traffic.spillWritten}, {"other", traffic.other}};
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
  json["macs_executed"] = layer.macsExecuted;
  json["utilisation"] = orNull(layer.utilisation);
  json["bound_compute"] = layer.boundCompute;
  json["bound_memory"] = layer.boundMemory;
  json["distance"] = distanceJson(layer.distance);
  json["bytes"] = layer.bytes;
  json["traffic"] = trafficJson(layer.traffic);
  json["stalls"] = {{"load", orNull(layer.stallLoad)},
                    {"store", orNull(layer.stallStore)},
                    {"idle", orNull(layer.stallIdle)},
                    {"weights", orNull(layer.stallWeights)},
                    {"input", orNull(layer.stallInput)},
                    {"output", orNull(layer.stallOutput)}};
  json["advice"] = adviceJson(layer.advice);
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

}  // namespace

std::string toJson(const Report& report) {
  Json json;
  json["schema_version"] = kReportSchemaVersion;
  json["model"] = report.model;
  json["preset"] = report.preset;
  json["numerics"] = report.numerics;
  json["memory"] = report.memory;
  json["device"] = report.device;
  json["chip"] = {{"macs_per_cycle", report.macsPerCycle},
                  {"bytes_per_cycle", report.bytesPerCycle}};
  json["cycles"] = orNull(report.cycles);
  json["macs"] = report.macs;
  json["macs_executed"] = report.macsExecuted;
  json["utilisation"] = orNull(report.utilisation);
  json["bound_compute"] = report.boundCompute;
  json["bound_memory"] = report.boundMemory;
  json["distance"] = distanceJson(report.distance);
  json["advice"] = adviceJson(report.advice);
  json["traffic"] = trafficJson(report.traffic);
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
      const uint32_t index = layerOf(program, i, event.instruction);
      const ProgramLayer* layer = index < program.layers.size() ? &program.layers[index] : nullptr;
      engines[queue].add(opcodeName(*step, event.instruction), time.start, time.end,
                         {{"instruction", event.instruction},
                          {"layer", layer == nullptr ? "" : layer->name}});
      if (layer == nullptr || event.queue == isa::Queue::load) continue;  // often far ahead
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
