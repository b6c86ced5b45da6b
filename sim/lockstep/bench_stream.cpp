// SPDX-License-Identifier: Apache-2.0
// Measurements that need several instructions or the bus.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/lockstep/bench.hpp"
#include "sim/lockstep/random.hpp"
#include "sim/lockstep/timing.hpp"

namespace lilong::lockstep {

namespace {

struct Stream {
  std::string name;
  TestCase test;
  // What one cycle should bring, and the name of it.
  double work = 0;
  const char* unit = "";
  double best = 0;  // work a cycle at best
};

TestCase empty(const isa::Preset& preset, uint64_t memoryBytes) {
  TestCase test;
  test.preset = &preset;
  test.seed = 1;
  test.memory.resize(memoryBytes);
  test.scratchpad.resize(preset.scratchpadBytes);
  Random random(3);
  random.fill(test.memory);
  random.fill(test.scratchpad);
  test.windows[0] = {0, 65536, true, false};
  test.windows[1] = {65536, static_cast<uint32_t>(memoryBytes - 65536), true, false};
  test.windows[4] = {65536, static_cast<uint32_t>(memoryBytes - 65536), false, true};
  return test;
}

// 1 x 1024 times 1024 x 1024: LOAD brings the weights in tiles, EXEC follows two tiles behind.
Stream gemv(const isa::Preset& preset) {
  constexpr uint32_t kDepth = 1024, kOutputs = 1024, kBuffers = 3;
  const uint32_t steps = kDepth / preset.depth;
  const uint32_t groupBytes = steps * preset.lanes * preset.depth;
  const uint32_t groups =
      std::max(1u, std::min(4u, preset.scratchpadBytes / 2 / kBuffers / groupBytes));
  const uint32_t tile = groups * groupBytes, channels = groups * preset.lanes;
  Stream s{"gemv_1024x1024_from_memory", empty(preset, 65536 + (2u << 20)), kDepth * kOutputs,
           "byte/cycle", static_cast<double>(preset.axiBytes)};
  const uint32_t in = 0, out = 2048, params = 8192, weights = 16384;
  for (uint32_t n = 0; n < kOutputs / channels; ++n) {
    isa::Load load;
    load.region = 1;
    load.memOffset = n * tile;
    load.rowBytes = tile;
    load.rows = load.planes = 1;
    load.spAddr = weights + n % kBuffers * tile;
    if (n >= kBuffers) load.header.wait0En = true, load.header.wait0 = 1;
    load.header.signal0En = true;
    isa::Conv conv;
    conv.inAddr = in;
    conv.inHeight = 1;
    conv.inRowBytes = conv.inRowPitch = kDepth;
    conv.kernelRows = conv.kernelCols = 1;
    conv.run = kDepth;
    conv.stripe = 1;
    conv.steps = static_cast<uint16_t>(steps);
    conv.weightsAddr = load.spAddr;
    conv.paramsAddr = params;
    conv.outHeight = conv.outWidth = 1;
    conv.channels = static_cast<uint16_t>(channels);
    conv.outAddr = out + n * channels;
    conv.clampMin = -128;
    conv.clampMax = 127;
    conv.header.wait0En = true;
    if (n + kBuffers < kOutputs / channels) conv.header.signal0En = true, conv.header.signal0 = 1;
    s.test.program.push_back(load.encode());
    s.test.program.push_back(conv.encode());
  }
  return s;
}

template <typename Transfer>
Stream transfer(const isa::Preset& preset, const char* name, uint32_t region, uint32_t rowBytes,
                uint32_t stride, uint32_t offset) {
  Stream s{name, empty(preset, 65536 + (1u << 20)), 0, "byte/cycle",
           static_cast<double>(preset.axiBytes)};
  Transfer t;
  t.region = static_cast<uint8_t>(region);
  t.rows = static_cast<uint16_t>(std::min(48u * 1024 / rowBytes, 60000u));
  t.planes = 1;
  t.rowBytes = rowBytes;
  t.memOffset = offset;
  t.memRowStride = stride;
  t.spRowStride = (rowBytes + 7) / 8 * 8;
  s.work = uint64_t{t.rows} * rowBytes;
  s.test.program = {t.encode()};
  return s;
}

// Two equal 1x1 convolutions, 6x6x128 to 128; the second reads the output of the first, or not.
Stream pair(const isa::Preset& preset, const char* name, uint32_t count, bool dependent) {
  Stream s{name, empty(preset, 65536 + 65536), 0, "MAC/cycle",
           static_cast<double>(preset.lanes * preset.depth)};
  const uint32_t tensor = 36 * 128;
  for (uint32_t n = 0; n < count; ++n) {
    isa::Conv c;
    c.inAddr = dependent ? n * tensor : 0;
    c.inHeight = 6;
    c.inRowBytes = c.inRowPitch = 6 * 128;
    c.kernelRows = c.kernelCols = 1;
    c.run = 128;
    c.strideX = 128;
    c.strideY = 1;
    c.stripe = 18;
    c.steps = static_cast<uint16_t>(128 / preset.depth);
    c.outHeight = c.outWidth = 6;
    c.channels = 128;
    c.outPixPitch = 128;
    c.outRowPitch = 6 * 128;
    c.outAddr = (n + 1) * tensor;
    c.paramsAddr = 24576 + preset.depth;
    c.paramsAddr -= c.paramsAddr % preset.depth;
    c.weightsAddr = 32768;
    c.clampMin = -128;
    c.clampMax = 127;
    c.header.fence = dependent;
    s.test.program.push_back(c.encode());
    s.work += 36.0 * 128 * 128;
  }
  return s;
}

std::vector<Stream> streams(const isa::Preset& p) {
  return {
      transfer<isa::Load>(p, "load_contiguous", 1, 1024, 1024, 0),
      transfer<isa::Load>(p, "load_contiguous_odd_address", 1, 1024, 1024, 5),
      transfer<isa::Load>(p, "load_rows_96_stride_100", 1, 96, 100, 3),
      transfer<isa::Load>(p, "load_rows_3_stride_3", 1, 3, 3, 0),
      transfer<isa::Store>(p, "store_contiguous", 4, 1024, 1024, 0),
      transfer<isa::Store>(p, "store_contiguous_odd_address", 4, 1024, 1024, 5),
      transfer<isa::Store>(p, "store_rows_96_stride_100", 4, 96, 100, 3),
      gemv(p),
      pair(p, "exec_one", 1, false),
      pair(p, "exec_two_independent", 2, false),
      pair(p, "exec_two_dependent", 2, true),
      pair(p, "exec_four_dependent", 4, true),
  };
}

}  // namespace

std::vector<std::string> streamNames() {
  std::vector<std::string> names;
  for (const Stream& s : streams(isa::kPresets[2])) names.push_back(s.name);
  return names;
}

int runStreams(const isa::Preset& preset, RtlRunner& rtl, const std::string& filter, int& shown,
               std::vector<Measured>& measured) {
  int wrong = 0;
  TimingFigures figures;
  bool header = false;
  for (Stream& s : streams(preset)) {
    if (filter != "all" && s.name.rfind(filter, 0) != 0) continue;
    ++shown;
    s.test.program.push_back(isa::End{}.encode());
    if (!header) {
      fmt::print("\n{:<32} {:>9} {:>9}\n", "from first start to last end", "cycles", "");
      header = true;
    }
    std::optional<isa::Trap> refused;
    for (uint32_t i = 0; i < s.test.program.size() && !refused; ++i) {
      refused = isa::check(s.test.program[i], preset, s.test.views(), i);
    }
    if (refused) {
      fmt::print("{:<32} does not fit ({})\n", s.name, refused->toString());
      continue;
    }
    const Outcome got = rtl.run(s.test);
    std::string difference = compare(s.test, runFunctional(s.test), got);
    if (difference.empty()) difference = compareTiming(s.test, got, figures);
    if (got.events.empty()) {
      fmt::print("{:<32} {}\n", s.name, difference);
      ++wrong;
      continue;
    }
    uint64_t first = ~uint64_t{0}, last = 0;
    for (const rtl::Event& e : got.events) {
      first = std::min(first, e.start);
      last = std::max(last, e.end);
    }
    const auto counter = [&](isa::Counter c) { return got.counters[static_cast<size_t>(c)]; };
    measured.push_back({s.name, s.work, last - first, s.unit, s.best,
                        counter(isa::Counter::macBeats), counter(isa::Counter::execStallWeights),
                        counter(isa::Counter::execStallInput),
                        counter(isa::Counter::execStallOutput)});
    const double rate = s.work / static_cast<double>(std::max<uint64_t>(last - first, 1));
    fmt::print("{:<32} {:>9} {:>9.1f} {} ({:.0f}%) {}\n", s.name, last - first, rate, s.unit,
               100 * rate / s.best, difference.empty() ? "" : "WRONG: " + difference);
    wrong += !difference.empty();
  }
  return wrong;
}

}  // namespace lilong::lockstep
