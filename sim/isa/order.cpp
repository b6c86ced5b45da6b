// SPDX-License-Identifier: Apache-2.0
#include "sim/isa/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

namespace lilong::isa {
namespace {

constexpr uint32_t kNoQueue = kNumQueues;

struct Semaphore {
  uint32_t waitQueue = kNoQueue, signalQueue = kNoQueue;
  uint32_t count = 0;
  std::vector<uint32_t> signals;   // place in the sequence of the instruction that gave it
  std::vector<uint32_t> acquires;  // index in the waiting queue of the instruction that took it
};

void merge(QueueClock& into, const QueueClock& from) {
  for (uint32_t q = 0; q < kNumQueues; ++q) into[q] = std::max(into[q], from[q]);
}

class Finder {
 public:
  explicit Finder(std::span<const Descriptor> program) : program_(program) {}

  Order run() {
    findOwners();
    if (!order_.problems.empty()) return std::move(order_);
    while (true) {
      fetch();
      const std::optional<uint32_t> queue = startable();
      if (!queue) break;
      start(*queue);
    }
    finish();
    return std::move(order_);
  }

 private:
  void problem(std::string text) { order_.problems.push_back(std::move(text)); }

  static std::array<std::optional<uint32_t>, 2> waits(const Header& h) {
    return {h.wait0En ? std::optional<uint32_t>(h.wait0) : std::nullopt,
            h.wait1En ? std::optional<uint32_t>(h.wait1) : std::nullopt};
  }
  static std::array<std::optional<uint32_t>, 2> signals(const Header& h) {
    return {h.signal0En ? std::optional<uint32_t>(h.signal0) : std::nullopt,
            h.signal1En ? std::optional<uint32_t>(h.signal1) : std::nullopt};
  }

  // Every semaphore belongs to one waiting and one signalling queue.
  void findOwners() {
    std::array<bool, kSemaphores> reported{};
    for (uint32_t i = 0; i < program_.size(); ++i) {
      const Queue queue = findInstruction(opcodeByte(program_[i]))->queue;
      if (queue == Queue::control) continue;
      const auto own = [&](uint32_t s, uint32_t& owner, const char* what) {
        if (owner != kNoQueue && owner != static_cast<uint32_t>(queue) && !reported[s]) {
          reported[s] = true;
          problem(fmt::format("instruction {}: semaphore {} is {} by queue {} and by queue {}", i,
                              s, what, toString(static_cast<Queue>(owner)), toString(queue)));
        }
        owner = static_cast<uint32_t>(queue);
      };
      const Header header = Header::decode(program_[i]);
      for (const auto& s : waits(header))
        if (s) own(*s, semaphores_[*s].waitQueue, "waited for");
      for (const auto& s : signals(header))
        if (s) own(*s, semaphores_[*s].signalQueue, "signalled");
    }
  }

  void fetch() {
    for (; next_ < program_.size(); ++next_) {
      const Queue queue = findInstruction(opcodeByte(program_[next_]))->queue;
      if (queue == Queue::control) continue;
      auto& target = queues_[static_cast<size_t>(queue)];
      if (target.size() == kQueueDepth) return;
      target.push_back(next_);
    }
  }

  std::optional<uint32_t> startable() const {
    for (uint32_t q = 0; q < kNumQueues; ++q) {
      if (queues_[q].empty()) continue;
      const auto wait = waits(Header::decode(program_[queues_[q].front()]));
      const uint32_t needed = wait[0] && wait[1] && *wait[0] == *wait[1] ? 2 : 1;
      if (std::all_of(wait.begin(), wait.end(),
                      [&](const auto& s) { return !s || semaphores_[*s].count >= needed; }))
        return q;
    }
    return std::nullopt;
  }

  void start(uint32_t q) {
    OrderedInstruction item;
    item.instruction = queues_[q].front();
    item.queue = q;
    item.index = started_[q]++;
    queues_[q].pop_front();
    const Header header = Header::decode(program_[item.instruction]);
    item.complete = last_[q];  // the instruction before it in the queue has started
    for (const auto& s : waits(header)) {
      if (!s) continue;
      Semaphore& semaphore = semaphores_[*s];
      --semaphore.count;
      // The n-th acquisition needs the n-th signal, which comes at a completion.
      const OrderedInstruction& giver =
          order_.sequence[semaphore.signals[semaphore.acquires.size()]];
      merge(item.complete, giver.complete);
      item.complete[giver.queue] = std::max(item.complete[giver.queue], giver.index + 1);
      semaphore.acquires.push_back(item.index);
    }
    item.beforeConstants = item.complete;
    if (header.fence) item.complete[q] = item.index;
    last_[q] = item.complete;
    order_.sequence.push_back(item);
    for (const auto& s : signals(header))
      if (s) give(*s, item);
  }

  void give(uint32_t s, const OrderedInstruction& item) {
    Semaphore& semaphore = semaphores_[s];
    ++semaphore.count;
    semaphore.signals.push_back(static_cast<uint32_t>(order_.sequence.size() - 1));
    if (semaphore.waitQueue == kNoQueue) return;  // reported at the end
    // Acquisitions that have certainly happened when this instruction completes.
    const uint32_t sure =
        semaphore.waitQueue == item.queue ? item.index + 1 : item.complete[semaphore.waitQueue];
    const auto taken = std::lower_bound(semaphore.acquires.begin(), semaphore.acquires.end(), sure);
    const auto most =
        semaphore.signals.size() - static_cast<size_t>(taken - semaphore.acquires.begin());
    if (most > kSemaphoreMax && !semaphore_overflow_) {
      semaphore_overflow_ = true;
      problem(fmt::format("instruction {}: semaphore {} may be signalled above {}",
                          item.instruction, s, kSemaphoreMax));
    }
  }

  void finish() {
    bool waiting = false;
    for (uint32_t q = 0; q < kNumQueues; ++q) {
      if (queues_[q].empty()) continue;
      waiting = true;
      problem(fmt::format("instruction {} ({}) waits for ever", queues_[q].front(),
                          findInstruction(opcodeByte(program_[queues_[q].front()]))->name));
    }
    if (waiting) return;
    for (uint32_t s = 0; s < kSemaphores; ++s)
      if (semaphores_[s].count != 0)
        problem(fmt::format("semaphore {} is {} at the end", s, semaphores_[s].count));
  }

  std::span<const Descriptor> program_;
  Order order_;
  std::array<Semaphore, kSemaphores> semaphores_;
  std::array<std::deque<uint32_t>, kNumQueues> queues_;
  std::array<uint32_t, kNumQueues> started_{};
  std::array<QueueClock, kNumQueues> last_{};  // clock of the last start in each queue
  uint32_t next_ = 0;
  bool semaphore_overflow_ = false;
};

}  // namespace

Order findOrder(std::span<const Descriptor> program) {
  return Finder(program).run();
}

}  // namespace lilong::isa
