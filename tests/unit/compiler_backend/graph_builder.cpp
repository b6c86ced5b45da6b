// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/compiler_backend/graph_builder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lilong::test {

namespace {

std::vector<int32_t> imageShape(const std::vector<int32_t>& in, Pair span, Pair stride,
                                const ir::Padding2d& padding, int32_t channels) {
  return {in[0], (in[1] + padding.top + padding.bottom - span.y) / stride.y + 1,
          (in[2] + padding.left + padding.right - span.x) / stride.x + 1, channels};
}

}  // namespace

ir::TensorId GraphBuilder::tensor(std::vector<int32_t> shape, float scale, int32_t zero) {
  ir::Tensor t;
  t.name = fmt::format("t{}", graph_.tensors.size());
  t.shape = std::move(shape);
  t.quant.scales = {scale};
  t.quant.zeroPoints = {zero};
  graph_.tensors.push_back(std::move(t));
  return static_cast<ir::TensorId>(graph_.tensors.size() - 1);
}

ir::TensorId GraphBuilder::constant(std::vector<int32_t> shape, DType dtype) {
  const ir::TensorId id = tensor(std::move(shape), 0.01f, 0);
  ir::Tensor& t = graph_.tensors[id];
  t.constant = true;
  t.dtype = dtype;
  t.data.resize(t.bytes());
  for (size_t i = 0; i < t.data.size(); ++i)
    t.data[i] = dtype == DType::int8 ? static_cast<uint8_t>(rng_())
                                     : (i % 4 < 2 ? static_cast<uint8_t>(rng_()) : 0);
  return id;
}

ir::TensorId GraphBuilder::op(ir::OpKind kind, std::vector<ir::TensorId> inputs,
                              ir::TensorId output, ir::Attributes attributes) {
  graph_.ops.push_back(
      {kind, graph_.tensors[output].name, std::move(inputs), {output}, std::move(attributes)});
  return output;
}

ir::TensorId GraphBuilder::input(std::vector<int32_t> shape) {
  const ir::TensorId t = tensor(std::move(shape), 0.05f, 3);
  graph_.inputs.push_back(t);
  return t;
}

ir::TensorId GraphBuilder::conv(ir::TensorId x, int32_t channels, int32_t kernel, int32_t stride,
                                int32_t padding, int32_t dilation) {
  return conv(x, channels, {kernel, kernel}, {stride, stride}, {padding, padding, padding, padding},
              {dilation, dilation});
}

ir::TensorId GraphBuilder::conv(ir::TensorId x, int32_t channels, Pair kernel, Pair stride,
                                ir::Padding2d padding, Pair dilation) {
  const std::vector<int32_t> in = shape(x);
  const auto w = constant({channels, kernel.y, kernel.x, in[3]}, DType::int8);
  const auto b = constant({channels}, DType::int32);
  const Pair span{(kernel.y - 1) * dilation.y + 1, (kernel.x - 1) * dilation.x + 1};
  const auto y = tensor(imageShape(in, span, stride, padding, channels),
                        0.02f * static_cast<float>(kernel.x) * static_cast<float>(in[3]), -5);
  ir::Conv2dAttrs attrs;
  attrs.strideY = stride.y, attrs.strideX = stride.x;
  attrs.dilationY = dilation.y, attrs.dilationX = dilation.x;
  attrs.padding = padding;
  return op(ir::OpKind::conv2d, {x, w, b}, y, attrs);
}

ir::TensorId GraphBuilder::depthwise(ir::TensorId x, int32_t kernel, int32_t stride,
                                     int32_t padding, int32_t multiplier) {
  return depthwise(x, {kernel, kernel}, {stride, stride}, {padding, padding, padding, padding},
                   multiplier);
}

ir::TensorId GraphBuilder::depthwise(ir::TensorId x, Pair kernel, Pair stride,
                                     ir::Padding2d padding, int32_t multiplier) {
  const std::vector<int32_t> in = shape(x);
  const int32_t channels = in[3] * multiplier;
  const auto w = constant({1, kernel.y, kernel.x, channels}, DType::int8);
  const auto b = constant({channels}, DType::int32);
  const auto y = tensor(imageShape(in, kernel, stride, padding, channels),
                        0.05f * static_cast<float>(kernel.x), 7);
  ir::Conv2dAttrs attrs;
  attrs.strideY = stride.y, attrs.strideX = stride.x;
  attrs.padding = padding;
  attrs.depthMultiplier = multiplier;
  return op(ir::OpKind::depthwiseConv2d, {x, w, b}, y, attrs);
}

ir::TensorId GraphBuilder::fullyConnected(ir::TensorId x, int32_t units) {
  const auto depth = static_cast<int32_t>(graph_.tensors[x].elements());
  const auto w = constant({units, depth}, DType::int8);
  const auto b = constant({units}, DType::int32);
  const auto y = tensor({1, units}, 0.01f * static_cast<float>(depth), 1);
  return op(ir::OpKind::fullyConnected, {x, w, b}, y, ir::FusedAttrs{});
}

