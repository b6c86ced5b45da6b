// SPDX-License-Identifier: Apache-2.0
// Every preset fits the fixed sizes of the timing core.
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {
namespace {
constexpr bool presetsFit() {
  for (const isa::Preset& p : isa::kPresets) {
    if (p.weightVectors > kMaxWeightPorts || p.lanes > 32 || p.depth > 64) return false;
    if (!std::has_single_bit(p.depth) || !std::has_single_bit(p.lanes)) return false;
    if (!std::has_single_bit(p.scratchpadBytes)) return false;
  }
  return true;
}
static_assert(presetsFit());
}  // namespace
}  // namespace lilong::cycle
