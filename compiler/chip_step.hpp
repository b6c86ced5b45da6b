// SPDX-License-Identifier: Apache-2.0
// From kernels to verified code: search, allocation and emission of one chip step.
#pragma once

#include "compiler/emit/code.hpp"
#include "compiler/lower/lowered.hpp"
#include "compiler/search/meter.hpp"
#include "compiler/tile/plan.hpp"

namespace lilong::backend {

// What the search for a plan may simulate: a few seconds on one core for the largest networks.
inline constexpr Meter::Allowance kSearchAllowance{80'000'000, 250};
// For a first look at another network that computes the same.
inline constexpr Meter::Allowance kShortAllowance{10'000'000, 60};

struct CompiledStep {
  std::vector<CodeLine> code;
  std::vector<uint8_t> constants;  // of region 1, including those that were there before
  uint32_t spillBytes = 0;         // likewise
  uint64_t cycles = 0;             // by the timing core
  uint64_t evaluations = 0;        // programs that the search has simulated
  uint64_t simulated = 0;          // and their cycles
  Plan plan;
};

Result<CompiledStep> compileStep(const Lowered& lowered, const isa::Preset& preset,
                                 const memory::Timing& timing,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file,
                                 const Meter::Allowance& allowance = kSearchAllowance);

// The same with a plan that is known, if it fits: that of a lowering with the same kernels and
// storages.
Result<CompiledStep> compilePlan(const Lowered& lowered, const Plan& plan,
                                 const isa::Preset& preset, const memory::Timing& timing,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file);

}  // namespace lilong::backend
