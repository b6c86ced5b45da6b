// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/window_kernels.hpp"

#include <algorithm>

namespace lilong::backend {

PassShape passShape(uint32_t depth, uint32_t kernelRows, uint32_t kernelCols) {
  PassShape shape;
  if (kernelCols <= depth / 3) {
    shape.tapRows = 3, shape.tapCols = depth / 3;
  } else if (kernelCols <= depth / 2) {
    shape.tapRows = 2, shape.tapCols = depth / 2;
  } else {
    shape.tapRows = 1, shape.tapCols = depth;
  }
  shape.passes = ceilDiv(kernelRows, shape.tapRows) * ceilDiv(kernelCols, shape.tapCols);
  return shape;
}

Range WindowKernel::inputRows(size_t, Range out) const {
  return foldedInputRows(rows, inHeight, outHeight, out);
}

Range WindowKernel::inputChannels(size_t, Range out) const {
  return out;
}

template <typename Instruction>
void WindowKernel::setWindow(Instruction& insn, const Tile& tile, uint32_t image, Range part,
                             Range outColumns, const Placed& in) const {
  const RowWindow window = rowWindow(rows, inHeight, part);
  const uint32_t width = inputs[0].grid.width;
  const int64_t left = int64_t{outColumns.begin} * columns.stride - columns.padBefore;
  const uint32_t skip = static_cast<uint32_t>(std::clamp<int64_t>(left, 0, width - 1));
  insn.inAddr = (window.rows ? in.row(image * inHeight + window.first) : in.row(in.firstRow)) +
                skip * in.pixPitch + (tile.channels.begin - in.firstChannel);
  insn.inRowPitch = in.rowPitch;
  insn.strideY = static_cast<uint8_t>(rows.stride);
  insn.inRowBytes = (width - 1 - skip) * in.pixPitch + tile.channels.size();
  insn.padTop = static_cast<uint8_t>(window.padTop);
  insn.inHeight = static_cast<uint16_t>(left >= int64_t{width} ? 0 : window.rows);
  insn.kernelRows = static_cast<uint8_t>(rows.kernel);
  insn.strideX = static_cast<uint16_t>(columns.stride);
  insn.dilationY = static_cast<uint8_t>(rows.dilation);
  insn.padLeft = left < 0 ? static_cast<uint32_t>(-left) * in.pixPitch : 0;
  insn.pixPitch = in.pixPitch;
  insn.stripe = balancedStripe(uint64_t{part.size()} * outColumns.size());
}

uint64_t DepthwiseKernel::constantBytes(const isa::Preset& preset, Range channels) const {
  const uint64_t block = uint64_t{isa::windowLanes(preset)} * preset.depth;
  return paramBlockBytes(preset, stage, params.perChannel, channels.size(),
                         isa::windowLanes(preset)) +
         block * ceilDiv(channels.size(), isa::windowLanes(preset)) *
             passShape(preset.depth, rows.kernel, columnsWalked()).passes;
}

ConstantBlock DepthwiseKernel::constants(const isa::Preset& preset, Range channels) const {
  ConstantBlock block;
  appendParamBlock(preset, stage, params, channels, isa::windowLanes(preset), block.bytes);
  block.weights = static_cast<uint32_t>(block.bytes.size());
  block.bytes.resize(constantBytes(preset, channels));
  uint8_t* at = block.bytes.data() + block.weights;
  const uint32_t total = output.grid.channels;
  const PassShape shape = passShape(preset.depth, rows.kernel, columnsWalked());
  for (uint32_t base = channels.begin; base < channels.end; base += isa::windowLanes(preset)) {
    for (uint32_t ky0 = 0; ky0 < rows.kernel; ky0 += shape.tapRows) {
      for (uint32_t k0 = 0; k0 < columnsWalked(); k0 += shape.tapCols) {
        const uint32_t n = std::min(shape.tapCols, columnsWalked() - k0);
        const uint32_t rowEnd = std::min(ky0 + shape.tapRows, rows.kernel);
        for (uint32_t ky = ky0; ky < rowEnd; ++ky) {
          for (uint32_t walked = k0; walked < k0 + n; ++walked) {
            if (walked % columns.dilation != 0) continue;
            const uint32_t slot = shape.firstSlot(ky - ky0) + (k0 + n - 1 - walked);
            const size_t tap = size_t{ky} * kernelX + walked / columns.dilation;
            for (uint32_t c = base; c < std::min(base + isa::windowLanes(preset), channels.end);
                 ++c)
              at[(c - base) * preset.depth + slot] = static_cast<uint8_t>(weights[tap * total + c]);
          }
        }
        at += size_t{isa::windowLanes(preset)} * preset.depth;
      }
    }
  }
  return block;
}

uint64_t DepthwiseKernel::cycles(const isa::Preset& preset, const Tile& tile) const {
  const PassShape shape = passShape(preset.depth, rows.kernel, columnsWalked());
  const uint64_t columnsRead = output.grid.width * std::min(columns.stride, 8u);
  return 40 + uint64_t{ceilDiv(tile.channels.size(), isa::windowLanes(preset))} * shape.passes *
                  tile.rows.size() * (columnsRead + 2);
}

void DepthwiseKernel::emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
                           const Placed& out, uint32_t constants,
                           std::vector<ExecInstruction>& code) const {
  forEachImage(tile.rows, outHeight, [&](uint32_t image, Range part) {
    isa::Dwconv insn;
    setWindow(insn, tile, image, part, {0, output.grid.width}, in[0]);
    insn.padValue = padValue;
    insn.kernelCols = static_cast<uint8_t>(columnsWalked());
    insn.perChannel = params.perChannel;
    insn.steps =
        static_cast<uint16_t>(passShape(preset.depth, rows.kernel, columnsWalked()).passes);
    insn.weightsAddr = constants + static_cast<uint32_t>(paramBlockBytes(
                                       preset, stage, params.perChannel, tile.channels.size(),
                                       isa::windowLanes(preset)));
    setOutput(insn, stage, out, out.row(image * outHeight + part.begin), part.size(),
              output.grid.width, tile.channels, constants);
    code.push_back(insn);
  });
}

