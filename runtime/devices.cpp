// SPDX-License-Identifier: Apache-2.0
// The table of devices.
#include "runtime/devices.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/device_cycle.hpp"
#include "runtime/device_functional.hpp"
#include "runtime/device_rtl.hpp"
#include "runtime/device_serial.hpp"
#include "runtime/device_uio.hpp"
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
  // Instead of `open` for devices that are somewhere: what follows the name and ":".
  Result<std::unique_ptr<Device>> (*openAt)(const DeviceOptions&, std::string_view) = nullptr;
};

std::string nothing(const DeviceOptions&) { return {}; }

constexpr std::array kDevices = {
    Row{"functional", "functional simulator: exact results, no time", false, nothing,
        openFunctionalDevice},
    Row{"cycle", "functional simulator and timing core: exact results, the cycles of rtl", true,
        nothing, openCycleDevice},
    Row{"rtl", "the Verilated chip, cycle for cycle", true, missingForRtlDevice, makeRtlDevice},
    Row{"serial", "a board behind a serial port, as serial:/dev/ttyUSB0", true, nothing, nullptr,
        openSerialDevice},
    Row{"uio", "a SoC FPGA under Linux, as uio:/dev/uio0,buffer=/dev/udmabuf0", true, nothing,
        nullptr, openUioDevice},
};

// Options of the simulated devices mean nothing to a board; they are refused.
Result<void> checkBoardOptions(const DeviceOptions& options) {
  const DeviceOptions defaults;
  if (options.waves.empty() && options.flavour.empty() && options.stallPermille == 0 &&
      options.memoryBytes == defaults.memoryBytes) {
    return {};
  }
  return makeError(DiagId::unsupportedVariant,
                   "a board has no waves, flavours, bus stalls or choice of memory size");
}

}  // namespace

std::vector<DeviceInfo> listDevices(const DeviceOptions& options) {
  std::vector<DeviceInfo> list;
  for (const Row& row : kDevices) {
    std::string missing = row.missing(options);
    list.push_back({row.name, row.description, row.hasTime, row.openAt != nullptr, missing.empty(),
                    std::move(missing)});
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
  const size_t colon = options.name.find(':');
  const std::string_view name = std::string_view(options.name).substr(0, colon);
  for (const Row& row : kDevices) {
    if (name != row.name) continue;
    if (row.openAt != nullptr) {
      if (Result<void> fine = checkBoardOptions(options); !fine) return fine.error();
      return row.openAt(options, colon == std::string::npos
                                     ? std::string_view{}
                                     : std::string_view(options.name).substr(colon + 1));
    }
    if (colon != std::string::npos) break;
    if (std::string missing = row.missing(options); !missing.empty()) {
      return makeError(DiagId::deviceUnavailable, std::move(missing));
    }
    return row.open(options);
  }
  return makeError(DiagId::unknownDevice, fmt::format("unknown device '{}'", options.name));
}

}  // namespace lilong
