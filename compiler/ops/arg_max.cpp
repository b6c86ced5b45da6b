// SPDX-License-Identifier: Apache-2.0
// ARG_MAX along a constant axis: int8 to int32 or int64.  Runs on the host.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferArgMax(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.int8(x));
  const ir::DType type = r.out().dtype;
  if (type != ir::DType::int32 && type != ir::DType::int64) {
    return r.variant("the result is neither int32 nor int64");
  }
  const auto& a = r.op().as<ir::ArgAttrs>();
  if (a.axis >= x.rank()) return r.corrupt(fmt::format("bad axis {}", a.axis));
  std::vector<int32_t> shape = x.shape;
  shape.erase(shape.begin() + a.axis);
  return r.outputShape(shape);
}

}  // namespace lilong::ops
