// SPDX-License-Identifier: Apache-2.0
// RESHAPE, SQUEEZE, EXPAND_DIMS: the bytes stay, the shape changes.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferReshape(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.sameType(x, r.out()));
  if (x.dtype != ir::DType::int8 && x.dtype != ir::DType::uint8) {
    return r.variant(fmt::format("tensor '{}' is {}", x.name, ir::toString(x.dtype)));
  }
  if (x.constant) return r.variant("the operand is constant");
  // The front end has set the shape; what remains is that no element is lost.
  if (r.out().elements() != x.elements()) {
    return r.corrupt(fmt::format("shape {} cannot become {}", ir::shapeToString(x.shape),
                                 ir::shapeToString(r.out().shape)));
  }
  return {};
}

}  // namespace lilong::ops
