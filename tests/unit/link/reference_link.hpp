// SPDX-License-Identifier: Apache-2.0
// ReferenceLink: the device's end of the host link as docs/4-isa/6-link.md says, in plain C++.
// The RTL is compared with it, and the runtime is tested against it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "runtime/link/frame.hpp"

namespace lilong::link {

// What a link can reach.
class Target {
 public:
  virtual ~Target() = default;
  virtual std::optional<uint32_t> readRegister(uint32_t offset) = 0;  // empty: bus error
  virtual bool writeRegister(uint32_t offset, uint32_t value) = 0;    // false: bus error
  virtual bool readMemory(uint32_t address, std::span<uint8_t> bytes) = 0;
  virtual bool writeMemory(uint32_t address, std::span<const uint8_t> bytes) = 0;
  virtual bool interrupt() = 0;
  // Waits at most that long for the interrupt.
  virtual void wait(uint32_t milliseconds) = 0;
};

class ReferenceLink {
 public:
  ReferenceLink(const Hello& hello, Target& target) : hello_(hello), target_(target) {
    table_.fill(Status::stale);
  }

  // The answer to a frame; none to an answer.
  std::optional<Frame> handle(const Frame& request);

  uint8_t expected() const { return expected_; }
  uint64_t executed() const { return executed_; }

 private:
  Status check(const Frame& request) const;
  Status execute(const Frame& request, std::vector<uint8_t>& payload);

  Hello hello_;
  Target& target_;
  uint8_t expected_ = 0;
  bool session_ = false;
  std::array<Status, kWindow> table_{};
  uint64_t executed_ = 0;
};

}  // namespace lilong::link
