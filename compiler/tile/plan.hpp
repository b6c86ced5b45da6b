// SPDX-License-Identifier: Apache-2.0
// Plan: where every storage lives while it is alive, and how every kernel is cut into tiles.
#pragma once

#include <functional>
#include <span>

#include "compiler/lower/lowered.hpp"
#include "compiler/tile/bus.hpp"
#include "sim/base/result.hpp"

namespace lilong::backend {

struct KernelPlan {
  uint32_t rowsPerTile = 1;      // of the output view
  uint32_t channelsPerTile = 1;  // of the output view
  bool rowsOuter = true;         // all channel tiles of a row tile follow each other
  bool operator==(const KernelPlan&) const = default;
};

enum class Place : uint8_t {
  chip,    // whole in the scratchpad while it is alive
  memory,  // in external memory, tiles of it in the scratchpad
  strip,   // never whole: written and read strip by strip by two kernels that follow each other
};

struct Plan {
  std::vector<Place> place;  // per storage
  std::vector<KernelPlan> kernels;
  uint32_t mergedConstants = 4096;             // bytes that one LOAD brings for several kernels
  uint32_t loadsAhead = isa::kQueueDepth - 2;  // loads in front of the tile of the first of them
  bool operator==(const Plan&) const = default;

  bool resident(StorageId s) const { return place[s] == Place::chip; }
};

// Kernels joined by storages of which only strips exist work strip by strip, one after the other;
// the last one's rowsPerTile is the height of a strip.  Returns the kernels behind `k` in its group
// as a half-open range that starts at `k`; k alone if it is in none.
Range groupFrom(const Lowered& lowered, const Plan& plan, uint32_t k);

// Rows of every kernel of the group for rows `last` of its last one: those that its reader needs.
std::vector<Range> stripRows(const Lowered& lowered, Range group, Range last);

// Kernels that touch a storage, as indices; `last` is the number of kernels when the storage is a
// network output that is stored at the end.
struct LifeTime {
  uint32_t first = UINT32_MAX, last = 0;
  bool used() const { return first != UINT32_MAX; }
};
std::vector<LifeTime> lifeTimes(const Lowered& lowered);

// True when the output tensor is the whole content of its storage and the only one in it: then the
// storage may lie where the output belongs.
bool isHomeOf(const Lowered& lowered, const OutputTensor& output);

// True when `kernel` reads input `i` only in the channels of its output tile, and can be given a
// buffer that holds only these.
bool slicesChannels(const Lowered& lowered, const Kernel& kernel, size_t i);

// The index of the best of several ways to cut the kernels `group` (only the last one's entry
// changes in a group of several); the rest of the plan is as in `plan`.
using TileChooser =
    std::function<size_t(const Plan& plan, Range group, std::span<const KernelPlan> candidates)>;

struct PlanOptions {
  uint64_t budget = 0;  // scratchpad bytes that the plan may count on
  bool strips = false;  // storages that do not fit become strips where that is possible
};

Result<Plan> makePlan(const Lowered& lowered, const isa::Preset& preset, const Bus& bus,
                      const PlanOptions& options, const TileChooser& choose,
                      const std::string& file);

// Sizes of the parts that `total` may be cut into, in whole units, largest first.
std::vector<uint32_t> partSizes(uint32_t total, uint32_t unit);

}  // namespace lilong::backend
