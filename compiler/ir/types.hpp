// SPDX-License-Identifier: Apache-2.0
// Vocabulary of the network graph: element types, indices, quantisation, fused activations.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "runtime/program.hpp"  // DType

namespace lilong::ir {

using lilong::DType;

using TensorId = uint32_t;  // index into Graph::tensors
using OpId = uint32_t;      // index into Graph::ops
inline constexpr TensorId kNoTensor = std::numeric_limits<TensorId>::max();  // optional, left out

inline constexpr size_t kMaxDims = 8;
inline constexpr size_t kMaxOps = 65536;
inline constexpr uint64_t kMaxTensorBytes = 256ull << 20;
// Scales of activations lie between these, those of weights are at most kMaxScale: products and
// ratios of three stay normal float32 numbers.
inline constexpr float kMinScale = 0x1p-40f, kMaxScale = 0x1p40f;

size_t bytesOf(DType dtype);        // of one element
const char* toString(DType dtype);  // "int8", ...

// real = scale * (q - zeroPoint).  Empty: not quantised.  More than one scale: one per slice of
// dimension `axis`; zeroPoints has then the same length (all zero for weights).
struct Quantisation {
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;
  uint32_t axis = 0;

  bool quantised() const { return !scales.empty(); }
  bool perChannel() const { return scales.size() > 1; }
  float scale(size_t channel = 0) const {
    return scales.empty() ? 0.0f : scales[scales.size() == 1 ? 0 : channel];
  }
  int32_t zeroPoint(size_t channel = 0) const {
    return zeroPoints.empty() ? 0 : zeroPoints[zeroPoints.size() == 1 ? 0 : channel];
  }
};

// Activation that an operator applies to its own result.
enum class Activation : uint8_t { none, relu, reluN1To1, relu6 };
const char* toString(Activation activation);

}  // namespace lilong::ir
