// SPDX-License-Identifier: Apache-2.0
// What must be ordered is found from the footprints (as ranges from first to last byte), what is
// already ordered from the knowledge that every instruction has when it starts: how many
// instructions of each queue have completed.  Program order is a valid order of all waits, so the
// result cannot deadlock.
#include <algorithm>
#include <array>
#include <map>

#include "compiler/emit/code.hpp"
#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::backend {

namespace {

using Knowledge = std::array<uint32_t, isa::kNumQueues>;  // completed instructions of each queue

// Accesses to a range of bytes since its last write; ordinals count from 1, 0 is none.
struct History {
  uint64_t end = 0;
  uint32_t writer = 0, writerQueue = 0;
  Knowledge reader{};
};
using SpaceHistory = std::map<uint64_t, History>;  // by first byte, disjoint

void splitAt(SpaceHistory& space, uint64_t address) {
  auto it = space.upper_bound(address);
  if (it == space.begin()) return;
  --it;
  if (it->first == address || it->second.end <= address) return;
  History tail = it->second;
  it->second.end = address;
  space.emplace(address, tail);
}

class Synchroniser {
 public:
  Synchroniser(const isa::Preset& preset, std::vector<CodeLine>& code)
      : preset_(preset), code_(code), headers_(code.size()) {}

  void run() {
    for (size_t i = 0; i < code_.size(); ++i) order(i);
    for (size_t i = 0; i < code_.size(); ++i) headers_[i].encodeInto(code_[i].descriptor);
  }

 private:
  static constexpr uint8_t semaphore(uint32_t from, uint32_t to) {
    return static_cast<uint8_t>(from * isa::kNumQueues + to);
  }

  void order(size_t i) {
    const uint32_t queue = static_cast<uint32_t>(code_[i].queue);
    const isa::Footprints prints = isa::footprints(code_[i].descriptor, preset_);
    Knowledge need{};  // per queue, the ordinal that must have completed
    for (const isa::Footprint& print : prints) collect(print, need);

    Knowledge known = lastStart_[queue];
    isa::Header& header = headers_[i];
    for (uint32_t other = 0; other < isa::kNumQueues; ++other) {
      if (other == queue || need[other] <= known[other]) continue;
      const size_t source = lines_[other][need[other] - 1];
      signal(headers_[source], semaphore(other, queue));
      wait(header, semaphore(other, queue));
      known[other] = need[other];
      for (uint32_t q = 0; q < isa::kNumQueues; ++q)
        known[q] = std::max(known[q], starts_[source][q]);
    }
    if (need[queue] > known[queue]) {
      header.fence = true;
      known[queue] = static_cast<uint32_t>(lines_[queue].size());
    }
    lastStart_[queue] = known;
    starts_.push_back(known);
    lines_[queue].push_back(i);
    const uint32_t ordinal = static_cast<uint32_t>(lines_[queue].size());
    for (const isa::Footprint& print : prints) record(print, queue, ordinal);
  }

  SpaceHistory& space(const isa::Footprint& print) {
    return spaces_[print.space == isa::Space::scratchpad ? 0 : 1 + print.region];
  }

  void collect(const isa::Footprint& print, Knowledge& need) {
    const SpaceHistory& history = space(print);
    auto it = history.upper_bound(print.base);
    if (it != history.begin()) --it;
    for (; it != history.end() && it->first < print.end(); ++it) {
      const History& h = it->second;
      if (h.end <= print.base) continue;
      if (h.writer) need[h.writerQueue] = std::max(need[h.writerQueue], h.writer);
      if (!print.write) continue;
      for (uint32_t q = 0; q < isa::kNumQueues; ++q) need[q] = std::max(need[q], h.reader[q]);
    }
  }

  void record(const isa::Footprint& print, uint32_t queue, uint32_t ordinal) {
    SpaceHistory& history = space(print);
    const uint64_t begin = print.base, end = print.end();
    if (begin >= end) return;
    splitAt(history, begin);
    splitAt(history, end);
    if (print.write) {
      history.erase(history.lower_bound(begin), history.lower_bound(end));
      History h;
      h.end = end;
      h.writer = ordinal;
      h.writerQueue = queue;
      history.emplace(begin, h);
      return;
    }
    uint64_t at = begin;
    for (auto it = history.lower_bound(begin); at < end;) {
      if (it == history.end() || it->first > at) {  // never touched
        History h;
        h.end = it == history.end() ? end : std::min(end, it->first);
        it = history.emplace(at, h).first;
      }
      it->second.reader[queue] = ordinal;
      at = it->second.end;
      ++it;
    }
  }

  static void wait(isa::Header& header, uint8_t semaphore) {
    if (!header.wait0En) {
      header.wait0En = true;
      header.wait0 = semaphore;
    } else {
      header.wait1En = true;
      header.wait1 = semaphore;
    }
  }

  static void signal(isa::Header& header, uint8_t semaphore) {
    if (!header.signal0En) {
      header.signal0En = true;
      header.signal0 = semaphore;
    } else {
      header.signal1En = true;
      header.signal1 = semaphore;
    }
  }

  const isa::Preset& preset_;
  std::vector<CodeLine>& code_;
  std::vector<isa::Header> headers_;
  std::array<std::vector<size_t>, isa::kNumQueues> lines_;  // of each queue, by ordinal - 1
  std::array<Knowledge, isa::kNumQueues> lastStart_{};
  std::vector<Knowledge> starts_;  // knowledge of every instruction at its start
  std::array<SpaceHistory, 1 + isa::kRegions> spaces_;
};

}  // namespace

void synchronise(const isa::Preset& preset, std::vector<CodeLine>& code) {
  Synchroniser(preset, code).run();
}

}  // namespace lilong::backend
