// SPDX-License-Identifier: Apache-2.0
#include "compiler/search/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/emit/emit.hpp"
#include "compiler/search/alternatives.hpp"
#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

namespace {

// Shares of the scratchpad that planning may count on.  Packing loses something to gaps, and what
// is left over serves prefetching.
constexpr uint32_t kPlanPercent[] = {100, 95, 90, 85, 80, 75, 70, 60, 50, 40};

constexpr uint32_t kPlanningShare = 50;  // percent of the allowance for kernels by themselves

constexpr uint64_t kMaxRegionBytes = uint64_t{1} << 30;
constexpr uint64_t kWorthwhileIdle = 16;  // cycles of waiting that are worth an attempt

class Search {
 public:
  Search(const Lowered& lowered, const isa::Preset& preset, const memory::Timing& timing,
         Meter& meter, const SearchOptions& options)
      : lowered_(lowered),
        preset_(preset),
        bus_(timing, preset),
        meter_(meter),
        options_(options) {}

  Result<SearchResult> run() {
    for (const bool strips : {true, false})
      if (auto done = tryBudgets(strips); !done) return done.error();
    if (!best_) {
      if (failure_) return *failure_;
      return makeError(DiagId::doesNotFit,
                       fmt::format("the buffers do not fit into the {} KiB scratchpad of preset {}",
                                   preset_.scratchpadBytes / 1024, preset_.name),
                       options_.file, lowered_.layers.empty() ? "" : lowered_.layers[0].name);
    }
    refine();
    return SearchResult{std::move(best_->plan), best_->cost.cycles};
  }

 private:
  struct Window {
    uint64_t limit = 0;              // tried up to here
    std::optional<uint64_t> cycles;  // if it ended before
  };
  struct Tried {
    Plan plan;
    Cost cost;
  };

  Result<void> tryBudgets(bool strips) {
    std::optional<Plan> previous;
    const TileChooser choose = [&](const Plan& plan, Range group,
                                   std::span<const KernelPlan> candidates) {
      return chooseTiles(plan, group, candidates);
    };
    for (const uint32_t percent : kPlanPercent) {
      if (best_ && meter_.exhausted()) break;
      const PlanOptions wanted{uint64_t{preset_.scratchpadBytes} * percent / 100, strips};
      auto plan = makePlan(lowered_, preset_, bus_, wanted, choose, options_.file);
      if (!plan) {
        if (!failure_) failure_ = plan.error();
        break;  // less room will not do either
      }
      if (previous == *plan) continue;
      previous = *plan;
      if (auto tried = attempt(*plan); !tried) return tried.error();
    }
    return {};
  }

  // Kernels by themselves, each way; what they read is there.  When most of the allowance is used
  // up, the first candidate is taken as it is.
  size_t chooseTiles(const Plan& plan, Range group, std::span<const KernelPlan> candidates) {
    size_t best = 0;
    uint64_t limit = UINT64_MAX;
    Plan changed = plan;
    for (size_t i = 0; i < candidates.size(); ++i) {
      changed.kernels[group.end - 1] = candidates[i];
      const std::optional<uint64_t> cycles = windowCycles(changed, group, limit);
      if (!cycles) continue;
      best = i;
      limit = *cycles;
    }
    return best;
  }

  // Cycles of a group by itself, if less than `limit`.
  std::optional<uint64_t> windowCycles(const Plan& plan, Range group, uint64_t limit) {
    std::vector<uint32_t> key{group.begin, plan.kernels[group.end - 1].rowsPerTile,
                              plan.kernels[group.end - 1].channelsPerTile,
                              plan.kernels[group.end - 1].rowsOuter};
    for (uint32_t k = group.begin; k < group.end; ++k) {
      key.push_back(static_cast<uint32_t>(plan.place[lowered_.kernels[k]->output.storage]));
      for (const View& view : lowered_.kernels[k]->inputs)
        key.push_back(static_cast<uint32_t>(plan.place[view.storage]));
    }
    Window& window = windows_[key];
    if (!window.cycles && window.limit < limit && !meter_.exhausted(kPlanningShare)) {
      window.limit = limit;
      const auto code = codeOf(plan, group);
      const auto cost = code && *code ? meter_.measure(**code, limit) : std::nullopt;
      if (cost) window.cycles = cost->cycles;
    }
    if (!window.cycles || *window.cycles >= limit) return std::nullopt;
    return window.cycles;
  }

