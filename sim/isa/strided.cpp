// SPDX-License-Identifier: Apache-2.0
#include "sim/isa/strided.hpp"

#include <algorithm>
#include <vector>

namespace lilong::isa {

StridedSet::StridedSet(const Footprint& footprint)
    : base_(footprint.base), extent_(footprint.extent) {
  std::vector<Footprint::Term> loops;  // by rising stride
  for (uint32_t i = 0; i < footprint.numTerms; ++i)
    if (footprint.terms[i].count > 1 && footprint.terms[i].stride > 0)
      loops.push_back(footprint.terms[i]);
  std::sort(loops.begin(), loops.end(),
            [](const auto& a, const auto& b) { return a.stride < b.stride; });
  std::vector<Footprint::Term> merged;
  for (const Footprint::Term& loop : loops) {
    if (merged.empty() && loop.stride <= extent_) {
      extent_ += (loop.count - 1) * loop.stride;  // the blocks touch or overlap
    } else if (!merged.empty() && loop.stride <= merged.back().count * merged.back().stride &&
               loop.stride % merged.back().stride == 0) {
      merged.back().count += (loop.count - 1) * (loop.stride / merged.back().stride);
    } else {
      merged.push_back(loop);
    }
  }
  numLoops_ = static_cast<uint32_t>(merged.size());
  std::copy(merged.rbegin(), merged.rend(), loops_.begin());
  span_[numLoops_] = extent_;
  for (uint32_t k = numLoops_; k-- > 0;)
    span_[k] = span_[k + 1] + (loops_[k].count - 1) * loops_[k].stride;
}

bool StridedSet::meets(const StridedSet& other) const {
  uint32_t budget = 100'000;
  return meetsFrom(0, base_, other, 0, other.base_, budget);
}

// Does this set with loops `loop`.. from `base` meet the other with loops `otherLoop`..?
bool StridedSet::meetsFrom(uint32_t loop, uint64_t base, const StridedSet& other,
                           uint32_t otherLoop, uint64_t otherBase, uint32_t& budget) const {
  if (budget == 0) return true;
  --budget;
  const uint64_t span = span_[loop], otherSpan = other.span_[otherLoop];
  if (base + span <= otherBase || otherBase + otherSpan <= base) return false;
  const bool leaf = loop == numLoops_, otherLeaf = otherLoop == other.numLoops_;
  if (leaf && otherLeaf) return true;
  const uint64_t stride = leaf ? 0 : loops_[loop].stride;
  const uint64_t otherStride = otherLeaf ? 0 : other.loops_[otherLoop].stride;
  if (stride < otherStride) return other.meetsFrom(otherLoop, otherBase, *this, loop, base, budget);

  const uint64_t inner = span_[loop + 1], count = loops_[loop].count;
  if (stride == otherStride) {
    // Only the difference of the two indices counts: let d = own index - other index and shift
    // the blocks against each other, once for each d for which they can meet.
    const auto otherCount = static_cast<int64_t>(other.loops_[otherLoop].count);
    const auto otherInner = static_cast<int64_t>(other.span_[otherLoop + 1]);
    const int64_t apart = static_cast<int64_t>(otherBase) - static_cast<int64_t>(base);
    const auto s = static_cast<int64_t>(stride);
    const auto floorDiv = [](int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
    // apart - inner < d * stride < apart + otherInner
    const int64_t first =
        std::max(floorDiv(apart - static_cast<int64_t>(inner), s) + 1, 1 - otherCount);
    const int64_t last =
        std::min(floorDiv(apart + otherInner - 1, s), static_cast<int64_t>(count) - 1);
    for (int64_t d = first; d <= last; ++d) {
      const uint64_t own = base + (d > 0 ? static_cast<uint64_t>(d) * stride : 0);
      const uint64_t others = otherBase + (d < 0 ? static_cast<uint64_t>(-d) * stride : 0);
      if (meetsFrom(loop + 1, own, other, otherLoop + 1, others, budget)) return true;
    }
    return false;
  }
  // Every own block that can reach the other set.
  const uint64_t first = otherBase < base + inner ? 0 : (otherBase - base - inner) / stride + 1;
  const uint64_t last = std::min(count - 1, (otherBase + otherSpan - 1 - base) / stride);
  for (uint64_t i = first; i <= last; ++i)
    if (meetsFrom(loop + 1, base + i * stride, other, otherLoop, otherBase, budget)) return true;
  return false;
}

}  // namespace lilong::isa