std::vector<CountRun> countRuns(const WindowShape& shape, uint32_t in, uint32_t out) {
  std::vector<CountRun> runs;
  for (uint32_t o = 0; o < out; ++o) {
    const uint32_t count = rowWindow(shape, in, {o, o + 1}).rows;
    if (runs.empty() || runs.back().count != count) runs.push_back({{o, o}, count});
    runs.back().outputs.end = o + 1;
  }
  return runs;
}

uint64_t PoolKernel::constantBytes(const isa::Preset& preset, Range) const {
  return stage.table ? roundUp64(isa::kTableBytes, preset.depth) : 0;
}

ConstantBlock PoolKernel::constants(const isa::Preset& preset, Range channels) const {
  ConstantBlock block;
  if (stage.table) block.bytes.assign(stage.table->begin(), stage.table->end());
  block.bytes.resize(constantBytes(preset, channels));
  return block;
}

uint64_t PoolKernel::cycles(const isa::Preset& preset, const Tile& tile) const {
  const PassShape shape = passShape(preset.depth, rows.kernel, columns.kernel);
  const uint64_t perRow = uint64_t{output.grid.width} * columns.stride + columns.kernel;
  return 40 + uint64_t{ceilDiv(tile.channels.size(), isa::windowLanes(preset))} * shape.passes *
                  tile.rows.size() * perRow;
}

const numerics::PoolParams& PoolKernel::paramsOf(uint32_t count) const {
  for (const auto& [n, p] : params)
    if (n == count) return p;
  return params.front().second;
}

void PoolKernel::emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
                      const Placed& out, uint32_t constants,
                      std::vector<ExecInstruction>& code) const {
  std::vector<CountRun> rowRuns{{{0, outHeight}, 0}}, columnRuns{{{0, output.grid.width}, 0}};
  if (op == isa::PoolOp::sum) {
    rowRuns = countRuns(rows, inHeight, outHeight);
    columnRuns = countRuns(columns, inputs[0].grid.width, output.grid.width);
  }
  forEachImage(tile.rows, outHeight, [&](uint32_t image, Range part) {
    for (const CountRun& rowRun : rowRuns) {
      const Range y{std::max(part.begin, rowRun.outputs.begin),
                    std::min(part.end, rowRun.outputs.end)};
      if (y.begin >= y.end) continue;
      for (const CountRun& columnRun : columnRuns) {
        const numerics::PoolParams& p = paramsOf(rowRun.count * columnRun.count);
        isa::Pool insn;
        setWindow(insn, tile, image, y, columnRun.outputs, in[0]);
        insn.kernelCols = static_cast<uint8_t>(columns.kernel);
        insn.steps =
            static_cast<uint8_t>(passShape(preset.depth, rows.kernel, columns.kernel).passes);
        insn.poolOp = op;
        insn.bias = p.bias;
        insn.multiplier = p.multiplier;
        insn.shift = p.shift;
        OutputStage own = stage;
        own.rounding = p.rounding;
        own.accShift = p.accShift;
        setOutput(insn, own, out,
                  out.row(image * outHeight + y.begin) + columnRun.outputs.begin * out.pixPitch,
                  y.size(), columnRun.outputs.size(), tile.channels, constants);
        code.push_back(insn);
      }
    }
  });
}

}  // namespace lilong::backend
