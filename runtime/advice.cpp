// SPDX-License-Identifier: Apache-2.0
#include "runtime/advice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/traffic.hpp"
#include "sim/base/checked.hpp"
#include "sim/isa/check.hpp"

namespace lilong {

namespace {

// The array instruction of a layer with the most beats, and how many EXEC instructions there are.
struct Work {
  uint32_t count = 0, vectorCount = 0;
  isa::Opcode opcode = isa::Opcode::nopExec;
  uint32_t positions = 0, strideX = 1;  // in a stripe; columns from output to output
  uint32_t steps = 0, channels = 0;
  uint64_t depth = 0;  // bytes of the dot product, or taps of the window
};

// Lanes at work for an instruction of the array.
uint32_t lanesOf(isa::Opcode opcode, const isa::Preset& p) {
  return opcode == isa::Opcode::conv ? p.lanes : isa::windowLanes(p);
}

template <typename Instruction>
uint64_t beatsOf(const Instruction& insn, const isa::Preset& p) {
  return saturatingMul(uint64_t{insn.outHeight} * insn.outWidth,
                       ceilDiv(insn.channels, lanesOf(Instruction::kOpcode, p)) * insn.steps);
}

template <typename Instruction>
uint32_t stripeOf(const Instruction& insn) {
  return static_cast<uint32_t>(
      std::min<uint64_t>(insn.stripe, uint64_t{insn.outHeight} * insn.outWidth));
}

class Finder {
 public:
  explicit Finder(const isa::Preset& preset) : preset_(preset) {}

  void see(const isa::Descriptor& d) {
    const auto opcode = static_cast<isa::Opcode>(isa::opcodeByte(d));
    switch (opcode) {
      case isa::Opcode::conv: {
        const isa::Conv i = isa::Conv::decode(d);
        if (!note(opcode, i)) return;
        work.depth = uint64_t{i.kernelRows} * i.kernelCols * i.run;
        return;
      }
      case isa::Opcode::dwconv:
        return window(opcode, isa::Dwconv::decode(d));
      case isa::Opcode::pool:
        return window(opcode, isa::Pool::decode(d));
      case isa::Opcode::eltwise:
      case isa::Opcode::softmax:
      case isa::Opcode::copy:
        ++work.vectorCount;
        ++work.count;
        return;
      case isa::Opcode::nopExec:
        ++work.count;
        return;
      default:
        return;
    }
  }

  Work work;

 private:
  template <typename Instruction>
  void window(isa::Opcode opcode, const Instruction& i) {
    if (!note(opcode, i)) return;
    work.depth = uint64_t{i.kernelRows} * i.kernelCols;
    work.strideX = i.strideX;
  }
  template <typename Instruction>
  bool note(isa::Opcode opcode, const Instruction& i) {
    ++work.count;
    const uint64_t beats = beatsOf(i, preset_);
    if (beats <= most_) return false;
    most_ = beats;
    work.opcode = opcode;
    work.positions = stripeOf(i);
    work.steps = i.steps;
    work.channels = i.channels;
    return true;
  }

