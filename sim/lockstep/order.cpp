// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/order.hpp"

#include <algorithm>
#include <cassert>

namespace lilong::lockstep {

namespace {

isa::Descriptor nopOf(uint32_t queue) {
  if (queue == static_cast<uint32_t>(isa::Queue::load)) return isa::NopLoad{}.encode();
  if (queue == static_cast<uint32_t>(isa::Queue::exec)) return isa::NopExec{}.encode();
  return isa::NopStore{}.encode();
}

}  // namespace

OrderedProgram::Item& OrderedProgram::append(const isa::Descriptor& descriptor) {
  Item item;
  item.descriptor = descriptor;
  item.queue = static_cast<uint32_t>(isa::findInstruction(isa::opcodeByte(descriptor))->queue);
  auto& positions = positions_[item.queue];
  item.number = static_cast<uint32_t>(positions.size());
  // It starts after the instruction in front of it in its queue.
  if (!positions.empty()) item.start = items_[positions.back()].start;
  item.beforeFence = item.start;
  positions.push_back(static_cast<uint32_t>(items_.size()));
  items_.push_back(std::move(item));
  return items_.back();
}

OrderedProgram::Item& OrderedProgram::appendNop(uint32_t queue) { return append(nopOf(queue)); }

// After the completion of an instruction, all before it in its queue are complete as well, and
// all that was complete at its start.
void OrderedProgram::learn(Clock& clock, uint32_t queue, uint32_t number) const {
  const Clock& start = item(queue, number).start;
  for (uint32_t q = 0; q < kQueues; ++q) clock[q] = std::max(clock[q], start[q]);
  clock[queue] = std::max(clock[queue], number + 1);
}

OrderedProgram::Clock OrderedProgram::needed(const std::vector<Access>& accesses, bool constants,
                                             const Clock& known) const {
  Clock need{};
  for (uint32_t q = 0; q < kQueues; ++q) {
    const auto& positions = positions_[q];
    for (uint32_t n = static_cast<uint32_t>(positions.size()); n > known[q]; --n) {
      const Item& other = items_[positions[n - 1]];
      const bool conflict = std::any_of(accesses.begin(), accesses.end(), [&](const Access& a) {
        return a.constant == constants &&
               std::any_of(other.accesses.begin(), other.accesses.end(), [&](const Access& b) {
                 return (a.write || b.write) && a.touches(b);
               });
      });
      if (conflict) {
        need[q] = n;
        break;
      }
    }
  }
  return need;
}

bool OrderedProgram::waitIn(isa::Header& header, uint32_t semaphore) {
  if (!header.wait0En) {
    header.wait0En = true;
    header.wait0 = static_cast<uint8_t>(semaphore);
  } else if (!header.wait1En) {
    header.wait1En = true;
    header.wait1 = static_cast<uint8_t>(semaphore);
  } else {
    return false;
  }
  return true;
}

bool OrderedProgram::signalIn(isa::Header& header, uint32_t semaphore) {
  const bool second = random_.chance(50);
  if (!header.signal0En && !(second && !header.signal1En)) {
    header.signal0En = true;
    header.signal0 = static_cast<uint8_t>(semaphore);
  } else if (!header.signal1En) {
    header.signal1En = true;
    header.signal1 = static_cast<uint8_t>(semaphore);
  } else {
    return false;
  }
  return true;
}

OrderedProgram::Edge OrderedProgram::signal(uint32_t from, uint32_t number, uint32_t to) {
  // Signals and waits of a semaphore pair up in order, so a new signal must not come before one
  // that is already there.
  std::vector<uint32_t> free, matching;
  for (uint32_t s = 0; s < isa::kSemaphores; ++s) {
    if (!semaphores_[s].used) free.push_back(s);
    if (semaphores_[s].used && semaphores_[s].from == from && semaphores_[s].to == to) {
      matching.push_back(s);
    }
  }
  uint32_t s = 0;
  // At most two semaphores of a direction, so that all nine fit sixteen.
  const bool fresh = matching.empty() || (matching.size() < 2 && free.size() > 7 && random_.chance(40));
  if (fresh) {
    s = free[random_.range(0, static_cast<uint32_t>(free.size()) - 1)];
    semaphores_[s] = {from, to, true, 0};
  } else {
    s = matching[random_.range(0, static_cast<uint32_t>(matching.size()) - 1)];
  }
  Edge edge{s, 0, random_.chance(20)};
  if (edge.twice) signalBy(s, random_.range(0, number));  // earlier or the same
  edge.signaller = signalBy(s, number);
  return edge;
}

uint32_t OrderedProgram::signalBy(uint32_t semaphore, uint32_t number) {
  const uint32_t from = semaphores_[semaphore].from;
  const uint32_t first = std::max(number, semaphores_[semaphore].lastSignal);
  const auto count = static_cast<uint32_t>(positions_[from].size());
  // The instruction itself, mostly; sometimes a later one.
  uint32_t signaller = first;
  if (random_.chance(20)) signaller = random_.range(first, count - 1);
  while (signaller < count &&
         !signalIn(items_[positions_[from][signaller]].header, semaphore)) {
    ++signaller;
  }
  if (signaller == count) {
    Item& nop = appendNop(from);
    signalIn(nop.header, semaphore);
  }
  semaphores_[semaphore].lastSignal = signaller;
  return signaller;
}

void OrderedProgram::add(const isa::Descriptor& descriptor) {
  const auto queue =
      static_cast<uint32_t>(isa::findInstruction(isa::opcodeByte(descriptor))->queue);
  const std::vector<Access> accesses = accessesOf(descriptor, preset_);

  // What has to be waited for, beyond what is known from the instruction in front.
  Clock known{};
  if (!positions_[queue].empty()) known = items_[positions_[queue].back()].start;
  const Clock forConstants = needed(accesses, true, known);
  const Clock forOthers = needed(accesses, false, known);
  bool fence = forOthers[queue] > known[queue];
  isa::Header header;
  std::vector<Edge> edges;
  for (uint32_t q = 0; q < kQueues; ++q) {
    uint32_t number = std::max(forConstants[q], forOthers[q]);
    if (q == queue) {
      number = forConstants[q];
      // A semaphore serves instead of a fence now and then.
      if (fence && random_.chance(10)) {
        number = std::max(number, forOthers[q]);
        fence = false;
      }
    }
    if (number > known[q]) edges.push_back(signal(q, number - 1, queue));
  }
  Clock learned{};
  for (const Edge& e : edges) {
    const uint32_t from = semaphores_[e.semaphore].from;
    learn(learned, from, e.signaller);
    const bool here = !header.wait1En && (!e.twice || !header.wait0En) && random_.chance(85);
    if (here) {
      waitIn(header, e.semaphore);
      if (e.twice) waitIn(header, e.semaphore);
      continue;
    }
    Item& nop = appendNop(queue);
    waitIn(nop.header, e.semaphore);
    if (e.twice) waitIn(nop.header, e.semaphore);
    for (uint32_t q = 0; q < kQueues; ++q) nop.start[q] = std::max(nop.start[q], learned[q]);
  }
  Item& item = append(descriptor);
  for (uint32_t q = 0; q < kQueues; ++q) {
    item.start[q] = std::max(item.start[q], learned[q]);
    item.beforeFence[q] = item.start[q];
  }
  item.header = header;
  item.header.fence = fence || random_.chance(5);
  if (item.header.fence) item.start[queue] = std::max(item.start[queue], item.number);
  item.accesses = accesses;
}

void OrderedProgram::addIdleEdge() {
  const uint32_t from = random_.range(0, kQueues - 1), to = random_.range(0, kQueues - 1);
  if (positions_[from].empty()) appendNop(from);
  const Edge edge =
      signal(from, random_.range(0, static_cast<uint32_t>(positions_[from].size()) - 1), to);
  Item& nop = appendNop(to);
  waitIn(nop.header, edge.semaphore);
  if (edge.twice) waitIn(nop.header, edge.semaphore);
  learn(nop.start, from, edge.signaller);
  if (random_.chance(30)) nop.header.fence = true;
}

std::vector<isa::Descriptor> OrderedProgram::finish() const {
  std::vector<isa::Descriptor> result;
  for (const Item& item : items_) {
    isa::Descriptor d = item.descriptor;
    item.header.encodeInto(d);
    result.push_back(d);
  }
  return result;
}

}  // namespace lilong::lockstep
