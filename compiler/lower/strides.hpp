// SPDX-License-Identifier: Apache-2.0
// Strided copies of any rank as parts that a COPY instruction can do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/lower/vector_kernels.hpp"

namespace lilong::backend {

// One loop of a copy: outermost first in a list; strides in bytes.  A negative source stride walks
// backwards.
struct CopyLoop {
  uint64_t count = 1;
  int64_t source = 0;
  int64_t destination = 0;
};

// Copies of single bytes in these loops, merged into runs and split into instructions.  `prototype`
// gives input, source and destination offset.  False if more than `kMaxCopyParts` would be needed.
inline constexpr size_t kMaxCopyParts = 4096;
bool appendCopies(const CopyPart& prototype, std::vector<CopyLoop> loops,
                  std::vector<CopyPart>& parts);

// Byte strides of the dimensions of a tensor that lies in `grid` (rows are folded, a single column
// may be transposed into a row).
std::vector<int64_t> byteStrides(std::span<const int32_t> shape, const Grid& grid);

}  // namespace lilong::backend
