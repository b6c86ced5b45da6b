// SPDX-License-Identifier: Apache-2.0
// Device `uio:DEVICE,buffer=BUFFER[,OPTION=VALUE]...`: a chip in a SoC FPGA under Linux.  Registers
// come through UIO (DEVICE, such as /dev/uio0), memory through a physically contiguous buffer of
// the u-dma-buf driver (BUFFER, such as /dev/udmabuf0).
//   address  bus address of the buffer; unless given, from sysfs
//   size     bytes of the buffer; unless given, from sysfs
//   sysfs    folder of the buffer in sysfs, /sys/class/u-dma-buf/NAME unless given
//   irq      file that an interrupt makes readable, DEVICE unless given
//   limit    longest job in seconds, 60
// An interrupt is awaited by reading DEVICE; a DEVICE without interrupts is polled.
#pragma once

#include <memory>
#include <string_view>

#include "runtime/devices.hpp"

namespace lilong {

Result<std::unique_ptr<Device>> openUioDevice(const DeviceOptions& options, std::string_view place);

}  // namespace lilong
