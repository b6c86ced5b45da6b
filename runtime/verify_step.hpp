// SPDX-License-Identifier: Apache-2.0
// The program verifier (sim/isa/verify.hpp) on one chip step of a program.
#pragma once

#include <string>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

// The program's preset must exist.
Result<void> verifyStep(const Program& program, const ChipStep& step, const std::string& file);

// Rights of a region: bit 0 read, bit 1 write.
constexpr bool regionReadable(uint8_t) { return true; }
constexpr bool regionWritable(uint8_t region) {
  return region == kRegionSpill || region == kRegionOutputs || region == kRegionVariables;
}

}  // namespace lilong
