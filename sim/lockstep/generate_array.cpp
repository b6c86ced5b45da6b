// SPDX-License-Identifier: Apache-2.0
// Random conv, dwconv and pool: mostly what a network could hold, sometimes any legal field values.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "sim/lockstep/builder.hpp"
#include "sim/lockstep/ties.hpp"

namespace lilong::lockstep {

uint32_t convSteps(uint32_t depth, uint32_t rows, uint32_t run) {
  uint32_t steps = 0;
  uint64_t row = 0, at = 0;
  while (row < rows) {
    uint32_t left = depth;
    for (uint32_t piece = 0; piece < isa::kStreams && left > 0 && row < rows; ++piece) {
      const uint32_t take = static_cast<uint32_t>(std::min<uint64_t>(run - at, left));
      left -= take;
      at += take;
      if (at == run) ++row, at = 0;
    }
    ++steps;
  }
  return steps;
}

uint32_t windowPasses(uint32_t depth, uint32_t kernelRows, uint32_t kernelCols) {
  const uint32_t rows = kernelCols <= depth / 3 ? 3 : kernelCols <= depth / 2 ? 2 : 1;
  const uint32_t cols = rows == 1 ? depth : depth / rows;
  return (kernelRows + rows - 1) / rows * ((kernelCols + cols - 1) / cols);
}

namespace {

// Channels of a group: all lanes of a conv, those with a channel of their own otherwise.
template <typename Instruction>
uint32_t widthOf(const CaseBuilder& b) {
  return std::is_same_v<Instruction, isa::Conv> ? b.preset.lanes : isa::windowLanes(b.preset);
}

template <typename Instruction>
uint32_t groupsOf(const CaseBuilder& b, uint32_t channels) {
  return (channels + widthOf<Instruction>(b) - 1) / widthOf<Instruction>(b);
}

uint32_t randomChannels(CaseBuilder& b) {
  const uint32_t lanes = b.preset.lanes;
  if (b.random.chance(40)) return lanes * b.random.small(1, 4);
  return b.random.small(1, 3 * lanes + 5);
}

std::vector<uint8_t> randomTable(CaseBuilder& b) {
  std::vector<uint8_t> table(isa::kTableBytes);
  b.random.fill(table);
  return table;
}

void appendWord(std::vector<uint8_t>& bytes, uint32_t word) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(word >> (8 * i)));
}

// Bits of a multiplier word and a shift byte that do not count are random.
uint32_t dirtyWord(CaseBuilder& b, uint32_t multiplier) {
  return multiplier | static_cast<uint32_t>(b.random.chance(20)) << 31;
}
uint8_t dirtyShift(CaseBuilder& b, uint8_t shift) {
  return static_cast<uint8_t>(shift | (b.random.chance(20) ? b.random.range(0, 3) << 6 : 0));
}

// Shifted that far, many accumulators leave the bias alone: values that are known beforehand, so
// multipliers can aim at ties.
constexpr uint8_t kTieShift = 30;

// Table and parameter block of conv and dwconv.
template <typename Instruction>
std::vector<uint8_t> parameters(CaseBuilder& b, const Instruction& i, double spread) {
  const bool perChannel = i.perChannel, ties = i.accShift >= kTieShift;
  std::vector<uint8_t> bytes;
  if (i.tableEn) bytes = randomTable(b);
  uint32_t multiplier = 0;
  uint8_t shift = 0;
  int32_t known = 0;
  const auto requantiser = [&] {
    if (ties) return tie(b.random, i.rounding, known, multiplier, shift);
    b.requantiser(spread, multiplier, shift);
  };
  const auto bias = [&] {
    if (ties && perChannel) return tieAccumulator(b.random);
    if (ties) return b.random.chance(50) ? known : -known;
    if (b.random.chance(4)) return static_cast<int32_t>(b.random.next());
    const auto limit = static_cast<int64_t>(spread) + 1;
    return static_cast<int32_t>(static_cast<int64_t>(b.random.next() % (2 * limit)) - limit);
  };
  if (!perChannel) {
    std::vector<uint8_t> head(b.preset.depth);
    b.random.fill(head);
    known = tieAccumulator(b.random);
    requantiser();
    const uint32_t word = dirtyWord(b, multiplier);
    for (int k = 0; k < 4; ++k) head[k] = static_cast<uint8_t>(word >> (8 * k));
    head[4] = dirtyShift(b, shift);
    bytes.insert(bytes.end(), head.begin(), head.end());
  }
  for (uint32_t g = 0; g < groupsOf<Instruction>(b, i.channels); ++g) {
    std::vector<int32_t> biases;
    for (uint32_t l = 0; l < b.preset.lanes; ++l) {
      biases.push_back(bias());
      appendWord(bytes, static_cast<uint32_t>(biases.back()));
    }
    if (!perChannel) continue;
    std::vector<uint8_t> shifts;
    for (uint32_t l = 0; l < b.preset.lanes; ++l) {
      known = biases[l];
      requantiser();
      appendWord(bytes, dirtyWord(b, multiplier));
      shifts.push_back(dirtyShift(b, shift));
    }
    const uint32_t rest = isa::paramChannelBytes(b.preset) - 9 * b.preset.lanes;
    for (uint32_t k = 0; k < rest; ++k) shifts.push_back(static_cast<uint8_t>(b.random.next()));
    bytes.insert(bytes.end(), shifts.begin(), shifts.end());
  }
  return bytes;
}

