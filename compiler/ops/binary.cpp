// SPDX-License-Identifier: Apache-2.0
// ADD, SUB, MUL, MINIMUM, MAXIMUM: int8, NumPy broadcasting, one operand may be constant.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferBinary(Rules& r) {
  LILONG_CHECK(r.operands(2, 2));
  ir::Tensor& a = r.in(0);
  ir::Tensor& b = r.in(1);
  LILONG_CHECK(r.int8(a));
  LILONG_CHECK(r.int8(b));
  LILONG_CHECK(r.int8(r.out()));
  if (r.op().kind == ir::OpKind::minimum || r.op().kind == ir::OpKind::maximum) {
    LILONG_CHECK(r.sameQuantisation(a, b));
    LILONG_CHECK(r.sameQuantisation(a, r.out()));
  }
  if (a.constant && b.constant) return r.variant("both operands are constant");
  std::vector<int32_t> shape(std::max(a.rank(), b.rank()));
  for (size_t i = 0; i < shape.size(); ++i) {
    const int32_t da = a.dimFromEnd(i), db = b.dimFromEnd(i);
    if (da != db && da != 1 && db != 1) {
      return r.corrupt(fmt::format("shapes {} and {} do not fit together",
                                   ir::shapeToString(a.shape), ir::shapeToString(b.shape)));
    }
    shape[shape.size() - 1 - i] = std::max(da, db);
  }
  return r.outputShape(shape);
}

}  // namespace lilong::ops
