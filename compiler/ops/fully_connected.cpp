// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED: int8 input of any shape with K values a row, constant int8 weights [N, K] (per
// tensor or per output, zero point 0), optional constant int32 bias.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferFullyConnected(Rules& r) {
  LILONG_CHECK(r.operands(2, 3));
  ir::Tensor& x = r.in(0);
  ir::Tensor& w = r.in(1);
  LILONG_CHECK(r.int8(x));
  LILONG_CHECK(r.int8(r.out()));
  LILONG_CHECK(r.rank(w, 2));
  if (w.dtype != ir::DType::int8 || !w.constant) {
    return r.variant("the weights must be constant int8");
  }
  if (!w.quant.quantised()) return r.variant("the weights have no quantisation");
  if (w.quant.perChannel() && w.quant.axis != 0) {
    return r.corrupt(fmt::format("the weights are quantised along dimension {}", w.quant.axis));
  }
  for (int32_t zero : w.quant.zeroPoints) {
    if (zero != 0) return r.variant("the weights have a zero point that is not 0");
  }
  const int32_t units = w.shape[0], depth = w.shape[1];
  LILONG_CHECK(r.between("the number of outputs", units, 1, 65535));
  if (r.has(2)) {
    const ir::Tensor& bias = r.in(2);
    if (bias.dtype != ir::DType::int32 || !bias.constant) {
      return r.variant("the bias must be a constant int32 tensor");
    }
    if (bias.elements() != static_cast<uint64_t>(units)) {
      return r.corrupt(
          fmt::format("the bias has {} values for {} outputs", bias.elements(), units));
    }
  }
  if (x.elements() % static_cast<uint64_t>(depth) != 0) {
    return r.corrupt(
        fmt::format("{} input values cannot be split into rows of {}", x.elements(), depth));
  }
  const auto rows = static_cast<int32_t>(x.elements() / static_cast<uint64_t>(depth));
  // With keep_num_dims the result keeps the leading dimensions; either form has these elements.
  const ir::Tensor& y = r.out();
  if (y.rank() > 2 && y.shape.back() == units &&
      y.elements() == static_cast<uint64_t>(rows) * static_cast<uint64_t>(units)) {
    return {};
  }
  return r.outputShape({rows, units});
}

}  // namespace lilong::ops
