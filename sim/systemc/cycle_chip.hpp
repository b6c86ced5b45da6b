// SPDX-License-Identifier: Apache-2.0
// CycleChip: the chip with the values of the functional simulator and the time of the timing core.
#pragma once

#include "sim/systemc/chip_module.hpp"

namespace lilong::systemc {

class CycleChip final : public ChipModule {
 public:
  explicit CycleChip(const sc_core::sc_module_name& name, const ChipOptions& options = {})
      : ChipModule(name, deviceOptions("cycle", options), options) {}
};

}  // namespace lilong::systemc
