// SPDX-License-Identifier: Apache-2.0
// Host: the processor of the platform, one thread with temporal decoupling.  It drives the chip
// through the registers as a driver does, and offers what it drives as a device, so that
// lilong::Session runs whole programs on it.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>
#include <systemc>
#include <tlm>

#include <functional>

#include "runtime/device.hpp"
#include "sim/systemc/memory_port.hpp"

namespace lilong::systemc::example {

class Host final : public sc_core::sc_module, public Device {
 public:
  // `period`: of the chip's clock; `base`, `bytes`: the memory that the host may use.
  Host(const sc_core::sc_module_name& name, const isa::Preset& preset, sc_core::sc_time period,
       uint64_t base, uint64_t bytes);

  tlm_utils::simple_initiator_socket<Host, 32> registers;
  MemoryPort memory;
  sc_core::sc_in<bool> irq;

  std::function<void(Host&)> program;  // what the thread does, once

  // An access to a register; empty after an error response.
  std::optional<uint32_t> readRegister(uint32_t offset);
  bool writeRegister(uint32_t offset, uint32_t value);
  // Local time of the thread.
  sc_core::sc_time time() const { return keeper_.get_current_time(); }

  // Device.  `cycles` is the simulated time from the doorbell to the interrupt.
  std::string name() const override { return sc_module::name(); }
  const isa::Preset& preset() const override { return preset_; }
  uint64_t memoryBytes() const override { return bytes_; }
  Result<void> write(uint64_t address, std::span<const uint8_t> bytes) override;
  Result<void> read(uint64_t address, std::span<uint8_t> bytes) override;
  Result<void> bind(std::span<const RegionBinding, isa::kRegions> regions) override;
  Result<JobResult> run(const JobOptions& options) override;

 private:
  bool access(tlm::tlm_command command, uint32_t offset, uint32_t& value);
  Result<uint32_t> get(uint32_t offset);
  Result<void> put(uint32_t offset, uint32_t value);
  Result<void> finish(JobResult& job);
  void thread() { program(*this); }
  void noteInterrupt() { risen_ = sc_core::sc_time_stamp(); }

  const isa::Preset& preset_;
  sc_core::sc_time period_, risen_;  // risen_: when the interrupt last rose
  uint64_t base_, bytes_;
  tlm_utils::tlm_quantumkeeper keeper_;
};

}  // namespace lilong::systemc::example
