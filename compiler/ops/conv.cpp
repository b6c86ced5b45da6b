// SPDX-License-Identifier: Apache-2.0
// CONV_2D and DEPTHWISE_CONV_2D: int8 NHWC image, constant int8 weights (per tensor or per output
// channel, zero point 0), optional constant int32 bias.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

namespace {

using ir::DType;

Result<void> checkBias(Rules& r, int32_t channels) {
  if (!r.has(2)) return {};
  const ir::Tensor& bias = r.in(2);
  if (bias.dtype != DType::int32 || !bias.constant) {
    return r.variant("the bias must be a constant int32 tensor");
  }
  if (bias.elements() != static_cast<uint64_t>(channels)) {
    return r.corrupt(
        fmt::format("the bias has {} values for {} channels", bias.elements(), channels));
  }
  return {};
}

Result<void> checkGeometry(Rules& r, const ir::Conv2dAttrs& a, int32_t kernelY, int32_t kernelX) {
  LILONG_CHECK(r.between("the kernel height", kernelY, 1, 255));
  LILONG_CHECK(r.between("the kernel width", kernelX, 1, 255));
  LILONG_CHECK(r.between("the vertical stride", a.strideY, 1, 255));
  LILONG_CHECK(r.between("the horizontal stride", a.strideX, 1, 255));
  LILONG_CHECK(r.between("the vertical dilation", a.dilationY, 1, 255));
  LILONG_CHECK(r.between("the horizontal dilation", a.dilationX, 1, 255));
  LILONG_CHECK(r.between("the padding above", a.padding.top, 0, 255));
  return {};
}

}  // namespace

Result<void> inferConv(Rules& r) {
  LILONG_CHECK(r.operands(2, 3));
  ir::Tensor& x = r.in(0);
  ir::Tensor& w = r.in(1);
  LILONG_CHECK(r.int8(x));
  LILONG_CHECK(r.int8(r.out()));
  LILONG_CHECK(r.rank(x, 4));
  LILONG_CHECK(r.rank(w, 4));
  if (w.dtype != DType::int8 || !w.constant) return r.variant("the weights must be constant int8");
  const bool depthwise = r.op().kind == ir::OpKind::depthwiseConv2d;
  const size_t axis = depthwise ? 3 : 0;
  const int32_t channels = w.shape[axis];
  LILONG_CHECK(r.between("the number of channels", channels, 1, 65535));
  LILONG_CHECK(r.between("the number of input channels", x.shape[3], 1, 65535));
  if (!w.quant.quantised()) return r.variant("the weights have no quantisation");
  if (w.quant.perChannel() && w.quant.axis != axis) {
    return r.corrupt(fmt::format("the weights are quantised along dimension {}", w.quant.axis));
  }
  for (int32_t zero : w.quant.zeroPoints) {
    if (zero != 0) return r.variant("the weights have a zero point that is not 0");
  }
  auto& attrs = std::get<ir::Conv2dAttrs>(r.op().attributes);
  if (depthwise) {
    if (w.shape[0] != 1 || channels % x.shape[3] != 0) {
      return r.corrupt(fmt::format("weights of shape {} do not fit {} input channels",
                                   ir::shapeToString(w.shape), x.shape[3]));
    }
    attrs.depthMultiplier = channels / x.shape[3];
  } else if (w.shape[3] != x.shape[3]) {
    if (x.shape[3] % w.shape[3] == 0) {
      return r.variant(
          fmt::format("{} groups of channels (grouped convolution)", x.shape[3] / w.shape[3]));
    }
    return r.corrupt(fmt::format("weights of shape {} do not fit {} input channels",
                                 ir::shapeToString(w.shape), x.shape[3]));
  }
  LILONG_CHECK(checkBias(r, channels));
  LILONG_CHECK(checkGeometry(r, attrs, w.shape[1], w.shape[2]));
  const auto& pad = attrs.padding;
  const int64_t height = windowPositions(x.shape[1], int64_t{pad.top} + pad.bottom,
                                         spannedBy(w.shape[1], attrs.dilationY), attrs.strideY);
  const int64_t width = windowPositions(x.shape[2], int64_t{pad.left} + pad.right,
                                        spannedBy(w.shape[2], attrs.dilationX), attrs.strideX);
  if (height < 1 || width < 1) return r.corrupt("the kernel is larger than the image");
  LILONG_CHECK(r.between("the height", x.shape[1], 1, 65535));
  LILONG_CHECK(r.between("the width", x.shape[2], 1, 65535));
  return r.outputShape(
      {x.shape[0], static_cast<int32_t>(height), static_cast<int32_t>(width), channels});
}

}  // namespace lilong::ops
