// SPDX-License-Identifier: Apache-2.0
// OrderedProgram: a program under construction whose instructions get the fences and semaphores
// that make it well-formed.  Instructions are added in an order in which they could run one by
// one; whatever must not overlap with an earlier one waits for it, everything else is left free.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/isa/gen/isa.hpp"
#include "sim/lockstep/accesses.hpp"
#include "sim/lockstep/random.hpp"

namespace lilong::lockstep {

class OrderedProgram {
 public:
  OrderedProgram(const isa::Preset& preset, Random& random) : preset_(preset), random_(random) {}

  // Adds an instruction of queue load, exec or store; its header is filled in here.
  void add(const isa::Descriptor& descriptor);
  // Adds a semaphore edge that no hazard needs, from the last instruction of a queue.
  void addIdleEdge();

  size_t size() const { return items_.size(); }
  // The descriptors, without `end`.
  std::vector<isa::Descriptor> finish() const;

 private:
  static constexpr uint32_t kQueues = isa::kNumQueues;
  using Clock = std::array<uint32_t, kQueues>;  // completed instructions of each queue

  struct Item {
    isa::Descriptor descriptor{};
    uint32_t queue = 0;
    uint32_t number = 0;  // in its queue
    isa::Header header;
    Clock beforeFence{};  // known complete when constants may be read
    Clock start{};        // known complete when it starts
    std::vector<Access> accesses;
  };
  struct Semaphore {
    uint32_t from = 0, to = 0;  // queues
    bool used = false;
    uint32_t lastSignal = 0;  // number of the last signalling instruction in its queue
  };

  Item& append(const isa::Descriptor& descriptor);
  Item& appendNop(uint32_t queue);
  const Item& item(uint32_t queue, uint32_t number) const {
    return items_[positions_[queue][number]];
  }
  // Instructions of each queue that must be complete before `accesses` (of constants, or others).
  Clock needed(const std::vector<Access>& accesses, bool constants, const Clock& known) const;
  // A semaphore signalled by instruction `number` of `from` or a later one; waited for by `waiter`,
  // or by an empty instruction in front of it.
  struct Edge {
    uint32_t semaphore;
    uint32_t signaller;
    bool twice = false;  // two signals, both acquired together
  };
  Edge signal(uint32_t from, uint32_t number, uint32_t to);
  // The same semaphore, signalled by instruction `number` or a later one.
  uint32_t signalBy(uint32_t semaphore, uint32_t number);
  bool waitIn(isa::Header& header, uint32_t semaphore);
  bool signalIn(isa::Header& header, uint32_t semaphore);
  void learn(Clock& clock, uint32_t queue, uint32_t number) const;

  const isa::Preset& preset_;
  Random& random_;
  std::vector<Item> items_;
  std::array<std::vector<uint32_t>, kQueues> positions_;
  std::array<Semaphore, isa::kSemaphores> semaphores_{};
};

}  // namespace lilong::lockstep
