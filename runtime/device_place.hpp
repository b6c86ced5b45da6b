// SPDX-License-Identifier: Apache-2.0
// Where a device is: "PATH[,KEY=VALUE]...", what follows "serial:" and "uio:".
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/result.hpp"

namespace lilong {

struct DevicePlace {
  std::string path;
  std::map<std::string, std::string, std::less<>> values;

  // The value of a key, or `otherwise`.
  std::string text(std::string_view key, std::string otherwise) const;
  // A whole number, also hexadecimal, from `least` to `most`.
  Result<uint64_t> number(std::string_view key, uint64_t otherwise, uint64_t least,
                          uint64_t most) const;
  // Seconds as milliseconds, from 1 ms to a day.
  Result<uint32_t> milliseconds(std::string_view key, uint32_t otherwise) const;
};

// Refuses an empty path, unknown and repeated keys.  `device` is for messages.
Result<DevicePlace> parsePlace(std::string_view device, std::string_view text,
                               std::span<const std::string_view> keys);

}  // namespace lilong
