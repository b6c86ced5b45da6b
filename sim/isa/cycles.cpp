// SPDX-License-Identifier: Apache-2.0
// Bounds of the cycles of an instruction, from its fields alone.
#include <algorithm>

#include "sim/base/checked.hpp"
#include "sim/isa/gen/isa_checks.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::isa {
namespace {

// Start, pipeline and completion of any instruction.
constexpr uint64_t kOverhead = 1024;
// A step of the array or of the vector path asks for at most this many vectors, loses each to
// another client at most once, and its result may wait for its bank as well.
constexpr uint64_t kConflicts = 16;

uint64_t product(std::initializer_list<uint64_t> factors) {
  uint64_t result = 1;
  for (uint64_t factor : factors) result = saturatingMul(result, factor);
  return result;
}

// Array instructions: positions, steps and groups, and what may come on top.
template <typename Instruction>
uint64_t arrayBound(const Instruction& insn, const Preset& p) {
  const uint64_t groups = ceilDiv(insn.channels, windowLanes(p));
  const uint64_t positions = uint64_t{insn.outHeight} * insn.outWidth;
  const uint64_t stripes = ceilDiv(positions, std::max<uint64_t>(insn.stripe, 1));
  const uint64_t steps = std::max<uint64_t>(insn.steps, 1);
  const uint64_t weights = ceilDiv(p.lanes, p.weightVectors) + 2;
  // Window fills: DEPTH vectors at the start of every stripe and of every output row.
  const uint64_t fills = saturatingMul(saturatingAdd(stripes, insn.outHeight), p.depth);
  const uint64_t beats =
      saturatingAdd(saturatingAdd(positions, fills), saturatingMul(stripes, weights));
  const uint64_t results =
      saturatingMul(positions, ceilDiv(p.lanes, p.results) + ceilDiv(p.lanes, kGranule) + 4);
  return product({groups, saturatingAdd(saturatingMul(beats, steps), results), kConflicts});
}

uint64_t pixelBound(uint64_t height, uint64_t width, uint64_t perPixel) {
  return product({height, width, perPixel, kConflicts});
}

// Rows of load and store: every row may be cut into bursts at 4 KiB and at the burst length.
template <typename Instruction>
uint64_t dmaBound(const Instruction& insn, const Preset& p, const MemoryBound& memory) {
  const uint64_t bursts = insn.rowBytes / std::min<uint64_t>(kBurstBytes, 4096) + 2;
  const uint64_t beats = insn.rowBytes / std::min<uint64_t>(p.axiBytes, kGranule) + bursts * 2;
  const uint64_t row = bursts * memory.latency + beats * (memory.cyclesPerBeat + kConflicts);
  return product({insn.planes, insn.rows, row});
}

uint64_t instructionBound(const Descriptor& d, const Preset& p, const MemoryBound& memory) {
  if (isEmpty(d, p)) return 0;
  switch (static_cast<Opcode>(opcodeByte(d))) {
    case Opcode::load:
      return dmaBound(Load::decode(d), p, memory);
    case Opcode::store:
      return dmaBound(Store::decode(d), p, memory);
    case Opcode::conv:
      return arrayBound(Conv::decode(d), p);
    case Opcode::dwconv:
      return arrayBound(Dwconv::decode(d), p);
    case Opcode::pool:
      return arrayBound(Pool::decode(d), p);
    case Opcode::eltwise: {
      const Eltwise insn = Eltwise::decode(d);
      return pixelBound(insn.outHeight, insn.outWidth, uint64_t{insn.channels} + 16);
    }
    case Opcode::softmax: {
      const Softmax insn = Softmax::decode(d);
      return saturatingAdd(
          pixelBound(insn.outHeight, insn.outWidth, 3 * uint64_t{insn.channels} + 128), 4096);
    }
    case Opcode::copy: {
      const Copy insn = Copy::decode(d);
      return product({insn.count0, insn.count1, insn.count2, insn.count3, uint64_t{insn.run} + 16,
                      kConflicts});
    }
    case Opcode::nopLoad:
    case Opcode::nopExec:
    case Opcode::nopStore:
    case Opcode::end:
      break;
  }
  return 0;
}

template <typename Instruction>
uint64_t arrayMinimum(const Instruction& insn, const Preset& p) {
  return product({insn.outHeight, insn.outWidth, ceilDiv(insn.channels, p.lanes)});
}

}  // namespace

uint64_t cycleBound(std::span<const Descriptor> program, const Preset& preset,
                    const MemoryBound& memory) {
  uint64_t total = kOverhead;
  for (const Descriptor& d : program) {
    // Fetch of the descriptor itself, then the instruction as if nothing ran beside it.
    const uint64_t fetch = 2 * uint64_t{memory.latency} +
                           kDescriptorBytes / 8 * uint64_t{memory.cyclesPerBeat} + kOverhead;
    total = saturatingAdd(total, saturatingAdd(fetch, instructionBound(d, preset, memory)));
  }
  return total;
}

uint64_t minimumCycles(const Descriptor& d, const Preset& p) {
  if (isEmpty(d, p)) return 0;
  const auto dma = [&](const auto& insn) {
    return product({insn.planes, insn.rows, insn.rowBytes}) / p.axiBytes;
  };
  switch (static_cast<Opcode>(opcodeByte(d))) {
    case Opcode::load:
      return dma(Load::decode(d));
    case Opcode::store:
      return dma(Store::decode(d));
    case Opcode::conv:
      return saturatingMul(arrayMinimum(Conv::decode(d), p), Conv::decode(d).steps);
    case Opcode::dwconv:
      return arrayMinimum(Dwconv::decode(d), p);
    case Opcode::pool:
      return arrayMinimum(Pool::decode(d), p);
    case Opcode::eltwise: {
      const Eltwise insn = Eltwise::decode(d);
      return product({insn.outHeight, insn.outWidth, ceilDiv(insn.channels, p.results)});
    }
    case Opcode::softmax: {
      const Softmax insn = Softmax::decode(d);
      return product({insn.outHeight, insn.outWidth, ceilDiv(insn.channels, p.depth)});
    }
    case Opcode::copy: {
      const Copy insn = Copy::decode(d);
      return product({insn.run, insn.count0, insn.count1, insn.count2, insn.count3}) / p.depth;
    }
    case Opcode::nopLoad:
    case Opcode::nopExec:
    case Opcode::nopStore:
    case Opcode::end:
      break;
  }
  return 0;
}

}  // namespace lilong::isa
