// SPDX-License-Identifier: Apache-2.0
// MEAN over constant axes: int8.
#include <algorithm>

#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferMean(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.int8(x));
  LILONG_CHECK(r.int8(r.out()));
  const auto& a = r.op().as<ir::ReduceAttrs>();
  std::vector<bool> reduced(x.rank());
  int64_t count = 1;
  for (uint32_t axis : a.axes) {
    if (axis >= x.rank() || reduced[axis]) return r.corrupt(fmt::format("bad axis {}", axis));
    reduced[axis] = true;
    count *= x.shape[axis];
  }
  LILONG_CHECK(r.between("the number of values of one mean", count, 1, 65535 * 16));
  std::vector<int32_t> shape;
  for (size_t i = 0; i < x.rank(); ++i) {
    if (!reduced[i]) shape.push_back(x.shape[i]);
    if (reduced[i] && a.keepDims) shape.push_back(1);
  }
  return r.outputShape(shape);
}

}  // namespace lilong::ops
