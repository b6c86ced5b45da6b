// SPDX-License-Identifier: Apache-2.0
// Decode: twin of lilong_decode.  The verdict on a descriptor is isa::check; here is how long it
// takes: a cycle for every term of every footprint, and three for the pipeline behind.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "sim/isa/check.hpp"

namespace lilong::cycle {

struct Decode {
  enum class State : uint8_t { take, flags, act, check, push, done, trapped };

  const isa::Preset* preset;
  std::array<isa::RegionView, isa::kRegions> regions{};
  State state = State::take;
  uint32_t wait = 0;  // cycles left in check
  isa::Descriptor descriptor{};
  uint32_t number = 0;
  bool empty = false;
  isa::Queue queue = isa::Queue::control;
  std::optional<isa::Trap> trap;  // of the descriptor at work

  explicit Decode(const isa::Preset& p) : preset(&p) {}

  void clear() {
    state = State::take;
    trap.reset();
  }
  bool ready() const { return state == State::take; }
  bool pushing() const { return state == State::push; }
  bool done() const { return state == State::done; }
  bool trapped() const { return state == State::trapped; }
  bool stop() const { return state >= State::done; }

  // `program`: bytes of region 0.  Descriptors behind them count as zero.
  void take(bool missing, uint32_t instruction, std::span<const uint8_t> program);
  // The clock edge in the other states; pushFire: the queue took the instruction.
  // True if an instruction was accepted in this cycle.
  bool tick(bool pushFire) {
    switch (state) {
      case State::flags:
        state = State::act;
        return false;
      case State::act:
        return act();
      case State::check:
        if (--wait == 0) state = trap ? State::trapped : State::push;
        return false;
      case State::push:
        if (pushFire) state = State::take;
        return pushFire;
      default:
        return false;
    }
  }

 private:
  bool act();
};

}  // namespace lilong::cycle