ir::TensorId GraphBuilder::pool(ir::OpKind kind, ir::TensorId x, int32_t kernel, int32_t stride,
                                int32_t padding) {
  return pool(kind, x, {kernel, kernel}, {stride, stride}, {padding, padding, padding, padding});
}

ir::TensorId GraphBuilder::pool(ir::OpKind kind, ir::TensorId x, Pair kernel, Pair stride,
                                ir::Padding2d padding) {
  const std::vector<int32_t> in = shape(x);
  const ir::Quantisation quant = graph_.tensors[x].quant;
  const auto y =
      tensor(imageShape(in, kernel, stride, padding, in[3]), quant.scale(), quant.zeroPoint());
  ir::Pool2dAttrs attrs;
  attrs.kernelY = kernel.y, attrs.kernelX = kernel.x;
  attrs.strideY = stride.y, attrs.strideX = stride.x;
  attrs.padding = padding;
  return op(kind, {x}, y, attrs);
}

ir::TensorId GraphBuilder::add(ir::TensorId a, ir::TensorId b) {
  return op(ir::OpKind::add, {a, b}, tensor(shape(a), 0.3f, -9), ir::FusedAttrs{});
}

ir::TensorId GraphBuilder::addConstant(ir::TensorId a, std::vector<int32_t> shape) {
  const auto b = constant(std::move(shape), DType::int8);
  return op(ir::OpKind::add, {a, b}, tensor(this->shape(a), 0.3f, -9), ir::FusedAttrs{});
}

ir::TensorId GraphBuilder::mean(ir::TensorId x, std::vector<uint32_t> axes, bool keepDims) {
  std::vector<int32_t> sizes;
  for (uint32_t i = 0; i < shape(x).size(); ++i) {
    const bool reduced = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (!reduced || keepDims) sizes.push_back(reduced ? 1 : shape(x)[i]);
  }
  return op(ir::OpKind::mean, {x}, tensor(sizes, 0.2f, 4),
            ir::ReduceAttrs{std::move(axes), keepDims});
}

ir::TensorId GraphBuilder::concat(std::vector<ir::TensorId> parts) {
  std::vector<int32_t> all = shape(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) all[3] += shape(parts[i])[3];
  const ir::Quantisation quant = graph_.tensors[parts[0]].quant;
  for (const ir::TensorId t : parts) graph_.tensors[t].quant = quant;
  ir::ConcatAttrs attrs;
  attrs.axis = 3;
  const auto y = tensor(all, quant.scale(), quant.zeroPoint());
  return op(ir::OpKind::concatenation, std::move(parts), y, attrs);
}

ir::TensorId GraphBuilder::unary(ir::OpKind kind, ir::TensorId x) {
  return op(kind, {x}, tensor(shape(x), 1.0f / 256, -128), ir::NoAttrs{});
}

ir::TensorId GraphBuilder::reshape(ir::TensorId x, std::vector<int32_t> shape) {
  const ir::Quantisation quant = graph_.tensors[x].quant;
  return op(ir::OpKind::reshape, {x}, tensor(std::move(shape), quant.scale(), quant.zeroPoint()),
            ir::NoAttrs{});
}

ir::TensorId GraphBuilder::softmax(ir::TensorId x) {
  return op(ir::OpKind::softmax, {x}, tensor(shape(x), 1.0f / 256, -128), ir::SoftmaxAttrs{});
}

ir::TensorId GraphBuilder::pad(ir::TensorId x, std::vector<int32_t> before,
                               std::vector<int32_t> after, int32_t value) {
  std::vector<int32_t> sizes = shape(x);
  for (size_t i = 0; i < sizes.size(); ++i) sizes[i] += before[i] + after[i];
  const ir::Quantisation quant = graph_.tensors[x].quant;
  const auto y = tensor(sizes, quant.scale(), quant.zeroPoint());
  return op(ir::OpKind::padV2, {x}, y, ir::PadAttrs{std::move(before), std::move(after), value});
}

ir::TensorId GraphBuilder::slice(ir::TensorId x, ir::SliceAttrs attrs) {
  const ir::Quantisation quant = graph_.tensors[x].quant;
  const auto y = tensor(attrs.size, quant.scale(), quant.zeroPoint());
  return op(ir::OpKind::stridedSlice, {x}, y, std::move(attrs));
}

ir::TensorId GraphBuilder::resize(ir::TensorId x, int32_t height, int32_t width) {
  const ir::Quantisation quant = graph_.tensors[x].quant;
  const auto y =
      tensor({shape(x)[0], height, width, shape(x)[3]}, quant.scale(), quant.zeroPoint());
  return op(ir::OpKind::resizeNearest, {x}, y, ir::ResizeAttrs{});
}

ir::Graph GraphBuilder::finish(std::vector<ir::TensorId> outputs) {
  graph_.outputs = std::move(outputs);
  const auto checked = ir::checkGraph(graph_);
  EXPECT_TRUE(checked.ok()) << checked.error().toString();
  return graph_;
}

}  // namespace lilong::test
