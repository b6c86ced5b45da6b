// SPDX-License-Identifier: Apache-2.0
// SOFTMAX over the last dimension: int8 to int8 with scale 1/256 and zero point -128.
#include <cmath>

#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferSoftmax(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  LILONG_CHECK(r.int8(r.in()));
  LILONG_CHECK(r.int8(r.out()));
  LILONG_CHECK(r.outputQuantisation(1.0f / 256, -128));
  if (r.in().rank() < 1) return r.corrupt("the operand has no dimension");
  LILONG_CHECK(r.between("the number of classes", r.in().shape.back(), 1, 65535));
  const float beta = r.op().as<ir::SoftmaxAttrs>().beta;
  if (!std::isfinite(beta) || beta <= 0.0f) return r.corrupt(fmt::format("beta is {}", beta));
  return r.outputShape(r.in().shape);
}

}  // namespace lilong::ops
