// SPDX-License-Identifier: Apache-2.0
// ChipModule: a chip in a TLM-2.0 platform, loosely timed, whatever device is inside.
//
//   registers  target socket: 32-bit accesses to the registers of rtl/spec/lilong.yaml
//   memory     initiator socket: program and tensors; values only
//   irq        interrupt, high from exactly COUNTER cycles x clock period after the doorbell
//
// An access to a register happens at the local time of its initiator (time stamp + delay), so the
// chip may be used with temporal decoupling.  At the doorbell the windows are read through `memory`
// into the memory of the device, the job runs to its end, and the windows that it may write are
// written back as a whole; only the interrupt and the registers wait until the job is over.  So the
// host must leave the windows alone while a job runs, as a driver does.  Time is that of the memory
// timing model in the options, not that of the target behind `memory`.  A window that the target
// does not hold ends the job one cycle after the doorbell with the trap read_error or write_error,
// whether the program uses it or not.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "runtime/devices.hpp"
#include "sim/systemc/memory_port.hpp"
#include "sim/systemc/register_file.hpp"

namespace lilong::systemc {

struct ChipOptions {
  std::string preset = "edge";
  std::string memory = "sram";  // timing of the external memory
  sc_core::sc_time clockPeriod{10, sc_core::SC_NS};
  uint32_t registerCycles = 4;                 // that an access to a register takes
  uint64_t windowBytes = uint64_t{256} << 20;  // room for the content of all windows
};

class ChipModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<ChipModule, 32> registers;
  MemoryPort memory;
  sc_core::sc_out<bool> irq;

  const isa::Preset& preset() const { return device_->preset(); }
  sc_core::sc_time clockPeriod() const { return options_.clockPeriod; }

 protected:
  // A device that cannot be opened is reported as an SC_ERROR.
  ChipModule(const sc_core::sc_module_name& name, const DeviceOptions& device,
             const ChipOptions& options);
  static DeviceOptions deviceOptions(const char* device, const ChipOptions& options);

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload, const sc_core::sc_time& when);
  void advance(const sc_core::sc_time& when);
  void drivePin();
  void schedulePin(const sc_core::sc_time& when);
  void start(const sc_core::sc_time& when);
  Result<JobResult> runJob();

  ChipOptions options_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<RegisterFile> file_;

  struct Pending {
    JobResult job;
    sc_core::sc_time end;
  };
  std::optional<Pending> pending_;
  uint64_t jobs_ = 0;  // started; tells a job from one that followed a soft reset
  std::deque<std::pair<sc_core::sc_time, bool>> levels_;  // of the pin, in the order of time
  sc_core::sc_event wake_;
};

}  // namespace lilong::systemc
