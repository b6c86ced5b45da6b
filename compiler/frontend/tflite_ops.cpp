// SPDX-License-Identifier: Apache-2.0
// TFLite operators with windows, weights and fused activations to operators of the graph.
#include <fmt/format.h>

#include "compiler/frontend/tflite_reader.hpp"
#include "compiler/ops/rules.hpp"

namespace lilong::frontend {

namespace {

// Padding of one dimension in the mode SAME: the result has ceil(size / stride) positions.
int64_t samePadding(int64_t size, int64_t span, int64_t stride) {
  const int64_t positions = (size + stride - 1) / stride;
  return std::max<int64_t>(0, (positions - 1) * stride + span - size);
}

}  // namespace

Result<void> TfliteReader::convert(const tflite::Operator& from, ir::OpKind kind) {
  using ir::OpKind;
  switch (kind) {
    case OpKind::conv2d:
      return conv(from);
    case OpKind::depthwiseConv2d:
      return depthwise(from);
    case OpKind::averagePool2d:
    case OpKind::maxPool2d:
      return pool(from);
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::fullyConnected:
      return fused(from);
    case OpKind::concatenation:
      return concatenation(from);
    case OpKind::softmax:
      return softmax(from);
    case OpKind::mean:
      return mean(from);
    case OpKind::pad:
    case OpKind::padV2:
      return pad(from);
    case OpKind::reshape:
      return reshape(from);
    case OpKind::squeeze:
      return squeeze(from);
    case OpKind::expandDims:
      return expandDims(from);
    case OpKind::stridedSlice:
      return stridedSlice(from);
    case OpKind::transpose:
      return transpose(from);
    case OpKind::resizeNearest:
      return resize(from);
    case OpKind::argMax:
      return argMax(from);
    case OpKind::leakyRelu:
      return leakyRelu(from);
    default:
      return {};  // no attributes
  }
}

Result<void> TfliteReader::window(tflite::Padding mode, const ir::Tensor& x, int64_t kernelY,
                                  int64_t kernelX, int64_t strideY, int64_t strideX,
                                  int64_t dilationY, int64_t dilationX, ir::Padding2d& padding) {
  if (x.rank() != 4) {
    return corrupt(fmt::format("{}: the image has shape {}", ir::toString(op_.kind),
                               ir::shapeToString(x.shape)),
                   op_.name);
  }
  constexpr int64_t kLimit = 65535;
  for (int64_t value : {kernelY, kernelX, strideY, strideX, dilationY, dilationX}) {
    if (value < 1) {
      return corrupt(
          fmt::format("{}: a kernel, stride or dilation is {}", ir::toString(op_.kind), value),
          op_.name);
    }
    if (value > kLimit) {
      return variant(
          fmt::format("{}: a kernel, stride or dilation is {}", ir::toString(op_.kind), value),
          op_.name);
    }
  }
  if (mode == tflite::Padding_VALID) return {};
  if (mode != tflite::Padding_SAME) {
    return corrupt(
        fmt::format("{}: padding mode {}", ir::toString(op_.kind), static_cast<int>(mode)),
        op_.name);
  }
  const int64_t y = samePadding(x.shape[1], ops::spannedBy(kernelY, dilationY), strideY);
  const int64_t w = samePadding(x.shape[2], ops::spannedBy(kernelX, dilationX), strideX);
  if (y > INT32_MAX || w > INT32_MAX) {
    return variant(fmt::format("{}: the padding is too large", ir::toString(op_.kind)), op_.name);
  }
  padding.top = static_cast<int32_t>(y / 2);
  padding.bottom = static_cast<int32_t>(y - y / 2);
  padding.left = static_cast<int32_t>(w / 2);
  padding.right = static_cast<int32_t>(w - w / 2);
  return {};
}

Result<void> TfliteReader::conv(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(2, 3));
  const auto* o = from.builtin_options_as_Conv2DOptions();
  if (!o || operand(1).rank() != 4)
    return corrupt("CONV_2D: options or weights are damaged", op_.name);
  ir::Conv2dAttrs a;
  const auto& w = operand(1).shape;
  LILONG_CHECK(window(o->padding(), operand(0), w[1], w[2], o->stride_h(), o->stride_w(),
                      o->dilation_h(), o->dilation_w(), a.padding));
  a.strideY = o->stride_h();
  a.strideX = o->stride_w();
  a.dilationY = o->dilation_h();
  a.dilationX = o->dilation_w();
  auto act = activation(o->activation());
  if (!act) return std::move(act).error();
  a.activation = *act;
  op_.attributes = a;
  return {};
}

