// SPDX-License-Identifier: Apache-2.0
// Devices by name.  One table row in devices.cpp per device; a device that cannot be opened here
// says in one sentence what is missing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/device.hpp"

namespace lilong {

// How to open a device.  Options that a device does not have are refused, never ignored.
struct DeviceOptions {
  std::string name = "functional";  // one of listDevices(); "serial:PATH,KEY=VALUE" and the like
  std::string preset = "edge";      // nano, lite, edge, plus, edge-fpga
  std::string memory = "sram";      // timing of the external memory: sram, lpddr, sdram
  uint64_t memoryBytes = uint64_t{256} << 20;  // size of the external memory, addresses from 0
  std::string flavour{};  // rtl: "fast", "checked" or "netlist"; empty: "checked" with waves
  std::string waves{};    // rtl: FST file to write; empty: none
  uint64_t stallSeed = 0;       // cycle, rtl: seed of the random bus stalls
  uint32_t stallPermille = 0;   // cycle, rtl: chance of a stall per beat, 0 to 900
  std::string modulePath{};  // rtl: folder with liblilong_rtl_*.so; empty: LILONG_RTL_DIR, then beside
                           // the program
  // serial: called while many bytes are written; bytes done, bytes in all.
  std::function<void(uint64_t, uint64_t)> progress{};
};

struct DeviceInfo {
  std::string name;
  std::string description;
  bool hasTime = false;    // reports cycles
  bool needsPlace = false;  // the name is followed by ":" and where the device is
  bool available = false;  // can be opened with the given options
  std::string missing;     // what is missing otherwise, one sentence
};

// Every device this build knows; `options` says for which preset availability is asked.
std::vector<DeviceInfo> listDevices(const DeviceOptions& options = {});

Result<std::unique_ptr<Device>> openDevice(const DeviceOptions& options);

}  // namespace lilong
