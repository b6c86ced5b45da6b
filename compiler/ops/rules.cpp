// SPDX-License-Identifier: Apache-2.0
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

using ir::DType;
using ir::Tensor;

Error Rules::variant(const std::string& message) const {
  return makeError(DiagId::unsupportedVariant,
                   fmt::format("{}: {}", ir::toString(op_.kind), message), graph_.file, op_.name);
}

Error Rules::corrupt(const std::string& message) const {
  return makeError(DiagId::networkCorrupt, fmt::format("{}: {}", ir::toString(op_.kind), message),
                   graph_.file, op_.name);
}

Result<void> Rules::operands(size_t required, size_t maximum) {
  if (op_.inputs.size() < required || op_.inputs.size() > maximum) {
    return corrupt(fmt::format("has {} operands", op_.inputs.size()));
  }
  for (size_t i = 0; i < required; ++i) {
    if (!has(i)) return corrupt(fmt::format("operand {} is missing", i));
  }
  if (op_.outputs.size() != 1) return corrupt(fmt::format("has {} results", op_.outputs.size()));
  return {};
}

Result<void> Rules::int8(const Tensor& t) const {
  if (t.dtype == DType::float32) {
    return makeError(
        DiagId::networkNotQuantised,
        fmt::format("{} works on float32 (tensor '{}')", ir::toString(op_.kind), t.name),
        graph_.file, op_.name);
  }
  if (t.dtype != DType::int8) {
    return variant(fmt::format("tensor '{}' is {}; this operator works on int8", t.name,
                               ir::toString(t.dtype)));
  }
  return oneScale(t);
}

Result<void> Rules::oneScale(const Tensor& t) const {
  if (!t.quant.quantised()) {
    return variant(fmt::format("tensor '{}' has no quantisation", t.name));
  }
  if (t.quant.perChannel()) {
    return variant(fmt::format("tensor '{}' is quantised per channel", t.name));
  }
  if (!(t.quant.scale() >= ir::kMinScale)) {
    return variant(fmt::format("tensor '{}' has a scale of {}", t.name, t.quant.scale()));
  }
  return {};
}

Result<void> Rules::rank(const Tensor& t, size_t rank) const {
  if (t.rank() == rank) return {};
  return variant(fmt::format("tensor '{}' has shape {}; this operator needs {} dimensions", t.name,
                             ir::shapeToString(t.shape), rank));
}

Result<void> Rules::sameType(const Tensor& a, const Tensor& b) const {
  if (a.dtype == b.dtype) return {};
  return corrupt(fmt::format("tensors '{}' ({}) and '{}' ({}) must have the same type", a.name,
                             ir::toString(a.dtype), b.name, ir::toString(b.dtype)));
}

Result<void> Rules::sameQuantisation(const Tensor& a, const Tensor& b) const {
  if (a.quant.scales == b.quant.scales && a.quant.zeroPoint() == b.quant.zeroPoint()) return {};
  return variant(
      fmt::format("tensors '{}' and '{}' must have the same scale and zero point", a.name, b.name));
}

Result<void> Rules::outputQuantisation(float scale, int32_t zeroPoint) const {
  const Tensor& t = graph_.tensors[op_.outputs[0]];
  if (t.quant.scale() == scale && t.quant.zeroPoint() == zeroPoint) return {};
  return variant(fmt::format("the result must have scale {} and zero point {}", scale, zeroPoint));
}

Result<void> Rules::between(const char* what, int64_t value, int64_t low, int64_t high) const {
  if (value < low) return corrupt(fmt::format("{} is {}", what, value));
  if (value > high) return variant(fmt::format("{} is {}, the limit is {}", what, value, high));
  return {};
}

Result<void> Rules::outputShape(const std::vector<int32_t>& shape) {
  Tensor& t = out();
  if (t.shape == shape) return {};
  if (!t.shape.empty()) {
    return corrupt(fmt::format("the result is declared as {} but is {}", ir::shapeToString(t.shape),
                               ir::shapeToString(shape)));
  }
  t.shape = shape;
  return {};
}

int64_t windowPositions(int64_t input, int64_t padding, int64_t span, int64_t stride) {
  const int64_t room = input + padding - span;
  return room < 0 ? 0 : room / stride + 1;
}

}  // namespace lilong::ops
