// SPDX-License-Identifier: Apache-2.0
// Transfers of row and channel ranges between two layouts of the same tensor.
#pragma once

#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

struct TransferShape {
  uint32_t rows = 1, width = 1, channels = 1;
  uint32_t memPixPitch = 1, memRowPitch = 1;
  uint32_t spPixPitch = 1, spRowPitch = 1;
};

// The fewest, longest rows that copy exactly these elements (and pad bytes that both layouts have).
Transfer makeTransfer(const TransferShape& shape);

}  // namespace lilong::backend
