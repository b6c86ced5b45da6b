// SPDX-License-Identifier: Apache-2.0
// Operators on single values: RELU, RELU6, RELU_N1_TO_1, LOGISTIC, TANH, HARD_SWISH, LEAKY_RELU,
// ELU, ABS; int8.
#include <cmath>

#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferUnary(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  LILONG_CHECK(r.int8(r.in()));
  LILONG_CHECK(r.int8(r.out()));
  switch (r.op().kind) {
    case ir::OpKind::logistic:
      LILONG_CHECK(r.outputQuantisation(1.0f / 256, -128));
      break;
    case ir::OpKind::tanh:
      LILONG_CHECK(r.outputQuantisation(1.0f / 128, 0));
      break;
    case ir::OpKind::leakyRelu: {
      const float alpha = r.op().as<ir::LeakyReluAttrs>().alpha;
      if (!std::isfinite(alpha)) return r.corrupt("alpha is not a finite number");
      break;
    }
    default:
      break;
  }
  return r.outputShape(r.in().shape);
}

}  // namespace lilong::ops
