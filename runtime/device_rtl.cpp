// SPDX-License-Identifier: Apache-2.0
// Device `rtl`.
#include "runtime/device_rtl.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/stall_options.hpp"
#include "sim/rtl/harness.hpp"
#include "sim/rtl/loader.hpp"

namespace lilong {

namespace {

constexpr uint64_t kBaseAlignment = 64;
constexpr uint64_t kHostSlack = 1'000'000;  // cycles that the host waits beyond the watchdog

// "checked" when waves are wanted, else "fast", unless the options say so.
std::string flavourOf(const DeviceOptions& options) {
  if (!options.flavour.empty()) return options.flavour;
  return options.waves.empty() ? "fast" : "checked";
}

class RtlDevice final : public Device {
 public:
  explicit RtlDevice(std::unique_ptr<rtl::Harness> harness) : harness_(std::move(harness)) {}

  std::string name() const override { return "rtl"; }
  const isa::Preset& preset() const override { return harness_->preset(); }
  uint64_t memoryBytes() const override { return harness_->memory().bytes().size(); }

  Result<void> write(uint64_t address, std::span<const uint8_t> bytes) override {
    if (!inside(address, bytes.size())) return outside(address, bytes.size());
    std::copy(bytes.begin(), bytes.end(),
              harness_->memory().bytes().begin() + static_cast<ptrdiff_t>(address));
    return {};
  }

  Result<void> read(uint64_t address, std::span<uint8_t> bytes) override {
    if (!inside(address, bytes.size())) return outside(address, bytes.size());
    const auto from = harness_->memory().bytes().subspan(address, bytes.size());
    std::copy(from.begin(), from.end(), bytes.begin());
    return {};
  }

  Result<void> bind(std::span<const RegionBinding, isa::kRegions> regions) override {
    std::array<rtl::Region, isa::kRegions> windows;
    for (size_t i = 0; i < regions.size(); ++i) {
      if (regions[i].base % kBaseAlignment != 0) {
        return makeError(DiagId::internal, fmt::format("region {} is not aligned to 64 bytes", i));
      }
      windows[i] = {regions[i].base, regions[i].size, regions[i].read, regions[i].write};
    }
    return harness_->bind(windows);
  }

  Result<JobResult> run(const JobOptions& options) override {
    rtl::JobRequest request;
    request.watchdogCycles = options.watchdogCycles;
    request.trace = options.trace;
    if (options.watchdogCycles != 0) request.hostLimit = options.watchdogCycles + kHostSlack;
    Result<rtl::Job> job = harness_->run(request);
    if (!job) return job.error();
    JobResult result;
    result.trap = job->trap;
    result.cycles = job->cycles;
    result.counters = job->counters;
    for (const rtl::Event& e : job->events) {
      result.trace.push_back({e.queue, e.instruction, e.start, e.end, e.counters});
    }
    if (result.trap) {
      if (Result<void> done = harness_->softReset(); !done) return done.error();
    }
    return result;
  }

 private:
  bool inside(uint64_t address, uint64_t count) const {
    return address <= memoryBytes() && count <= memoryBytes() - address;
  }
  Error outside(uint64_t address, uint64_t count) const {
    return makeError(DiagId::internal, fmt::format("{} bytes at {:#x} are outside of the device "
                                                   "memory",
                                                   count, address));
  }

  std::unique_ptr<rtl::Harness> harness_;
};

}  // namespace

std::string missingForRtlDevice(const DeviceOptions& options) {
  const std::string flavour = flavourOf(options);
  if (!rtl::findModule(options.preset, flavour, options.modulePath).empty()) return {};
  return fmt::format("The Verilated chip of preset '{}', flavour '{}', has not been built.",
                     options.preset, flavour);
}

Result<std::unique_ptr<Device>> makeRtlDevice(const DeviceOptions& options) {
  const std::optional<memory::Timing> timing = memory::findTiming(options.memory);
  if (!timing) {
    return makeError(DiagId::unknownOption,
                     fmt::format("unknown memory '{}'; choose sram, lpddr or sdram", options.memory));
  }
  const std::string flavour = flavourOf(options);
  if (flavour != "fast" && flavour != "checked" && flavour != "netlist") {
    return makeError(DiagId::unknownOption,
                     fmt::format("unknown flavour '{}'; choose fast, checked or netlist", flavour));
  }
  const Result<memory::Stalls> stalls = stallsOf(options);
  if (!stalls) return stalls.error();
  if (!options.waves.empty() && flavour != "checked") {
    return makeError(DiagId::unsupportedVariant, "only flavour 'checked' writes waves");
  }
  rtl::HarnessOptions h;
  h.preset = options.preset;
  h.flavour = flavour;
  h.folder = options.modulePath;
  h.timing = *timing;
  h.memoryBytes = options.memoryBytes;
  Result<std::unique_ptr<rtl::Harness>> harness = rtl::Harness::open(h);
  if (!harness) return harness.error();
  (*harness)->memory().setStalls(*stalls);
  if (!options.waves.empty() && !(*harness)->chip().openWaves(options.waves)) {
    return makeError(DiagId::fileWriteFailed, "the waves cannot be written", options.waves);
  }
  return std::unique_ptr<Device>(new RtlDevice(std::move(*harness)));
}

}  // namespace lilong
