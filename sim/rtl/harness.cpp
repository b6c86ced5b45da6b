// SPDX-License-Identifier: Apache-2.0
#include "sim/rtl/harness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/rtl/loader.hpp"

namespace lilong::rtl {

namespace {

constexpr uint64_t kRegisterLimit = 1000;              // cycles that a register access may take
constexpr uint64_t kHostLimit = uint64_t{1} << 36;     // cycles of a job without a limit
constexpr uint64_t kResetSlack = 100000;               // cycles of a soft reset above DRAIN_LIMIT
constexpr int kResetCycles = 8;

}  // namespace

Harness::Harness(const HarnessOptions& options, const isa::Preset& preset, const Module& module)
    : options_(options),
      preset_(&preset),
      module_(&module),
      memory_(options.timing, preset.axiBytes, 0),
      monitor_(preset.axiBytes, isa::kBurstBytes) {}

Result<std::unique_ptr<Harness>> Harness::open(const HarnessOptions& options) {
  const isa::Preset* preset = isa::findPreset(options.preset);
  if (!preset) {
    return makeError(DiagId::unknownPreset, fmt::format("there is no preset '{}'", options.preset));
  }
  Result<const Module*> module = loadModule(options.preset, options.flavour, options.folder);
  if (!module) return module.error();
  std::unique_ptr<Harness> harness(new Harness(options, *preset, **module));
  if (Result<void> ok = harness->renewMemory(options.timing, options.memoryBytes); !ok) {
    return ok.error();
  }
  if (Result<void> done = harness->renew(options.seed); !done) return done.error();
  return harness;
}

Result<void> Harness::renew(uint64_t seed) {
  chip_.reset();
  chip_.reset(module_->create(seed));
  host_ = {};
  pins_ = {};
  monitor_.reset();
  host_.bready = true;
  host_.rready = true;
  for (int i = 0; i < kResetCycles; ++i) step();
  host_.resetN = true;
  step();
  return identify();
}

Result<void> Harness::renewMemory(const memory::Timing& timing, uint64_t bytes) {
  memory_ = memory::AxiMemory(timing, preset_->axiBytes, bytes);
  if (memory_.bytes().size() >= bytes && bytes != 0) return {};
  return makeError(DiagId::outOfMemory,
                   fmt::format("there are no {} bytes for the external memory of the device",
                               bytes));
}

Result<void> Harness::identify() {
  const struct {
    uint32_t offset, expected;
    const char* name;
  } kRegisters[] = {
      {isa::kRegId, isa::kMagic, "ID"},
      {isa::kRegVersion, isa::kSpecMajor << 16 | isa::kSpecMinor, "VERSION"},
      {isa::kRegSpecHash, isa::kSpecHash, "SPEC_HASH"},
      {isa::kRegPreset0,
       preset_->lanes | preset_->depth << 8 | preset_->results << 16 | preset_->weightVectors << 24,
       "PRESET0"},
      {isa::kRegPreset1,
       preset_->scratchpadBytes / 1024 | preset_->axiBytes << 16 | isa::kBanks << 24, "PRESET1"},
  };
  for (const auto& r : kRegisters) {
    Result<uint32_t> value = readRegister(r.offset);
    if (!value) return value.error();
    if (*value != r.expected) {
      return makeError(DiagId::deviceUnavailable,
                       fmt::format("register {} of the Verilated chip is {:#x}, not {:#x}; it was "
                                   "built from another specification",
                                   r.name, *value, r.expected));
    }
  }
  return {};
}

Error Harness::lost(const std::string& what) const {
  if (!chip_->failure().empty()) {
    return makeError(DiagId::internal, "an assertion of the chip failed: " + chip_->failure());
  }
  return makeError(DiagId::deviceTimeout, what);
}

Result<void> Harness::alive() const {
  if (!chip_->failure().empty()) return lost({});
  return {};
}

void Harness::step() {
  chip_->cycle(host_, memory_.out(), pins_);
  if (options_.monitor && host_.resetN) monitor_.observe(pins_.axi, memory_.out());
  if (host_.resetN) memory_.step(pins_.axi);
  ++cycle_;
}

Result<uint32_t> Harness::readRegister(uint32_t offset) {
  host_.arvalid = true;
  host_.araddr = offset;
  const uint64_t limit = cycle_ + kRegisterLimit;
  while (cycle_ < limit) {
    step();
    if (host_.arvalid && pins_.arready) host_.arvalid = false;
    if (!pins_.rvalid) continue;
    host_.arvalid = false;
    if (Result<void> ok = alive(); !ok) return ok.error();
    return pins_.rdata;
  }
  host_.arvalid = false;
  return lost(fmt::format("the chip does not answer a read of register {:#x}", offset));
}

Result<void> Harness::writeRegister(uint32_t offset, uint32_t value) {
  host_.awvalid = host_.wvalid = true;
  host_.awaddr = offset;
  host_.wdata = value;
  const uint64_t limit = cycle_ + kRegisterLimit;
  while (cycle_ < limit) {
    step();
    if (host_.awvalid && pins_.awready) host_.awvalid = false;
    if (host_.wvalid && pins_.wready) host_.wvalid = false;
    if (pins_.bvalid) return alive();
  }
  host_.awvalid = host_.wvalid = false;
  return lost(fmt::format("the chip does not answer a write of register {:#x}", offset));
}

Result<void> Harness::bind(const std::array<Region, isa::kRegions>& regions) {
  std::vector<memory::Window> windows;
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    const Region& r = regions[i];
    const struct {
      uint32_t offset, value;
    } kWrites[] = {
        {isa::kRegRegionBaseLo + i * isa::kRegRegionBaseLoStride, static_cast<uint32_t>(r.base)},
        {isa::kRegRegionBaseHi + i * isa::kRegRegionBaseHiStride,
         static_cast<uint32_t>(r.base >> 32)},
        {isa::kRegRegionSize + i * isa::kRegRegionSizeStride, r.size},
        {isa::kRegRegionAccess + i * isa::kRegRegionAccessStride, (r.read ? 1u : 0u) | (r.write ? 2u : 0u)},
    };
    for (const auto& w : kWrites) {
      if (Result<void> done = writeRegister(w.offset, w.value); !done) return done;
    }
    windows.push_back({r.base, r.size, r.read, r.write});
  }
  monitor_.setWindows(std::move(windows));
  return {};
}

