// SPDX-License-Identifier: Apache-2.0
// Search: the plan of a chip step that takes the fewest cycles among those tried.
//
// First whole plans for several scratchpad budgets, with and without strips; then the best one is
// changed kernel by kernel, where the array waits the longest first, as long as that helps.
// Every choice is made by the meter; ties keep what was found first.
#pragma once

#include "compiler/emit/code.hpp"
#include "compiler/lower/lowered.hpp"
#include "compiler/search/meter.hpp"
#include "compiler/tile/plan.hpp"
#include "sim/base/result.hpp"

namespace lilong::backend {

struct SearchResult {
  Plan plan;
  uint64_t cycles = 0;
};

struct SearchOptions {
  uint64_t constantBytes = 0, spillBytes = 0;  // of earlier chip steps
  std::string file;
};

// Scratchpad addresses of buffers are multiples of this.
uint32_t bufferAlignment(const isa::Preset& preset);

Result<SearchResult> searchPlan(const Lowered& lowered, const isa::Preset& preset,
                                const memory::Timing& timing, Meter& meter,
                                const SearchOptions& options);

}  // namespace lilong::backend
