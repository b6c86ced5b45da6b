// SPDX-License-Identifier: Apache-2.0
// A physically contiguous buffer of the u-dma-buf driver: bytes, bus address and cache maintenance.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "runtime/uio_map.hpp"

namespace lilong {

// Where the buffer is; what is left out is read from sysfs.
struct UioBufferPlace {
  std::string path;   // the device file
  std::string sysfs;  // its folder; empty: found by its name
  std::optional<uint64_t> address, size;
};

class UioBuffer {
 public:
  Result<void> open(const UioBufferPlace& place);
  uint64_t address() const { return address_; }
  uint64_t size() const { return size_; }

  // The range must lie in the buffer.
  Result<void> read(uint64_t offset, std::span<uint8_t> bytes);
  Result<void> write(uint64_t offset, std::span<const uint8_t> bytes);

 private:
  enum class Owner { cpu, device };
  Result<void> hand(Owner to, uint64_t offset, uint64_t bytes);
  Result<uint64_t> numberFrom(const char* file) const;
  Result<void> put(const char* file, uint64_t value) const;

  UioMap map_;
  std::filesystem::path sysfs_;
  uint64_t address_ = 0, size_ = 0;
  bool synchronised_ = false;  // the buffer is cached: ranges change hands through sysfs
};

}  // namespace lilong