void Harness::noteEvents(std::vector<Event>& events, uint64_t doorbell) {
  const uint64_t now = cycle_ - 1 - doorbell;  // cycle_ is behind the cycle that the pins show
  // The counters take what they count a cycle later.
  if (const uint32_t* counters = chip_->counters()) {
    for (const size_t i : ended_) {
      std::copy_n(counters + 1, events[i].counters.size() - 1, events[i].counters.begin() + 1);
    }
  }
  ended_.clear();
  for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
    if (pins_.traceStart >> q & 1) {
      events.push_back({static_cast<isa::Queue>(q), pins_.traceStartInstruction[q], now, now,
                        {}});
    }
    if (pins_.traceDone >> q & 1) {
      for (size_t i = events.size(); i-- > 0;) {
        Event& e = events[i];
        if (e.queue == static_cast<isa::Queue>(q) &&
            e.instruction == pins_.traceDoneInstruction[q]) {
          e.end = now;
          ended_.push_back(i);
          break;
        }
      }
    }
  }
}

Result<Job> Harness::run(const JobRequest& request) {
  Job job;
  ended_.clear();
  if (Result<void> done = writeRegister(isa::kRegIrqStatus, 7); !done) return done.error();
  if (Result<void> done = writeRegister(isa::kRegWatchdog, request.watchdogCycles); !done) {
    return done.error();
  }
  // The doorbell; its handshake is the cycle in which the later of address and data is taken.
  host_.awvalid = host_.wvalid = true;
  host_.awaddr = isa::kRegControl;
  host_.wdata = isa::kRegControlStartMask;
  const uint64_t registerLimit = cycle_ + kRegisterLimit;
  while (host_.awvalid || host_.wvalid) {
    step();
    if (host_.awvalid && pins_.awready) host_.awvalid = false;
    if (host_.wvalid && pins_.wready) host_.wvalid = false;
    if (cycle_ > registerLimit) {
      host_.awvalid = host_.wvalid = false;
      return lost("the chip does not take the doorbell");
    }
  }
  const uint64_t doorbell = cycle_ - 1;
  const uint64_t limit =
      doorbell + (request.hostLimit != 0 ? request.hostLimit : kHostLimit);
  do {
    step();
    if (request.trace && ((pins_.traceStart | pins_.traceDone) != 0 || !ended_.empty())) {
      noteEvents(job.events, doorbell);
    }
    if (cycle_ > limit) {
      return lost(fmt::format("the job gave no interrupt within {} cycles", limit - doorbell));
    }
  } while (!pins_.irq && chip_->failure().empty());
  if (Result<void> ok = alive(); !ok) return ok.error();
  job.cycles = cycle_ - 1 - doorbell;
  return finish(std::move(job));
}

