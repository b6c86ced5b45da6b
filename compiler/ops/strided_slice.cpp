// SPDX-License-Identifier: Apache-2.0
// STRIDED_SLICE with constant begin, end and strides: int8 or uint8.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferStridedSlice(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.sameType(x, r.out()));
  LILONG_CHECK(r.int8(x));
  if (x.constant) return r.variant("the operand is constant");
  const auto& a = r.op().as<ir::SliceAttrs>();
  if (a.begin.size() != x.rank() || a.stride.size() != x.rank() || a.size.size() != x.rank()) {
    return r.corrupt("the slice does not have the operand's rank");
  }
  uint64_t elements = 1;
  for (size_t i = 0; i < x.rank(); ++i) {
    const int64_t last = a.begin[i] + int64_t{a.size[i] - 1} * a.stride[i];
    if (a.size[i] < 1) return r.variant(fmt::format("dimension {} of the slice is empty", i));
    if (a.begin[i] < 0 || a.begin[i] >= x.shape[i] || last < 0 || last >= x.shape[i]) {
      return r.corrupt(fmt::format("dimension {} of the slice leaves the operand", i));
    }
    elements *= static_cast<uint64_t>(a.size[i]);
  }
  // Which dimensions of size 1 are left out was decided by the front end.
  if (r.out().elements() != elements) {
    return r.corrupt(fmt::format("the result has shape {}, the slice {}",
                                 ir::shapeToString(r.out().shape), ir::shapeToString(a.size)));
  }
  return {};
}

}  // namespace lilong::ops
