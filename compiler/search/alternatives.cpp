// SPDX-License-Identifier: Apache-2.0
#include "compiler/search/alternatives.hpp"

#include <algorithm>

namespace lilong::backend {

namespace {

constexpr uint32_t kMergedSizes[] = {0, 1024, 2048, 4096, 8192, 16384};
constexpr uint32_t kDepths[] = {3, 4, 5, 6, 8};
constexpr uint32_t kParts[] = {1, 2, 3, 4, 6, 8, 12, 16};

// Neighbours of `size` among the sizes that `total` may be cut into.
std::vector<uint32_t> neighbours(uint32_t total, uint32_t unit, uint32_t size) {
  const std::vector<uint32_t> sizes = partSizes(total, unit);
  const size_t at =
      static_cast<size_t>(std::find(sizes.begin(), sizes.end(), size) - sizes.begin());
  std::vector<uint32_t> result;
  for (size_t d = 1; d <= 2; ++d) {
    if (at + d < sizes.size()) result.push_back(sizes[at + d]);
    if (at >= d && at - d < sizes.size()) result.push_back(sizes[at - d]);
  }
  return result;
}

// The group that kernel `k` belongs to.
Range groupAround(const Lowered& lowered, const Plan& plan, uint32_t k) {
  uint32_t first = k;
  while (first > 0 && plan.place[lowered.kernels[first - 1]->output.storage] == Place::strip)
    --first;
  return groupFrom(lowered, plan, first);
}

}  // namespace

std::vector<Plan> wholePlanAlternatives(const Plan& plan) {
  std::vector<Plan> plans;
  for (const uint32_t merged : kMergedSizes) {
    plans.push_back(plan);
    plans.back().mergedConstants = merged;
  }
  for (const uint32_t depth : kDepths) {
    plans.push_back(plan);
    plans.back().loadsAhead = depth;
  }
  std::erase(plans, plan);
  return plans;
}

std::vector<Plan> kernelAlternatives(const Lowered& lowered, const isa::Preset& preset,
                                     const Plan& plan, uint32_t k) {
  std::vector<Plan> plans;
  const auto add = [&](uint32_t kernel, const KernelPlan& changed) {
    if (changed == plan.kernels[kernel]) return;
    plans.push_back(plan);
    plans.back().kernels[kernel] = changed;
  };
  const Range group = groupAround(lowered, plan, k);
  const uint32_t last = group.end - 1;
  const Kernel& kernel = *lowered.kernels[last];
  const Grid& grid = kernel.output.grid;
  const KernelPlan& now = plan.kernels[last];
  KernelPlan changed = now;
  if (kernel.splitsRows()) {
    for (const uint32_t rows : neighbours(grid.height, 1, now.rowsPerTile)) {
      changed = now;
      changed.rowsPerTile = rows;
      add(last, changed);
    }
  }
  if (group.size() > 1) return plans;
  if (const uint32_t unit = kernel.channelUnit(preset)) {
    const uint32_t units = ceilDiv(grid.channels, unit);
    for (const uint32_t parts : kParts) {
      if (parts > units) break;
      changed = now;
      changed.channelsPerTile = std::min(grid.channels, unit * ceilDiv(units, parts));
      changed.rowsOuter = false;
      if (changed.channelsPerTile == grid.channels) changed.rowsOuter = now.rowsOuter;
      add(k, changed);
    }
    for (const uint32_t channels : neighbours(grid.channels, unit, now.channelsPerTile)) {
      changed = now;
      changed.channelsPerTile = channels;
      add(k, changed);
    }
  }
  if (now.rowsPerTile < grid.height && now.channelsPerTile < grid.channels) {
    changed = now;
    changed.rowsOuter = !now.rowsOuter;
    add(k, changed);
  }
  return plans;
}

}  // namespace lilong::backend
