// SPDX-License-Identifier: Apache-2.0
// QUANTIZE: float32, int8 or uint8 to int8 or uint8.  DEQUANTIZE: int8 or uint8 to float32.
// float32 occurs at the edges of a network and runs on the host.
#include "compiler/ops/rules.hpp"

namespace lilong::ops {

namespace {

bool isByte(ir::DType dtype) {
  return dtype == ir::DType::int8 || dtype == ir::DType::uint8;
}

Result<void> checkByte(Rules& r, const ir::Tensor& t) {
  if (!isByte(t.dtype)) {
    return r.variant(
        fmt::format("tensor '{}' is {}, not int8 or uint8", t.name, ir::toString(t.dtype)));
  }
  return r.oneScale(t);
}

}  // namespace

Result<void> inferQuantize(Rules& r) {
  LILONG_CHECK(r.operands(1, 1));
  if (r.op().kind == ir::OpKind::quantize) {
    LILONG_CHECK(checkByte(r, r.out()));
    if (r.in().dtype != ir::DType::float32) LILONG_CHECK(checkByte(r, r.in()));
  } else {
    LILONG_CHECK(checkByte(r, r.in()));
    if (r.out().dtype != ir::DType::float32) return r.variant("the result is not float32");
  }
  if (r.in().constant) return r.variant("the operand is constant");
  return r.outputShape(r.in().shape);
}

}  // namespace lilong::ops
