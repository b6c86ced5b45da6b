// SPDX-License-Identifier: Apache-2.0
#include "compiler/search/meter.hpp"

#include <algorithm>

#include "runtime/digest.hpp"
#include "sim/cycle/core.hpp"

namespace lilong::backend {

namespace {

// Every region in a place of its own.  Bursts end at multiples of 1 KiB and regions start there, so
// that their places do not matter.
constexpr uint32_t kRegionBytes = uint32_t{1} << 31;

std::array<cycle::Region, isa::kRegions> regionsFor(size_t programBytes) {
  std::array<cycle::Region, isa::kRegions> regions;
  for (uint64_t i = 0; i < isa::kRegions; ++i) regions[i] = {i << 32, kRegionBytes, true, true};
  regions[0].size = static_cast<uint32_t>(programBytes);
  return regions;
}

// Cycles between the end of one EXEC instruction and the start of the next, by kernel of the next.
std::vector<uint64_t> idleCycles(const std::vector<CodeLine>& code, const cycle::Result& result) {
  std::vector<uint64_t> idle;
  uint64_t end = 0;
  for (const cycle::Event& event : result.events) {
    if (event.queue != isa::Queue::exec) continue;
    const uint32_t kernel = code[event.instruction].kernel;
    if (kernel >= idle.size()) idle.resize(kernel + 1, 0);
    if (event.start > end) idle[kernel] += event.start - end;
    end = std::max(end, event.end);
  }
  return idle;
}

}  // namespace

std::optional<Cost> Meter::measure(const std::vector<CodeLine>& code, uint64_t limit) {
  std::vector<uint8_t> program(code.size() * isa::kDescriptorBytes);
  for (size_t i = 0; i < code.size(); ++i)
    isa::writeDescriptor(code[i].descriptor, program.data() + i * isa::kDescriptorBytes);
  Known& known = known_[toHex(sha256(program))];
  if (!known.cost && known.limit < limit) {
    cycle::TimingCore core(preset_, timing_);
    cycle::RunOptions options;
    options.trace = true;
    options.cycleLimit = std::min(limit, options.cycleLimit);
    const cycle::Result result = core.run(program, regionsFor(program.size()), options);
    ++evaluations_;
    simulated_ += result.finished ? result.cycles : limit;
    known.limit = limit;
    if (result.finished && !result.trap) known.cost = Cost{result.cycles, idleCycles(code, result)};
  }
  if (!known.cost || known.cost->cycles >= limit) return std::nullopt;
  return known.cost;
}

}  // namespace lilong::backend
