// SPDX-License-Identifier: Apache-2.0
// RegisterDevice: a Device whose chip is reached through its registers and a window of memory,
// whatever carries them (a serial link, a mapped file).  One order of accesses for all of them.
#pragma once

#include <memory>

#include "runtime/device.hpp"

namespace lilong {

// What carries registers and memory.  An error leaves it disconnected until `connect` has gone
// well.
class RegisterBus {
 public:
  // Registers from `offset` on, a multiple of 4, in rising order.
  struct Write {
    uint32_t offset;
    std::vector<uint32_t> values;
  };
  struct Read {
    uint32_t offset;
    std::span<uint32_t> values;
  };

  virtual ~RegisterBus() = default;

  virtual std::string where() const = 0;  // for messages: the path of the device
  virtual bool connected() const = 0;
  virtual Result<void> connect() = 0;

  virtual uint64_t memoryBytes() const = 0;
  virtual uint64_t memoryBase() const { return 0; }  // bus address of the device's address 0

  virtual Result<void> read(std::span<const Read> reads) = 0;
  // Writes take effect in their order; the last one only after all memory written before.
  virtual Result<void> write(std::span<const Write> writes) = 0;
  virtual Result<void> readMemory(uint64_t address, std::span<uint8_t> bytes) = 0;
  virtual Result<void> writeMemory(uint64_t address, std::span<const uint8_t> bytes) = 0;
  // Whether the interrupt is high, after at most that many milliseconds.
  virtual Result<bool> waitInterrupt(uint32_t milliseconds) = 0;
};

struct RegisterDeviceOptions {
  std::string name;                   // "serial", "uio"
  std::string preset;                 // that the chip must have
  uint32_t jobMilliseconds = 60'000;  // a job may take that long
};

// Connects, checks that the chip is one of this version and preset, and resets it.
Result<std::unique_ptr<Device>> openRegisterDevice(std::unique_ptr<RegisterBus> bus,
                                                   RegisterDeviceOptions options);

}  // namespace lilong
