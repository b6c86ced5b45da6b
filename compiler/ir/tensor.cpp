// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/tensor.hpp"

#include <cstring>

namespace lilong::ir {

uint64_t Tensor::elements() const {
  uint64_t product = 1;
  for (int32_t dim : shape) product *= static_cast<uint64_t>(dim);
  return product;
}

std::span<const int8_t> Tensor::int8Data() const {
  return {reinterpret_cast<const int8_t*>(data.data()), data.size()};
}

std::vector<int32_t> Tensor::int32Data() const {
  std::vector<int32_t> values(data.size() / sizeof(int32_t));
  if (!values.empty()) std::memcpy(values.data(), data.data(), values.size() * sizeof(int32_t));
  return values;
}

std::string shapeToString(std::span<const int32_t> shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (int32_t dim : shape) {
    if (!text.empty()) text += 'x';
    text += std::to_string(dim);
  }
  return text;
}

}  // namespace lilong::ir
