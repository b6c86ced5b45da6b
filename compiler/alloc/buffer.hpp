// SPDX-License-Identifier: Apache-2.0
// Scratchpad allocation: buffers with a life time get addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lilong::backend {

using BufferId = uint32_t;

// Bytes that are needed from time `first` to time `last`, both included.
struct Buffer {
  uint64_t bytes = 0;
  uint32_t first = 0, last = 0;
  uint32_t address = 0;
};

// Gives every buffer an address that is a multiple of `alignment`; buffers that are alive at the
// same time do not overlap and end at or below `capacity`.  If no strategy finds a placement, the
// result is a buffer that found no place.
std::optional<BufferId> allocate(std::vector<Buffer>& buffers, uint64_t capacity,
                                 uint32_t alignment);

// The promise of `allocate`, checked pair by pair; empty if it holds, else what is wrong.
std::optional<std::string> validateAllocation(const std::vector<Buffer>& buffers, uint64_t capacity,
                                              uint32_t alignment);

}  // namespace lilong::backend
