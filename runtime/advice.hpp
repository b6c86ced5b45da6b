// SPDX-License-Identifier: Apache-2.0
// What would shorten a layer: its causes of lost cycles in words, the largest first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/layer_times.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {

struct Advice {
  std::string cause{};  // "weights", "load_input", ...
  uint64_t cycles = 0;
  std::string text{};  // one short sentence with its figures
};

std::string toString(Cause cause);

// `boundMemory`: cycles that the bytes of the layer need, 0 unless that is its bound;
// `readBytes`: bytes that the memory gives in a cycle.
std::vector<Advice> adviceFor(const Program& program, uint32_t layer, const LayerTimes& times,
                              const isa::Preset& preset, uint64_t boundMemory, uint64_t readBytes);

// Of the whole network: the causes summed over its layers.
struct NamedTimes {
  std::string layer;
  const LayerTimes* times;
};
std::vector<Advice> adviceFor(const std::vector<NamedTimes>& layers);

// 1,234,567
std::string withCommas(uint64_t value);

}  // namespace lilong
