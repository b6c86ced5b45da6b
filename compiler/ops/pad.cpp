// SPDX-License-Identifier: Apache-2.0
// PAD and PADV2: int8 or uint8; result and fill value have the quantisation of the input.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferPad(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  const ir::Tensor& x = r.in();
  LILONG_CHECK(r.int8(x));
  LILONG_CHECK(r.int8(r.out()));
  LILONG_CHECK(r.sameQuantisation(x, r.out()));
  const auto& a = r.op().as<ir::PadAttrs>();
  if (a.before.size() != x.rank() || a.after.size() != x.rank()) {
    return r.corrupt(
        fmt::format("paddings of {} dimensions for a tensor of {}", a.before.size(), x.rank()));
  }
  std::vector<int32_t> shape(x.rank());
  for (size_t i = 0; i < shape.size(); ++i) {
    if (a.before[i] < 0 || a.after[i] < 0) return r.corrupt("a padding is negative");
    const int64_t size = int64_t{x.shape[i]} + a.before[i] + a.after[i];
    LILONG_CHECK(r.between("a padded dimension", size, 1, INT32_MAX));
    shape[i] = static_cast<int32_t>(size);
  }
  return r.outputShape(shape);
}

}  // namespace lilong::ops
