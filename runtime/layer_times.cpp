// SPDX-License-Identifier: Apache-2.0
// Sweep over the ends of layers and EXEC instructions; between two of them the counters tell what
// happened.  Cycle sets hold (start, end]: an instruction taken in `start` runs from the next
// cycle.
#include "runtime/layer_times.hpp"

#include <algorithm>
#include <map>

#include "runtime/intervals.hpp"
#include "runtime/traffic.hpp"
#include "sim/isa/check.hpp"

namespace lilong {

namespace {

using isa::Counter;
using Counters = std::array<uint32_t, isa::kNumCounters>;
using Causes = std::array<uint64_t, kCauses>;

Cause loadCause(const isa::Descriptor& d) {
  switch (isa::Load::decode(d).region) {
    case kRegionConstants:
      return Cause::loadConstants;
    case kRegionInputs:
      return Cause::loadInput;
    case kRegionSpill:
      return Cause::loadSpill;
    default:
      return Cause::loadOther;
  }
}

class Sweep {
 public:
  Sweep(const Program& program, uint32_t step, const JobResult& job,
        const std::vector<uint32_t>& order, const std::vector<uint64_t>& ideal)
      : program_(program),
        step_(step),
        code_(std::get<ChipStep>(program.steps[step]).code),
        job_(job),
        order_(order),
        ideal_(ideal),
        times_(order.size()) {}

  std::vector<LayerTimes> run() {
    readEvents();
    makeSets();
    findWindows();
    makePieces();
    fill();
    if (counted_) attribute();
    return std::move(times_);
  }

 private:
  struct Exec {
    uint64_t end;
    uint32_t layer;
    bool vector;
  };
  // Cycles between two boundaries.
  struct Piece {
    Interval time;
    const Exec* exec;  // whose cycles they are, null behind the last one
    size_t owner;      // index of the layer that they count for
    bool foreign;      // that is not the layer of `exec`
  };

  isa::Descriptor descriptor(uint32_t instruction) const {
    const size_t at = size_t{instruction} * isa::kDescriptorBytes;
    return at < code_.size() ? isa::readDescriptor(code_.data() + at) : isa::Descriptor{};
  }

  void readEvents() {
    counted_ = true;
    snapshots_[0] = {};
    uint64_t covered = 0;
    for (const TraceEvent& event : job_.trace) {
      const auto queue = static_cast<size_t>(event.queue);
      if (queue >= isa::kNumQueues) continue;
      const size_t done = static_cast<size_t>(Counter::instructionsLoad) + queue;
      counted_ = counted_ && event.counters[done] != 0;
      snapshots_[event.end] = event.counters;
      busy_[queue].push_back({event.start, event.end});
      const uint32_t layer = layerOf(program_, step_, event.instruction);
      own_[layer][queue].push_back({event.start, event.end});
      if (event.queue == isa::Queue::load) {  // loads start and end in order; the oldest counts
        loads_[loadCause(descriptor(event.instruction))].push_back(
            {std::max(event.start, covered), event.end});
        covered = std::max(covered, event.end);
      }
      if (event.queue == isa::Queue::exec) {
        const auto opcode =
            static_cast<isa::Opcode>(isa::opcodeByte(descriptor(event.instruction)));
        execs_.push_back({event.end, layer,
                          opcode == isa::Opcode::eltwise || opcode == isa::Opcode::softmax ||
                              opcode == isa::Opcode::copy});
      }
    }
    snapshots_[*job_.cycles] = job_.counters;
    std::stable_sort(execs_.begin(), execs_.end(),
                     [](const Exec& a, const Exec& b) { return a.end < b.end; });
  }

  void makeSets() {
    for (auto& set : busy_) set = merged(std::move(set));
    const std::vector<Interval> not_exec = without({{0, *job_.cycles}}, busy_[1]);
    const std::vector<Interval> not_load = without(not_exec, busy_[0]);
    idle_ = without(not_load, busy_[2]);
    store_ = without(not_load, idle_);
    load_ = without(not_exec, not_load);
    for (auto& [cause, set] : loads_) set = without(merged(std::move(set)), busy_[1]);
  }

