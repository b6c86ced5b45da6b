// SPDX-License-Identifier: Apache-2.0
// Random programs of whole layers: long instructions with transfers beside them, in any order.
// They are for time only: what they compute has no meaning.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/isa/gen/isa.hpp"

namespace lilong::cycle {

inline constexpr uint32_t kLayerRegionBytes = 1u << 22;  // regions 1 (read) and 2 (both)

// Ends with END and passes the decoder; `bytes` is the program.
std::vector<uint8_t> randomLayers(const isa::Preset& preset, uint64_t seed);

}  // namespace lilong::cycle