  const isa::Preset& preset_;
  uint64_t most_ = 0;
};

Work workOf(const Program& program, uint32_t layer, const isa::Preset& preset) {
  Finder finder(preset);
  const uint32_t step = program.layers[layer].step;
  const auto* chip = std::get_if<ChipStep>(&program.steps[step]);
  const size_t count = chip == nullptr ? 0 : chip->code.size() / isa::kDescriptorBytes;
  for (uint32_t i = 0; i < count; ++i) {
    if (layerOf(program, step, i) != layer) continue;
    finder.see(isa::readDescriptor(chip->code.data() + size_t{i} * isa::kDescriptorBytes));
  }
  return finder.work;
}

std::string plural(uint64_t count, const char* one, const char* ending = "s") {
  return fmt::format("{} {}{}", withCommas(count), one, count == 1 ? "" : ending);
}

// Networks join the names of fused operators with semicolons.
std::string firstName(const std::string& name) {
  return name.substr(0, name.find(';'));
}

int percent(double share) {
  return static_cast<int>(100 * std::min(share, 1.0) + 0.5);
}

// Lanes or multipliers without work, whichever is more.
std::string packingText(const Work& w, const isa::Preset& p, uint64_t cycles) {
  const std::string lost = plural(cycles, "cycle") + " lost";
  if (w.opcode == isa::Opcode::pool)
    return fmt::format("pooling keeps the array for {}", plural(cycles, "cycle"));
  if (w.steps == 0 || w.channels == 0) return "array beats without multiplications: " + lost;
  const uint32_t width = lanesOf(w.opcode, p);
  const uint64_t groups = ceilDiv(w.channels, width);
  const double depth = static_cast<double>(w.depth) / (static_cast<double>(w.steps) * p.depth);
  const double lanes = static_cast<double>(w.channels) / static_cast<double>(groups * width);
  if (lanes < depth) {
    return fmt::format("{} fill {} of {} lanes to {} %: {}", plural(w.channels, "channel"),
                       plural(groups, "group"), width, percent(lanes), lost);
  }
  if (depth >= 1) return "array beats beyond the MACs of the network: " + lost;
  if (w.opcode == isa::Opcode::dwconv) {
    return fmt::format("{} fill {} of {} multipliers a lane to {} %: {}", plural(w.depth, "tap"),
                       plural(w.steps, "pass", "es"), p.depth, percent(depth), lost);
  }
  return fmt::format("K = {} fills {} of {} to {} %: {}", w.depth, plural(w.steps, "step"), p.depth,
                     percent(depth), lost);
}

std::string weightsText(const Work& w, const isa::Preset& p, uint64_t cycles) {
  const uint32_t reload = lanesOf(w.opcode, p) / p.weightVectors;
  if (w.positions < reload) {
    return fmt::format("weight port: {} a step, its weights take {} cycles: {} lost",
                       plural(w.positions, "position"), reload, plural(cycles, "cycle"));
  }
  return fmt::format("array waits {} for weights from the scratchpad", plural(cycles, "cycle"));
}

std::string activationsText(const Work& w, uint64_t cycles) {
  const std::string lost = plural(cycles, "cycle");
  if (w.opcode == isa::Opcode::conv) return "array waits for activations, bank conflicts: " + lost;
  if (w.strideX > 1) {
    return fmt::format("window takes {} columns a position: {} lost", w.strideX, lost);
  }
  return "array waits for activations, window fills and bank conflicts: " + lost;
}

// The bytes that came while a LOAD ran, of those that could have.
std::string busText(const LayerTimes& t, uint64_t boundMemory, uint64_t readBytes) {
  const double could = static_cast<double>(t.loadCycles) * static_cast<double>(readBytes);
  std::string text;
  if (could > 0)
    text = fmt::format("bus {} % busy", percent(static_cast<double>(t.bytesRead) / could));
  if (boundMemory > 0) text += fmt::format(", the bytes need {}", withCommas(boundMemory));
  return text;
}

std::string textOf(Cause cause, uint64_t cycles, const Program& program, const LayerTimes& t,
                   const Work& w, const isa::Preset& p, const std::string& bus) {
  const std::string count = plural(cycles, "cycle");
  switch (cause) {
    case Cause::packing:
      return packingText(w, p, cycles);
    case Cause::weights:
      return weightsText(w, p, cycles);
    case Cause::activations:
      return activationsText(w, cycles);
    case Cause::results:
      return fmt::format("result port of {} a cycle bounds the drain: {} lost", p.results, count);
    case Cause::vectorPath:
      return fmt::format("vector path busy with {}: {}", plural(w.vectorCount, "instruction"),
                         count);
    case Cause::setup:
      return fmt::format("set-up and drain of {}: {}", plural(w.count, "instruction"), count);
    case Cause::loadConstants:
      return fmt::format("waits {} for constants: {}", count, bus);
    case Cause::loadInput:
      return fmt::format("waits {} for the input: {}", count, bus);
    case Cause::loadSpill:
      return fmt::format("waits {} for spilled activations: {}", count, bus);
    case Cause::loadOther:
      return fmt::format("waits {} for a LOAD: {}", count, bus);
    case Cause::store:
      return fmt::format("waits {} for a STORE", count);
    case Cause::idle:
      return fmt::format("{} without a running instruction{}", count,
                         t.first ? " (start of the program)" : "");
    case Cause::otherLayer:
      return fmt::format("the last STORE ends {} behind the begin of '{}'", count,
                         t.otherLayer < program.layers.size()
                             ? firstName(program.layers[t.otherLayer].name)
                             : std::string("?"));
  }
  return {};
}

void largestFirst(std::vector<Advice>& list) {
  std::stable_sort(list.begin(), list.end(),
                   [](const Advice& a, const Advice& b) { return a.cycles > b.cycles; });
}

}  // namespace

std::string withCommas(uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

std::string toString(Cause cause) {
  switch (cause) {
    case Cause::packing:
      return "packing";
    case Cause::weights:
      return "weights";
    case Cause::activations:
      return "activations";
    case Cause::results:
      return "results";
    case Cause::vectorPath:
      return "vector_path";
    case Cause::setup:
      return "setup";
    case Cause::loadConstants:
      return "load_constants";
    case Cause::loadInput:
      return "load_input";
    case Cause::loadSpill:
      return "load_spill";
    case Cause::loadOther:
      return "load_other";
    case Cause::store:
      return "store";
    case Cause::idle:
      return "idle";
    case Cause::otherLayer:
      return "other_layer";
  }
  return "unknown";
}

std::vector<Advice> adviceFor(const Program& program, uint32_t layer, const LayerTimes& times,
                              const isa::Preset& preset, uint64_t boundMemory, uint64_t readBytes) {
  const Work work = workOf(program, layer, preset);
  const std::string bus = busText(times, boundMemory, readBytes);
  std::vector<Advice> list;
  for (size_t c = 0; c < kCauses; ++c) {
    if (times.causes[c] == 0) continue;
    const auto cause = static_cast<Cause>(c);
    list.push_back({toString(cause), times.causes[c],
                    textOf(cause, times.causes[c], program, times, work, preset, bus)});
  }
  largestFirst(list);
  return list;
}

std::vector<Advice> adviceFor(const std::vector<NamedTimes>& layers) {
  static constexpr const char* kTitles[kCauses] = {"lanes or multipliers without work",
                                                   "the array waits for weights",
                                                   "the array waits for activations",
                                                   "the result port bounds the drain",
                                                   "vector path",
                                                   "set-up and drain of instructions",
                                                   "waits for constants",
                                                   "waits for the network input",
                                                   "waits for spilled activations",
                                                   "waits for other LOADs",
                                                   "waits for STORE",
                                                   "no running instruction",
                                                   "layers that run interleaved"};
  std::vector<Advice> list;
  for (size_t c = 0; c < kCauses; ++c) {
    uint64_t sum = 0, most = 0;
    std::string where;
    for (const NamedTimes& layer : layers) {
      const uint64_t cycles = layer.times->ownCauses[c];
      sum += cycles;
      if (cycles > most) most = cycles, where = layer.layer;
    }
    if (sum == 0) continue;
    list.push_back({toString(static_cast<Cause>(c)), sum,
                    fmt::format("{}: {}, most of them, {}, in '{}'", kTitles[c],
                                plural(sum, "cycle"), withCommas(most), firstName(where))});
  }
  largestFirst(list);
  return list;
}

}  // namespace lilong
