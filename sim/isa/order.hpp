// SPDX-License-Identifier: Apache-2.0
// Order: which instructions of a program are certain to be complete when another one starts.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/isa/check.hpp"

namespace lilong::isa {

// One entry for each queue: how many of its instructions have completed.
using QueueClock = std::array<uint32_t, kNumQueues>;

// A queued instruction in one possible order of execution.
struct OrderedInstruction {
  uint32_t instruction = 0;  // number in the program
  uint32_t queue = 0;
  uint32_t index = 0;            // number in its queue
  QueueClock complete{};         // certainly complete at its start
  QueueClock beforeConstants{};  // certainly complete before it reads weights and parameters
};

struct Order {
  std::vector<OrderedInstruction> sequence;  // every instruction but `end`
  std::vector<std::string> problems;         // empty: the program ends, and counts stay in range
};

// Queues and semaphores form a system in which starting one instruction never hinders another, so
// one execution shows whether all end.  Every descriptor must have passed `check`.
Order findOrder(std::span<const Descriptor> program);

}  // namespace lilong::isa
