// SPDX-License-Identifier: Apache-2.0
// Device `functional`.
#include "runtime/device_functional.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "sim/functional/machine.hpp"

namespace lilong {

namespace {

struct Free {
  void operator()(uint8_t* memory) const { std::free(memory); }
};

class FunctionalDevice final : public Device {
 public:
  // `memory` holds `bytes` zero bytes.
  FunctionalDevice(const isa::Preset& preset, std::unique_ptr<uint8_t, Free> memory, uint64_t bytes)
      : machine_(preset), memory_(std::move(memory)), bytes_(bytes) {}

  std::string name() const override { return "functional"; }
  const isa::Preset& preset() const override { return machine_.preset(); }
  uint64_t memoryBytes() const override { return bytes_; }

  Result<void> write(uint64_t address, std::span<const uint8_t> bytes) override {
    if (!inside(address, bytes.size())) return outside(address, bytes.size());
    if (!bytes.empty()) std::memcpy(memory_.get() + address, bytes.data(), bytes.size());
    return {};
  }

  Result<void> read(uint64_t address, std::span<uint8_t> bytes) override {
    if (!inside(address, bytes.size())) return outside(address, bytes.size());
    if (!bytes.empty()) std::memcpy(bytes.data(), memory_.get() + address, bytes.size());
    return {};
  }

  Result<void> bind(std::span<const RegionBinding, isa::kRegions> regions) override {
    for (size_t i = 0; i < regions.size(); ++i) {
      if (regions[i].base % kBaseAlignment != 0) {
        return makeError(DiagId::internal, fmt::format("region {} is not aligned to 64 bytes", i));
      }
      windows_[i] = {regions[i].base, regions[i].size, regions[i].read, regions[i].write};
    }
    return {};
  }

  Result<JobResult> run(const JobOptions& options) override {
    auto done = machine_.run({memory_.get(), bytes_}, windows_,
                             {.watchdogCycles = options.watchdogCycles, .trace = false});
    JobResult result;
    result.trap = done.trap;
    result.counters = done.counters;
    return result;
  }

 private:
  static constexpr uint64_t kBaseAlignment = 64;

  bool inside(uint64_t address, uint64_t count) const {
    return address <= bytes_ && count <= bytes_ - address;
  }
  Error outside(uint64_t address, uint64_t count) const {
    return makeError(DiagId::internal,
                     fmt::format("{} bytes at {:#x} are outside of the device memory", count, address));
  }

  functional::Machine machine_;
  std::unique_ptr<uint8_t, Free> memory_;
  uint64_t bytes_;
  std::array<functional::Window, isa::kRegions> windows_{};
};

}  // namespace

Result<std::unique_ptr<Device>> openFunctionalDevice(const DeviceOptions& options) {
  const isa::Preset* preset = isa::findPreset(options.preset);
  if (preset == nullptr) {
    return makeError(DiagId::unknownPreset, fmt::format("unknown preset '{}'", options.preset));
  }
  if (!options.waves.empty() || !options.flavour.empty() || options.stallPermille != 0) {
    return makeError(DiagId::unsupportedVariant,
                     "the functional device has no waves, flavours or bus stalls");
  }
  // calloc: pages that a program never touches cost nothing.
  std::unique_ptr<uint8_t, Free> memory(
      static_cast<uint8_t*>(std::calloc(options.memoryBytes == 0 ? 1 : options.memoryBytes, 1)));
  if (memory == nullptr) {
    return makeError(DiagId::outOfMemory,
                     fmt::format("{} bytes of device memory cannot be had", options.memoryBytes));
  }
  return std::unique_ptr<Device>(
      new FunctionalDevice(*preset, std::move(memory), options.memoryBytes));
}

}  // namespace lilong
