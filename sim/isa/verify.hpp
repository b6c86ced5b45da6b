// SPDX-License-Identifier: Apache-2.0
// The program verifier: a program that it accepts gives the same bytes on every correct chip, in
// every order that queues and semaphores allow, and always comes to its end.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/isa/check.hpp"

namespace lilong::isa {

// Accepts a whole program, or explains every problem it found (at most 16, programIllFormed):
//  - no instruction raises a precise trap; exactly one `end`, at the end
//  - every semaphore is waited for by one queue and signalled by one queue, never exceeds
//    SEMAPHORE_MAX in any order, and is zero at the end; no deadlock with QUEUE_DEPTH
//  - two accesses to the same byte, one of them a write, are ordered by fences and semaphores
//  - no instruction writes what it reads; no store goes to region 0
// The program may be hostile.  `regions` are the windows with which it will run.
Result<void> verify(std::span<const Descriptor> program, const Preset& preset,
                    std::span<const RegionView, kRegions> regions);

// How slow the memory may be for `cycleBound`.
struct MemoryBound {
  uint32_t latency = 1024;     // cycles from the request of a burst to its first beat
  uint32_t cyclesPerBeat = 8;  // cycles from beat to beat
};

// A number of cycles that no accepted program exceeds, for the watchdog; saturates.
uint64_t cycleBound(std::span<const Descriptor> program, const Preset& preset,
                    const MemoryBound& memory = {});

// A number of cycles that one instruction takes at least on every chip of the preset.
uint64_t minimumCycles(const Descriptor& descriptor, const Preset& preset);

}  // namespace lilong::isa
