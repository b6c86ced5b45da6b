// SPDX-License-Identifier: Apache-2.0
// Noise on the line: frames whose bytes or bits have been damaged.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "runtime/link/frame.hpp"

namespace lilong::link {

class Noise {
 public:
  static constexpr size_t kKinds = 10;
  static const char* name(size_t kind);

  explicit Noise(uint32_t seed) : random_(seed) {}

  struct Line {
    std::vector<bool> bits;  // levels, one a bit
    size_t kind = 0;
    size_t frames = 0;    // frames damaged
    bool intact = false;  // one of the frames can still be found whole on the line
  };
  // Damages all frames, sent one behind the other.
  Line corrupt(const std::vector<Frame>& frames);

 private:
  uint32_t below(size_t limit) { return random_() % static_cast<uint32_t>(limit); }
  void damageBytes(size_t kind, std::vector<uint8_t>& bytes);
  void damageBits(size_t kind, std::vector<bool>& bits);

  std::mt19937 random_;
};

}  // namespace lilong::link
