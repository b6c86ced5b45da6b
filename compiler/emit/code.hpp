// SPDX-License-Identifier: Apache-2.0
// Code: instructions in program order, before and after synchronisation.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::backend {

struct CodeLine {
  isa::Descriptor descriptor{};
  isa::Queue queue = isa::Queue::exec;
  uint32_t layer = 0;
  uint32_t kernel = 0;  // of EXEC instructions
};

// Orders every pair of conflicting accesses: fences inside a queue, semaphores between queues.
// One semaphore serves each pair of queues; the n-th wait on it belongs to the n-th signal.
void synchronise(const isa::Preset& preset, std::vector<CodeLine>& code);

}  // namespace lilong::backend
