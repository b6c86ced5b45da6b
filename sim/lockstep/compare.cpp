// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/isa/disassembler.hpp"
#include "sim/lockstep/accesses.hpp"
#include "sim/lockstep/runner.hpp"

namespace lilong::lockstep {

namespace {

// Counters of work, equal on every device.
constexpr isa::Counter kWork[] = {isa::Counter::instructionsLoad, isa::Counter::instructionsExec,
                                  isa::Counter::instructionsStore, isa::Counter::macBeats,
                                  isa::Counter::bytesFetch,        isa::Counter::bytesRead,
                                  isa::Counter::bytesWritten};

bool isImprecise(isa::TrapCode code) {
  return code >= isa::TrapCode::semaphoreOverflow && code != isa::TrapCode::semaphoreRest &&
         code != isa::TrapCode::deadlock;
}

// The last instruction whose write names the byte, as text.
std::string writer(const TestCase& test, uint32_t space, uint64_t byte) {
  for (size_t i = test.program.size(); i-- > 0;) {
    const isa::Descriptor& d = test.program[i];
    if (isa::check(d, *test.preset, test.views(), 0)) continue;
    for (const Access& a : accessesOf(d, *test.preset)) {
      if (a.write && a.space == space && a.contains(byte)) {
        return fmt::format("written by instruction {}: {}", i, isa::disassemble(d));
      }
    }
  }
  return "which no instruction writes";
}

// First differing byte, or the size of both.
size_t firstDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                             a.begin());
}

size_t countDifferences(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  size_t n = 0;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) n += a[i] != b[i];
  return n;
}

}  // namespace

std::string compare(const TestCase& test, const Outcome& functional, const Outcome& rtl) {
  if (!rtl.failure.empty() && rtl.memory.empty()) return rtl.failure;
  const auto name = [](const std::optional<isa::Trap>& trap) {
    return trap ? trap->toString() : std::string("no trap");
  };
  if (functional.trap != rtl.trap) {
    return fmt::format("functional: {}; rtl: {}", name(functional.trap), name(rtl.trap));
  }
  // What is done when such a trap strikes is a matter of time.
  if (functional.trap && isImprecise(functional.trap->code)) return rtl.failure;
  size_t at = firstDifference(functional.scratchpad, rtl.scratchpad);
  if (at != functional.scratchpad.size()) {
    return fmt::format("scratchpad byte {:#x} is {:#04x} on rtl, not {:#04x} ({} bytes differ), {}",
                       at, rtl.scratchpad[at], functional.scratchpad[at],
                       countDifferences(functional.scratchpad, rtl.scratchpad),
                       writer(test, 0, at));
  }
  at = firstDifference(functional.memory, rtl.memory);
  if (at != functional.memory.size()) {
    std::string where = "outside of every window";
    for (uint32_t i = 0; i < isa::kRegions; ++i) {
      const functional::Window& w = test.windows[i];
      if (at >= w.base && at - w.base < w.size) {
        where = fmt::format("region {} offset {:#x}, {}", i, at - w.base,
                            writer(test, 1 + i, at - w.base));
      }
    }
    return fmt::format("memory byte {:#x} is {:#04x} on rtl, not {:#04x} ({} bytes differ), {}", at,
                       rtl.memory[at], functional.memory[at],
                       countDifferences(functional.memory, rtl.memory), where);
  }
  for (isa::Counter c : kWork) {
    const auto i = static_cast<size_t>(c);
    if (functional.counters[i] != rtl.counters[i]) {
      return fmt::format("counter {} is {} on rtl, not {}", isa::kCounterNames[i], rtl.counters[i],
                         functional.counters[i]);
    }
  }
  return rtl.failure;
}

}  // namespace lilong::lockstep
