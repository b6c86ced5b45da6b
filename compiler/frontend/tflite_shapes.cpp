// SPDX-License-Identifier: Apache-2.0
// Shape arithmetic of the TFLite front end.  Converters write the shape of a RESHAPE as SHAPE,
// STRIDED_SLICE and PACK of integers; every shape is known here, so that these operators become
// constants and leave the graph.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "compiler/frontend/tflite_reader.hpp"
#include "compiler/ops/rules.hpp"

namespace lilong::frontend {

namespace {

constexpr int32_t kShape = 77, kPack = 83;  // builtin codes
constexpr size_t kMaxValues = 64;           // far more than any shape has

bool isInteger(const ir::Tensor& tensor) {
  return tensor.dtype == ir::DType::int32 || tensor.dtype == ir::DType::int64;
}

// The values of a constant integer tensor.
std::vector<int64_t> valuesOf(const ir::Tensor& tensor) {
  const size_t width = ir::bytesOf(tensor.dtype);
  std::vector<int64_t> values(tensor.elements());
  for (size_t i = 0; i < values.size(); ++i) {
    int32_t narrow;
    const uint8_t* from = tensor.data.data() + i * width;
    if (width == sizeof narrow) {
      std::memcpy(&narrow, from, width);
      values[i] = narrow;
    } else {
      std::memcpy(&values[i], from, width);
    }
  }
  return values;
}

}  // namespace

bool isShapeOperator(int32_t builtin) {
  return builtin == kShape || builtin == kPack;
}

Result<void> TfliteReader::foldShapeOperator(const tflite::Operator& from, int32_t builtin) {
  const std::string layer = layerName(from);
  const std::string name = operatorName(builtin);
  const uint32_t operands = from.inputs() ? from.inputs()->size() : 0;
  if (operands == 0 || operands > kMaxValues || (builtin == kShape && operands != 1)) {
    return corrupt(fmt::format("{} has {} operands", name, operands), layer);
  }
  if (!from.outputs() || from.outputs()->size() != 1) {
    return corrupt(fmt::format("{} does not have one result", name), layer);
  }
  std::vector<int64_t> values;
  for (int32_t index : *from.inputs()) {
    auto id = tensor(index);
    if (!id) return std::move(id).error();
    const ir::Tensor& x = graph_.tensors[*id];
    if (builtin == kShape) {
      values.assign(x.shape.begin(), x.shape.end());
    } else if (isInteger(x) && x.constant && x.elements() == 1) {
      values.push_back(valuesOf(x).front());
    } else {
      return makeError(DiagId::unsupportedOperator,
                       fmt::format("{} of anything but constant numbers is not supported", name),
                       graph_.file, layer);
    }
  }
  auto id = tensor(from.outputs()->Get(0));
  if (!id) return std::move(id).error();
  return becomeConstant(*id, {static_cast<int32_t>(values.size())}, values, layer);
}

Result<bool> TfliteReader::foldSlice() {
  if (op_.kind != ir::OpKind::stridedSlice) return false;  // others may have no operand at all
  const ir::Tensor& x = operand(0);
  if (!isInteger(x) || !x.constant || x.rank() != 1) return false;
  const auto& slice = op_.as<ir::SliceAttrs>();
  const std::vector<int64_t> from = valuesOf(x);
  std::vector<int64_t> values;
  for (int32_t i = 0; i < slice.size[0]; ++i) {
    values.push_back(from[static_cast<size_t>(slice.begin[0] + i * slice.stride[0])]);
  }
  LILONG_CHECK(becomeConstant(op_.outputs[0], result().shape, values, op_.name));
  return true;
}

Result<void> TfliteReader::becomeConstant(ir::TensorId id, const std::vector<int32_t>& shape,
                                          const std::vector<int64_t>& values,
                                          const std::string& layer) {
  ir::Tensor& to = graph_.tensors[id];
  if (!isInteger(to) || (!to.shape.empty() && to.shape != shape)) {
    return corrupt(fmt::format("the result is declared as {} of {}", ir::toString(to.dtype),
                               ir::shapeToString(to.shape)),
                   layer);
  }
  if (to.constant ||
      std::find(graph_.inputs.begin(), graph_.inputs.end(), id) != graph_.inputs.end()) {
    return corrupt("the result is a constant or a network input", layer);
  }
  if (std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end()) {
    return variant("the shape of a tensor is a network output", layer);
  }
  const size_t width = ir::bytesOf(to.dtype);
  to.shape = shape;
  to.constant = true;
  to.data.resize(values.size() * width);
  for (size_t i = 0; i < values.size(); ++i) {
    std::memcpy(to.data.data() + i * width, &values[i], width);  // little-endian
  }
  return {};
}

}  // namespace lilong::frontend
