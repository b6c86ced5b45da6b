// SPDX-License-Identifier: Apache-2.0
// Tensors of the TFLite front end: type, shape, quantisation, constant data.
#include <fmt/format.h>

#include "compiler/frontend/tflite_reader.hpp"
#include "compiler/ops/rules.hpp"

namespace lilong::frontend {

namespace {

// All constants of a network together; shared buffers are copied per tensor.
constexpr uint64_t kMaxConstantBytes = 512ull << 20;

std::optional<ir::DType> dtypeOf(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType_INT8:
      return ir::DType::int8;
    case tflite::TensorType_UINT8:
      return ir::DType::uint8;
    case tflite::TensorType_INT16:
      return ir::DType::int16;
    case tflite::TensorType_INT32:
      return ir::DType::int32;
    case tflite::TensorType_INT64:
      return ir::DType::int64;
    case tflite::TensorType_FLOAT32:
      return ir::DType::float32;
    default:
      return std::nullopt;
  }
}

bool zeroPointFits(int64_t zero, ir::DType dtype) {
  switch (dtype) {
    case ir::DType::int8:
      return zero >= -128 && zero <= 127;
    case ir::DType::uint8:
      return zero >= 0 && zero <= 255;
    default:
      return zero == 0;
  }
}

}  // namespace

Result<ir::TensorId> TfliteReader::tensor(int64_t index) {
  if (index < 0 || index >= static_cast<int64_t>(ids_.size())) {
    return corrupt(fmt::format("tensor {} does not exist; the file has {}", index, ids_.size()));
  }
  ir::TensorId& id = ids_[static_cast<size_t>(index)];
  if (id == ir::kNoTensor) {
    auto t = readTensor(static_cast<uint32_t>(index));
    if (!t) return std::move(t).error();
    id = static_cast<ir::TensorId>(graph_.tensors.size());
    graph_.tensors.push_back(std::move(*t));
  }
  return id;
}

Result<ir::Tensor> TfliteReader::readTensor(uint32_t index) {
  const tflite::Tensor& from = *subgraph_->tensors()->Get(index);
  ir::Tensor to;
  to.name = from.name() ? from.name()->str() : fmt::format("tensor {}", index);
  for (char& c : to.name) {
    if (c < ' ' || c > '~') c = '?';
  }
  const auto dtype = dtypeOf(from.type());
  if (!dtype) {
    const char* name = tflite::EnumNameTensorType(from.type());
    return variant(*name ? fmt::format("the tensor is of type {}", name)
                         : fmt::format("the tensor is of type {}", static_cast<int>(from.type())),
                   to.name);
  }
  to.dtype = *dtype;
  if (from.is_variable()) return variant("the tensor keeps a state (is a variable)", to.name);
  if (from.sparsity()) return variant("the tensor is stored sparse", to.name);
  if (from.shape()) {
    if (from.shape()->size() > ir::kMaxDims) {
      return variant(fmt::format("the tensor has {} dimensions, the limit is {}",
                                 from.shape()->size(), ir::kMaxDims),
                     to.name);
    }
    to.shape.assign(from.shape()->begin(), from.shape()->end());
  }
  uint64_t bytes = ir::bytesOf(to.dtype);
  for (int32_t dim : to.shape) {
    if (dim <= 0) {
      return variant(
          fmt::format("the tensor of shape {} has no fixed size", ir::shapeToString(to.shape)),
          to.name);
    }
    bytes *= static_cast<uint64_t>(dim);
    if (bytes > ir::kMaxTensorBytes) {
      return variant(fmt::format("the tensor of shape {} is larger than {} MiB",
                                 ir::shapeToString(to.shape), ir::kMaxTensorBytes >> 20),
                     to.name);
    }
  }
  LILONG_CHECK(readQuantisation(from, to));
  LILONG_CHECK(readConstant(from, to));
  return to;
}

Result<void> TfliteReader::readQuantisation(const tflite::Tensor& from, ir::Tensor& to) const {
  const tflite::Quantisation* q = from.quantization();
  if (!q || !q->scale() || q->scale()->size() == 0) return {};
  if (q->details_type() != 0) return variant("the tensor has a custom quantisation", to.name);
  const size_t count = q->scale()->size();
  const size_t zeros = q->zero_point() ? q->zero_point()->size() : 0;
  // The dimension of a single scale has no meaning, and some files hold a stray one; biases of some
  // files name the dimension of their weights.
  if (count > 1) {
    const int32_t axis = to.rank() == 1 ? 0 : q->quantized_dimension();
    if (axis < 0 || axis >= static_cast<int64_t>(to.rank()) ||
        count != static_cast<size_t>(to.shape[static_cast<size_t>(axis)])) {
      return corrupt(fmt::format("the tensor of shape {} has {} scales along dimension {}",
                                 ir::shapeToString(to.shape), count, axis),
                     to.name);
    }
    to.quant.axis = static_cast<uint32_t>(axis);
  }
  if (zeros != 0 && zeros != 1 && zeros != count) {
    return corrupt(fmt::format("the tensor has {} scales and {} zero points", count, zeros),
                   to.name);
  }
  for (float scale : *q->scale()) {
    if (!(scale >= 0.0f && scale <= ir::kMaxScale)) {
      return corrupt(fmt::format("the tensor has a scale of {}", scale), to.name);
    }
    to.quant.scales.push_back(scale);
  }
  for (size_t i = 0; i < count; ++i) {
    const int64_t zero =
        zeros == 0 ? 0 : q->zero_point()->Get(static_cast<uint32_t>(zeros == 1 ? 0 : i));
    if (!zeroPointFits(zero, to.dtype)) {
      return corrupt(
          fmt::format("the {} tensor has a zero point of {}", ir::toString(to.dtype), zero),
          to.name);
    }
    to.quant.zeroPoints.push_back(static_cast<int32_t>(zero));
  }
  return {};
}

Result<void> TfliteReader::readConstant(const tflite::Tensor& from, ir::Tensor& to) {
  const auto* buffers = model_->buffers();
  if (from.buffer() == 0) return {};  // by convention the empty buffer
  if (!buffers || from.buffer() >= buffers->size()) {
    return corrupt(
        fmt::format("the tensor has buffer {} of {}", from.buffer(), buffers ? buffers->size() : 0),
        to.name);
  }
  const tflite::Buffer& buffer = *buffers->Get(from.buffer());
  std::span<const uint8_t> data;
  if (buffer.offset() > 1) {  // data behind the FlatBuffer, in files above 2 GiB
    if (buffer.offset() > file_.size() || buffer.size() > file_.size() - buffer.offset()) {
      return corrupt("the data of the tensor lies outside the file", to.name);
    }
    data = file_.subspan(buffer.offset(), buffer.size());
  } else if (buffer.data()) {
    data = {buffer.data()->data(), buffer.data()->size()};
  }
  if (data.empty()) return {};
  if (data.size() != to.bytes()) {
    return corrupt(fmt::format("the tensor of shape {} ({}) has {} bytes of data",
                               ir::shapeToString(to.shape), ir::toString(to.dtype), data.size()),
                   to.name);
  }
  constantBytes_ += data.size();
  if (constantBytes_ > kMaxConstantBytes) {
    return variant(
        fmt::format("the constants of the network take more than {} MiB", kMaxConstantBytes >> 20),
        to.name);
  }
  to.constant = true;
  to.data.assign(data.begin(), data.end());
  return {};
}

}  // namespace lilong::frontend
