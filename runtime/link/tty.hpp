// SPDX-License-Identifier: Apache-2.0
// A serial port of the system as Port: raw, 8 data bits, no parity, any bit rate, for one process
// at a time.
#pragma once

#include <memory>
#include <vector>

#include "runtime/link/port.hpp"

namespace lilong::link {

Result<std::unique_ptr<Port>> openTty(const std::string& path, uint32_t baud);

// Serial ports that a board may be connected to, sorted.
std::vector<std::string> listTtys();

}  // namespace lilong::link
