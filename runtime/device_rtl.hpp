// SPDX-License-Identifier: Apache-2.0
// Device `rtl`: the Verilated chip, driven through its pins, with the timed model of the external
// memory.  Cycles are those of the chip.
#pragma once

#include <memory>
#include <string>

#include "runtime/devices.hpp"

namespace lilong {

Result<std::unique_ptr<Device>> makeRtlDevice(const DeviceOptions& options);

// What keeps the device from being opened with these options, one sentence; empty if nothing.
std::string missingForRtlDevice(const DeviceOptions& options);

}  // namespace lilong