// Reads what the chip says about the job and clears the interrupt.
Result<Job> Harness::finish(Job job) {
  auto get = [&](uint32_t offset, uint32_t& value) -> Result<void> {
    Result<uint32_t> r = readRegister(offset);
    if (!r) return r.error();
    value = *r;
    return {};
  };
  uint32_t status = 0, pending = 0;
  if (Result<void> r = get(isa::kRegStatus, status); !r) return r.error();
  if (Result<void> r = get(isa::kRegIrqStatus, pending); !r) return r.error();
  const auto state = static_cast<isa::State>(status & isa::kRegStatusStateMask);
  for (uint32_t i = 0; i < isa::kNumCounters; ++i) {
    if (Result<void> r = get(isa::kRegCounterBase + 4 * i, job.counters[i]); !r) return r.error();
  }
  if (Result<void> r = get(isa::kRegProgress, job.progress); !r) return r.error();
  if (pending & isa::kRegIrqStatusTrapMask) {
    uint32_t trap = 0, instruction = 0, low = 0, high = 0;
    if (Result<void> r = get(isa::kRegTrapStatus, trap); !r) return r.error();
    if (Result<void> r = get(isa::kRegTrapInstruction, instruction); !r) return r.error();
    if (Result<void> r = get(isa::kRegTrapAddrLo, low); !r) return r.error();
    if (Result<void> r = get(isa::kRegTrapAddrHi, high); !r) return r.error();
    isa::Trap t;
    t.code = static_cast<isa::TrapCode>(trap & isa::kRegTrapStatusCodeMask);
    t.engine = static_cast<isa::Engine>((trap & isa::kRegTrapStatusEngineMask) >>
                                        isa::kRegTrapStatusEngineLsb);
    t.instruction = instruction;
    t.address = uint64_t{high} << 32 | low;
    job.trap = t;
  }
  const isa::State expected = job.trap ? isa::State::halted : isa::State::idle;
  if (state != expected || (pending & 3u) == 0 || (pending & 3u) == 3) {
    return makeError(DiagId::internal,
                     fmt::format("after the interrupt the chip is in state '{}' with pending "
                                 "interrupts {:#x}",
                                 isa::toString(state), pending));
  }
  if (Result<void> done = writeRegister(isa::kRegIrqStatus, pending); !done) return done.error();
  return job;
}

Result<void> Harness::softReset() {
  Result<uint32_t> drain = readRegister(isa::kRegDrainLimit);
  if (!drain) return drain.error();
  if (Result<void> done = writeRegister(isa::kRegControl, isa::kRegControlSoftResetMask); !done) {
    return done;
  }
  const uint64_t limit = cycle_ + *drain + kResetSlack;
  while (cycle_ < limit) {
    Result<uint32_t> status = readRegister(isa::kRegStatus);
    if (!status) return status.error();
    if (static_cast<isa::State>(*status & isa::kRegStatusStateMask) == isa::State::idle) {
      return writeRegister(isa::kRegIrqStatus, 7);
    }
  }
  return lost("the soft reset does not end");
}

}  // namespace lilong::rtl
