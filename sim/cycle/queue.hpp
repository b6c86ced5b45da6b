// SPDX-License-Identifier: Apache-2.0
// InstructionQueue, Sync: twins of lilong_queue and lilong_sync.
#pragma once

#include <array>
#include <optional>

#include "sim/isa/check.hpp"

namespace lilong::cycle {

struct InstructionQueue {
  struct Entry {
    isa::Descriptor descriptor{};
    isa::Header header{};
    uint32_t instruction = 0;
    bool empty = false;
  };
  std::array<Entry, isa::kQueueDepth> entries{};
  uint32_t pushed = 0, issued = 0, started = 0, completed = 0;

  static constexpr uint32_t slot(uint32_t at) { return at % isa::kQueueDepth; }
  bool pushReady() const { return pushed - completed != isa::kQueueDepth; }
  bool headValid() const { return pushed != issued; }
  const Entry& head() const { return entries[slot(issued)]; }
  const Entry& starting() const { return entries[slot(started)]; }
  const Entry& oldest() const { return entries[slot(completed)]; }
  bool none() const { return pushed == completed; }
  bool inflight() const { return issued != completed; }
  void clear() { pushed = issued = started = completed = 0; }

  void push(const isa::Descriptor& d, bool empty, uint32_t instruction) {
    Entry& e = entries[slot(pushed++)];
    e.descriptor = d;
    e.header = isa::Header::decode(d);
    e.instruction = instruction;
    e.empty = empty;
  }
};

using Queues = std::array<InstructionQueue, isa::kNumQueues>;

struct Sync {
  std::array<uint16_t, isa::kSemaphores> semaphores{};

  void clear() { semaphores = {}; }

  // Registers only: the semaphores and the fence of a valid head allow its start.
  bool allowed(const InstructionQueue& queue, uint32_t q) const {
    const isa::Header& h = queue.head().header;
    if (h.fence && q != 1 && queue.inflight()) return false;
    const uint32_t count0 = semaphores[h.wait0], count1 = semaphores[h.wait1];
    if (h.wait0En && count0 == 0) return false;
    if (h.wait1En && count1 == 0) return false;
    return !(h.wait0En && h.wait1En && h.wait0 == h.wait1 && count0 == 1);
  }

  // The clock edge.  acquired: queue whose head takes its semaphores, or -1; done: bit per queue.
  // Returns the overflow trap of this cycle.
  std::optional<isa::Trap> tick(const Queues& queues, int acquired, uint32_t done);

  // What ends the job when nothing is in flight and nothing can start; decode neither works nor
  // has anything to push.  ended: END was decoded.  Sets `over` when the job ended well, but for
  // the bus.
  std::optional<isa::Trap> verdict(const Queues& queues, const std::optional<isa::Trap>& decodeTrap,
                                   uint32_t decodeInstruction, bool& over) const;
};

}  // namespace lilong::cycle
