// SPDX-License-Identifier: Apache-2.0
// Attributes of operators, typed and resolved: paddings are numbers, negative axes are counted from
// zero, and operands that must be constant (axes, paddings, shapes) are here and not in Op::inputs.
#pragma once

#include <variant>
#include <vector>

#include "compiler/ir/types.hpp"

namespace lilong::ir {

struct NoAttrs {};

// ADD, SUB, MUL, FULLY_CONNECTED.
struct FusedAttrs {
  Activation activation = Activation::none;
};

// Rows and columns of padding at each side of an image.
struct Padding2d {
  int32_t top = 0, bottom = 0, left = 0, right = 0;
};

// CONV_2D (weights OHWI) and DEPTHWISE_CONV_2D (weights 1HWC; output channel c reads input channel
// c / depthMultiplier).
struct Conv2dAttrs {
  int32_t strideY = 1, strideX = 1;
  int32_t dilationY = 1, dilationX = 1;
  Padding2d padding;
  int32_t depthMultiplier = 1;  // DEPTHWISE_CONV_2D only
  Activation activation = Activation::none;
};

// Windows reach over the border by `padding`; the elements there do not count.
struct Pool2dAttrs {
  int32_t kernelY = 1, kernelX = 1;
  int32_t strideY = 1, strideX = 1;
  Padding2d padding;
  Activation activation = Activation::none;
};

struct ConcatAttrs {
  uint32_t axis = 0;
  Activation activation = Activation::none;
};

struct SoftmaxAttrs {
  float beta = 1.0f;
};

// MEAN: sorted, unique axes.
struct ReduceAttrs {
  std::vector<uint32_t> axes;
  bool keepDims = false;
};

// PAD, PADV2: one entry per dimension; `value` is the byte that fills (the zero point for PAD).
struct PadAttrs {
  std::vector<int32_t> before, after;
  int32_t value = 0;
};

// STRIDED_SLICE on every input dimension: element i of the result is input begin + i * stride,
// i < size.  Strides may be negative.  The output shape may leave out dimensions of size 1.
struct SliceAttrs {
  std::vector<int32_t> begin, stride, size;
};

struct TransposeAttrs {
  std::vector<uint32_t> perm;  // output dimension i is input dimension perm[i]
};

struct ResizeAttrs {
  bool alignCorners = false;
  bool halfPixelCenters = false;
};

struct ArgAttrs {
  uint32_t axis = 0;
};

struct LeakyReluAttrs {
  float alpha = 0.0f;
};

using Attributes = std::variant<NoAttrs, FusedAttrs, Conv2dAttrs, Pool2dAttrs, ConcatAttrs,
                                SoftmaxAttrs, ReduceAttrs, PadAttrs, SliceAttrs, TransposeAttrs,
                                ResizeAttrs, ArgAttrs, LeakyReluAttrs>;

}  // namespace lilong::ir
