// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/example/host.hpp"

#include <fmt/format.h>

namespace lilong::systemc::example {

namespace {

constexpr size_t kStackBytes = 1 << 20;  // for operators on the host

}  // namespace

Host::Host(const sc_core::sc_module_name& name, const isa::Preset& preset, sc_core::sc_time period,
           uint64_t base, uint64_t bytes)
    : sc_module(name),
      registers("registers"),
      memory("memory"),
      irq("irq"),
      preset_(preset),
      period_(period),
      base_(base),
      bytes_(bytes) {
  SC_HAS_PROCESS(Host);
  SC_THREAD(thread);
  set_stack_size(kStackBytes);
  SC_METHOD(noteInterrupt);
  sensitive << irq.pos();
  dont_initialize();
  keeper_.reset();
}

bool Host::access(tlm::tlm_command command, uint32_t offset, uint32_t& value) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(offset);
  payload.set_data_ptr(reinterpret_cast<uint8_t*>(&value));
  payload.set_data_length(sizeof value);
  payload.set_streaming_width(sizeof value);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time local = keeper_.get_local_time();
  registers->b_transport(payload, local);
  keeper_.set(local);
  if (keeper_.need_sync()) keeper_.sync();
  return payload.is_response_ok();
}

std::optional<uint32_t> Host::readRegister(uint32_t offset) {
  uint32_t value = 0;
  if (!access(tlm::TLM_READ_COMMAND, offset, value)) return std::nullopt;
  return value;
}

bool Host::writeRegister(uint32_t offset, uint32_t value) {
  return access(tlm::TLM_WRITE_COMMAND, offset, value);
}

Result<uint32_t> Host::get(uint32_t offset) {
  if (const std::optional<uint32_t> value = readRegister(offset)) return *value;
  return makeError(DiagId::internal, fmt::format("register {:#x} cannot be read", offset));
}

Result<void> Host::put(uint32_t offset, uint32_t value) {
  if (writeRegister(offset, value)) return {};
  return makeError(DiagId::internal, fmt::format("register {:#x} cannot be written", offset));
}

Result<void> Host::write(uint64_t address, std::span<const uint8_t> bytes) {
  if (memory.write(base_ + address, bytes)) return {};
  return makeError(DiagId::internal, fmt::format("no memory at {:#x}", memory.failed()));
}

Result<void> Host::read(uint64_t address, std::span<uint8_t> bytes) {
  if (memory.read(base_ + address, bytes)) return {};
  return makeError(DiagId::internal, fmt::format("no memory at {:#x}", memory.failed()));
}

Result<void> Host::bind(std::span<const RegionBinding, isa::kRegions> regions) {
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    const RegionBinding& r = regions[i];
    const uint64_t base = base_ + r.base;
    const std::pair<uint32_t, uint32_t> writes[] = {
        {isa::kRegRegionBaseLo, static_cast<uint32_t>(base)},
        {isa::kRegRegionBaseHi, static_cast<uint32_t>(base >> 32)},
        {isa::kRegRegionSize, r.size},
        {isa::kRegRegionAccess, (r.read ? isa::kRegRegionAccessReadMask : 0) |
                                    (r.write ? isa::kRegRegionAccessWriteMask : 0)}};
    for (const auto& [offset, value] : writes) {
      if (auto done = put(offset + i * isa::kRegRegionBaseLoStride, value); !done) return done;
    }
  }
  return {};
}

Result<JobResult> Host::run(const JobOptions& options) {
  if (options.trace) return makeError(DiagId::unsupportedVariant, "the platform has no trace");
  if (auto done = put(isa::kRegWatchdog, options.watchdogCycles); !done) return done.error();
  const sc_core::sc_time doorbell = time();
  if (auto done = put(isa::kRegControl, isa::kRegControlStartMask); !done) return done.error();
  keeper_.sync();  // to the world before sleeping
  if (!irq.read()) sc_core::wait(irq.posedge_event());
  keeper_.reset();
  JobResult job;
  job.cycles = static_cast<uint64_t>((risen_ - doorbell) / period_ + 0.5);
  if (auto done = finish(job); !done) return done.error();
  return job;
}

// What the chip says about the job; takes the interrupt back.
Result<void> Host::finish(JobResult& job) {
  for (uint32_t i = 0; i < isa::kNumCounters; ++i) {
    const Result<uint32_t> value = get(isa::kRegCounterBase + i * isa::kRegCounterBaseStride);
    if (!value) return value.error();
    job.counters[i] = *value;
  }
  const Result<uint32_t> pending = get(isa::kRegIrqStatus);
  if (!pending) return pending.error();
  if (*pending & isa::kRegIrqStatusTrapMask) {
    std::array<uint32_t, 4> words{};
    const uint32_t offsets[] = {isa::kRegTrapStatus, isa::kRegTrapInstruction, isa::kRegTrapAddrLo,
                                isa::kRegTrapAddrHi};
    for (size_t i = 0; i < words.size(); ++i) {
      const Result<uint32_t> value = get(offsets[i]);
      if (!value) return value.error();
      words[i] = *value;
    }
    job.trap = isa::Trap{static_cast<isa::TrapCode>(words[0] & isa::kRegTrapStatusCodeMask),
                         static_cast<isa::Engine>((words[0] & isa::kRegTrapStatusEngineMask) >>
                                                  isa::kRegTrapStatusEngineLsb),
                         words[1], uint64_t{words[3]} << 32 | words[2]};
    if (auto done = put(isa::kRegControl, isa::kRegControlSoftResetMask); !done) return done;
  }
  if (auto done = put(isa::kRegIrqStatus, UINT32_MAX); !done) return done;
  keeper_.sync();  // the pin is low when the next job starts
  if (irq.read()) sc_core::wait(irq.negedge_event());
  return {};
}

}  // namespace lilong::systemc::example
