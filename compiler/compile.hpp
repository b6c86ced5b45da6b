// SPDX-License-Identifier: Apache-2.0
// The compiler in one call: bytes of a network file to a program for a chip.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

struct CompileOptions {
  std::string preset = "edge";        // nano, lite, edge, plus, edge-fpga
  std::string numerics = "litert";    // tflm, litert-ref, litert: whose bytes the results equal
  std::string memory = "sram";        // sram, lpddr, sdram: what the tiling is tuned for
  bool noHost = false;                // an operator for the host is an error
  std::string deadChannels = "keep";  // keep, remove: channels that are constant for every input
};

// `model` is untrusted.  The program has passed the program verifier; the same model and options
// give the same program.
Result<Program> compile(const CompileOptions& options, std::span<const uint8_t> model,
                        std::string fileName);

}  // namespace lilong
