// SPDX-License-Identifier: Apache-2.0
#include "runtime/device_place.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace lilong {

namespace {

constexpr double kLongest = 86400;  // seconds

}  // namespace

std::string DevicePlace::text(std::string_view key, std::string otherwise) const {
  const auto found = values.find(key);
  return found == values.end() ? otherwise : found->second;
}

Result<uint64_t> DevicePlace::number(std::string_view key, uint64_t otherwise, uint64_t least,
                                     uint64_t most) const {
  const auto found = values.find(key);
  if (found == values.end()) return otherwise;
  std::string_view digits = found->second;
  const bool hexadecimal = digits.starts_with("0x");
  if (hexadecimal) digits.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (code != std::errc() || end != digits.data() + digits.size() || value < least ||
      value > most) {
    return makeError(
        DiagId::unknownOption,
        fmt::format("{}={} is no number from {} to {}", key, found->second, least, most), path);
  }
  return value;
}

Result<uint32_t> DevicePlace::milliseconds(std::string_view key, uint32_t otherwise) const {
  const auto found = values.find(key);
  if (found == values.end()) return otherwise;
  const std::string& digits = found->second;
  double seconds = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (code != std::errc() || end != digits.data() + digits.size() || !(seconds >= 0.001) ||
      seconds > kLongest) {
    return makeError(
        DiagId::unknownOption,
        fmt::format("{}={} is no number of seconds from 0.001 to {}", key, digits, kLongest), path);
  }
  return static_cast<uint32_t>(seconds * 1000);
}

Result<DevicePlace> parsePlace(std::string_view device, std::string_view text,
                               std::span<const std::string_view> keys) {
  DevicePlace place;
  size_t comma = text.find(',');
  place.path = text.substr(0, comma);
  if (place.path.empty()) {
    return makeError(DiagId::unknownOption,
                     fmt::format("device {} needs a path, as in {}:PATH", device, device));
  }
  while (comma != std::string_view::npos) {
    text.remove_prefix(comma + 1);
    comma = text.find(',');
    const std::string_view option = text.substr(0, comma);
    const size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals);
    if (equals == std::string_view::npos ||
        std::find(keys.begin(), keys.end(), key) == keys.end()) {
      return makeError(DiagId::unknownOption, fmt::format("device {} has no option '{}'; it has {}",
                                                          device, option, fmt::join(keys, ", ")));
    }
    if (!place.values.emplace(key, option.substr(equals + 1)).second) {
      return makeError(DiagId::unknownOption,
                       fmt::format("device {}: option '{}' is given twice", device, key));
    }
  }
  return place;
}

}  // namespace lilong
