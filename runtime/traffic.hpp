// SPDX-License-Identifier: Apache-2.0
// Bytes that a program moves over the bus, by layer and by what they are; from the code alone.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/program.hpp"

namespace lilong {

struct Traffic {
  uint64_t constants = 0;                    // weights, parameters, tables
  uint64_t inputs = 0, outputs = 0;          // of the network, or exchanged with the host
  uint64_t spillRead = 0, spillWritten = 0;  // activations that do not stay on the chip
  uint64_t other = 0;                        // variables, free regions

  uint64_t total() const { return constants + inputs + outputs + spillRead + spillWritten + other; }
  Traffic& operator+=(const Traffic& more);
};

// Layer that an instruction works for: index into Program::layers, or kNoLayer.
uint32_t layerOf(const Program& program, uint32_t step, uint32_t instruction);

// One entry per layer of the program.
std::vector<Traffic> trafficOf(const Program& program);

}  // namespace lilong
