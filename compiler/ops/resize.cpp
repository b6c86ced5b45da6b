// SPDX-License-Identifier: Apache-2.0
// RESIZE_NEAREST_NEIGHBOR of an int8 NHWC image to a constant size.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferResize(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.int8(x));
  LILONG_CHECK(r.int8(r.out()));
  LILONG_CHECK(r.rank(x, 4));
  LILONG_CHECK(r.rank(r.out(), 4));
  LILONG_CHECK(r.sameQuantisation(x, r.out()));
  const auto& a = r.op().as<ir::ResizeAttrs>();
  if (a.alignCorners && a.halfPixelCenters) {
    return r.corrupt("align_corners and half_pixel_centers exclude each other");
  }
  const auto& y = r.out().shape;
  if (y[0] != x.shape[0] || y[3] != x.shape[3]) {
    return r.corrupt("the result has another batch size or channel count");
  }
  return {};
}

}  // namespace lilong::ops
