// SPDX-License-Identifier: Apache-2.0
// Device `cycle`.
#include "runtime/device_cycle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/device_functional.hpp"
#include "runtime/stall_options.hpp"
#include "sim/cycle/core.hpp"

namespace lilong {

namespace {

bool isBusFault(isa::TrapCode code) {
  return code == isa::TrapCode::readError || code == isa::TrapCode::writeError ||
         code == isa::TrapCode::window;
}
// What is done when such a trap strikes is a matter of time.
bool isImprecise(isa::TrapCode code) {
  return code == isa::TrapCode::semaphoreOverflow || code == isa::TrapCode::watchdog;
}

class CycleDevice final : public Device {
 public:
  CycleDevice(std::unique_ptr<Device> values, const memory::Timing& timing,
              const memory::Stalls& stalls)
      : values_(std::move(values)), core_(values_->preset(), timing, stalls) {}

  std::string name() const override { return "cycle"; }
  const isa::Preset& preset() const override { return values_->preset(); }
  uint64_t memoryBytes() const override { return values_->memoryBytes(); }
  Result<void> write(uint64_t address, std::span<const uint8_t> bytes) override {
    return values_->write(address, bytes);
  }
  Result<void> read(uint64_t address, std::span<uint8_t> bytes) override {
    return values_->read(address, bytes);
  }
  Result<void> bind(std::span<const RegionBinding, isa::kRegions> regions) override {
    if (Result<void> done = values_->bind(regions); !done) return done;
    for (size_t i = 0; i < regions.size(); ++i) {
      regions_[i] = {regions[i].base, regions[i].size, regions[i].read, regions[i].write};
    }
    return {};
  }

  // After semaphore_overflow and watchdog the content of the memory is that before the job: what
  // was written up to the trap is not known.  The time of a bus fault is not known either.
  Result<JobResult> run(const JobOptions& options) override {
    if (Result<void> done = readProgram(); !done) return done.error();
    cycle::RunOptions o;
    o.watchdogCycles = options.watchdogCycles;
    o.trace = options.trace;
    const cycle::Result& time = timeOf(o);
    if (!time.finished) {
      return makeError(DiagId::deviceTimeout,
                       fmt::format("the job does not end within {} cycles", o.cycleLimit));
    }
    JobResult result;
    result.trap = time.trap;
    result.cycles = time.cycles;
    result.counters = time.counters;
    for (const cycle::Event& e : time.events) {
      result.trace.push_back({e.queue, e.instruction, e.start, e.end, e.counters});
    }
    if (!options.values || (time.trap && isImprecise(time.trap->code))) return result;
    Result<JobResult> values = values_->run({});
    if (!values) return values.error();
    if (values->trap && isBusFault(values->trap->code)) return values;
    if (values->trap != result.trap) {
      const auto text = [](const std::optional<isa::Trap>& trap) {
        return trap ? trap->toString() : std::string("no trap");
      };
      return makeError(DiagId::internal,
                       fmt::format("the functional simulator ends with {}, the timing core with {}",
                                   text(values->trap), text(result.trap)));
    }
    return result;
  }

 private:
  // Region 0 as far as it lies in the memory.
  Result<void> readProgram() {
    const cycle::Region& region = regions_[0];
    const uint64_t room = memoryBytes() - std::min(memoryBytes(), region.base);
    program_.resize(std::min<uint64_t>(room, region.size));
    if (program_.empty()) return {};
    return values_->read(region.base, program_);
  }

  // Time never depends on data: the same program in the same place takes the same time again.
  const cycle::Result& timeOf(const cycle::RunOptions& options) {
    const std::optional<uint32_t> history = core_.history();
    if (history && last_.history == history && last_.options == options &&
        last_.regions == regions_ && last_.program == program_) {
      return last_.result;
    }
    last_ = {{}, regions_, program_, options, core_.run(program_, regions_, options)};
    if (core_.history() == history) last_.history = history;
    return last_.result;
  }

  struct Last {
    std::optional<uint32_t> history;  // before and after the job; none: not to be repeated
    std::array<cycle::Region, isa::kRegions> regions{};
    std::vector<uint8_t> program;
    cycle::RunOptions options;
    cycle::Result result;
  };

  std::unique_ptr<Device> values_;
  cycle::TimingCore core_;
  std::array<cycle::Region, isa::kRegions> regions_{};
  std::vector<uint8_t> program_;
  Last last_;
};

}  // namespace

Result<std::unique_ptr<Device>> openCycleDevice(const DeviceOptions& options) {
  if (!options.waves.empty() || !options.flavour.empty()) {
    return makeError(DiagId::unsupportedVariant, "the cycle device has no waves or flavours");
  }
  const std::optional<memory::Timing> timing = memory::findTiming(options.memory);
  if (!timing) {
    return makeError(
        DiagId::unknownOption,
        fmt::format("unknown memory '{}'; choose sram, lpddr or sdram", options.memory));
  }
  Result<memory::Stalls> stalls = stallsOf(options);
  if (!stalls) return stalls.error();
  DeviceOptions values = options;
  values.stallPermille = 0;
  Result<std::unique_ptr<Device>> device = openFunctionalDevice(values);
  if (!device) return device.error();
  return std::unique_ptr<Device>(new CycleDevice(std::move(*device), *timing, *stalls));
}

}  // namespace lilong
