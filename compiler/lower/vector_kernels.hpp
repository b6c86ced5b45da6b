// SPDX-License-Identifier: Apache-2.0
// EltwiseKernel, SoftmaxKernel, CopyKernel: operations of the vector path.
#pragma once

#include "compiler/lower/output_fields.hpp"
#include "compiler/numerics/numerics.hpp"

namespace lilong::backend {

// Operands of one element, row or pixel are repeated.  `op == pass` has one input.
class EltwiseKernel final : public Kernel {
 public:
  numerics::EltwiseParams params;
  OutputStage stage;
  bool wholeRows = false;  // the output has no granule per pixel; a row is one run of bytes

  uint32_t channelUnit(const isa::Preset& preset) const override;
  Range inputRows(size_t i, Range out) const override;
  Range inputChannels(size_t i, Range out) const override;
  uint64_t constantBytes(const isa::Preset& preset, Range channels) const override;
  ConstantBlock constants(const isa::Preset& preset, Range channels) const override;
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;

 private:
  bool flat(const Tile& tile, std::span<const Placed> in, const Placed& out) const;
};

class SoftmaxKernel final : public Kernel {
 public:
  numerics::SoftmaxParams params;

  uint32_t channelUnit(const isa::Preset&) const override { return 0; }
  Range inputRows(size_t, Range out) const override { return out; }
  Range inputChannels(size_t, Range out) const override { return out; }
  uint64_t constantBytes(const isa::Preset&, Range) const override { return 1024; }
  ConstantBlock constants(const isa::Preset& preset, Range channels) const override;
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;
};

// A strided copy: offsets and strides in bytes from the first byte of the input and output views.
struct CopyPart {
  size_t input = 0;
  bool fill = false;
  uint8_t fillValue = 0;
  uint32_t source = 0, destination = 0;
  uint32_t run = 1;
  std::array<uint32_t, 4> count{1, 1, 1, 1};  // innermost first
  std::array<uint32_t, 4> sourceStride{}, destinationStride{};
};

// The instruction, with addresses of the input and output views.
isa::Copy copyInstruction(const CopyPart& part, uint32_t source, uint32_t destination);

// A list of copies, done in order, on whole tensors.
class CopyKernel final : public Kernel {
 public:
  std::vector<CopyPart> parts;

  bool splitsRows() const override { return false; }
  bool fixedLayout() const override { return true; }
  uint32_t channelUnit(const isa::Preset&) const override { return 0; }
  Range inputRows(size_t i, Range) const override { return {0, inputs[i].grid.height}; }
  Range inputChannels(size_t i, Range) const override { return {0, inputs[i].grid.channels}; }
  uint64_t constantBytes(const isa::Preset&, Range) const override { return 0; }
  ConstantBlock constants(const isa::Preset&, Range) const override { return {}; }
  uint64_t cycles(const isa::Preset& preset, const Tile& tile) const override;
  void emit(const isa::Preset& preset, const Tile& tile, std::span<const Placed> in,
            const Placed& out, uint32_t constants,
            std::vector<ExecInstruction>& code) const override;
};

}  // namespace lilong::backend
