// SPDX-License-Identifier: Apache-2.0
// Queues, semaphores, fetch and the end of a job.
#include "sim/functional/machine.hpp"

#include <array>
#include <deque>

#include "sim/base/checked.hpp"
#include "sim/functional/execute.hpp"
#include "sim/functional/insn_end.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::functional {
namespace {

using isa::Counter;
using isa::Engine;
using isa::Trap;
using isa::TrapCode;

struct Queued {
  uint32_t instruction;
  isa::Header header;
  isa::Descriptor descriptor;
};

constexpr std::array<Engine, isa::kNumQueues> kEngines{Engine::load, Engine::exec, Engine::store};
constexpr std::array<Counter, isa::kNumQueues> kCompleted{
    Counter::instructionsLoad, Counter::instructionsExec, Counter::instructionsStore};

// One job from doorbell to end or trap.
class Job {
 public:
  Job(Context& context, const RunOptions& options, RunResult& result)
      : context_(context), options_(options), result_(result), random_(options.orderSeed) {
    for (size_t i = 0; i < isa::kRegions; ++i)
      views_[i] = {context.windows[i].size, context.windows[i].read, context.windows[i].write};
  }

  void run() {
    while (true) {
      fetch();
      const std::optional<uint32_t> queue = startable();
      if (!queue) {
        result_.trap = idleTrap();
        return;
      }
      if (std::optional<Trap> trap = executeHead(*queue)) {
        result_.trap = trap;
        return;
      }
    }
  }

 private:
  // Decodes in order until a queue is full, the program ends, or a precise trap is pending.
  void fetch() {
    while (!ended_ && !pending_) {
      if (!held_) {
        held_ = readNext();
        if (!held_) return;
      }
      const isa::Queue queue = isa::findInstruction(isa::opcodeByte(held_->descriptor))->queue;
      if (queue == isa::Queue::control) {
        ended_ = true;
        end_ = held_->instruction;
      } else {
        auto& target = queues_[static_cast<size_t>(queue)];
        if (target.size() == isa::kQueueDepth) return;
        target.push_back(*held_);
      }
      context_.count(Counter::bytesFetch, isa::kDescriptorBytes);
      held_.reset();
    }
  }

  // The next descriptor if it is legal; else its trap is pending.
  std::optional<Queued> readNext() {
    const uint32_t instruction = next_++;
    const Window& window = context_.windows[0];
    const uint64_t offset = uint64_t{instruction} * isa::kDescriptorBytes;
    const auto trap = [&](TrapCode code, uint64_t address) {
      pending_ = Trap{code, Engine::fetch, instruction, address};
      return std::nullopt;
    };
    if (!window.read || offset + isa::kDescriptorBytes > window.size)
      return trap(TrapCode::programRange, offset);
    const uint64_t size = context_.memory.size();
    if (window.base > size || offset + isa::kDescriptorBytes > size - window.base)
      return trap(TrapCode::readError, window.base + offset);
    const isa::Descriptor descriptor =
        isa::readDescriptor(context_.memory.data() + window.base + offset);
    if (std::optional<Trap> found = isa::check(descriptor, context_.preset, views_, instruction)) {
      pending_ = found;
      return std::nullopt;
    }
    return Queued{instruction, isa::Header::decode(descriptor), descriptor};
  }

  bool ready(const isa::Header& h) const {
    if (h.wait0En && h.wait1En && h.wait0 == h.wait1) return semaphores_[h.wait0] >= 2;
    return (!h.wait0En || semaphores_[h.wait0] >= 1) && (!h.wait1En || semaphores_[h.wait1] >= 1);
  }

  // The first queue whose head can start, from a seeded one on if the order does not matter.
  // Everything earlier in a queue has completed, so a fence holds.
  std::optional<uint32_t> startable() {
    uint32_t first = 0;
    if (options_.orderSeed != 0) {
      random_ = random_ * 1664525 + 1013904223;
      first = (random_ >> 16) % isa::kNumQueues;
    }
    for (uint32_t i = 0; i < isa::kNumQueues; ++i) {
      const uint32_t q = (first + i) % isa::kNumQueues;
      if (!queues_[q].empty() && ready(queues_[q].front().header)) return q;
    }
    return std::nullopt;
  }

  // Nothing can start any more: why the job ends; nothing if it ends well.
  std::optional<Trap> idleTrap() const {
    if (pending_) return pending_;
    for (uint32_t q = 0; q < isa::kNumQueues; ++q)
      if (!queues_[q].empty())
        return Trap{TrapCode::deadlock, kEngines[q], queues_[q].front().instruction, 0};
    return endOfJob(semaphores_, end_);
  }

  std::optional<Trap> signal(uint32_t semaphore, uint32_t queue, uint32_t instruction) {
    if (++semaphores_[semaphore] > isa::kSemaphoreMax)
      return Trap{TrapCode::semaphoreOverflow, kEngines[queue], instruction, semaphore};
    return std::nullopt;
  }

  std::optional<Trap> executeHead(uint32_t q) {
    const Queued head = queues_[q].front();
    queues_[q].pop_front();
    const isa::Header& h = head.header;
    if (h.wait0En) --semaphores_[h.wait0];
    if (h.wait1En) --semaphores_[h.wait1];
    busy_[q] = saturatingAdd(busy_[q], isa::minimumCycles(head.descriptor, context_.preset));
    if (options_.watchdogCycles != 0 && busy_[q] > options_.watchdogCycles)
      return Trap{TrapCode::watchdog, kEngines[q], head.instruction, 0};
    execute(head.descriptor, context_);
    if (context_.busError)
      return Trap{context_.busError->code, kEngines[q], head.instruction,
                  context_.busError->address};
    context_.count(kCompleted[q], 1);
    if (options_.trace) result_.executed.push_back({static_cast<isa::Queue>(q), head.instruction});
    if (h.signal0En)
      if (auto trap = signal(h.signal0, q, head.instruction)) return trap;
    if (h.signal1En)
      if (auto trap = signal(h.signal1, q, head.instruction)) return trap;
    return std::nullopt;
  }

  Context& context_;
  const RunOptions& options_;
  RunResult& result_;
  uint32_t random_;
  std::array<isa::RegionView, isa::kRegions> views_{};
  std::array<std::deque<Queued>, isa::kNumQueues> queues_;
  std::array<uint32_t, isa::kSemaphores> semaphores_{};
  std::array<uint64_t, isa::kNumQueues> busy_{};  // cycles that the queue needs at least
  std::optional<Queued> held_;                    // decoded, waits for a place in its queue
  std::optional<Trap> pending_;  // precise trap that ends the job when the queues are empty
  uint32_t next_ = 0;            // number of the descriptor that is read next
  uint32_t end_ = 0;
  bool ended_ = false;
};

}  // namespace

Machine::Machine(const isa::Preset& preset)
    : preset_(preset), scratchpad_(preset.scratchpadBytes) {}

RunResult Machine::run(std::span<uint8_t> memory, std::span<const Window, isa::kRegions> windows,
                       const RunOptions& options) {
  RunResult result;
  Context context{preset_, scratchpad_, memory, windows, result.counters};
  Job(context, options, result).run();
  return result;
}

}  // namespace lilong::functional