// Output fields that all three share; false if the output does not fit.
template <typename Instruction>
bool output(CaseBuilder& b, Instruction& i, uint32_t height, uint32_t width, uint32_t channels) {
  i.outHeight = static_cast<uint16_t>(height);
  i.outWidth = static_cast<uint16_t>(width);
  i.channels = static_cast<uint16_t>(channels);
  i.outPixPitch = b.pitch((channels + 7) / 8 * 8, 8);
  i.outRowPitch = b.pitch(uint64_t{width} * i.outPixPitch, 8);
  const uint64_t bytes = uint64_t{height - 1} * i.outRowPitch +
                         uint64_t{width - 1} * i.outPixPitch + (channels + 7) / 8 * 8;
  if (bytes > b.preset.scratchpadBytes) return false;
  i.outAddr = b.place(bytes, 8);
  i.zpOut = static_cast<int8_t>(b.random.chance(30) ? 0 : b.random.next());
  i.clampMin = static_cast<int8_t>(b.random.chance(60) ? -128 : b.random.next());
  i.clampMax = static_cast<int8_t>(b.random.chance(60) ? 127 : b.random.next());
  i.rounding = static_cast<isa::Rounding>(b.random.range(0, 4));
  i.tableEn = b.random.chance(20);
  i.accShift = static_cast<uint8_t>(b.random.chance(75) ? 0 : b.random.small(0, 31));
  if (b.random.chance(15)) i.accShift = static_cast<uint8_t>(b.random.range(kTieShift, 31));
  i.stripe = static_cast<uint8_t>(b.random.chance(50) ? 32 : b.random.range(1, 32));
  b.noteOutput(i.outAddr, bytes);
  return true;
}

struct Image {
  uint32_t height, width, padTop, padLeft;  // pixels
};

uint32_t clampSmall(int64_t v, uint32_t low, uint32_t high) {
  return static_cast<uint32_t>(std::clamp<int64_t>(v, low, high));
}

// An image from which `out` positions can be computed, with pads and a little slack both ways.
uint32_t extent(CaseBuilder& b, uint32_t out, uint32_t stride, uint32_t kernel, uint32_t dilation,
                uint32_t padBefore) {
  const int64_t full = int64_t{out - 1} * stride + int64_t{std::max(kernel, 1u) - 1} * dilation + 1;
  int64_t slack = 0;
  if (b.random.chance(50)) slack = static_cast<int64_t>(b.random.range(0, 6)) - 4;
  return clampSmall(full - padBefore + slack, 1, 400);
}

template <typename Instruction>
void inputPlace(CaseBuilder& b, Instruction& i, const Image& image, uint32_t pixelPitch,
                uint32_t rowAlign, uint32_t align) {
  i.inHeight = static_cast<uint16_t>(image.height);
  i.inRowBytes = image.width * pixelPitch;
  i.inRowPitch = b.random.chance(50) ? i.inRowBytes : b.pitch(i.inRowBytes, rowAlign);
  i.padTop = static_cast<uint8_t>(image.padTop);
  i.padLeft = image.padLeft * pixelPitch;
  i.padValue = static_cast<int8_t>(b.random.next());
  const uint64_t bytes = uint64_t{image.height - 1} * i.inRowPitch + i.inRowBytes;
  i.inAddr = b.placeInput(bytes, align);
}

