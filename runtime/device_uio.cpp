// SPDX-License-Identifier: Apache-2.0
// Device `uio`.
#include "runtime/device_uio.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "runtime/device_place.hpp"
#include "runtime/register_device.hpp"
#include "runtime/uio_buffer.hpp"
#include "runtime/uio_map.hpp"

namespace lilong {

namespace {

constexpr size_t kRegisterBytes = 4096;
constexpr uint32_t kLimitMs = 60'000;
constexpr uint64_t kAddressEnd = uint64_t{1} << isa::kAxiAddrWidth;
constexpr uint64_t kBaseAlignment = 64;
// Between two looks at a chip without interrupts.
constexpr std::chrono::microseconds kFirstPause{20}, kLongestPause{1000};

// A write may be under way that long.
constexpr std::chrono::milliseconds kSettleLimit{200};

// Everything written before is seen by the device before what follows.
void barrier() {
#if defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("dsb sy" ::: "memory");
#else
  __sync_synchronize();
#endif
}

class UioBus final : public RegisterBus {
 public:
  UioBus(std::string device, std::string interrupts, UioBufferPlace buffer)
      : device_(std::move(device)), interrupts_(std::move(interrupts)), place_(std::move(buffer)) {}

  std::string where() const override { return device_; }
  bool connected() const override { return connected_; }
  uint64_t memoryBytes() const override { return buffer_.size(); }
  uint64_t memoryBase() const override { return buffer_.address(); }

  Result<void> connect() override {
    connected_ = false;
    if (Result<void> done = registers_.open(device_, kRegisterBytes); !done) return done;
    if (Result<void> done = buffer_.open(place_); !done) return done;
    if (buffer_.address() % kBaseAlignment != 0 || buffer_.size() > kAddressEnd ||
        buffer_.address() > kAddressEnd - buffer_.size()) {
      return makeError(DiagId::deviceUnavailable,
                       fmt::format("the chip cannot reach a buffer of {} bytes at {:#x}",
                                   buffer_.size(), buffer_.address()),
                       place_.path);
    }
    if (Result<void> done = irq_.open(interrupts_, O_RDWR | O_NONBLOCK); !done) return done;
    connected_ = true;
    return {};
  }

  Result<void> read(std::span<const Read> reads) override {
    for (const Read& r : reads) {
      for (size_t i = 0; i < r.values.size(); ++i) r.values[i] = load(r.offset + 4 * i);
    }
    return {};
  }

  Result<void> write(std::span<const Write> writes) override {
    for (const Write& w : writes) {
      barrier();
      for (size_t i = 0; i < w.values.size(); ++i) store(w.offset + 4 * i, w.values[i]);
      if (w.offset != isa::kRegControl && w.offset != isa::kRegIrqStatus) continue;
      if (!settles(w.offset, w.values[0])) {
        return makeError(
            DiagId::deviceUnavailable,
            fmt::format("register {:#05x} does not take the value {:#x}", w.offset, w.values[0]),
            device_);
      }
    }
    return {};
  }

  Result<void> readMemory(uint64_t address, std::span<uint8_t> bytes) override {
    return buffer_.read(address, bytes);
  }
  Result<void> writeMemory(uint64_t address, std::span<const uint8_t> bytes) override {
    return buffer_.write(address, bytes);
  }

  Result<bool> waitInterrupt(uint32_t milliseconds) override {
    const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
    if (irq_.regular() || !enableInterrupt()) return pollUntil(end);
    // The interrupt may have come before it was enabled: look first, then wait, then look again.
    if (high()) return true;
    pollfd item{irq_.fd(), POLLIN, 0};
    if (poll(&item, 1, static_cast<int>(milliseconds)) > 0) {
      uint32_t count = 0;
      (void)!::read(irq_.fd(), &count, sizeof count);
    }
    return high();
  }

 private:
  using Clock = std::chrono::steady_clock;

  uint32_t load(size_t offset) const {
    const uint32_t value = *reinterpret_cast<const volatile uint32_t*>(registers_.data() + offset);
    barrier();  // memory is read after the register
    return value;
  }
  void store(size_t offset, uint32_t value) {
    *reinterpret_cast<volatile uint32_t*>(registers_.data() + offset) = value;
  }
  // Commands and cleared interrupts read as 0 once the write has arrived: what comes after must not
  // see the state before.
  bool settles(size_t offset, uint32_t bits) const {
    barrier();
    const auto end = Clock::now() + kSettleLimit;
    while ((load(offset) & bits) != 0) {
      if (Clock::now() > end) return false;
    }
    return true;
  }
  bool high() const { return (load(isa::kRegStatus) & isa::kRegStatusIrqMask) != 0; }

  // UIO switches an interrupt off when it has come.  False: the device has none.
  bool enableInterrupt() {
    if (!irq_.character()) return true;
    const uint32_t on = 1;
    return ::write(irq_.fd(), &on, sizeof on) == sizeof on;
  }

  bool pollUntil(Clock::time_point end) const {
    for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
      if (high()) return true;
      if (Clock::now() >= end) return false;
      std::this_thread::sleep_for(pause);
    }
  }

  std::string device_, interrupts_;
  UioBufferPlace place_;
  UioMap registers_;
  UioFile irq_;
  UioBuffer buffer_;
  bool connected_ = false;
};

}  // namespace

Result<std::unique_ptr<Device>> openUioDevice(const DeviceOptions& options, std::string_view text) {
  constexpr std::array<std::string_view, 6> kKeys{"buffer", "address", "size",
                                                  "sysfs",  "irq",     "limit"};
  Result<DevicePlace> place = parsePlace("uio", text, kKeys);
  if (!place) return place.error();
  UioBufferPlace buffer;
  buffer.path = place->text("buffer", {});
  if (buffer.path.empty()) {
    return makeError(DiagId::unknownOption,
                     "device uio needs a buffer, as in uio:/dev/uio0,buffer=/dev/udmabuf0");
  }
  buffer.sysfs = place->text("sysfs", {});
  if (place->values.contains("address")) {
    Result<uint64_t> address = place->number("address", 0, 0, kAddressEnd - 1);
    if (!address) return address.error();
    buffer.address = *address;
  }
  if (place->values.contains("size")) {
    Result<uint64_t> size = place->number("size", 0, 1, kAddressEnd);
    if (!size) return size.error();
    buffer.size = *size;
  }
  Result<uint32_t> limit = place->milliseconds("limit", kLimitMs);
  if (!limit) return limit.error();
  std::string interrupts = place->text("irq", place->path);
  return openRegisterDevice(
      std::make_unique<UioBus>(place->path, std::move(interrupts), std::move(buffer)),
      {"uio", options.preset, *limit});
}

}  // namespace lilong
