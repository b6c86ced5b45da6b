// SPDX-License-Identifier: Apache-2.0
// Port: bytes to and from the device's end of a link.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sim/base/result.hpp"

namespace lilong::link {

class Port {
 public:
  using Duration = std::chrono::microseconds;

  virtual ~Port() = default;

  virtual const std::string& name() const = 0;
  // At least one byte, or 0 when none came in that time.
  virtual Result<size_t> read(std::span<uint8_t> to, Duration patience) = 0;
  // All bytes; an error if the line takes none for that time.
  virtual Result<void> write(std::span<const uint8_t> bytes, Duration patience) = 0;
  // Forgets what has come in and was not read.
  virtual void discardInput() = 0;
};

}  // namespace lilong::link