// Any values for the fields of the input, within the budget; the check sorts out what is illegal.
template <typename Instruction>
void wildInput(CaseBuilder& b, Instruction& i) {
  Random& r = b.random;
  switch (r.range(0, 9)) {
    case 0: i.inHeight = static_cast<uint16_t>(r.small(0, 20)); break;
    case 1: i.inRowBytes = r.small(0, 300); break;
    case 2: i.inRowPitch = r.small(0, 100); break;
    case 3: i.padTop = static_cast<uint8_t>(r.range(0, 255)); break;
    case 4: i.padLeft = r.chance(50) ? r.small(0, 500) : r.range(0, 0xFFFFFF); break;
    case 5: i.strideY = static_cast<uint8_t>(r.range(0, 255)); break;
    case 6: i.strideX = static_cast<decltype(i.strideX)>(r.chance(70) ? r.range(0, 99) : r.next());
      break;
    case 7: i.dilationY = static_cast<uint8_t>(r.range(0, 255)); break;
    case 8: i.inAddr += r.range(0, 40); break;
    default: i.kernelRows = static_cast<uint8_t>(r.range(0, 9)); break;
  }
}

}  // namespace

bool addConv(CaseBuilder& b, uint32_t budget) {
  Random& r = b.random;
  isa::Conv i;
  const bool point = r.chance(35), vector = r.chance(10);
  const uint32_t kh = point ? 1 : r.small(1, 6), kw = point ? 1 : r.small(1, 6);
  const uint32_t channelsIn = r.chance(50) ? r.small(1, 5) : r.small(1, 5 * b.preset.depth);
  const uint32_t height = vector ? 1 : r.small(1, 9), width = vector ? 1 : r.small(1, 24);
  const uint32_t channels = randomChannels(b);
  const uint32_t sx = r.chance(70) ? 1 : r.range(1, 4), sy = r.chance(70) ? 1 : r.range(1, 4);
  const bool dilated = r.chance(25);
  const uint32_t dx = dilated ? r.range(1, 3) : 1, dy = r.chance(80) ? 1 : r.range(1, 3);
  if (!output(b, i, height, width, channels)) return false;

  Image image;
  image.padTop = r.chance(50) ? 0 : r.small(0, kh);
  image.padLeft = r.chance(50) ? 0 : r.small(0, kw);
  image.height = extent(b, height, sy, kh, dy, image.padTop);
  image.width = extent(b, width, sx, kw, dx, image.padLeft);
  const uint32_t pixelPitch = b.pitch(channelsIn, r.pick({1, 1, 8}));
  inputPlace(b, i, image, pixelPitch, r.pick({1, 8}), r.pick({1, 1, 8, b.preset.depth}));
  i.kernelRows = static_cast<uint8_t>(kh);
  i.strideY = static_cast<uint8_t>(sy);
  i.strideX = sx * pixelPitch;
  i.dilationY = static_cast<uint8_t>(dy);
  if (dilated || r.chance(20)) {
    i.kernelCols = static_cast<uint8_t>(kw);
    i.dilationX = dx * pixelPitch;
    i.run = static_cast<uint16_t>(channelsIn);
  } else {
    i.kernelCols = 1;
    i.run = static_cast<uint16_t>((kw - 1) * pixelPitch + channelsIn);
    i.dilationX = r.chance(80) ? 0 : r.range(0, 0xFFFFFF);
  }
  if (r.chance(12)) wildInput(b, i);
  if (r.chance(3)) i.kernelCols = static_cast<uint8_t>(r.range(0, 5));
  if (r.chance(5)) i.run = static_cast<uint16_t>(r.range(1, 90));

  uint32_t steps = convSteps(b.preset.depth, uint32_t{i.kernelRows} * i.kernelCols, i.run);
  if (r.chance(10)) steps = clampSmall(int64_t{steps} + r.range(0, 4) - 2, 0, 60000);
  if (uint64_t{steps} * groupsOf<isa::Conv>(b, channels) * height * width > budget) return false;
  i.steps = static_cast<uint16_t>(steps);
  i.weightsAddr = b.placeInput(
      uint64_t{groupsOf<isa::Conv>(b, channels)} * steps * b.preset.lanes * b.preset.depth,
      b.preset.depth);
  i.perChannel = r.chance(65);
  const double spread =
      5476.0 * std::sqrt(1.0 + i.kernelRows * i.kernelCols * i.run) * std::exp2(i.accShift);
  i.paramsAddr = r.chance(6) ? b.placeInput(2048, b.preset.depth)
                             : b.provide(parameters(b, i, std::min(spread, 0x1p30)), b.preset.depth);
  i.shift = static_cast<uint8_t>(r.range(0, 63));  // ignored
  return b.tryAdd(i.encode());
}

