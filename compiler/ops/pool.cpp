// SPDX-License-Identifier: Apache-2.0
// MAX_POOL_2D and AVERAGE_POOL_2D: int8 NHWC image; input and output have the same quantisation.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferPool(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  ir::Tensor& x = r.in();
  LILONG_CHECK(r.int8(x));
  LILONG_CHECK(r.int8(r.out()));
  LILONG_CHECK(r.rank(x, 4));
  LILONG_CHECK(r.sameQuantisation(x, r.out()));
  const auto& a = r.op().as<ir::Pool2dAttrs>();
  LILONG_CHECK(r.between("the window height", a.kernelY, 1, 255));
  LILONG_CHECK(r.between("the window width", a.kernelX, 1, 255));
  LILONG_CHECK(r.between("the vertical stride", a.strideY, 1, 255));
  LILONG_CHECK(r.between("the horizontal stride", a.strideX, 1, 255));
  LILONG_CHECK(r.between("the number of channels", x.shape[3], 1, 65535));
  LILONG_CHECK(r.between("the height", x.shape[1], 1, 65535));
  LILONG_CHECK(r.between("the width", x.shape[2], 1, 65535));
  const auto& pad = a.padding;
  // A window that lies in the padding alone has no value.
  if (pad.top >= a.kernelY || pad.bottom >= a.kernelY || pad.left >= a.kernelX ||
      pad.right >= a.kernelX) {
    return r.corrupt("a window lies outside the image");
  }
  const int64_t height =
      windowPositions(x.shape[1], int64_t{pad.top} + pad.bottom, a.kernelY, a.strideY);
  const int64_t width =
      windowPositions(x.shape[2], int64_t{pad.left} + pad.right, a.kernelX, a.strideX);
  if (height < 1 || width < 1) return r.corrupt("the window is larger than the image");
  return r.outputShape(
      {x.shape[0], static_cast<int32_t>(height), static_cast<int32_t>(width), x.shape[3]});
}

}  // namespace lilong::ops
