// SPDX-License-Identifier: Apache-2.0
// end: the last instruction; the job is done when every queue is empty.
#pragma once

#include <optional>
#include <span>

#include "sim/isa/check.hpp"

namespace lilong::functional {

// The trap of a job whose queues have run empty behind `end`: a semaphore that is not zero.
inline std::optional<isa::Trap> endOfJob(std::span<const uint32_t> semaphores,
                                         uint32_t instruction) {
  for (uint32_t s = 0; s < semaphores.size(); ++s)
    if (semaphores[s] != 0)
      return isa::Trap{isa::TrapCode::semaphoreRest, isa::Engine::fetch, instruction, s};
  return std::nullopt;
}

}  // namespace lilong::functional
