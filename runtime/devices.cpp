// SPDX-License-Identifier: Apache-2.0
// The table of devices.
#include "runtime/devices.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/device_cycle.hpp"
#include "runtime/device_functional.hpp"
#include "runtime/device_rtl.hpp"
#include "sim/memory/timing.hpp"

namespace lilong {

namespace {

struct Row {
  const char* name;
  const char* description;
  bool hasTime;
  // What is missing for these options; empty if the device can be opened.
  std::string (*missing)(const DeviceOptions&);
  Result<std::unique_ptr<Device>> (*open)(const DeviceOptions&);
};

constexpr std::array kDevices = {
    Row{"functional", "functional simulator: exact results, no time", false,
        [](const DeviceOptions&) { return std::string(); }, openFunctionalDevice},
    Row{"cycle", "functional simulator and timing core: exact results, the cycles of rtl", true,
        [](const DeviceOptions&) { return std::string(); }, openCycleDevice},
    Row{"rtl", "the Verilated chip, cycle for cycle", true, missingForRtlDevice, makeRtlDevice},
};

}  // namespace

std::vector<DeviceInfo> listDevices(const DeviceOptions& options) {
  std::vector<DeviceInfo> list;
  for (const Row& row : kDevices) {
    std::string missing = row.missing(options);
    list.push_back({row.name, row.description, row.hasTime, missing.empty(), std::move(missing)});
  }
  return list;
}

Result<std::unique_ptr<Device>> openDevice(const DeviceOptions& options) {
  if (isa::findPreset(options.preset) == nullptr) {
    return makeError(DiagId::unknownPreset, fmt::format("unknown preset '{}'", options.preset));
  }
  if (!memory::findTiming(options.memory)) {
    return makeError(DiagId::unknownOption,
                     fmt::format("unknown memory '{}'; choose sram, lpddr or sdram", options.memory));
  }
  for (const Row& row : kDevices) {
    if (options.name != row.name) continue;
    if (std::string missing = row.missing(options); !missing.empty()) {
      return makeError(DiagId::deviceUnavailable, std::move(missing));
    }
    return row.open(options);
  }
  return makeError(DiagId::unknownDevice, fmt::format("unknown device '{}'", options.name));
}

}  // namespace lilong