namespace {

// Geometry that dwconv and pool share; the passes that it needs, 0 if it is too much work.
template <typename Instruction>
uint32_t windowShape(CaseBuilder& b, Instruction& i, uint32_t budget) {
  Random& r = b.random;
  uint32_t kh = 3, kw = 3;
  if (!r.chance(40)) {
    kh = r.small(1, 12), kw = r.small(1, 12);
    if (r.chance(20)) kh = 1, kw = r.range(1, 2 * b.preset.depth + 3);
    if (r.chance(10)) kw = 1, kh = r.range(1, 20);
  }
  const uint32_t height = r.small(1, 10), width = r.small(1, 24);
  const uint32_t channels = randomChannels(b);
  const uint32_t sx = r.chance(60) ? 1 : r.range(1, 4), sy = r.chance(60) ? 1 : r.range(1, 4);
  const uint32_t dy = r.chance(85) ? 1 : r.range(1, 3);
  if (!output(b, i, height, width, channels)) return 0;
  Image image;
  image.padTop = r.chance(40) ? 0 : r.small(0, kh);
  image.padLeft = r.chance(40) ? 0 : r.small(0, kw);
  image.height = extent(b, height, sy, kh, dy, image.padTop);
  image.width = extent(b, width, sx, kw, 1, image.padLeft);
  const uint32_t align = r.pick({1, 8, b.preset.lanes, b.preset.depth});
  const uint32_t pixelPitch = b.pitch(channels, r.pick({1, 8, 8, b.preset.lanes}));
  inputPlace(b, i, image, pixelPitch, r.pick({1, 8, b.preset.depth}), align);
  i.pixPitch = pixelPitch;
  i.kernelRows = static_cast<uint8_t>(kh);
  i.kernelCols = static_cast<uint8_t>(kw);
  i.strideY = static_cast<uint8_t>(sy);
  i.strideX = static_cast<uint16_t>(sx);
  i.dilationY = static_cast<uint8_t>(dy);
  if (r.chance(10)) wildInput(b, i);
  if (r.chance(3)) i.pixPitch = r.small(0, 80);
  uint32_t passes = windowPasses(b.preset.depth, i.kernelRows, i.kernelCols);
  if (r.chance(8)) passes = clampSmall(int64_t{passes} + r.range(0, 4) - 2, 1, 200);
  // The window may be refilled for every row and stripe.
  const uint64_t work = uint64_t{std::max(1u, passes)} * groupsOf<Instruction>(b, channels) *
                        height *
                        (width * std::max<uint32_t>(1, std::min<uint32_t>(i.strideX, 64)) + kw);
  if (work > budget) return 0;
  return std::max(1u, passes);
}

}  // namespace

bool addDwconv(CaseBuilder& b, uint32_t budget) {
  Random& r = b.random;
  isa::Dwconv i;
  const uint32_t passes = windowShape(b, i, budget);
  if (passes == 0) return false;
  i.steps = static_cast<uint16_t>(passes);
  i.weightsAddr = b.placeInput(uint64_t{groupsOf<isa::Dwconv>(b, i.channels)} * passes *
                                   isa::windowLanes(b.preset) * b.preset.depth,
                               b.preset.depth);
  i.perChannel = r.chance(65);
  const double spread =
      5476.0 * std::sqrt(1.0 + i.kernelRows * i.kernelCols) * std::exp2(i.accShift);
  i.paramsAddr = r.chance(6) ? b.placeInput(2048, b.preset.depth)
                             : b.provide(parameters(b, i, std::min(spread, 0x1p30)), b.preset.depth);
  i.shift = static_cast<uint8_t>(r.range(0, 63));  // ignored
  return b.tryAdd(i.encode());
}

bool addPool(CaseBuilder& b, uint32_t budget) {
  Random& r = b.random;
  isa::Pool i;
  const uint32_t passes = windowShape(b, i, budget);
  if (passes == 0) return false;
  i.steps = static_cast<uint8_t>(std::min(passes, 255u));
  i.poolOp = r.chance(50) ? isa::PoolOp::sum : isa::PoolOp::max;
  const double taps = 1.0 + i.kernelRows * i.kernelCols;
  const double spread =
      74.0 * (i.poolOp == isa::PoolOp::sum ? std::sqrt(taps) : 1.0) * std::exp2(i.accShift);
  const auto limit = static_cast<int64_t>(std::min(spread, 0x1p30)) + 1;
  i.bias = static_cast<int32_t>(
      r.chance(5) ? r.next() : r.next() % static_cast<uint64_t>(2 * limit) - limit);
  b.requantiser(std::min(spread, 0x1p30), i.multiplier, i.shift);
  if (i.accShift >= kTieShift) {
    i.bias = tieAccumulator(b.random);
    tie(b.random, i.rounding, i.bias, i.multiplier, i.shift);
  }
  i.paramsAddr = i.tableEn ? b.provide(randomTable(b), b.preset.depth)
                           : r.range(0, 1000) * b.preset.depth;
  return b.tryAdd(i.encode());
}

}  // namespace lilong::lockstep
