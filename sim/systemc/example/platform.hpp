// SPDX-License-Identifier: Apache-2.0
// Platform: host, memory and chip, wired.
#pragma once

#include "sim/systemc/chip_module.hpp"
#include "sim/systemc/example/host.hpp"
#include "sim/systemc/example/memory.hpp"

namespace lilong::systemc::example {

inline constexpr uint64_t kMemoryBase = 0x8000'0000, kMemoryBytes = uint64_t{64} << 20;

template <typename Chip>
class Platform final : public sc_core::sc_module {
 public:
  Platform(const sc_core::sc_module_name& name, const ChipOptions& options, bool direct)
      : sc_module(name),
        chip("chip", options),  // this line chooses the chip
        memory("memory", kMemoryBase, kMemoryBytes, direct),
        host("host", chip.preset(), chip.clockPeriod(), memory.base(), memory.size()) {
    host.registers.bind(chip.registers);
    host.memory.socket.bind(memory.host);
    chip.memory.socket.bind(memory.chip);
    chip.irq(irq_);
    host.irq(irq_);
  }

  Chip chip;
  Memory memory;
  Host host;

 private:
  sc_core::sc_signal<bool> irq_{"irq"};
};

}  // namespace lilong::systemc::example
