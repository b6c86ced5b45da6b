// SPDX-License-Identifier: Apache-2.0
#include "runtime/uio_buffer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <fstream>

namespace lilong {

namespace {

// Values of the file sync_direction.
constexpr uint64_t kToDevice = 1, kFromDevice = 2;

}  // namespace

Result<uint64_t> UioBuffer::numberFrom(const char* file) const {
  const std::filesystem::path path = sysfs_ / file;
  std::ifstream in(path);
  std::string text;
  in >> text;
  std::string_view digits = text;
  const bool hexadecimal = digits.starts_with("0x");
  if (hexadecimal) digits.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (in && code == std::errc() && end == digits.data() + digits.size()) return value;
  Error error =
      makeError(DiagId::deviceUnavailable, "there is no number to be read", path.string());
  error.diagnostics.front().remedy =
      "Load the module u-dma-buf, or give address= and size= of the buffer";
  return error;
}

Result<void> UioBuffer::put(const char* file, uint64_t value) const {
  const std::filesystem::path path = sysfs_ / file;
  std::ofstream out(path);
  out << value << std::flush;
  if (out) return {};
  return makeError(DiagId::deviceUnavailable, "the cache of the buffer cannot be handed over",
                   path.string());
}

Result<void> UioBuffer::open(const UioBufferPlace& place) {
  sysfs_ = place.sysfs;
  if (place.sysfs.empty()) {
    const std::filesystem::path name = std::filesystem::path(place.path).filename();
    sysfs_ = std::filesystem::path("/sys/class/u-dma-buf") / name;
    std::error_code ignored;
    if (!std::filesystem::exists(sysfs_, ignored)) {  // before version 4 of the driver
      const std::filesystem::path older = std::filesystem::path("/sys/class/udmabuf") / name;
      if (std::filesystem::exists(older, ignored)) sysfs_ = older;
    }
  }
  Result<uint64_t> address = place.address ? *place.address : numberFrom("phys_addr");
  if (!address) return address.error();
  Result<uint64_t> size = place.size ? *place.size : numberFrom("size");
  if (!size) return size.error();
  if (Result<void> done = map_.open(place.path, *size); !done) return done;
  address_ = *address;
  size_ = *size;
  std::error_code ignored;
  synchronised_ = std::filesystem::exists(sysfs_ / "sync_for_device", ignored);
  return {};
}

Result<void> UioBuffer::hand(Owner to, uint64_t offset, uint64_t bytes) {
  if (!synchronised_ || bytes == 0) return {};
  if (Result<void> done = put("sync_offset", offset); !done) return done;
  if (Result<void> done = put("sync_size", bytes); !done) return done;
  const bool device = to == Owner::device;
  if (Result<void> done = put("sync_direction", device ? kToDevice : kFromDevice); !done) {
    return done;
  }
  return put(device ? "sync_for_device" : "sync_for_cpu", 1);
}

Result<void> UioBuffer::read(uint64_t offset, std::span<uint8_t> bytes) {
  if (Result<void> done = hand(Owner::cpu, offset, bytes.size()); !done) return done;
  if (!bytes.empty()) std::memcpy(bytes.data(), map_.data() + offset, bytes.size());
  return {};
}

Result<void> UioBuffer::write(uint64_t offset, std::span<const uint8_t> bytes) {
  if (!bytes.empty()) std::memcpy(map_.data() + offset, bytes.data(), bytes.size());
  return hand(Owner::device, offset, bytes.size());
}

}  // namespace lilong
