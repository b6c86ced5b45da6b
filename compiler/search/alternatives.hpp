// SPDX-License-Identifier: Apache-2.0
// Plans that differ a little from a given one: what the refinement tries.
#pragma once

#include "compiler/tile/plan.hpp"

namespace lilong::backend {

// Other sizes of merged constants, other depths of prefetching.
std::vector<Plan> wholePlanAlternatives(const Plan& plan);

// Other ways to cut kernel `k`, or the group that it belongs to.
std::vector<Plan> kernelAlternatives(const Lowered& lowered, const isa::Preset& preset,
                                     const Plan& plan, uint32_t k);

}  // namespace lilong::backend
