// SPDX-License-Identifier: Apache-2.0
// What conv, dwconv, pool and eltwise have in common: the requantised output, activation tables and
// the window of rows that a tile reads.
#pragma once

#include <array>
#include <optional>

#include "compiler/lower/kernel.hpp"

namespace lilong::backend {

using Table = std::array<uint8_t, 256>;

// Output quantisation of a kernel; the table is looked up last.
struct OutputStage {
  isa::Rounding rounding = isa::Rounding::halfUp;
  int8_t zpOut = 0, clampMin = -128, clampMax = 127;
  uint8_t accShift = 0;
  std::optional<Table> table;
};

template <typename Instruction>
void setOutput(Instruction& insn, const OutputStage& stage, const Placed& out, uint32_t addr,
               uint32_t height, uint32_t width, Range channels, uint32_t params) {
  insn.outAddr = addr + (channels.begin - out.firstChannel);
  insn.zpOut = stage.zpOut;
  insn.clampMin = stage.clampMin;
  insn.clampMax = stage.clampMax;
  insn.outRowPitch = out.rowPitch;
  insn.outPixPitch = out.pixPitch;
  insn.outHeight = static_cast<uint16_t>(height);
  insn.outWidth = static_cast<uint16_t>(width);
  insn.channels = static_cast<uint16_t>(channels.size());
  insn.accShift = stage.accShift;
  insn.rounding = stage.rounding;
  insn.tableEn = stage.table.has_value();
  insn.paramsAddr = params;
}

// Window of input rows of one image for output rows [y0, y1) of the same image.
struct RowWindow {
  uint32_t first = 0;   // first row that is read, inside the image
  uint32_t rows = 0;    // rows that are read; 0: everything is padding
  uint32_t padTop = 0;  // rows of padding above `first`
};
struct WindowShape {
  uint32_t kernel = 1, stride = 1, dilation = 1;
  uint32_t padBefore = 0;
};
RowWindow rowWindow(const WindowShape& shape, uint32_t inHeight, Range out);

// Rows of the folded input (images of `inHeight`) for folded output rows (images of `outHeight`).
Range foldedInputRows(const WindowShape& shape, uint32_t inHeight, uint32_t outHeight, Range out);

// Calls f(image, rows inside the image) for every image that `rows` touches.
template <typename F>
void forEachImage(Range rows, uint32_t imageHeight, F f) {
  for (uint32_t y = rows.begin; y < rows.end;) {
    const uint32_t image = y / imageHeight;
    const uint32_t end =
        rows.end < (image + 1) * imageHeight ? rows.end : (image + 1) * imageHeight;
    f(image, Range{y - image * imageHeight, end - image * imageHeight});
    y = end;
  }
}

// Stripe length that splits `positions` into equal parts of at most kMaxStripe.
uint8_t balancedStripe(uint64_t positions);

// Multiplier, shift and bias of every output channel of a conv or dwconv.
struct ChannelParams {
  std::vector<uint32_t> multiplier;
  std::vector<uint8_t> shift;
  std::vector<int32_t> bias;
  bool perChannel = false;
};

// Bytes and content of table and parameter records for `channels`; a multiple of DEPTH.
// `width`: channels of a record, those of a lane group (LANES for conv, else WINDOW_LANES).
uint64_t paramBlockBytes(const isa::Preset& preset, const OutputStage& stage, bool perChannel,
                         uint32_t channels, uint32_t width);
void appendParamBlock(const isa::Preset& preset, const OutputStage& stage,
                      const ChannelParams& params, Range channels, uint32_t width,
                      std::vector<uint8_t>& bytes);

}  // namespace lilong::backend
