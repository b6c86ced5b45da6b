// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/vector_kernels.hpp"

#include <algorithm>

namespace lilong::backend {

uint32_t EltwiseKernel::channelUnit(const isa::Preset& preset) const {
  return wholeRows ? 0 : isa::windowLanes(preset);
}

Range EltwiseKernel::inputRows(size_t i, Range out) const {
  return inputs[i].grid.height == output.grid.height ? out : Range{0, 1};
}

Range EltwiseKernel::inputChannels(size_t i, Range out) const {
  return inputs[i].grid.channels == output.grid.channels ? out : Range{0, 1};
}

uint64_t EltwiseKernel::constantBytes(const isa::Preset& preset, Range) const {
  return stage.table ? roundUp64(isa::kTableBytes, preset.depth) : 0;
}

ConstantBlock EltwiseKernel::constants(const isa::Preset& preset, Range channels) const {
  ConstantBlock block;
  if (stage.table) block.bytes.assign(stage.table->begin(), stage.table->end());
  block.bytes.resize(constantBytes(preset, channels));
  return block;
}

uint64_t EltwiseKernel::cycles(const isa::Preset& preset, const Tile& tile) const {
  return 40 + uint64_t{tile.rows.size()} * output.grid.width *
                  ceilDiv(tile.channels.size(), preset.results);
}

// True when the tile is one gap-free run of bytes in every operand and in the output.
bool EltwiseKernel::flat(const Tile& tile, std::span<const Placed> in, const Placed& out) const {
  const Grid& grid = output.grid;
  if (tile.channels.size() != grid.channels || uint64_t{grid.width} * grid.channels > 0xffff)
    return false;
  const auto gapless = [&](const Placed& p) {
    return grid.width == 1 || p.pixPitch == grid.channels;
  };
  if (!gapless(out) || out.rowPitch % isa::kGranule != 0) return false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Grid& g = inputs[i].grid;
    const bool same = g.width == grid.width && g.channels == grid.channels && gapless(in[i]);
    const bool scalar = i == 1 && uint64_t{g.height} * g.width * g.channels == 1;
    if (!same && !scalar) return false;
  }
  return true;
}

void EltwiseKernel::emit(const isa::Preset&, const Tile& tile, std::span<const Placed> in,
                         const Placed& out, uint32_t constants,
                         std::vector<ExecInstruction>& code) const {
  const Grid& grid = output.grid;
  const auto rowPitch = [&](size_t i) {
    return inputs[i].grid.height == grid.height ? in[i].rowPitch : 0;
  };
  const auto pixPitch = [&](size_t i) {
    return inputs[i].grid.width == grid.width ? in[i].pixPitch : 0;
  };
  const auto address = [&](size_t i) {
    const Range rows = inputRows(i, tile.rows), channels = inputChannels(i, tile.channels);
    return in[i].row(rows.begin) + (channels.begin - in[i].firstChannel);
  };
  isa::Eltwise insn;
  insn.aAddr = address(0);
  insn.zpA = params.zpA;
  insn.aRowPitch = rowPitch(0);
  insn.aPixPitch = pixPitch(0);
  insn.zpB = params.zpB;
  insn.binaryOp = params.op;
  if (inputs.size() > 1) {
    insn.bAddr = address(1);
    insn.bRowPitch = rowPitch(1);
    insn.bPixPitch = pixPitch(1);
    insn.bScalar = inputs[1].grid.channels != grid.channels;
  }
  insn.multiplierA = params.multiplierA;
  insn.multiplierB = params.multiplierB;
  insn.shiftA = params.shiftA;
  insn.shiftB = params.shiftB;
  insn.multiplier = params.multiplier;
  insn.shift = params.shift;
  setOutput(insn, stage, out, out.row(tile.rows.begin), tile.rows.size(), grid.width, tile.channels,
            constants);
  if (flat(tile, in, out)) {
    insn.channels = static_cast<uint16_t>(grid.width * grid.channels);
    insn.outWidth = 1;
    insn.outPixPitch = 0;  // need not be the pitch of a granule
  }
  code.push_back(insn);
}

ConstantBlock SoftmaxKernel::constants(const isa::Preset&, Range) const {
  ConstantBlock block;
  for (const uint32_t word : params.exponentials)
    for (int i = 0; i < 4; ++i) block.bytes.push_back(static_cast<uint8_t>(word >> (8 * i)));
  return block;
}

uint64_t SoftmaxKernel::cycles(const isa::Preset&, const Tile& tile) const {
  return 40 + uint64_t{tile.rows.size()} * output.grid.width * (3 * output.grid.channels + 64);
}

void SoftmaxKernel::emit(const isa::Preset&, const Tile& tile, std::span<const Placed> in,
                         const Placed& out, uint32_t constants,
                         std::vector<ExecInstruction>& code) const {
  isa::Softmax insn;
  insn.inAddr = in[0].row(tile.rows.begin);
  insn.inRowPitch = in[0].rowPitch;
  insn.inPixPitch = in[0].pixPitch;
  insn.outAddr = out.row(tile.rows.begin);
  insn.zpOut = params.zpOut;
  insn.outRowPitch = out.rowPitch;
  insn.outPixPitch = out.pixPitch;
  insn.outHeight = static_cast<uint16_t>(tile.rows.size());
  insn.outWidth = static_cast<uint16_t>(output.grid.width);
  insn.channels = static_cast<uint16_t>(output.grid.channels);
  insn.paramsAddr = constants;
  code.push_back(insn);
}

uint64_t CopyKernel::cycles(const isa::Preset&, const Tile&) const {
  uint64_t sum = 0;
  for (const CopyPart& p : parts)
    sum += 40 + uint64_t{p.count[0]} * p.count[1] * p.count[2] * p.count[3] * (p.run / 8 + 1);
  return sum;
}

isa::Copy copyInstruction(const CopyPart& part, uint32_t source, uint32_t destination) {
  isa::Copy insn;
  insn.srcAddr = part.fill ? 0 : source + part.source;
  insn.fillValue = part.fillValue;
  insn.dstAddr = destination + part.destination;
  insn.fillEn = part.fill;
  insn.run = static_cast<uint16_t>(part.run);
  insn.count0 = static_cast<uint16_t>(part.count[0]);
  insn.count1 = static_cast<uint16_t>(part.count[1]);
  insn.count2 = static_cast<uint16_t>(part.count[2]);
  insn.count3 = static_cast<uint16_t>(part.count[3]);
  insn.srcStride0 = part.sourceStride[0];
  insn.srcStride1 = part.sourceStride[1];
  insn.srcStride2 = part.sourceStride[2];
  insn.srcStride3 = part.sourceStride[3];
  insn.dstStride0 = part.destinationStride[0];
  insn.dstStride1 = part.destinationStride[1];
  insn.dstStride2 = part.destinationStride[2];
  insn.dstStride3 = part.destinationStride[3];
  return insn;
}

void CopyKernel::emit(const isa::Preset&, const Tile&, std::span<const Placed> in,
                      const Placed& out, uint32_t, std::vector<ExecInstruction>& code) const {
  for (const CopyPart& part : parts)
    code.push_back(copyInstruction(part, in[part.input].addr, out.addr));
}

}  // namespace lilong::backend
