// SPDX-License-Identifier: Apache-2.0
// Device `serial`.
#include "runtime/device_serial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/device_place.hpp"
#include "runtime/link/client.hpp"
#include "runtime/link/tty.hpp"
#include "runtime/register_device.hpp"

namespace lilong {

namespace {

using link::Client;
using link::Item;
using link::Request;

constexpr uint64_t kMinBaud = 300, kMaxBaud = 50'000'000;
constexpr uint32_t kTimeoutMs = 5'000, kLimitMs = 60'000;
constexpr uint64_t kBatchBytes = 64 * 1024;  // between two reports of progress
constexpr uint64_t kProgressFrom = 32 * 1024;

class SerialBus final : public RegisterBus {
 public:
  SerialBus(std::string path, const link::ClientOptions& options,
            std::function<void(uint64_t, uint64_t)> progress)
      : path_(std::move(path)), options_(options), progress_(std::move(progress)) {}

  std::string where() const override { return path_; }
  bool connected() const override { return client_ != nullptr; }
  uint64_t memoryBytes() const override { return memoryBytes_; }

  Result<void> connect() override {
    client_.reset();
    Result<std::unique_ptr<link::Port>> port = link::openTty(path_, options_.baud);
    if (!port) return port.error();
    auto client = std::make_unique<Client>(std::move(*port), options_);
    Result<link::Hello> hello = client->hello();
    if (!hello) return hello.error();
    if (hello->magic != link::kMagic) {
      return makeError(DiagId::deviceMismatch, "what answers is no Lilong board", path_);
    }
    memoryBytes_ = hello->memoryBytes;
    client_ = std::move(client);
    return {};
  }

  Result<void> read(std::span<const Read> reads) override {
    std::vector<std::vector<uint8_t>> bytes;
    std::vector<Item> items;
    for (const Read& r : reads) {
      bytes.emplace_back(r.values.size() * 4);
      items.push_back({Request::regRead, r.offset, {}, bytes.back()});
    }
    if (Result<void> done = run(items); !done) return done;
    for (size_t i = 0; i < reads.size(); ++i) {
      for (size_t k = 0; k < reads[i].values.size(); ++k) {
        uint32_t word = 0;
        for (size_t b = 0; b < 4; ++b) word |= uint32_t{bytes[i][4 * k + b]} << (8 * b);
        reads[i].values[k] = word;
      }
    }
    return {};
  }

  Result<void> write(std::span<const Write> writes) override {
    std::vector<std::vector<uint8_t>> bytes;
    std::vector<Item> items;
    for (const Write& w : writes) {
      std::vector<uint8_t>& to = bytes.emplace_back();
      for (uint32_t word : w.values) {
        for (int b = 0; b < 4; ++b) to.push_back(static_cast<uint8_t>(word >> (8 * b)));
      }
      items.push_back({Request::regWrite, w.offset, to, {}});
    }
    return run(items);
  }

  Result<void> readMemory(uint64_t address, std::span<uint8_t> bytes) override {
    std::vector<Item> items;
    for (size_t at = 0; at < bytes.size();) {
      const size_t part = partOf(address + at, bytes.size() - at);
      items.push_back(
          {Request::memRead, static_cast<uint32_t>(address + at), {}, bytes.subspan(at, part)});
      at += part;
    }
    return run(items);
  }

  Result<void> writeMemory(uint64_t address, std::span<const uint8_t> bytes) override {
    std::vector<Item> items;
    uint64_t inBatch = 0;
    for (size_t at = 0; at < bytes.size();) {
      const size_t part = partOf(address + at, bytes.size() - at);
      items.push_back(
          {Request::memWrite, static_cast<uint32_t>(address + at), bytes.subspan(at, part), {}});
      at += part;
      inBatch += part;
      if (inBatch < kBatchBytes && at < bytes.size()) continue;
      if (Result<void> done = run(items); !done) return done;
      items.clear();
      inBatch = 0;
      if (progress_ && bytes.size() >= kProgressFrom) progress_(at, bytes.size());
    }
    return {};
  }

  Result<bool> waitInterrupt(uint32_t milliseconds) override {
    const std::array items{Item{Request::wait, milliseconds}};
    Result<bool> irq = client_->run(items);
    if (!irq) dropIfLost(irq.error());
    return irq;
  }

 private:
  // One request stays within a block of its size: one burst for the board.
  static size_t partOf(uint64_t address, size_t rest) {
    return std::min<size_t>(rest, link::kMaxPayload - address % link::kMaxPayload);
  }

  Result<void> run(std::span<const Item> items) {
    Result<bool> done = client_->run(items);
    if (done) return {};
    dropIfLost(done.error());
    return done.error();
  }

  void dropIfLost(const Error& error) {
    if (error.diagnostics.front().id == DiagId::deviceLost) client_.reset();
  }

  std::string path_;
  link::ClientOptions options_;
  std::function<void(uint64_t, uint64_t)> progress_;
  std::unique_ptr<Client> client_;
  uint64_t memoryBytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<Device>> openSerialDevice(const DeviceOptions& options,
                                                 std::string_view text) {
  constexpr std::array<std::string_view, 3> kKeys{"baud", "timeout", "limit"};
  Result<DevicePlace> place = parsePlace("serial", text, kKeys);
  if (!place) return place.error();
  Result<uint64_t> baud = place->number("baud", link::kBaud, kMinBaud, kMaxBaud);
  if (!baud) return baud.error();
  Result<uint32_t> timeout = place->milliseconds("timeout", kTimeoutMs);
  if (!timeout) return timeout.error();
  Result<uint32_t> limit = place->milliseconds("limit", kLimitMs);
  if (!limit) return limit.error();
  const link::ClientOptions client{static_cast<uint32_t>(*baud),
                                   std::chrono::milliseconds(*timeout)};
  return openRegisterDevice(std::make_unique<SerialBus>(place->path, client, options.progress),
                            {"serial", options.preset, *limit});
}

}  // namespace lilong