  void findWindows() {
    uint64_t end = 0;
    for (size_t n = 0; n < order_.size(); ++n) {
      const uint64_t start = end;
      for (const auto& set : own_[order_[n]])
        for (const Interval& i : set) end = std::max(end, i.end);
      if (n + 1 == order_.size()) end = *job_.cycles;  // with the end of the job
      windows_.push_back({start, end});
    }
  }

  // Consecutive layers whose EXEC instructions are interleaved: last index of the group of n.
  size_t groupEnd(size_t n) const {
    std::map<uint32_t, size_t> place;
    for (size_t i = 0; i < order_.size(); ++i) place[order_[i]] = i;
    std::vector<size_t> first(order_.size(), execs_.size()), last(order_.size(), 0);
    for (size_t e = 0; e < execs_.size(); ++e) {
      const auto layer = place.find(execs_[e].layer);
      if (layer == place.end()) continue;
      first[layer->second] = std::min(first[layer->second], e);
      last[layer->second] = e;
    }
    // A later layer belongs to the group if it began before the last one of the group ended.
    size_t end = n, until = last[n];
    for (size_t i = n + 1; i < order_.size(); ++i) {
      if (first[i] >= until) continue;
      end = i;
      until = std::max(until, last[i]);
    }
    return end;
  }

  // Cuts the time of a layer, or of a group of interleaved ones, at the ends of EXEC instructions:
  // a piece belongs to the instruction that ends next.  Pieces of other layers, while the last
  // STORE of the group is at work, stay with its last layer.
  void makePieces() {
    size_t next = 0;
    for (size_t n = 0; n < order_.size();) {
      const size_t end = groupEnd(n);
      for (uint64_t now = windows_[n].start; now < windows_[end].end;) {
        while (next < execs_.size() && execs_[next].end <= now) ++next;
        const Exec* exec = next < execs_.size() ? &execs_[next] : nullptr;
        const uint64_t until = windows_[end].end;
        Piece piece{{now, exec ? std::min(exec->end, until) : until}, exec, end, exec != nullptr};
        for (size_t i = n; i <= end; ++i) {
          if (!exec || exec->layer == order_[i]) piece.foreign = false;
          if (exec && exec->layer == order_[i]) piece.owner = i;
        }
        now = piece.time.end;
        pieces_.push_back(piece);
      }
      n = end + 1;
    }
  }

  void fill() {
    for (size_t n = 0; n < order_.size(); ++n) {
      auto& own = own_[order_[n]];
      times_[n].first = n == 0;
      times_[n].busyLoad = length(merged(own[0]));
      times_[n].busyExec = length(merged(own[1]));
      times_[n].busyStore = length(merged(own[2]));
      times_[n].counted = counted_;
    }
    for (const Piece& piece : pieces_) {
      LayerTimes& t = times_[piece.owner];
      t.cycles += piece.time.end - piece.time.start;
      t.stallLoad += lengthWithin(load_, piece.time);
      t.stallStore += lengthWithin(store_, piece.time);
      t.stallIdle += lengthWithin(idle_, piece.time);
      t.loadCycles += lengthWithin(busy_[0], piece.time);
      if (!counted_) continue;
      t.stallWeights += delta(piece.time, Counter::execStallWeights);
      t.stallInput += delta(piece.time, Counter::execStallInput);
      t.stallOutput += delta(piece.time, Counter::execStallOutput);
      t.bytesRead += delta(piece.time, Counter::bytesRead);
    }
  }

  uint64_t delta(Interval i, Counter counter) const {
    const auto c = static_cast<size_t>(counter);
    return snapshots_.at(i.end)[c] - snapshots_.at(i.start)[c];
  }

