// SPDX-License-Identifier: Apache-2.0
#include "compiler/chip_step.hpp"

#include <fmt/format.h>

#include "compiler/alloc/buffer.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/emit/estimate.hpp"
#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

namespace {

// Shares of the scratchpad that planning may count on.  Packing loses something to gaps, and what
// is left over serves prefetching: the plan with the shortest estimate wins.
constexpr uint32_t kPlanPercent[] = {100, 95, 90, 85, 80, 75, 70, 60, 50, 40};

constexpr uint64_t kMaxRegionBytes = uint64_t{1} << 30;

}  // namespace

Result<CompiledStep> compileStep(const Lowered& lowered, const isa::Preset& preset, const Bus& bus,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file) {
  const uint64_t capacity = preset.scratchpadBytes;
  const uint32_t alignment = preset.depth * isa::kBanks;
  std::optional<Error> failure;
  std::optional<Plan> previous;
  std::optional<CompiledStep> best;
  uint64_t bestCycles = 0;
  for (const uint32_t percent : kPlanPercent) {
    auto plan = makePlan(lowered, preset, bus, capacity * percent / 100, file);
    if (!plan) {
      failure = plan.error();
      break;  // less room will not do either
    }
    if (previous == *plan) continue;
    previous = *plan;
    Schedule schedule = makeSchedule(lowered, *plan, preset, constants, spillBytes);
    if (schedule.spillBytes > kMaxRegionBytes || schedule.constants.size() > kMaxRegionBytes)
      return makeError(DiagId::unsupportedVariant,
                       "the network needs more than 1 GiB of constants or of memory between layers",
                       file);
    if (!fitSchedule(schedule, capacity, alignment)) continue;
    if (const auto wrong = validateAllocation(schedule.buffers, capacity, alignment))
      return makeError(DiagId::internal, *wrong, file);
    auto code = emitCode(lowered, schedule, preset, file);
    if (!code) return code.error();
    const uint64_t cycles = estimateCycles(*code, preset, bus);
    if (best && cycles >= bestCycles) continue;
    bestCycles = cycles;
    best = CompiledStep{std::move(*code), std::move(schedule.constants),
                        static_cast<uint32_t>(schedule.spillBytes)};
  }
  if (best) return std::move(*best);
  if (failure) return *failure;
  return makeError(DiagId::doesNotFit,
                   fmt::format("the buffers do not fit into the {} KiB scratchpad of preset {}",
                               preset.scratchpadBytes / 1024, preset.name),
                   file, lowered.layers.empty() ? "" : lowered.layers[0].name);
}

}  // namespace lilong::backend
