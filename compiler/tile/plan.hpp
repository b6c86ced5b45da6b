// SPDX-License-Identifier: Apache-2.0
// Plan: which storages stay in the scratchpad, and how every kernel is cut into tiles.
#pragma once

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

struct Plan {
  std::vector<bool> resident;  // per storage: whole in the scratchpad while it is alive
  std::vector<KernelPlan> kernels;
  bool operator==(const Plan&) const = default;
};

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

// `budget`: scratchpad bytes that the plan may count on.
Result<Plan> makePlan(const Lowered& lowered, const isa::Preset& preset, const Bus& bus,
                      uint64_t budget, const std::string& file);

}  // namespace lilong::backend
