// SPDX-License-Identifier: Apache-2.0
// Where the cycles of a chip step went, layer by layer, from the trace of its instructions and the
// counters behind each of them.
//
// A layer takes the cycles from the completion of the layer before to its own; layers sum to the
// step.  Layers that run interleaved, strip by strip, share the time of their group: each takes the
// cycles that lead to the ends of its own EXEC instructions.  Every one of these cycles that the
// multiplications do not need has exactly one cause.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runtime/program.hpp"
#include "runtime/session.hpp"

namespace lilong {

enum class Cause : uint8_t {
  packing,        // array beats beyond the MACs: lanes or multipliers that have no work
  weights,        // the array waited for weights from the scratchpad
  activations,    // the array waited for activations: bank conflicts, window fills
  results,        // the array waited for a free accumulator: the result port
  vectorPath,     // eltwise, softmax, copy
  setup,          // an EXEC instruction ran without array beat or stall: set-up, drain
  loadConstants,  // no EXEC instruction ran while a LOAD of constants did
  loadInput,      // the same, of network inputs
  loadSpill,      // of activations that had been stored
  loadOther,
  store,       // no EXEC, no LOAD, a STORE ran
  idle,        // nothing ran
  otherLayer,  // instructions of another layer ran
};
inline constexpr size_t kCauses = 13;

struct LayerTimes {
  uint64_t cycles = 0;
  uint64_t busyLoad = 0, busyExec = 0, busyStore = 0;     // by instructions of this layer
  uint64_t stallLoad = 0, stallStore = 0, stallIdle = 0;  // cycles without EXEC
  // Counters over the cycles of the layer; zero unless `counted`.
  uint64_t stallWeights = 0, stallInput = 0, stallOutput = 0;
  uint64_t bytesRead = 0, loadCycles = 0;     // asked for by LOAD, cycles in which one ran
  std::array<uint64_t, kCauses> causes{};     // of the cycles of the layer
  std::array<uint64_t, kCauses> ownCauses{};  // of its instructions, wherever they ran
  uint32_t otherLayer = kNoLayer;             // whose instructions ran longest
  bool first = false;                         // of its step
  bool counted = false;  // the device told the counters behind every instruction
};

// For the layers `order` (indices into program.layers, all of step `step`, by completion).
// `idealCycles`: cycles that the MACs of each of them need.
std::vector<LayerTimes> layerTimes(const Program& program, uint32_t step, const JobResult& job,
                                   const std::vector<uint32_t>& order,
                                   const std::vector<uint64_t>& idealCycles);

}  // namespace lilong
