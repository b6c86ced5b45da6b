// SPDX-License-Identifier: Apache-2.0
// TRANSPOSE with a constant permutation: int8.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferTranspose(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.sameType(x, r.out()));
  LILONG_CHECK(r.int8(x));
  if (x.constant) return r.variant("the operand is constant");
  const auto& a = r.op().as<ir::TransposeAttrs>();
  if (a.perm.size() != x.rank())
    return r.corrupt("the permutation does not have the operand's rank");
  std::vector<bool> seen(x.rank());
  std::vector<int32_t> shape;
  for (uint32_t axis : a.perm) {
    if (axis >= x.rank() || seen[axis]) return r.corrupt("the permutation is not one");
    seen[axis] = true;
    shape.push_back(x.shape[axis]);
  }
  return r.outputShape(shape);
}

}  // namespace lilong::ops
