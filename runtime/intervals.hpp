// SPDX-License-Identifier: Apache-2.0
// Sets of cycles as sorted, disjoint intervals [start, end).
#pragma once

#include <cstdint>
#include <vector>

namespace lilong {

struct Interval {
  uint64_t start = 0;
  uint64_t end = 0;
};

// Sorted and merged; empty intervals vanish.
std::vector<Interval> merged(std::vector<Interval> intervals);

// Cycles in the set.
uint64_t length(const std::vector<Interval>& set);

// Cycles of a sorted, merged set inside `window`.
uint64_t lengthWithin(const std::vector<Interval>& set, Interval window);

// The part of `set` inside `window`, and the part of `set` outside `other`; all merged.
std::vector<Interval> clipped(const std::vector<Interval>& set, Interval window);
std::vector<Interval> without(const std::vector<Interval>& set, const std::vector<Interval>& other);

}  // namespace lilong
