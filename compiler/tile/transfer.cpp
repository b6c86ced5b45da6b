// SPDX-License-Identifier: Apache-2.0
#include "compiler/tile/transfer.hpp"

namespace lilong::backend {

Transfer makeTransfer(const TransferShape& s) {
  Transfer t;
  const bool samePixels = s.width == 1 || s.memPixPitch == s.spPixPitch;
  const bool wholePixels = s.channels == s.memPixPitch || s.channels == s.spPixPitch ||
                           s.memPixPitch - s.channels < isa::kGranule;
  const uint32_t rowBytes = (s.width - 1) * s.memPixPitch + s.channels;
  if (samePixels && (wholePixels || s.width == 1)) {
    if (s.rows == 1 || (s.memRowPitch == s.spRowPitch && s.memRowPitch - rowBytes < 64)) {
      t.rowBytes = (s.rows - 1) * s.memRowPitch + rowBytes;
      return t;
    }
    t.rowBytes = rowBytes;
    t.rows = s.rows;
    t.memRowStride = s.memRowPitch;
    t.spRowStride = s.spRowPitch;
    return t;
  }
  t.rowBytes = s.channels;
  t.rows = s.width;
  t.memRowStride = s.memPixPitch;
  t.spRowStride = s.spPixPitch;
  t.planes = s.rows;
  t.memPlaneStride = s.memRowPitch;
  t.spPlaneStride = s.spRowPitch;
  return t;
}

}  // namespace lilong::backend
