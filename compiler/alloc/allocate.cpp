// SPDX-License-Identifier: Apache-2.0
// Greedy interval packing.  Strategies, in this order: by start time into the place that has been
// free for the longest time (so that prefetches need not wait); by start time into the smallest
// gap; by size into the lowest gap.
#include <algorithm>
#include <numeric>

#include "compiler/alloc/buffer.hpp"

namespace lilong::backend {

namespace {

enum class Choice { longestFree, bestFit, lowest };

bool overlapInTime(const Buffer& a, const Buffer& b) {
  return a.first <= b.last && b.first <= a.last;
}

struct Gap {
  uint64_t begin, end;
};

// Free address ranges for `buffer` among the buffers placed so far.
std::vector<Gap> gapsFor(const Buffer& buffer, const std::vector<Buffer>& placed,
                         uint64_t capacity) {
  std::vector<Gap> used;
  for (const Buffer& other : placed)
    if (overlapInTime(buffer, other)) used.push_back({other.address, other.address + other.bytes});
  std::sort(used.begin(), used.end(), [](const Gap& a, const Gap& b) { return a.begin < b.begin; });
  std::vector<Gap> gaps;
  uint64_t at = 0;
  for (const Gap& gap : used) {
    if (gap.begin > at) gaps.push_back({at, gap.begin});
    at = std::max(at, gap.end);
  }
  if (at < capacity) gaps.push_back({at, capacity});
  return gaps;
}

// Buffers that were released longer ago do not matter for the choice of a place.
constexpr uint32_t kHorizon = 48;

// Latest time at which bytes [begin, end) were in use before `buffer`; 0 if never, else time + 1.
uint64_t lastUse(const std::vector<Buffer>& placed, uint64_t begin, uint64_t end,
                 const Buffer& buffer) {
  uint64_t last = 0;
  for (const Buffer& other : placed)
    if (other.address < end && begin < other.address + other.bytes && other.last < buffer.first)
      last = std::max<uint64_t>(last, uint64_t{other.last} + 1);
  return last;
}

bool place(Buffer& buffer, const std::vector<Buffer>& placed, uint64_t capacity, uint32_t unit,
           Choice choice) {
  bool found = false;
  uint64_t bestCost = 0, bestAddress = 0;
  const auto consider = [&](uint64_t address, const Gap& gap) {
    if (address + buffer.bytes > gap.end) return;
    uint64_t cost = 0;
    if (choice == Choice::longestFree)
      cost = lastUse(placed, address, address + buffer.bytes, buffer);
    else if (choice == Choice::bestFit)
      cost = gap.end - gap.begin;
    if (found && cost >= bestCost) return;
    found = true;
    bestCost = cost;
    bestAddress = address;
  };
  for (const Gap& gap : gapsFor(buffer, placed, capacity)) {
    consider((gap.begin + unit - 1) / unit * unit, gap);
    if (choice != Choice::longestFree) continue;
    for (const Buffer& other : placed) {  // starts behind earlier buffers inside the gap
      const uint64_t address = (other.address + other.bytes + unit - 1) / unit * unit;
      if (address > gap.begin && address < gap.end) consider(address, gap);
    }
  }
  buffer.address = static_cast<uint32_t>(bestAddress);
  return found;
}

// The first buffer that finds no place, or nothing.
std::optional<BufferId> placeAll(std::vector<Buffer>& buffers, const std::vector<BufferId>& order,
                                 uint64_t capacity, uint32_t unit, Choice choice) {
  std::vector<Buffer> placed;
  const bool byTime = choice != Choice::lowest;
  size_t pruneAt = 64;
  for (const BufferId i : order) {
    if (byTime && placed.size() >= pruneAt) {
      const uint32_t now = buffers[i].first;
      std::erase_if(placed, [&](const Buffer& b) { return b.last + kHorizon < now; });
      pruneAt = placed.size() + 64;
    }
    if (!place(buffers[i], placed, capacity, unit, choice)) return i;
    placed.push_back(buffers[i]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<BufferId> allocate(std::vector<Buffer>& buffers, uint64_t capacity,
                                 uint32_t alignment) {
  std::vector<BufferId> byStart(buffers.size());
  std::iota(byStart.begin(), byStart.end(), 0);
  std::vector<BufferId> bySize = byStart;
  std::stable_sort(byStart.begin(), byStart.end(),
                   [&](BufferId a, BufferId b) { return buffers[a].first < buffers[b].first; });
  std::stable_sort(bySize.begin(), bySize.end(),
                   [&](BufferId a, BufferId b) { return buffers[a].bytes > buffers[b].bytes; });
  if (!placeAll(buffers, byStart, capacity, alignment, Choice::longestFree)) return std::nullopt;
  const auto failed = placeAll(buffers, byStart, capacity, alignment, Choice::bestFit);
  if (!failed) return std::nullopt;
  if (!placeAll(buffers, bySize, capacity, alignment, Choice::lowest)) return std::nullopt;
  return failed;
}

}  // namespace lilong::backend
