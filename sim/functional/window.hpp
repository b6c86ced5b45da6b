// SPDX-License-Identifier: Apache-2.0
// Passes and taps of dwconv and pool, and where a tap reads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/functional/context.hpp"

namespace lilong::functional {

// Rows and columns that one pass covers.
struct PassShape {
  uint32_t tapRows, tapCols;
};

constexpr PassShape passShape(uint32_t kernelCols, uint32_t depth) {
  if (kernelCols <= depth / 3) return {3, depth / 3};
  if (kernelCols <= depth / 2) return {2, depth / 2};
  return {1, depth};
}

// Kernel position (ky, kx), done in pass `pass` by window slot `slot`.
struct Tap {
  uint32_t ky, kx, pass, slot;
};

// All taps of the first `steps` passes.
inline std::vector<Tap> windowTaps(uint32_t kernelRows, uint32_t kernelCols, uint32_t steps,
                                   uint32_t depth) {
  std::vector<Tap> taps;
  const PassShape shape = passShape(kernelCols, depth);
  uint32_t pass = 0;
  for (uint32_t y0 = 0; y0 < kernelRows; y0 += shape.tapRows) {
    for (uint32_t x0 = 0; x0 < kernelCols; x0 += shape.tapCols, ++pass) {
      if (pass >= steps) return taps;
      const uint32_t rows = std::min(shape.tapRows, kernelRows - y0);
      const uint32_t cols = std::min(shape.tapCols, kernelCols - x0);
      for (uint32_t r = 0; r < rows; ++r)
        for (uint32_t c = 0; c < cols; ++c)
          taps.push_back({y0 + r, x0 + c, pass, r * shape.tapCols + (cols - 1 - c)});
    }
  }
  return taps;
}

// The channels under one tap of one output position: the first `count` are in the image, the others
// are padding.
struct TapInput {
  const int8_t* bytes = nullptr;
  size_t count = 0;
};

class WindowReader {
 public:
  template <typename Instruction>
  WindowReader(const Instruction& insn, const Context& context)
      : image_(context.signedBytes(insn.inAddr)),
        rowPitch_(insn.inRowPitch),
        rowBytes_(insn.inRowBytes),
        height_(insn.inHeight),
        strideY_(insn.strideY),
        dilationY_(insn.dilationY),
        padTop_(insn.padTop),
        strideX_(insn.strideX),
        pixPitch_(insn.pixPitch),
        padLeft_(insn.padLeft),
        channels_(insn.channels) {}

  TapInput at(const Tap& tap, int64_t oy, int64_t ox) const {
    const int64_t iy = oy * strideY_ - padTop_ + int64_t{tap.ky} * dilationY_;
    const int64_t xb = (ox * strideX_ + tap.kx) * pixPitch_ - padLeft_;
    if (iy < 0 || iy >= height_ || xb < 0 || xb >= rowBytes_) return {};
    return {image_ + iy * rowPitch_ + xb, static_cast<size_t>(std::min(channels_, rowBytes_ - xb))};
  }

 private:
  const int8_t* image_;
  int64_t rowPitch_, rowBytes_, height_, strideY_, dilationY_, padTop_, strideX_, pixPitch_,
      padLeft_, channels_;
};

}  // namespace lilong::functional
