// SPDX-License-Identifier: Apache-2.0
// Straightforward sweeps over sorted intervals.
#include "runtime/intervals.hpp"

#include <algorithm>

namespace lilong {

std::vector<Interval> merged(std::vector<Interval> intervals) {
  std::erase_if(intervals, [](const Interval& i) { return i.end <= i.start; });
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.start < b.start; });
  std::vector<Interval> set;
  for (const Interval& interval : intervals) {
    if (!set.empty() && interval.start <= set.back().end) {
      set.back().end = std::max(set.back().end, interval.end);
    } else {
      set.push_back(interval);
    }
  }
  return set;
}

uint64_t length(const std::vector<Interval>& set) {
  uint64_t sum = 0;
  for (const Interval& interval : set) sum += interval.end - interval.start;
  return sum;
}

uint64_t lengthWithin(const std::vector<Interval>& set, Interval window) {
  auto i = std::partition_point(set.begin(), set.end(),
                                [&](const Interval& one) { return one.end <= window.start; });
  uint64_t sum = 0;
  for (; i != set.end() && i->start < window.end; ++i) {
    sum += std::min(i->end, window.end) - std::max(i->start, window.start);
  }
  return sum;
}

std::vector<Interval> clipped(const std::vector<Interval>& set, Interval window) {
  std::vector<Interval> part;
  for (const Interval& interval : set) {
    part.push_back({std::max(interval.start, window.start), std::min(interval.end, window.end)});
  }
  return merged(std::move(part));
}

std::vector<Interval> without(const std::vector<Interval>& set, const std::vector<Interval>& other) {
  std::vector<Interval> rest;
  for (Interval interval : set) {
    for (const Interval& hole : other) {
      if (hole.end <= interval.start || hole.start >= interval.end) continue;
      rest.push_back({interval.start, hole.start});
      interval.start = std::min(hole.end, interval.end);
    }
    rest.push_back(interval);
  }
  return merged(std::move(rest));
}

}  // namespace lilong
