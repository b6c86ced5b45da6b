// SPDX-License-Identifier: Apache-2.0
// Hostile programs and faulty buses: whatever happens, no burst leaves its window, the chip gives
// an interrupt, and after a soft reset the next good job is right in every byte.
#pragma once

#include <map>
#include <string>

#include "sim/lockstep/runner.hpp"

namespace lilong::lockstep {

// Damages `test` in a way that its seed chooses (mutated or random descriptors, wild addresses,
// bus errors), runs it, then a good job.  Counts the traps seen.  Empty if all is well.
std::string checkHostile(TestCase& test, RtlRunner& rtl, std::map<std::string, uint64_t>& traps);

}  // namespace lilong::lockstep
