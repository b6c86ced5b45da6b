// SPDX-License-Identifier: Apache-2.0
// Device `functional`: the functional simulator on host memory.  Exact results, no time.
#pragma once

#include <memory>

#include "runtime/devices.hpp"

namespace lilong {

Result<std::unique_ptr<Device>> openFunctionalDevice(const DeviceOptions& options);

}  // namespace lilong
