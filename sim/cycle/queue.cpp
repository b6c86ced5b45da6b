// SPDX-License-Identifier: Apache-2.0
#include "sim/cycle/queue.hpp"

namespace lilong::cycle {

namespace {
constexpr isa::Engine engineOf(uint32_t queue) {
  return static_cast<isa::Engine>(queue + 1);
}
}  // namespace

std::optional<isa::Trap> Sync::tick(const Queues& queues, int acquired, uint32_t done) {
  for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
    if (!(done >> q & 1)) continue;
    const isa::Header& h = queues[q].oldest().header;
    if (h.signal0En) ++semaphores[h.signal0];
    if (h.signal1En) ++semaphores[h.signal1];
  }
  if (acquired >= 0) {
    const isa::Header& h = queues[static_cast<size_t>(acquired)].head().header;
    if (h.wait0En) --semaphores[h.wait0];
    if (h.wait1En) --semaphores[h.wait1];
  }
  for (uint32_t s = 0; s < isa::kSemaphores; ++s) {
    if (semaphores[s] <= isa::kSemaphoreMax) continue;
    for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
      const isa::Header& h = queues[q].oldest().header;
      if ((done >> q & 1) && ((h.signal0En && h.signal0 == s) || (h.signal1En && h.signal1 == s))) {
        return isa::Trap{isa::TrapCode::semaphoreOverflow, engineOf(q),
                         queues[q].oldest().instruction, s};
      }
    }
  }
  return std::nullopt;
}

std::optional<isa::Trap> Sync::verdict(const Queues& queues,
                                       const std::optional<isa::Trap>& decodeTrap,
                                       uint32_t decodeInstruction, bool& over) const {
  if (decodeTrap) return decodeTrap;
  for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
    if (queues[q].headValid()) {
      return isa::Trap{isa::TrapCode::deadlock, engineOf(q), queues[q].head().instruction, 0};
    }
  }
  for (uint32_t s = 0; s < isa::kSemaphores; ++s) {
    if (semaphores[s] != 0) {
      return isa::Trap{isa::TrapCode::semaphoreRest, isa::Engine::fetch, decodeInstruction, s};
    }
  }
  over = true;
  return std::nullopt;
}

}  // namespace lilong::cycle
