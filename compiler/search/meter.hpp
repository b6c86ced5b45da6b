// SPDX-License-Identifier: Apache-2.0
// Meter: what a program costs, by the timing core.  The only cost that decides between plans.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/emit/code.hpp"
#include "sim/memory/timing.hpp"

namespace lilong::backend {

// A measured program.
struct Cost {
  uint64_t cycles = 0;         // doorbell to interrupt
  std::vector<uint64_t> idle;  // per kernel: cycles in which its next EXEC instruction did not run
                               // and no other did
};

class Meter {
 public:
  // `allowance`: cycles that may be simulated in all, and evaluations.  Counts, never time: the
  // same network gives the same program on every machine.
  struct Allowance {
    uint64_t cycles = 0, evaluations = 0;
  };

  Meter(const isa::Preset& preset, const memory::Timing& timing, const Allowance& allowance)
      : preset_(preset), timing_(timing), allowance_(allowance) {}

  // Nothing if the program takes `limit` cycles or more.  Equal programs are simulated once.
  std::optional<Cost> measure(const std::vector<CodeLine>& code, uint64_t limit = UINT64_MAX);

  // True when this share of the allowance is used up.
  bool exhausted(uint32_t percent = 100) const {
    return simulated_ * 100 >= allowance_.cycles * percent ||
           evaluations_ * 100 >= allowance_.evaluations * percent;
  }
  uint64_t evaluations() const { return evaluations_; }  // programs simulated
  uint64_t simulated() const { return simulated_; }      // their cycles

 private:
  struct Known {
    uint64_t limit = 0;        // simulated up to here
    std::optional<Cost> cost;  // if it ended before
  };

  const isa::Preset& preset_;
  memory::Timing timing_;
  Allowance allowance_;
  uint64_t evaluations_ = 0, simulated_ = 0;
  std::map<std::string, Known> known_;  // by digest
};

}  // namespace lilong::backend
