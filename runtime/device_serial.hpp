// SPDX-License-Identifier: Apache-2.0
// Device `serial:PATH[,baud=RATE][,timeout=SECONDS][,limit=SECONDS]`: a chip on an FPGA board
// behind the host link (docs/4-isa/6-link.md).  Cycles are those that the chip counts.
//   baud     bits per second, 3000000 unless given
//   timeout  without any answer the board is lost, 5 s
//   limit    longest job, 60 s
#pragma once

#include <memory>
#include <string_view>

#include "runtime/devices.hpp"

namespace lilong {

Result<std::unique_ptr<Device>> openSerialDevice(const DeviceOptions& options,
                                                 std::string_view place);

}  // namespace lilong