  void attribute() {
    std::map<uint32_t, size_t> place;
    for (size_t n = 0; n < order_.size(); ++n) place[order_[n]] = n;
    std::vector<uint64_t> beats(order_.size());   // of a layer, wherever they ran
    std::vector<uint64_t> inside(order_.size());  // in its own time
    std::vector<std::map<uint32_t, uint64_t>> others(order_.size());
    for (const Piece& piece : pieces_) {
      const uint64_t done = delta(piece.time, Counter::macBeats);
      const Causes causes = causesOf(piece.time, piece.exec && piece.exec->vector, done);
      const auto layer = place.find(piece.exec ? piece.exec->layer : order_[piece.owner]);
      if (layer != place.end()) {
        beats[layer->second] += done;
        add(times_[layer->second].ownCauses, causes);
      }
      if (piece.foreign) {
        others[piece.owner][piece.exec->layer] += piece.time.end - piece.time.start;
        continue;
      }
      inside[piece.owner] += done;
      add(times_[piece.owner].causes, causes);
    }
    for (size_t n = 0; n < order_.size(); ++n) {
      uint64_t most = 0;
      for (const auto& [layer, cycles] : others[n]) {
        at(times_[n].causes, Cause::otherLayer) += cycles;
        if (cycles > most) most = cycles, times_[n].otherLayer = layer;
      }
      if (beats[n] <= ideal_[n]) continue;
      const uint64_t lost = beats[n] - ideal_[n];
      at(times_[n].ownCauses, Cause::packing) = lost;
      at(times_[n].causes, Cause::packing) =
          static_cast<uint64_t>(static_cast<double>(lost) * static_cast<double>(inside[n]) /
                                    static_cast<double>(beats[n]) +
                                0.5);
    }
  }

  Causes causesOf(Interval piece, bool vector, uint64_t beats) const {
    Causes c{};
    at(c, Cause::weights) = delta(piece, Counter::execStallWeights);
    at(c, Cause::activations) = delta(piece, Counter::execStallInput);
    at(c, Cause::results) = delta(piece, Counter::execStallOutput);
    const uint64_t known =
        beats + at(c, Cause::weights) + at(c, Cause::activations) + at(c, Cause::results);
    const uint64_t running = lengthWithin(busy_[1], piece);
    at(c, vector ? Cause::vectorPath : Cause::setup) = running > known ? running - known : 0;
    for (const auto& [cause, set] : loads_) at(c, cause) = lengthWithin(set, piece);
    at(c, Cause::store) = lengthWithin(store_, piece);
    at(c, Cause::idle) = lengthWithin(idle_, piece);
    return c;
  }

  static uint64_t& at(Causes& causes, Cause cause) { return causes[static_cast<size_t>(cause)]; }
  static void add(Causes& sum, const Causes& more) {
    for (size_t c = 0; c < kCauses; ++c) sum[c] += more[c];
  }

  const Program& program_;
  uint32_t step_;
  const std::vector<uint8_t>& code_;
  const JobResult& job_;
  const std::vector<uint32_t>& order_;
  const std::vector<uint64_t>& ideal_;
  std::vector<LayerTimes> times_;
  bool counted_ = false;
  std::map<uint64_t, Counters> snapshots_;  // counters behind a cycle
  std::vector<Exec> execs_;                 // by completion
  std::map<uint32_t, std::array<std::vector<Interval>, isa::kNumQueues>> own_;  // by layer
  std::array<std::vector<Interval>, isa::kNumQueues> busy_;
  std::map<Cause, std::vector<Interval>> loads_;  // without EXEC, by what the oldest LOAD brings
  std::vector<Interval> load_, store_, idle_;     // without EXEC
  std::vector<Interval> windows_;                 // by completion
  std::vector<Piece> pieces_;
};

}  // namespace

std::vector<LayerTimes> layerTimes(const Program& program, uint32_t step, const JobResult& job,
                                   const std::vector<uint32_t>& order,
                                   const std::vector<uint64_t>& idealCycles) {
  return Sweep(program, step, job, order, idealCycles).run();
}

}  // namespace lilong
