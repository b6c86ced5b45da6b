// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/alloc/buffer.hpp"

namespace lilong::backend {

std::optional<std::string> validateAllocation(const std::vector<Buffer>& buffers, uint64_t capacity,
                                              uint32_t alignment) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer& a = buffers[i];
    if (a.first > a.last) return fmt::format("buffer {} ends before it starts", i);
    if (a.address % alignment != 0) return fmt::format("buffer {} is not aligned", i);
    if (a.address + a.bytes > capacity) return fmt::format("buffer {} leaves the scratchpad", i);
    for (size_t j = i + 1; j < buffers.size(); ++j) {
      const Buffer& b = buffers[j];
      const bool time = a.first <= b.last && b.first <= a.last;
      const bool space = a.address < b.address + b.bytes && b.address < a.address + a.bytes;
      if (time && space) return fmt::format("buffers {} and {} overlap", i, j);
    }
  }
  return std::nullopt;
}

}  // namespace lilong::backend