  // The instructions of some kernels under a plan; empty if their buffers do not fit.
  Result<std::optional<std::vector<CodeLine>>> codeOf(const Plan& plan, Range kernels) const {
    ScheduleOptions scheduling;
    scheduling.constantBytes = options_.constantBytes;
    scheduling.spillBytes = options_.spillBytes;
    scheduling.content = false;
    scheduling.kernels = kernels;
    Schedule schedule = makeSchedule(lowered_, plan, preset_, scheduling);
    if (schedule.spillBytes > kMaxRegionBytes || schedule.constantBytes > kMaxRegionBytes)
      return makeError(DiagId::unsupportedVariant,
                       "the network needs more than 1 GiB of constants or of memory between layers",
                       options_.file);
    if (!fitSchedule(schedule, preset_.scratchpadBytes, bufferAlignment(preset_), plan.loadsAhead))
      return std::optional<std::vector<CodeLine>>{};
    auto code = emitCode(lowered_, schedule, preset_, options_.file);
    if (!code) return code.error();
    return std::optional<std::vector<CodeLine>>{std::move(*code)};
  }

  // Keeps the plan if it is faster than all before; true then.
  Result<bool> attempt(const Plan& plan) {
    auto code = codeOf(plan, {0, static_cast<uint32_t>(lowered_.kernels.size())});
    if (!code) return code.error();
    if (!*code) return false;
    auto cost = meter_.measure(**code, best_ ? best_->cost.cycles : UINT64_MAX);
    if (!cost) return false;
    best_ = Tried{plan, std::move(*cost)};
    return true;
  }

  // Changes the best plan while that helps and the meter has cycles left.
  void refine() {
    for (bool better = true; better && !meter_.exhausted();) {
      better = false;
      for (const Plan& plan : wholePlanAlternatives(best_->plan)) better |= tryChange(plan);
      for (const uint32_t k : kernelsByIdle())
        for (bool again = true; again && !meter_.exhausted();) {
          again = false;
          for (const Plan& plan : kernelAlternatives(lowered_, preset_, best_->plan, k))
            again |= tryChange(plan);
          better |= again;
        }
    }
  }

  bool tryChange(const Plan& plan) {
    if (meter_.exhausted()) return false;
    const auto tried = attempt(plan);
    return tried.ok() && *tried;  // a change that cannot be built is no improvement
  }

  // Kernels in front of which the array waits, the longest wait first.
  std::vector<uint32_t> kernelsByIdle() const {
    const std::vector<uint64_t>& idle = best_->cost.idle;
    std::vector<uint32_t> kernels;
    for (uint32_t k = 0; k < idle.size(); ++k)
      if (idle[k] >= kWorthwhileIdle) kernels.push_back(k);
    std::stable_sort(kernels.begin(), kernels.end(),
                     [&](uint32_t a, uint32_t b) { return idle[a] > idle[b]; });
    return kernels;
  }

  const Lowered& lowered_;
  const isa::Preset& preset_;
  Bus bus_;
  Meter& meter_;
  const SearchOptions& options_;
  std::map<std::vector<uint32_t>, Window> windows_;
  std::optional<Tried> best_;
  std::optional<Error> failure_;
};

}  // namespace

uint32_t bufferAlignment(const isa::Preset& preset) {
  return preset.depth * isa::kBanks;
}

Result<SearchResult> searchPlan(const Lowered& lowered, const isa::Preset& preset,
                                const memory::Timing& timing, Meter& meter,
                                const SearchOptions& options) {
  return Search(lowered, preset, timing, meter, options).run();
}

}  // namespace lilong::backend
