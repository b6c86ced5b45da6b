// SPDX-License-Identifier: Apache-2.0
// Chip: the pins of one Verilated chip, one virtual call per clock cycle, free of Verilator types.
// Implemented in shared modules liblilong_rtl_<preset>_<flavour>.so (chip_model.cpp), which export
// one C function, so that nothing links against generated code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/memory/axi.hpp"

namespace lilong::rtl {

// Driven by the host: reset and the AXI4-Lite master.
struct HostPins {
  bool resetN = false;
  bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
  uint8_t wstrb = 0xF;
  uint32_t awaddr = 0, araddr = 0, wdata = 0;
};

// Driven by the chip.
struct ChipPins {
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
  uint8_t bresp = 0, rresp = 0;
  uint32_t rdata = 0;
  bool irq = false;
  uint8_t traceStart = 0, traceDone = 0;  // one bit per queue: load, exec, store
  std::array<uint32_t, 3> traceStartInstruction{}, traceDoneInstruction{};
  memory::AxiMaster axi;
};

class Chip {
 public:
  virtual ~Chip() = default;

  // One clock cycle: `host` and `axi` are the inputs of the cycle, `out` the outputs in it.
  virtual void cycle(const HostPins& host, const memory::AxiSlave& axi, ChipPins& out) = 0;

  // Writes waves to an FST file from now on; false if the module has no waves or the file cannot
  // be written.
  virtual bool openWaves(const std::string& path) = 0;
  virtual void closeWaves() = 0;

  // Scratchpad content by byte address, around the pins; false if `address` is outside.
  virtual bool peek(size_t address, uint8_t* bytes, size_t count) = 0;
  virtual bool poke(size_t address, const uint8_t* bytes, size_t count) = 0;

  // The performance counters as the chip holds them, around the pins; null if it hides them.
  virtual const uint32_t* counters() const = 0;

  // First failed assertion of the chip ("file:line: scope"), empty if there is none.
  virtual const std::string& failure() const = 0;
};

// What a module exports as `lilong_rtl_module`.
struct Module {
  uint32_t abi;  // kModuleAbi
  uint32_t lanes, depth, scratchpadBytes, busBytes;
  const char* preset;
  const char* flavour;
  // `seed` chooses the initial state of everything that reset does not set (flavour checked).
  Chip* (*create)(uint64_t seed);
};

inline constexpr uint32_t kModuleAbi = 2;
using ModuleFunction = const Module* (*)();

}  // namespace lilong::rtl
