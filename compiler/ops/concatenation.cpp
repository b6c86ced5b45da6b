// SPDX-License-Identifier: Apache-2.0
// CONCATENATION along one axis: int8; all operands and the result have the same quantisation.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferConcatenation(Rules& r) {
  LILONG_CHECK(r.operands(1, 4096));
  const auto& a = r.op().as<ir::ConcatAttrs>();
  if (a.activation != ir::Activation::none) return r.variant("has a fused activation");
  LILONG_CHECK(r.int8(r.out()));
  std::vector<int32_t> shape = r.in(0).shape;
  if (a.axis >= shape.size()) return r.corrupt(fmt::format("bad axis {}", a.axis));
  int64_t total = 0;
  for (size_t i = 0; i < r.op().inputs.size(); ++i) {
    if (!r.has(i)) return r.corrupt(fmt::format("operand {} is missing", i));
    const ir::Tensor& x = r.in(i);
    LILONG_CHECK(r.int8(x));
    LILONG_CHECK(r.sameQuantisation(x, r.out()));
    if (x.rank() != shape.size()) return r.corrupt("the operands have different ranks");
    for (size_t d = 0; d < shape.size(); ++d) {
      if (d != a.axis && x.shape[d] != shape[d]) {
        return r.corrupt(fmt::format("operand {} of shape {} does not fit {}", i,
                                     ir::shapeToString(x.shape), ir::shapeToString(shape)));
      }
    }
    total += x.shape[a.axis];
  }
  LILONG_CHECK(r.between("the joined dimension", total, 1, INT32_MAX));
  shape[a.axis] = static_cast<int32_t>(total);
  return r.outputShape(shape);
}

}  // namespace lilong::ops
