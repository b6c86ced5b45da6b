// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/chip_module.hpp"

#include <algorithm>
#include <cstring>
#include <future>

#include "sim/systemc/placement.hpp"

namespace lilong::systemc {

namespace {

constexpr char kReport[] = "/lilong/systemc";
constexpr unsigned kWordBytes = 4;

// Cycles are not known of a job whose windows the platform does not hold.
JobResult busFault(isa::TrapCode code, isa::Engine engine, uint64_t address) {
  JobResult job;
  job.trap = isa::Trap{code, engine, 0, address};
  job.cycles = 1;
  return job;
}

}  // namespace

DeviceOptions ChipModule::deviceOptions(const char* device, const ChipOptions& options) {
  DeviceOptions result;
  result.name = device;
  result.preset = options.preset;
  result.memory = options.memory;
  result.memoryBytes = options.windowBytes;
  return result;
}

ChipModule::ChipModule(const sc_core::sc_module_name& name, const DeviceOptions& device,
                       const ChipOptions& options)
    : sc_module(name), registers("registers"), memory("memory"), irq("irq"), options_(options) {
  Result<std::unique_ptr<Device>> opened = openDevice(device);
  if (!opened) {
    SC_REPORT_ERROR(kReport, opened.error().toString().c_str());
    sc_core::sc_abort();  // somebody has switched the exception off; there is no chip to go on with
  }
  device_ = std::move(*opened);
  file_ = std::make_unique<RegisterFile>(device_->preset());
  registers.register_b_transport(this, &ChipModule::transport);
  registers.register_transport_dbg(this, &ChipModule::debug);
  SC_HAS_PROCESS(ChipModule);
  SC_METHOD(drivePin);
  sensitive << wake_;
}

void ChipModule::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const sc_core::sc_time when = sc_core::sc_time_stamp() + delay;
  advance(when);
  payload.set_response_status(access(payload, when));
  schedulePin(when);
  delay += options_.registerCycles * options_.clockPeriod;
}

tlm::tlm_response_status ChipModule::access(tlm::tlm_generic_payload& payload,
                                            const sc_core::sc_time& when) {
  if (payload.get_data_length() != kWordBytes || payload.get_streaming_width() < kWordBytes ||
      payload.get_address() % kWordBytes != 0) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (payload.get_address() > UINT32_MAX) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  const auto offset = static_cast<uint32_t>(payload.get_address());
  uint32_t mask = UINT32_MAX;
  if (const uint8_t* enables = payload.get_byte_enable_ptr()) {
    const unsigned length = payload.get_byte_enable_length();
    if (length == 0) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    mask = 0;
    for (unsigned i = 0; i < kWordBytes; ++i) mask |= uint32_t{enables[i % length]} << 8 * i;
  }
  uint32_t value = 0;
  if (payload.is_read()) {
    const std::optional<uint32_t> word = file_->read(offset);
    if (!word) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    std::memcpy(&value, payload.get_data_ptr(), kWordBytes);
    value = (value & ~mask) | (*word & mask);
    std::memcpy(payload.get_data_ptr(), &value, kWordBytes);
    return tlm::TLM_OK_RESPONSE;
  }
  if (!payload.is_write()) return tlm::TLM_OK_RESPONSE;
  std::memcpy(&value, payload.get_data_ptr(), kWordBytes);
  switch (file_->write(offset, value, mask)) {
    case RegisterFile::Action::unmapped:
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case RegisterFile::Action::locked:
      return tlm::TLM_GENERIC_ERROR_RESPONSE;
    case RegisterFile::Action::start:
      start(when);
      break;
    case RegisterFile::Action::softReset:
      pending_.reset();
      ++jobs_;
      break;
    case RegisterFile::Action::none:
      break;
  }
  return tlm::TLM_OK_RESPONSE;
}

// Reads only; changes nothing and takes no time.
unsigned ChipModule::debug(tlm::tlm_generic_payload& payload) {
  if (!payload.is_read() || payload.get_data_length() != kWordBytes ||
      payload.get_address() > UINT32_MAX) {
    return 0;
  }
  const std::optional<uint32_t> word = file_->read(static_cast<uint32_t>(payload.get_address()));
  if (!word) return 0;
  std::memcpy(payload.get_data_ptr(), &*word, kWordBytes);
  return kWordBytes;
}

void ChipModule::start(const sc_core::sc_time& when) {
  const uint64_t number = ++jobs_;
  Result<JobResult> job = runJob();
  if (!job) {
    SC_REPORT_ERROR(kReport, job.error().toString().c_str());
    return;
  }
  if (number != jobs_) return;  // a soft reset came while the memory took its time
  const auto cycles = static_cast<double>(job->cycles.value_or(0));
  pending_ = Pending{std::move(*job), when + cycles * options_.clockPeriod};
  wake_.notify(std::max(pending_->end, sc_core::sc_time_stamp()) - sc_core::sc_time_stamp());
}

// The windows in, the job, the windows that it may write out.
Result<JobResult> ChipModule::runJob() {
  const auto windows = file_->regions();
  const auto placed = placeWindows(windows, device_->memoryBytes());
  if (!placed) return placed.error();
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < windows.size(); ++i) {
    if (!isUsed(windows[i])) continue;
    bytes.resize(windows[i].size);
    if (!memory.read(windows[i].base, bytes)) {
      return busFault(isa::TrapCode::readError, i == 0 ? isa::Engine::fetch : isa::Engine::load,
                      memory.failed());
    }
    if (auto done = device_->write((*placed)[i].base, bytes); !done) return done.error();
  }
  if (auto done = device_->bind(*placed); !done) return done.error();
  // In a thread of its own: the threads of a simulation have small stacks.
  const auto run = [&] { return device_->run({.watchdogCycles = file_->watchdogCycles()}); };
  Result<JobResult> job = std::async(std::launch::async, run).get();
  if (!job) return job;
  for (size_t i = 0; i < windows.size(); ++i) {
    if (!isUsed(windows[i]) || !windows[i].write) continue;
    bytes.resize(windows[i].size);
    if (auto done = device_->read((*placed)[i].base, bytes); !done) return done.error();
    if (!memory.write(windows[i].base, bytes)) {
      return busFault(isa::TrapCode::writeError, isa::Engine::store, memory.failed());
    }
  }
  return job;
}

// The job that is over at `when` has raised its interrupt.
void ChipModule::advance(const sc_core::sc_time& when) {
  if (!pending_ || pending_->end > when) return;
  const sc_core::sc_time end = pending_->end;
  file_->finish(pending_->job);
  pending_.reset();
  schedulePin(end);
}

// The pin has the level of the registers from `when` on, or from its last change on if that is
// later.
void ChipModule::schedulePin(const sc_core::sc_time& when) {
  sc_core::sc_time time = std::max(when, sc_core::sc_time_stamp());
  if (!levels_.empty()) time = std::max(time, levels_.back().first);
  if (!levels_.empty() && levels_.back().second == file_->irq()) return;
  levels_.emplace_back(time, file_->irq());
  wake_.notify(levels_.front().first - sc_core::sc_time_stamp());
}

void ChipModule::drivePin() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  advance(now);
  while (!levels_.empty() && levels_.front().first <= now) {
    irq.write(levels_.front().second);
    levels_.pop_front();
  }
  if (!levels_.empty()) wake_.notify(levels_.front().first - now);
  if (pending_) wake_.notify(pending_->end - now);
}

}  // namespace lilong::systemc
