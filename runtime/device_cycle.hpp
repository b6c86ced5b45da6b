// SPDX-License-Identifier: Apache-2.0
// Device `cycle`: values from the functional simulator, time from the timing core; both exact.
#pragma once

#include <memory>

#include "runtime/devices.hpp"

namespace lilong {

Result<std::unique_ptr<Device>> openCycleDevice(const DeviceOptions& options);

}  // namespace lilong
