// SPDX-License-Identifier: Apache-2.0
// Random: a small seeded generator, the same on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

namespace lilong::lockstep {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {  // splitmix64
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  // low..high, both included; low if high < low.
  uint32_t range(uint32_t low, uint32_t high) {
    if (high <= low) return low;
    return low + static_cast<uint32_t>(next() % (uint64_t{high} - low + 1));
  }
  // Like range, small numbers more often.
  uint32_t small(uint32_t low, uint32_t high) { return range(low, range(low, high)); }
  bool chance(uint32_t percent) { return range(0, 99) < percent; }
  uint32_t pick(std::initializer_list<uint32_t> values) {
    return values.begin()[range(0, static_cast<uint32_t>(values.size()) - 1)];
  }
  void fill(std::span<uint8_t> bytes) {
    size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
      const uint64_t v = next();
      for (size_t k = 0; k < 8; ++k) bytes[i + k] = static_cast<uint8_t>(v >> (8 * k));
    }
    for (; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(next());
  }

 private:
  uint64_t state_;
};

}  // namespace lilong::lockstep
