// SPDX-License-Identifier: Apache-2.0
// Random eltwise, softmax and copy.
#include <algorithm>
#include <cmath>

#include "sim/lockstep/builder.hpp"
#include "sim/lockstep/ties.hpp"

namespace lilong::lockstep {

namespace {

uint64_t span(uint32_t height, uint32_t width, uint32_t rowPitch, uint32_t pixelPitch,
              uint32_t bytes) {
  return uint64_t{height - 1} * rowPitch + uint64_t{width - 1} * pixelPitch + bytes;
}

// Pitches of an operand that is only read: dense, padded, or repeated.
void operandPitch(CaseBuilder& b, uint32_t width, uint32_t bytes, uint32_t& row, uint32_t& pixel) {
  Random& r = b.random;
  pixel = b.pitch(bytes, r.pick({1, 1, 8}));
  if (r.chance(10)) pixel = 0;
  row = b.pitch(uint64_t{width} * pixel, r.pick({1, 1, 8}));
  if (r.chance(10)) row = 0;
  if (r.chance(4)) pixel = r.range(0, 40), row = r.range(0, 200);
}

}  // namespace

bool addEltwise(CaseBuilder& b, uint32_t budget) {
  Random& r = b.random;
  isa::Eltwise i;
  const uint32_t height = r.small(1, 8), width = r.small(1, 16);
  const uint32_t channels = r.chance(50) ? r.small(1, 80) : b.preset.depth * r.small(1, 4);
  if (uint64_t{height} * width * (channels / b.preset.results + 3) > budget) return false;
  i.outHeight = static_cast<uint16_t>(height);
  i.outWidth = static_cast<uint16_t>(width);
  i.channels = static_cast<uint16_t>(channels);
  i.binaryOp = static_cast<isa::BinaryOp>(r.range(0, 5));
  i.bScalar = r.chance(20);
  operandPitch(b, width, channels, i.aRowPitch, i.aPixPitch);
  operandPitch(b, width, i.bScalar ? 1 : channels, i.bRowPitch, i.bPixPitch);
  i.aAddr = b.placeInput(span(height, width, i.aRowPitch, i.aPixPitch, channels),
                         r.pick({1, 8, b.preset.depth}));
  i.bAddr = b.placeInput(span(height, width, i.bRowPitch, i.bPixPitch, i.bScalar ? 1 : channels),
                         r.pick({1, 8, b.preset.depth}));
  i.outPixPitch = b.pitch(channels, 8);
  i.outRowPitch = b.pitch(uint64_t{width} * i.outPixPitch, 8);
  const uint64_t bytes =
      span(height, width, i.outRowPitch, i.outPixPitch, (channels + 7) / 8 * 8);
  i.outAddr = b.place(bytes, 8);
  i.zpA = static_cast<int8_t>(r.next());
  i.zpB = static_cast<int8_t>(r.next());
  i.zpOut = static_cast<int8_t>(r.next());
  i.clampMin = static_cast<int8_t>(r.chance(60) ? -128 : r.next());
  i.clampMax = static_cast<int8_t>(r.chance(60) ? 127 : r.next());
  i.rounding = static_cast<isa::Rounding>(r.range(0, 4));
  i.tableEn = r.chance(20);

  double spread = 150.0;
  const auto rescale = [&](uint32_t& multiplier, uint8_t& shift) {
    multiplier = r.range(1u << 30, 0x7FFFFFFF);
    shift = static_cast<uint8_t>(r.range(9, 16));
    if (r.chance(20)) shift = static_cast<uint8_t>(r.range(0, 63));
    if (r.chance(15)) multiplier = r.pick({0, 1, 0x7FFFFFFF, static_cast<uint32_t>(r.next()) >> 1});
  };
  rescale(i.multiplierA, i.shiftA);
  rescale(i.multiplierB, i.shiftB);
  if (i.binaryOp == isa::BinaryOp::add || i.binaryOp == isa::BinaryOp::sub) {
    spread = 150.0 * std::exp2(30.5 - std::min(i.shiftA, i.shiftB));
  } else if (i.binaryOp == isa::BinaryOp::mul) {
    spread = 15000.0;
  }
  b.requantiser(std::min(spread, 0x1p30), i.multiplier, i.shift);
  if (i.binaryOp != isa::BinaryOp::add && i.binaryOp != isa::BinaryOp::sub && r.chance(25)) {
    auto guess = static_cast<int32_t>(r.range(1, 255));
    if (i.binaryOp == isa::BinaryOp::mul) guess *= static_cast<int32_t>(r.range(1, 255));
    tie(b.random, i.rounding, r.chance(50) ? guess : -guess, i.multiplier, i.shift);
  }
  if (i.tableEn) {
    std::vector<uint8_t> table(isa::kTableBytes);
    r.fill(table);
    i.paramsAddr = b.provide(table, b.preset.depth);
  } else {
    i.paramsAddr = r.range(0, 500) * b.preset.depth;
  }
  if (!b.tryAdd(i.encode())) return false;
  b.noteOutput(i.outAddr, bytes);
  return true;
}

bool addSoftmax(CaseBuilder& b, uint32_t budget) {
  Random& r = b.random;
  isa::Softmax i;
  const uint32_t height = r.small(1, 3), width = r.small(1, 6);
  const uint32_t channels = r.chance(10) ? r.range(1, 300) : r.small(1, 40);
  if (uint64_t{height} * width * (4 * channels + 100) > 2 * uint64_t{budget}) return false;
  i.outHeight = static_cast<uint16_t>(height);
  i.outWidth = static_cast<uint16_t>(width);
  i.channels = static_cast<uint16_t>(channels);
  operandPitch(b, width, channels, i.inRowPitch, i.inPixPitch);
  i.inAddr = b.placeInput(span(height, width, i.inRowPitch, i.inPixPitch, channels),
                          r.pick({1, 8, b.preset.depth}));
  i.outPixPitch = b.pitch(channels, 8);
  i.outRowPitch = b.pitch(uint64_t{width} * i.outPixPitch, 8);
  const uint64_t bytes =
      span(height, width, i.outRowPitch, i.outPixPitch, (channels + 7) / 8 * 8);
  i.outAddr = b.place(bytes, 8);
  i.zpOut = static_cast<int8_t>(r.chance(60) ? -128 : r.next());

  // exp(-d * beta) with 30 or fewer fraction bits; sometimes zeros or anything at all.
  std::vector<uint8_t> table(1024);
  const uint32_t kind = r.range(0, 9);
  const double beta = std::exp2(static_cast<double>(r.range(0, 8)) - 7.0);
  const double one = std::exp2(r.chance(70) ? 30.0 : r.range(0, 30));
  for (uint32_t d = 0; d < 256; ++d) {
    uint32_t word = static_cast<uint32_t>(std::lround(std::exp(-beta * d) * one));
    if (kind == 0) word = static_cast<uint32_t>(r.next());
    if (kind == 1) word = r.chance(90) ? 0 : 1;
    if (kind == 2) word = 0x7FFFFFFF;
    if (kind == 3 && d == 0) word = 0;
    if (r.chance(5)) word |= 0x80000000;  // does not count
    for (int k = 0; k < 4; ++k) table[4 * d + k] = static_cast<uint8_t>(word >> (8 * k));
  }
  i.paramsAddr = b.provide(table, b.preset.depth);
  if (!b.tryAdd(i.encode())) return false;
  b.noteOutput(i.outAddr, bytes);
  return true;
}

bool addCopy(CaseBuilder& b, uint32_t budget) {
  Random& r = b.random;
  isa::Copy i;
  i.run = static_cast<uint16_t>(r.chance(50) ? r.small(1, 12) : r.small(1, 90));
  std::array<uint32_t, 4> counts{};
  for (uint32_t& c : counts) c = r.chance(45) ? 1 : r.small(1, 7);
  if (r.chance(20)) i.run = 1, counts[r.range(0, 3)] = r.range(1, 60);
  uint64_t total = i.run;
  for (uint32_t c : counts) total *= c;
  if (total > budget / 2) return false;
  i.count0 = static_cast<uint16_t>(counts[0]);
  i.count1 = static_cast<uint16_t>(counts[1]);
  i.count2 = static_cast<uint16_t>(counts[2]);
  i.count3 = static_cast<uint16_t>(counts[3]);
  i.fillEn = r.chance(20);
  i.fillValue = static_cast<uint8_t>(r.next());

  // The loops get strides in a random order (transposition), natural or with gaps.
  const auto strides = [&](std::array<uint32_t, 4>& s, bool mayRepeat) {
    std::array<uint32_t, 4> order{0, 1, 2, 3};
    if (r.chance(50)) {
      for (uint32_t k = 3; k > 0; --k) std::swap(order[k], order[r.range(0, k)]);
    }
    uint64_t natural = i.run;
    for (uint32_t k : order) {
      s[k] = static_cast<uint32_t>(natural + (r.chance(30) ? r.small(0, 20) : 0));
      if (mayRepeat && r.chance(8)) s[k] = r.small(0, 20);
      natural = std::max<uint64_t>(natural, uint64_t{s[k]} * counts[k]);
    }
    uint64_t bytes = i.run;
    for (uint32_t k = 0; k < 4; ++k) bytes += uint64_t{counts[k] - 1} * s[k];
    return bytes;
  };
  std::array<uint32_t, 4> src{}, dst{};
  const uint64_t srcBytes = strides(src, true), dstBytes = strides(dst, r.chance(20));
  i.srcStride0 = src[0], i.srcStride1 = src[1], i.srcStride2 = src[2], i.srcStride3 = src[3];
  i.dstStride0 = dst[0], i.dstStride1 = dst[1], i.dstStride2 = dst[2], i.dstStride3 = dst[3];
  i.srcAddr = b.placeInput(srcBytes, 1);
  i.dstAddr = b.place(dstBytes, r.pick({1, 1, 8}));
  if (!b.tryAdd(i.encode())) return false;
  b.noteOutput(i.dstAddr, dstBytes);
  return true;
}

}  // namespace lilong::lockstep
