// SPDX-License-Identifier: Apache-2.0
// Estimate of the time of a program, to choose between plans.  Nothing else depends on it.
#pragma once

#include "compiler/emit/code.hpp"
#include "compiler/tile/bus.hpp"

namespace lilong::backend {

// Cycles from the first fetch to the last completion: queues, fences and semaphores as they are,
// every instruction with a plain guess of its own time.
uint64_t estimateCycles(const std::vector<CodeLine>& code, const isa::Preset& preset,
                        const Bus& bus);

}  // namespace lilong::backend