Result<void> TfliteReader::depthwise(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(2, 3));
  const auto* o = from.builtin_options_as_DepthwiseConv2DOptions();
  if (!o || operand(1).rank() != 4) {
    return corrupt("DEPTHWISE_CONV_2D: options or weights are damaged", op_.name);
  }
  ir::Conv2dAttrs a;
  const auto& w = operand(1).shape;
  LILONG_CHECK(window(o->padding(), operand(0), w[1], w[2], o->stride_h(), o->stride_w(),
                      o->dilation_h(), o->dilation_w(), a.padding));
  const int64_t channels = operand(0).shape[3];
  if (o->depth_multiplier() != 0 && channels * o->depth_multiplier() != w[3]) {
    return corrupt(
        fmt::format("DEPTHWISE_CONV_2D: depth multiplier {} does not lead from {} to {} channels",
                    o->depth_multiplier(), channels, w[3]),
        op_.name);
  }
  a.strideY = o->stride_h();
  a.strideX = o->stride_w();
  a.dilationY = o->dilation_h();
  a.dilationX = o->dilation_w();
  auto act = activation(o->activation());
  if (!act) return std::move(act).error();
  a.activation = *act;
  op_.attributes = a;
  return {};
}

Result<void> TfliteReader::pool(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(1, 1));
  const auto* o = from.builtin_options_as_Pool2DOptions();
  if (!o) return corrupt("the options of the pooling are damaged", op_.name);
  ir::Pool2dAttrs a;
  LILONG_CHECK(window(o->padding(), operand(0), o->filter_h(), o->filter_w(), o->stride_h(),
                      o->stride_w(), 1, 1, a.padding));
  a.kernelY = o->filter_h();
  a.kernelX = o->filter_w();
  a.strideY = o->stride_h();
  a.strideX = o->stride_w();
  auto act = activation(o->activation());
  if (!act) return std::move(act).error();
  a.activation = *act;
  op_.attributes = a;
  return {};
}

Result<void> TfliteReader::fused(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(2, op_.kind == ir::OpKind::fullyConnected ? 3 : 2));
  auto value = tflite::ActivationFunction_NONE;
  if (const auto* add = from.builtin_options_as_AddOptions()) {
    value = add->activation();
  } else if (const auto* sub = from.builtin_options_as_SubOptions()) {
    value = sub->activation();
  } else if (const auto* mul = from.builtin_options_as_MulOptions()) {
    value = mul->activation();
  } else if (const auto* fc = from.builtin_options_as_FullyConnectedOptions()) {
    value = fc->activation();
    if (fc->weights_format() != 0) {
      return variant("FULLY_CONNECTED: the weights are stored shuffled", op_.name);
    }
  } else if (from.builtin_options_type() != tflite::BuiltinOptions_NONE) {
    return corrupt(fmt::format("{}: has the options of another operator", ir::toString(op_.kind)),
                   op_.name);
  }
  auto act = activation(value);
  if (!act) return std::move(act).error();
  op_.attributes = ir::FusedAttrs{*act};
  return {};
}

Result<void> TfliteReader::concatenation(const tflite::Operator& from) {
  const auto* o = from.builtin_options_as_ConcatenationOptions();
  LILONG_CHECK(needOperands(1, 4096));
  if (!o) return corrupt("CONCATENATION: the options are damaged", op_.name);
  auto along = axis(o->axis(), operand(0).rank());
  if (!along) return std::move(along).error();
  auto act = activation(o->activation());
  if (!act) return std::move(act).error();
  op_.attributes = ir::ConcatAttrs{*along, *act};
  return {};
}

Result<void> TfliteReader::softmax(const tflite::Operator& from) {
  const auto* o = from.builtin_options_as_SoftmaxOptions();
  if (!o) return corrupt("SOFTMAX: the options are damaged", op_.name);
  op_.attributes = ir::SoftmaxAttrs{o->beta()};
  return {};
}

Result<void> TfliteReader::leakyRelu(const tflite::Operator& from) {
  const auto* o = from.builtin_options_as_LeakyReluOptions();
  if (!o) return corrupt("LEAKY_RELU: the options are damaged", op_.name);
  op_.attributes = ir::LeakyReluAttrs{o->alpha()};
  return {};
}

}  // namespace lilong::frontend
