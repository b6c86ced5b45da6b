// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/estimate.hpp"

#include <algorithm>
#include <array>

#include "sim/isa/gen/isa_checks.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::backend {

namespace {

constexpr uint64_t kExecStart = 40;  // cycles from the start of an EXEC to its first result

// Cycles of the array: every step works on a stripe of positions while the next weights come.
template <typename Instruction>
uint64_t arrayCycles(const Instruction& insn, const isa::Preset& preset) {
  const uint64_t positions = uint64_t{insn.outHeight} * insn.outWidth;
  const uint64_t groups = (insn.channels + preset.lanes - 1) / preset.lanes;
  const uint64_t weights = preset.lanes / preset.weightVectors;
  const uint64_t stripe = std::max<uint64_t>(insn.stripe, 1);
  const uint64_t stripes = (positions + stripe - 1) / stripe;
  return groups * insn.steps * std::max(positions, stripes * weights);
}

uint64_t execCycles(const isa::Descriptor& d, const isa::Preset& preset) {
  switch (static_cast<isa::Opcode>(isa::opcodeByte(d))) {
    case isa::Opcode::conv:
      return arrayCycles(isa::Conv::decode(d), preset);
    case isa::Opcode::dwconv:
      return arrayCycles(isa::Dwconv::decode(d), preset);
    case isa::Opcode::pool:
      return arrayCycles(isa::Pool::decode(d), preset);
    case isa::Opcode::copy: {
      const isa::Copy copy = isa::Copy::decode(d);
      return uint64_t{copy.count0} * copy.count1 * copy.count2 * copy.count3 * (copy.run / 8 + 1);
    }
    default:
      return isa::minimumCycles(d, preset);
  }
}

uint64_t duration(const CodeLine& line, const isa::Preset& preset, const Bus& bus) {
  if (line.queue == isa::Queue::exec) return execCycles(line.descriptor, preset);
  for (const isa::Footprint& print : isa::footprints(line.descriptor, preset)) {
    if (print.space != isa::Space::region) continue;
    uint64_t rows = 1;
    for (uint32_t t = 0; t < print.numTerms; ++t) rows *= print.terms[t].count;
    const bool joined = print.numTerms > 0 && print.terms[0].stride == print.extent;
    return bus.cycles(joined ? rows / print.terms[0].count : rows, rows * print.extent);
  }
  return 0;
}

struct Queue {
  std::vector<uint64_t> completions;
  uint64_t free = 0;       // the engine takes the next instruction
  uint64_t completed = 0;  // of the last instruction
};

}  // namespace

uint64_t estimateCycles(const std::vector<CodeLine>& code, const isa::Preset& preset,
                        const Bus& bus) {
  std::array<Queue, isa::kNumQueues> queues;
  std::array<std::vector<uint64_t>, isa::kSemaphores> signals;  // times of all signals
  std::array<size_t, isa::kSemaphores> waited{};
  uint64_t fetched = 0, end = 0;
  for (const CodeLine& line : code) {
    if (line.queue == isa::Queue::control) continue;
    Queue& queue = queues[static_cast<size_t>(line.queue)];
    const size_t number = queue.completions.size();
    if (number >= isa::kQueueDepth)
      fetched = std::max(fetched, queue.completions[number - isa::kQueueDepth]);
    uint64_t start = std::max(fetched, queue.free);
    const isa::Header header = isa::Header::decode(line.descriptor);
    const auto wait = [&](uint8_t semaphore) {
      const size_t n = waited[semaphore]++;
      if (n < signals[semaphore].size()) start = std::max(start, signals[semaphore][n]);
    };
    if (header.wait0En) wait(header.wait0);
    if (header.wait1En) wait(header.wait1);
    if (header.fence) start = std::max(start, queue.completed);
    const uint64_t busy = start + duration(line, preset, bus);
    const uint64_t latency = line.queue == isa::Queue::exec ? kExecStart : bus.latency;
    queue.free = busy;
    queue.completed = std::max(queue.completed, busy + latency);
    queue.completions.push_back(queue.completed);
    if (bus.shared && line.queue != isa::Queue::exec) {  // the other direction waits
      Queue& other = queues[line.queue == isa::Queue::load ? static_cast<size_t>(isa::Queue::store)
                                                           : static_cast<size_t>(isa::Queue::load)];
      other.free = std::max(other.free, busy);
    }
    if (header.signal0En) signals[header.signal0].push_back(queue.completed);
    if (header.signal1En) signals[header.signal1].push_back(queue.completed);
    end = std::max(end, queue.completed);
  }
  return end;
}

}  // namespace lilong::backend
