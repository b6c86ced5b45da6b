// SPDX-License-Identifier: Apache-2.0
// A tensor of the network graph.  Shapes are positive (no dynamic dimensions), row-major, NHWC for
// images; rank 0 is a scalar.
#pragma once

#include <span>

#include "compiler/ir/types.hpp"

namespace lilong::ir {

struct Tensor {
  std::string name;
  DType dtype = DType::int8;
  std::vector<int32_t> shape;
  Quantisation quant;
  bool constant = false;
  std::vector<uint8_t> data;  // constant: exactly bytes() bytes, little-endian; else empty

  size_t rank() const { return shape.size(); }
  uint64_t elements() const;  // product of the shape, 1 for a scalar
  uint64_t bytes() const { return elements() * bytesOf(dtype); }

  // Dimension counted from the end (0 = last); 1 beyond the rank.
  int32_t dimFromEnd(size_t i) const { return i < shape.size() ? shape[shape.size() - 1 - i] : 1; }

  // Constant data as numbers; the dtype must be the one named.
  std::span<const int8_t> int8Data() const;
  std::vector<int32_t> int32Data() const;
};

std::string shapeToString(std::span<const int32_t> shape);  // "1x49x10x1", "scalar"

}  // namespace lilong::ir
