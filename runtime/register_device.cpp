// SPDX-License-Identifier: Apache-2.0
#include "runtime/register_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace lilong {

namespace {

constexpr uint32_t kAllInterrupts =
    isa::kRegIrqStatusDoneMask | isa::kRegIrqStatusTrapMask | isa::kRegIrqStatusResetDoneMask;
constexpr uint32_t kJobInterrupts = isa::kRegIrqStatusDoneMask | isa::kRegIrqStatusTrapMask;
constexpr std::chrono::seconds kResetLimit{5};
// Waiting begins short, for jobs of a millisecond, and grows.
constexpr uint32_t kFirstWait = 5, kLongestWait = 200;

uint32_t preset0(const isa::Preset& p) {
  return p.lanes << isa::kRegPreset0LanesLsb | p.depth << isa::kRegPreset0DepthLsb |
         p.results << isa::kRegPreset0ResultsLsb |
         p.weightVectors << isa::kRegPreset0WeightVectorsLsb;
}
uint32_t preset1(const isa::Preset& p) {
  return p.scratchpadBytes / 1024 << isa::kRegPreset1ScratchpadKibLsb |
         p.axiBytes << isa::kRegPreset1AxiBytesLsb | isa::kBanks << isa::kRegPreset1BanksLsb;
}

class RegisterDevice final : public Device {
 public:
  RegisterDevice(std::unique_ptr<RegisterBus> bus, RegisterDeviceOptions options)
      : bus_(std::move(bus)), options_(std::move(options)) {}

  std::string name() const override { return options_.name; }
  const isa::Preset& preset() const override { return *preset_; }
  uint64_t memoryBytes() const override { return bus_->memoryBytes(); }

  Result<void> open() {
    if (Result<void> done = bus_->connect(); !done) return done;
    if (Result<void> done = identify(); !done) return done;
    return reset();
  }

  Result<void> write(uint64_t address, std::span<const uint8_t> bytes) override {
    if (!inside(address, bytes.size())) return outside(address, bytes.size());
    return guarded([&] { return bus_->writeMemory(address, bytes); });
  }

  Result<void> read(uint64_t address, std::span<uint8_t> bytes) override {
    if (!inside(address, bytes.size())) return outside(address, bytes.size());
    return guarded([&] { return bus_->readMemory(address, bytes); });
  }

  Result<void> bind(std::span<const RegionBinding, isa::kRegions> regions) override {
    windows_.clear();
    for (const RegionBinding& region : regions) {
      const uint64_t base = region.size == 0 ? 0 : bus_->memoryBase() + region.base;
      windows_.push_back(static_cast<uint32_t>(base));
      windows_.push_back(static_cast<uint32_t>(base >> 32));
      windows_.push_back(region.size);
      windows_.push_back((region.read ? isa::kRegRegionAccessReadMask : 0) |
                         (region.write ? isa::kRegRegionAccessWriteMask : 0));
    }
    return {};
  }

