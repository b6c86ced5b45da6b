// SPDX-License-Identifier: Apache-2.0
// DepthwiseKernel and PoolKernel: windows over single channels.
#pragma once

#include "compiler/lower/output_fields.hpp"
#include "compiler/numerics/numerics.hpp"

namespace lilong::backend {

// How a window is divided into passes (the table under DWCONV in the execution semantics).
struct PassShape {
  uint32_t tapRows = 1, tapCols = 1;
  uint32_t passes = 1;

  // Slot of kernel row `row` of the pass in front of its columns.
  uint32_t firstSlot(uint32_t row) const { return row * tapCols; }
};
PassShape passShape(uint32_t depth, uint32_t kernelRows, uint32_t kernelCols);

// Common to both: the window, and channels that map one to one.
class WindowKernel : public Kernel {
 public:
  uint32_t inHeight = 1, outHeight = 1;  // of one image
  WindowShape rows, columns;             // `columns` in pixels
  OutputStage stage;

  uint32_t channelUnit(const isa::Preset& preset) const override {
    return isa::windowLanes(preset);
  }
  Range inputRows(size_t i, Range out) const override;
  Range inputChannels(size_t i, Range out) const override;

 protected:
  // Output columns [begin, end) of rows `part` of an image.
  template <typename Instruction>
  void setWindow(Instruction& insn, const Tile& tile, uint32_t image, Range part, Range outColumns,
                 const Placed& in) const;
};

class DepthwiseKernel final : public WindowKernel {
 public:
  uint32_t kernelX = 1;  // taps of a row without dilation
  int8_t padValue = 0;
  std::vector<int8_t> weights;  // 1HWC
  ChannelParams params;

  uint64_t constantBytes(const isa::Preset& preset, Range channels) const override;
  ConstantBlock constants(const isa::Preset& preset, Range channels) const override;
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;

 private:
  uint32_t columnsWalked() const { return (kernelX - 1) * columns.dilation + 1; }
};

class PoolKernel final : public WindowKernel {
 public:
  isa::PoolOp op = isa::PoolOp::sum;
  // Parameters for a window of `count` elements inside the image; entry 0 serves `maximum`.
  std::vector<std::pair<uint32_t, numerics::PoolParams>> params;

  uint64_t constantBytes(const isa::Preset& preset, Range channels) const override;
  ConstantBlock constants(const isa::Preset& preset, Range channels) const override;
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;

 private:
  const numerics::PoolParams& paramsOf(uint32_t count) const;
};

// Runs of outputs with the same number of window elements inside the image, along one dimension.
struct CountRun {
  Range outputs;
  uint32_t count = 0;
};
std::vector<CountRun> countRuns(const WindowShape& shape, uint32_t in, uint32_t out);

}  // namespace lilong::backend
