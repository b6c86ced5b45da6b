// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "sim/cycle/ports.hpp"
#include "sim/lockstep/builder.hpp"
#include "sim/lockstep/timing.hpp"

namespace lilong::lockstep {

namespace {

struct Kernel {
  std::string name;
  uint64_t work = 0;
  isa::Descriptor instruction{};
  const char* unit = "MAC/cycle";
  double best = 0;  // work a cycle; 0: all multipliers
};

constexpr uint32_t kParams = 0;  // parameter blocks lie at the start of the scratchpad

uint32_t up(uint64_t value, uint32_t align) {
  return static_cast<uint32_t>((value + align - 1) / align * align);
}

// Bytes for the parameter blocks: those of the depthwise kernel with the most channels at least.
uint32_t paramBytes(const isa::Preset& p) {
  const uint32_t groups = (512 + isa::windowLanes(p) - 1) / isa::windowLanes(p);
  return up(std::max(8192u, groups * isa::paramChannelBytes(p)), p.depth);
}

// Places of input, weights and output behind one another.
struct Layout {
  explicit Layout(const isa::Preset& p) : preset(p), next(paramBytes(p)) {}
  uint32_t take(uint64_t bytes) {
    const uint32_t at = next;
    next = up(next + bytes, preset.depth);
    return at;
  }
  const isa::Preset& preset;
  uint32_t next;
};

template <typename Instruction>
void commonOutput(Instruction& i, Layout& l, uint32_t h, uint32_t w, uint32_t channels) {
  i.outHeight = static_cast<uint16_t>(h);
  i.outWidth = static_cast<uint16_t>(w);
  i.channels = static_cast<uint16_t>(channels);
  i.outPixPitch = up(channels, 8);
  i.outRowPitch = w * i.outPixPitch;
  i.outAddr = l.take(uint64_t{h} * i.outRowPitch);
  i.paramsAddr = kParams;
  i.clampMin = -128;
  i.clampMax = 127;
}

uint32_t balanced(uint32_t positions) {
  const uint32_t stripes = (positions + isa::kMaxStripe - 1) / isa::kMaxStripe;
  return (positions + stripes - 1) / stripes;
}

struct Shape {
  uint32_t h, w, in, out, kh, kw, stride, pad;
};

// Row pitch of at least `bytes` with which up to three neighbouring rows lie in different banks,
// as an allocator would choose it.
uint32_t colouredPitch(const isa::Preset& p, uint32_t bytes) {
  using cycle::bankOf;
  for (uint32_t pad = 0; pad < 4; ++pad) {
    const uint32_t vectors = (bytes + p.depth - 1) / p.depth + pad;
    bool apart = true;
    for (uint32_t at = 0; at < 64; ++at) {
      const uint32_t a = bankOf(at), b = bankOf(at + vectors), c = bankOf(at + 2 * vectors);
      apart = apart && a != b && b != c && a != c;
    }
    if (apart) return vectors * p.depth;
  }
  return bytes;
}

Kernel conv(const isa::Preset& p, const std::string& name, const Shape& s) {
  Layout l(p);
  isa::Conv i;
  const uint32_t pitch = s.in >= 8 ? up(s.in, 8) : s.in;
  const uint32_t inH = (s.h - 1) * s.stride + s.kh - 2 * s.pad,
                 inW = (s.w - 1) * s.stride + s.kw - 2 * s.pad;
  i.inHeight = static_cast<uint16_t>(inH);
  i.inRowBytes = i.inRowPitch = inW * pitch;
  i.inAddr = l.take(uint64_t{inH} * i.inRowPitch);
  i.kernelRows = static_cast<uint8_t>(s.kh);
  i.kernelCols = 1;
  i.run = static_cast<uint16_t>((s.kw - 1) * pitch + s.in);
  i.strideX = s.stride * pitch;
  i.strideY = static_cast<uint8_t>(s.stride);
  i.dilationY = 1;
  i.padTop = static_cast<uint8_t>(s.pad);
  i.padLeft = s.pad * pitch;
  i.stripe = static_cast<uint8_t>(balanced(s.h * s.w));
  i.steps = static_cast<uint16_t>(convSteps(p.depth, s.kh, i.run));
  i.weightsAddr = l.take(uint64_t{(s.out + p.lanes - 1) / p.lanes} * i.steps * p.lanes * p.depth);
  i.perChannel = true;
  commonOutput(i, l, s.h, s.w, s.out);
  return {name, uint64_t{s.h} * s.w * s.out * s.kh * s.kw * s.in, i.encode()};
}

template <typename Instruction>
Instruction window(const isa::Preset& p, Layout& l, const Shape& s) {
  Instruction i;
  const uint32_t pitch = up(s.in, 8);
  const uint32_t inH = (s.h - 1) * s.stride + s.kh - 2 * s.pad,
                 inW = (s.w - 1) * s.stride + s.kw - 2 * s.pad;
  i.inHeight = static_cast<uint16_t>(inH);
  i.inRowBytes = inW * pitch;
  i.inRowPitch = colouredPitch(p, i.inRowBytes);
  i.inAddr = l.take(uint64_t{inH} * i.inRowPitch);
  i.kernelRows = static_cast<uint8_t>(s.kh);
  i.kernelCols = static_cast<uint8_t>(s.kw);
  i.strideX = static_cast<uint16_t>(s.stride);
  i.strideY = static_cast<uint8_t>(s.stride);
  i.dilationY = 1;
  i.padTop = static_cast<uint8_t>(s.pad);
  i.padLeft = s.pad * pitch;
  i.pixPitch = pitch;
  i.stripe = static_cast<uint8_t>(balanced(s.h * s.w));
  i.steps = static_cast<decltype(i.steps)>(windowPasses(p.depth, s.kh, s.kw));
  commonOutput(i, l, s.h, s.w, s.in);
  return i;
}

Kernel depthwise(const isa::Preset& p, const std::string& name, const Shape& s) {
  Layout l(p);
  auto i = window<isa::Dwconv>(p, l, s);
  const uint32_t lanes = isa::windowLanes(p);
  i.weightsAddr = l.take(uint64_t{(s.in + lanes - 1) / lanes} * i.steps * lanes * p.depth);
  i.perChannel = true;
  return {name, uint64_t{s.h} * s.w * s.in * s.kh * s.kw, i.encode()};
}

Kernel pool(const isa::Preset& p, const std::string& name, const Shape& s) {
  Layout l(p);
  auto i = window<isa::Pool>(p, l, s);
  i.multiplier = 1u << 30;
  i.shift = 36;
  return {name, uint64_t{s.h} * s.w * s.in * s.kh * s.kw, i.encode(), "tap/cycle"};
}

Kernel add(const isa::Preset& p, const std::string& name, uint32_t h, uint32_t w, uint32_t c) {
  Layout l(p);
  isa::Eltwise i;
  i.aPixPitch = i.bPixPitch = up(c, 8);
  i.aRowPitch = i.bRowPitch = w * i.aPixPitch;
  i.aAddr = l.take(uint64_t{h} * i.aRowPitch);
  i.bAddr = l.take(uint64_t{h} * i.bRowPitch);
  i.multiplierA = i.multiplierB = i.multiplier = 1u << 30;
  i.shiftA = i.shiftB = 11;
  i.shift = 48;
  commonOutput(i, l, h, w, c);
  return {name, uint64_t{h} * w * c, i.encode(), "elem/cycle", static_cast<double>(p.results)};
}

Kernel softmax(const isa::Preset& p, const std::string& name, uint32_t c) {
  Layout l(p);
  isa::Softmax i;
  i.inAddr = l.take(c);
  i.outHeight = i.outWidth = 1;
  i.channels = static_cast<uint16_t>(c);
  i.outAddr = l.take(up(c, 8));
  return {name, c, i.encode(), "elem/cycle", 1};
}

Kernel copy(const isa::Preset& p, const std::string& name, uint32_t run, uint32_t count,
            uint32_t dst) {
  Layout l(p);
  isa::Copy i;
  i.run = static_cast<uint16_t>(run);
  i.count0 = static_cast<uint16_t>(count);
  i.count1 = i.count2 = i.count3 = 1;
  i.srcStride0 = run;
  i.dstStride0 = dst;
  i.srcAddr = l.take(uint64_t{run} * count);
  i.dstAddr = l.take(uint64_t{dst} * count) + 3;
  return {name, uint64_t{run} * count, i.encode(), "byte/cycle", static_cast<double>(p.depth)};
}

std::vector<Kernel> kernels(const isa::Preset& p) {
  return {
      conv(p, "conv1x1_24x24x32_64", {24, 24, 32, 64, 1, 1, 1, 0}),
      conv(p, "conv1x1_24x24x64_64", {24, 24, 64, 64, 1, 1, 1, 0}),
      conv(p, "conv1x1_24x24x128_64", {24, 24, 128, 64, 1, 1, 1, 0}),
      conv(p, "conv1x1_24x24x32_128", {24, 24, 32, 128, 1, 1, 1, 0}),
      conv(p, "conv1x1_24x24x64_128", {24, 24, 64, 128, 1, 1, 1, 0}),
      conv(p, "conv1x1_24x24x128_128", {24, 24, 128, 128, 1, 1, 1, 0}),
      conv(p, "conv1x1_25x5x64_64", {25, 5, 64, 64, 1, 1, 1, 0}),
      conv(p, "conv1x1_6x6x128_128", {6, 6, 128, 128, 1, 1, 1, 0}),
      conv(p, "conv1x1_24x24x61_67", {24, 24, 61, 67, 1, 1, 1, 0}),
      conv(p, "conv1x1_23x17x40_72", {23, 17, 40, 72, 1, 1, 1, 0}),
      conv(p, "conv3x3_16x16x32_32", {16, 16, 32, 32, 3, 3, 1, 1}),
      conv(p, "conv3x3s2_24x24x3_8", {24, 24, 3, 8, 3, 3, 2, 0}),
      conv(p, "conv10x4s2_25x5x1_64", {25, 5, 1, 64, 10, 4, 2, 0}),
      conv(p, "gemv_640_128", {1, 1, 640, 128, 1, 1, 1, 0}),
      conv(p, "gemv_128_640", {1, 1, 128, 640, 1, 1, 1, 0}),
      depthwise(p, "dw3x3_24x24x64", {24, 24, 64, 64, 3, 3, 1, 1}),
      depthwise(p, "dw3x3_25x5x64", {25, 5, 64, 64, 3, 3, 1, 1}),
      depthwise(p, "dw3x3_6x6x128", {6, 6, 128, 128, 3, 3, 1, 1}),
      depthwise(p, "dw3x3_3x3x256", {3, 3, 256, 256, 3, 3, 1, 1}),
      depthwise(p, "dw3x3_23x17x40", {23, 17, 40, 40, 3, 3, 1, 1}),
      depthwise(p, "dw3x3_24x24x61", {24, 24, 61, 61, 3, 3, 1, 1}),
      depthwise(p, "dw3x3_1x1x512", {1, 1, 512, 512, 3, 3, 1, 1}),
      depthwise(p, "dw3x3s2_12x12x64", {12, 12, 64, 64, 3, 3, 2, 0}),
      depthwise(p, "dw10x1_15x1x128", {15, 1, 128, 128, 10, 1, 1, 0}),
      depthwise(p, "dw1x16_1x49x64", {1, 49, 64, 64, 1, 16, 1, 0}),
      depthwise(p, "dw16x1_49x1x64", {49, 1, 64, 64, 16, 1, 1, 0}),
      depthwise(p, "dw5x5_14x14x64", {14, 14, 64, 64, 5, 5, 1, 2}),
      depthwise(p, "dw5x5s2_14x14x64", {14, 14, 64, 64, 5, 5, 2, 0}),
      pool(p, "pool25x5_64", {1, 1, 64, 64, 25, 5, 1, 0}),
      pool(p, "pool2x2_12x12x64", {12, 12, 64, 64, 2, 2, 2, 0}),
      add(p, "add_32x32x16", 32, 32, 16),
      add(p, "add_16x16x24", 16, 16, 24),
      softmax(p, "softmax_12", 12),
      softmax(p, "softmax_1001", 1001),
      copy(p, "copy_24x100_aligned", 24, 100, 24),
      copy(p, "copy_5x100_to_8", 5, 100, 8),
  };
}

// What one kernel needs besides its instruction: random data, plausible parameters.
TestCase caseOf(const isa::Preset& preset, const Kernel& kernel) {
  TestCase test;
  test.preset = &preset;
  test.seed = 1;
  Random random(1);
  test.memory.resize(4096);
  test.windows[0] = {0, 4096, true, false};
  test.scratchpad.resize(preset.scratchpadBytes);
  random.fill(test.scratchpad);
  // Biases of any size would saturate everything.
  for (uint32_t at = 0; at < paramBytes(preset); at += 4) {
    const uint32_t word = at % isa::paramChannelBytes(preset) < 4 * preset.lanes
                              ? static_cast<uint32_t>(random.range(0, 20000)) - 10000
                              : 0x40000000u | random.range(0, 0x3FFFFFFF);
    for (int k = 0; k < 4; ++k) test.scratchpad[at + k] = static_cast<uint8_t>(word >> (8 * k));
    if (at % isa::paramChannelBytes(preset) >= 8 * preset.lanes) {
      for (int k = 0; k < 4; ++k) test.scratchpad[at + k] = static_cast<uint8_t>(random.range(37, 42));
    }
  }
  test.program = {kernel.instruction, isa::End{}.encode()};
  return test;
}

// Names hold letters, digits and underscores only.
bool writeJson(const isa::Preset& preset, const std::vector<Measured>& all,
               const std::string& path) {
  std::string text = fmt::format("{{\"preset\": \"{}\", \"kernels\": [\n", preset.name);
  for (size_t i = 0; i < all.size(); ++i) {
    const Measured& m = all[i];
    text += fmt::format(
        "  {{\"name\": \"{}\", \"work\": {:.0f}, \"cycles\": {}, \"unit\": \"{}\", \"best\": {}, "
        "\"mac_beats\": {}, \"stall_weights\": {}, \"stall_input\": {}, \"stall_output\": {}}}{}\n",
        m.name, m.work, m.cycles, m.unit, m.best, m.beats, m.stallWeights, m.stallInput,
        m.stallOutput, i + 1 == all.size() ? "" : ",");
  }
  text += "]}\n";
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return !file.fail();
}

}  // namespace

int runKernels(const isa::Preset& preset, const RtlOptions& rtlOptions, const std::string& filter,
               const std::string& json) {
  const std::vector<Kernel> all = kernels(preset);
  if (filter == "list") {
    for (const Kernel& k : all) fmt::print("{}\n", k.name);
    for (const std::string& name : streamNames()) fmt::print("{}\n", name);
    return 0;
  }
  RtlOptions options = rtlOptions;
  options.trace = true;
  options.monitor = options.flavour != "fast";
  Result<std::unique_ptr<RtlRunner>> rtl = RtlRunner::open(preset, options);
  if (!rtl) {
    fmt::print(stderr, "lilong_lockstep: {}\n", rtl.error().toString());
    return 2;
  }
  const double peak = preset.lanes * preset.depth;
  int wrong = 0, shown = 0;
  TimingFigures figures;
  std::vector<Measured> measured;
  fmt::print("{:<24} {:>9} {:>8} {:>9} {:10} {:>6}  {:>8} {:>8} {:>8}\n", "kernel", "work",
             "cycles", "rate", "", "best", "weights", "input", "output");
  for (const Kernel& kernel : all) {
    if (filter != "all" && kernel.name.rfind(filter, 0) != 0) continue;
    ++shown;
    const TestCase test = caseOf(preset, kernel);
    if (auto trap = isa::check(kernel.instruction, preset, test.views(), 0)) {
      fmt::print("{:<24} does not fit ({})\n", kernel.name, trap->toString());
      continue;
    }
    const Outcome got = (*rtl)->run(test);
    std::string difference = compare(test, runFunctional(test), got);
    if (difference.empty()) difference = compareTiming(test, got, figures);
    if (got.events.empty()) {
      fmt::print("{:<24} {}\n", kernel.name, difference);
      ++wrong;
      continue;
    }
    const uint64_t cycles = got.events.front().end - got.events.front().start;
    const double best = kernel.best == 0 ? peak : kernel.best;
    const double rate =
        static_cast<double>(kernel.work) / static_cast<double>(std::max<uint64_t>(cycles, 1));
    const auto counter = [&](isa::Counter c) { return got.counters[static_cast<size_t>(c)]; };
    measured.push_back({kernel.name, static_cast<double>(kernel.work), cycles, kernel.unit, best,
                        counter(isa::Counter::macBeats), counter(isa::Counter::execStallWeights),
                        counter(isa::Counter::execStallInput),
                        counter(isa::Counter::execStallOutput)});
    fmt::print("{:<24} {:>9} {:>8} {:>9.1f} {:10} {:>5.0f}%  {:>8} {:>8} {:>8} {}\n",
               kernel.name, kernel.work, cycles, rate, kernel.unit, 100 * rate / best,
               counter(isa::Counter::execStallWeights), counter(isa::Counter::execStallInput),
               counter(isa::Counter::execStallOutput),
               difference.empty() ? "" : "WRONG: " + difference);
    wrong += !difference.empty();
  }
  wrong += runStreams(preset, **rtl, filter, shown, measured);
  if (shown == 0) {
    fmt::print(stderr, "lilong_lockstep: there is no kernel '{}'; --kernel list names them\n", filter);
    return 2;
  }
  fmt::print("{} cycles in {:.2f} s of processor time, {:.0f} thousand cycles/s\n", (*rtl)->cycles(),
             (*rtl)->seconds(), static_cast<double>((*rtl)->cycles()) / (*rtl)->seconds() / 1000);
  if (!json.empty() && !writeJson(preset, measured, json)) {
    fmt::print(stderr, "lilong_lockstep: {} cannot be written\n", json);
    return 2;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace lilong::lockstep
