// SPDX-License-Identifier: Apache-2.0
// Limits of a fused activation on the output bytes, in each framework's rounding.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/numerics/numerics.hpp"

namespace lilong::numerics {

struct ByteRange {
  int8_t min = -128, max = 127;
};
// `xnnpack`: limits rounded as XNNPACK does; else as the TensorFlow Lite kernels.
ByteRange activationRange(ir::Activation activation, float scale, int32_t zeroPoint, bool xnnpack);

}  // namespace lilong::numerics
