// SPDX-License-Identifier: Apache-2.0
// RtlChip: the chip with values and time of the Verilated RTL; sockets and behaviour are those of
// CycleChip.  The module is found as device rtl finds it (runtime/devices.hpp).
#pragma once

#include "sim/systemc/chip_module.hpp"

namespace lilong::systemc {

class RtlChip final : public ChipModule {
 public:
  explicit RtlChip(const sc_core::sc_module_name& name, const ChipOptions& options = {})
      : ChipModule(name, deviceOptions("rtl", options), options) {}
};

}  // namespace lilong::systemc
