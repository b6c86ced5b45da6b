// SPDX-License-Identifier: Apache-2.0
// Operands of TFLite operators that must be constant, and other values that operators share.
#include <fmt/format.h>

#include <cstring>

#include "compiler/frontend/tflite_reader.hpp"
#include "compiler/ops/rules.hpp"

namespace lilong::frontend {

Result<void> TfliteReader::needOperands(size_t minimum, size_t maximum) {
  if (op_.inputs.size() < minimum || op_.inputs.size() > maximum) {
    return corrupt(fmt::format("{} has {} operands", ir::toString(op_.kind), op_.inputs.size()),
                   op_.name);
  }
  for (size_t i = 0; i < minimum; ++i) {
    if (op_.inputs[i] == ir::kNoTensor) {
      return corrupt(fmt::format("{} has no operand {}", ir::toString(op_.kind), i), op_.name);
    }
  }
  return {};
}

// The int32 or int64 values of a constant operand.
Result<std::vector<int64_t>> TfliteReader::integers(size_t i, const char* what) {
  const ir::Tensor& t = operand(i);
  const bool wide = t.dtype == ir::DType::int64;
  if (!wide && t.dtype != ir::DType::int32) {
    return corrupt(
        fmt::format("{}: {} is of type {}", ir::toString(op_.kind), what, ir::toString(t.dtype)),
        op_.name);
  }
  if (!t.constant) {
    return variant(fmt::format("{}: {} is not constant", ir::toString(op_.kind), what), op_.name);
  }
  if (t.elements() > 64) {
    return corrupt(fmt::format("{}: {} has {} values", ir::toString(op_.kind), what, t.elements()),
                   op_.name);
  }
  std::vector<int64_t> values;
  for (size_t k = 0; k < t.elements(); ++k) {
    if (wide) {
      int64_t value;
      std::memcpy(&value, t.data.data() + k * sizeof value, sizeof value);
      values.push_back(value);
    } else {
      int32_t value;
      std::memcpy(&value, t.data.data() + k * sizeof value, sizeof value);
      values.push_back(value);
    }
  }
  return values;
}

Result<uint32_t> TfliteReader::axis(int64_t value, size_t rank) {
  const auto dims = static_cast<int64_t>(rank);
  if (value < -dims || value >= dims) {
    return corrupt(fmt::format("{}: axis {} of a tensor with {} dimensions", ir::toString(op_.kind),
                               value, rank),
                   op_.name);
  }
  return static_cast<uint32_t>(value < 0 ? value + dims : value);
}

// The result has this shape; one entry may be -1, the rest of the elements.
Result<void> TfliteReader::declareShape(const std::vector<int64_t>& wanted) {
  const uint64_t elements = operand(0).elements();
  std::vector<int64_t> shape = wanted;
  const auto bad = [&] {
    return corrupt(fmt::format("{}: {} values cannot take the shape [{}]", ir::toString(op_.kind),
                               elements, fmt::join(wanted, ", ")),
                   op_.name);
  };
  if (shape.size() > ir::kMaxDims) {
    return variant(fmt::format("{}: {} dimensions, the limit is {}", ir::toString(op_.kind),
                               shape.size(), ir::kMaxDims),
                   op_.name);
  }
  uint64_t known = 1;
  int64_t* rest = nullptr;
  for (int64_t& dim : shape) {
    if (dim == -1 && !rest) {
      rest = &dim;
    } else if (dim <= 0 || static_cast<uint64_t>(dim) > elements) {
      return bad();
    } else {
      known *= static_cast<uint64_t>(dim);  // both at most 2^28
      if (known > elements) return bad();
    }
  }
  if (rest) *rest = static_cast<int64_t>(elements / known);
  if ((rest ? known * static_cast<uint64_t>(*rest) : known) != elements) return bad();
  std::vector<int32_t> dims(shape.begin(), shape.end());
  if (!result().shape.empty() && result().shape != dims) {
    return corrupt(fmt::format("{}: the result is declared as {} but is {}", ir::toString(op_.kind),
                               ir::shapeToString(result().shape), ir::shapeToString(dims)),
                   op_.name);
  }
  result().shape = std::move(dims);
  return {};
}

Result<ir::Activation> TfliteReader::activation(tflite::ActivationFunction value) {
  switch (value) {
    case tflite::ActivationFunction_NONE:
      return ir::Activation::none;
    case tflite::ActivationFunction_RELU:
      return ir::Activation::relu;
    case tflite::ActivationFunction_RELU_N1_TO_1:
      return ir::Activation::reluN1To1;
    case tflite::ActivationFunction_RELU6:
      return ir::Activation::relu6;
    default:
      break;
  }
  return variant(
      fmt::format("{}: fused activation {}", ir::toString(op_.kind), static_cast<int>(value)),
      op_.name);
}

}  // namespace lilong::frontend
