// SPDX-License-Identifier: Apache-2.0
// Board: a Verilated ULX3S top with its SDRAM, on the two pins of the host link.  Implemented in
// shared modules liblilong_fpga_<preset>_<memory>.so (board_model.cpp), loaded at run time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/base/result.hpp"

namespace lilong::fpga {

class Board {
 public:
  virtual ~Board() = default;
  // The reset button, for a few cycles; memory keeps its content.
  virtual void reset() = 0;
  // One clock cycle with the line from the host at `rx`; the line to the host.
  virtual bool cycle(bool rx) = 0;
  virtual uint8_t lights() const = 0;
  // First violation of the SDRAM's data sheet, empty if there is none.
  virtual const std::string& failure() const = 0;
};

// What a module exports as `lilong_fpga_module`.
struct BoardModule {
  uint32_t abi;  // kBoardAbi
  const char* preset;
  const char* memory;
  uint32_t clocksPerBit, clockMhz;
  Board* (*create)();
};

inline constexpr uint32_t kBoardAbi = 1;
using BoardFunction = const BoardModule* (*)();

// `folder`: where to look; empty: as for the Verilated chips (sim/rtl/loader.hpp).
Result<const BoardModule*> loadBoard(const std::string& preset, const std::string& memory,
                                     const std::string& folder = {});

}  // namespace lilong::fpga