  Result<JobResult> run(const JobOptions& options) override {
    JobResult result;
    const Result<void> done = guarded([&] { return job(options, result); });
    if (!done) return done.error();
    return result;
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool inside(uint64_t address, uint64_t count) const {
    const uint64_t bytes = bus_->memoryBytes();
    return address <= bytes && count <= bytes - address;
  }
  Error outside(uint64_t address, uint64_t count) const {
    return makeError(
        DiagId::internal,
        fmt::format("{} bytes at {:#x} are outside of the device memory", count, address));
  }

  // Connects again if the connection was lost.  After a loss nobody owns the memory any more, so
  // that a session loads everything again.
  template <typename Action>
  Result<void> guarded(Action action) {
    if (!bus_->connected()) {
      if (Result<void> done = open(); !done) return done;
    }
    Result<void> done = action();
    if (!bus_->connected()) tenancy.owner = nullptr;
    return done;
  }

  // A wrong chip is told with both values and the remedy.
  Error mismatch(const std::string& message, const std::string& remedy) const {
    Error error = makeError(DiagId::deviceMismatch, message, bus_->where());
    error.diagnostics.front().remedy = remedy;
    return error;
  }

  Result<void> identify() {
    std::array<uint32_t, 5> words{};  // ID to PRESET1
    const std::array reads{RegisterBus::Read{isa::kRegId, words}};
    if (Result<void> done = bus_->read(reads); !done) return done;
    const auto at = [&](uint32_t offset) { return words[(offset - isa::kRegId) / 4]; };
    if (at(isa::kRegId) != isa::kMagic) {
      return mismatch(fmt::format("there is no Lilong chip: register ID is {:#010x}, not {:#010x}",
                                  at(isa::kRegId), isa::kMagic),
                      "Load a Lilong bitstream, and check the address of the registers");
    }
    const uint32_t version = isa::kSpecMajor << isa::kRegVersionMajorLsb | isa::kSpecMinor;
    if (at(isa::kRegVersion) != version || at(isa::kRegSpecHash) != isa::kSpecHash) {
      const uint32_t v = at(isa::kRegVersion);
      return mismatch(
          fmt::format("the bitstream was built from specification {}.{} ({:08x}), this lilong from "
                      "{}.{} ({:08x})",
                      v >> isa::kRegVersionMajorLsb, v & isa::kRegVersionMinorMask,
                      at(isa::kRegSpecHash), isa::kSpecMajor, isa::kSpecMinor, isa::kSpecHash),
          "Build and load the bitstream of this version, or use the lilong of the bitstream");
    }
    const isa::Preset* found = nullptr;
    for (const isa::Preset& p : isa::kPresets) {
      if (at(isa::kRegPreset0) == preset0(p) && at(isa::kRegPreset1) == preset1(p)) found = &p;
    }
    if (found == nullptr) {
      return mismatch(
          fmt::format("the chip is of no known preset (PRESET0 {:#010x}, PRESET1 {:#010x})",
                      at(isa::kRegPreset0), at(isa::kRegPreset1)),
          "Load the bitstream of a preset that 'lilong doctor' lists");
    }
    if (found->name != options_.preset) {
      return mismatch(fmt::format("the bitstream has preset {}, the program is for {}", found->name,
                                  options_.preset),
                      fmt::format("Load the bitstream of {}, or compile with --preset {}",
                                  options_.preset, found->name));
    }
    preset_ = found;
    return {};
  }

  // Also ends a job that somebody else has left behind.
  Result<void> reset() {
    const std::array writes{RegisterBus::Write{isa::kRegControl, {isa::kRegControlSoftResetMask}}};
    if (Result<void> done = bus_->write(writes); !done) return done;
    const auto limit = Clock::now() + kResetLimit;
    for (;;) {
      uint32_t status = 0;
      const std::array reads{RegisterBus::Read{isa::kRegStatus, {&status, 1}}};
      if (Result<void> done = bus_->read(reads); !done) return done;
      if (stateOf(status) == isa::State::idle) break;
      if (Clock::now() > limit) {
        return makeError(DiagId::deviceTimeout, "the soft reset of the chip does not end",
                         bus_->where());
      }
    }
    const std::array clear{RegisterBus::Write{isa::kRegIrqEnable, {kJobInterrupts}},
                           RegisterBus::Write{isa::kRegIrqStatus, {kAllInterrupts}}};
    return bus_->write(clear);
  }

  static isa::State stateOf(uint32_t status) {
    return static_cast<isa::State>((status & isa::kRegStatusStateMask) >> isa::kRegStatusStateLsb);
  }

  Result<void> job(const JobOptions& options, JobResult& result) {
    const std::array start{
        RegisterBus::Write{isa::kRegIrqStatus, {kAllInterrupts}},
        RegisterBus::Write{isa::kRegRegionBaseLo, windows_},
        RegisterBus::Write{isa::kRegWatchdog, {options.watchdogCycles}},
        RegisterBus::Write{isa::kRegControl, {isa::kRegControlStartMask}},
    };
    if (Result<void> done = bus_->write(start); !done) return done;
    const auto limit = Clock::now() + std::chrono::milliseconds(options_.jobMilliseconds);
    for (uint32_t wait = kFirstWait;; wait = std::min(kLongestWait, 2 * wait)) {
      Result<bool> high = bus_->waitInterrupt(wait);
      if (!high) return high.error();
      if (*high) break;
      if (Clock::now() > limit) {
        if (Result<void> done = reset(); !done) return done;
        Error error = makeError(
            DiagId::deviceTimeout,
            fmt::format("the job gave no interrupt within {} s", options_.jobMilliseconds / 1000.0),
            bus_->where());
        error.diagnostics.front().remedy =
            "The chip has been reset; a longer time is given with limit=SECONDS";
        return error;
      }
    }
    return finish(result);
  }

  // What the chip says about the job; the registers from STATUS to PROGRESS, and the counters.
  Result<void> finish(JobResult& result) {
    std::array<uint32_t, (isa::kRegProgress - isa::kRegStatus) / 4 + 1> words{};
    const std::array reads{RegisterBus::Read{isa::kRegStatus, words},
                           RegisterBus::Read{isa::kRegCounterBase, result.counters}};
    if (Result<void> done = bus_->read(reads); !done) return done;
    const auto at = [&](uint32_t offset) { return words[(offset - isa::kRegStatus) / 4]; };
    result.cycles = result.counters[static_cast<size_t>(isa::Counter::cycles)];
    const uint32_t pending = at(isa::kRegIrqStatus) & kJobInterrupts;
    const bool trapped = (pending & isa::kRegIrqStatusTrapMask) != 0;
    const isa::State state = stateOf(at(isa::kRegStatus));
    if (pending == kJobInterrupts || pending == 0 ||
        state != (trapped ? isa::State::halted : isa::State::idle)) {
      return makeError(DiagId::internal,
                       fmt::format("after the interrupt the chip is in state '{}' with pending "
                                   "interrupts {:#x}",
                                   isa::toString(state), pending),
                       bus_->where());
    }
    if (!trapped) {
      const std::array clear{RegisterBus::Write{isa::kRegIrqStatus, {kAllInterrupts}}};
      return bus_->write(clear);
    }
    const uint32_t trap = at(isa::kRegTrapStatus);
    isa::Trap t;
    t.code = static_cast<isa::TrapCode>((trap & isa::kRegTrapStatusCodeMask) >>
                                        isa::kRegTrapStatusCodeLsb);
    t.engine = static_cast<isa::Engine>((trap & isa::kRegTrapStatusEngineMask) >>
                                        isa::kRegTrapStatusEngineLsb);
    t.instruction = at(isa::kRegTrapInstruction);
    t.address = uint64_t{at(isa::kRegTrapAddrHi)} << 32 | at(isa::kRegTrapAddrLo);
    result.trap = t;
    return reset();
  }

  std::unique_ptr<RegisterBus> bus_;
  RegisterDeviceOptions options_;
  const isa::Preset* preset_ = nullptr;
  std::vector<uint32_t> windows_ = std::vector<uint32_t>(4 * isa::kRegions);
};

}  // namespace

Result<std::unique_ptr<Device>> openRegisterDevice(std::unique_ptr<RegisterBus> bus,
                                                   RegisterDeviceOptions options) {
  auto device = std::make_unique<RegisterDevice>(std::move(bus), std::move(options));
  if (Result<void> done = device->open(); !done) return done.error();
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace lilong
