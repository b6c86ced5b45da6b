// SPDX-License-Identifier: Apache-2.0
// The serial line on the side of the host, one level per clock cycle, and noise for it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <random>

namespace lilong::fpga {

// Bytes to levels: 8 data bits, least significant first, one stop bit.
class LineSender {
 public:
  explicit LineSender(uint32_t clocksPerBit) : clocks_(clocksPerBit) {}
  void push(uint8_t byte) { bytes_.push_back(byte); }
  bool idle() const { return bytes_.empty() && bit_ == 0; }
  size_t waiting() const { return bytes_.size(); }
  bool level();

 private:
  uint32_t clocks_, clock_ = 0, bit_ = 0;  // bit 0: nothing is being sent
  uint16_t frame_ = 0;
  std::deque<uint8_t> bytes_;
};

// Levels to bytes; a byte without stop bit is given on as it is, like a USB converter does.
class LineReceiver {
 public:
  explicit LineReceiver(uint32_t clocksPerBit) : clocks_(clocksPerBit) {}
  bool idle() const { return bit_ == 0; }
  std::optional<uint8_t> level(bool high);

 private:
  uint32_t clocks_, clock_ = 0, bit_ = 0;
  uint16_t frame_ = 0;
};

// Damages a stream of bytes: each byte with probability `rate` is hit by one of: a flipped bit,
// loss, an additional byte in front of it, or a burst of 2 to 32 random bytes in its place.
class Noise {
 public:
  Noise(double rate, uint64_t seed) : rate_(rate), random_(seed) {}
  // Calls put(byte) for what remains of `byte`.
  template <typename Put>
  void pass(uint8_t byte, Put put) {
    if (rate_ <= 0 || std::uniform_real_distribution<>(0, 1)(random_) >= rate_) return put(byte);
    ++hits_;
    switch (random_() % 4) {
      case 0:
        return put(static_cast<uint8_t>(byte ^ 1u << random_() % 8));
      case 1:
        return;
      case 2:
        put(static_cast<uint8_t>(random_()));
        return put(byte);
      default:
        for (uint32_t left = 2 + random_() % 31; left > 0; --left) {
          put(static_cast<uint8_t>(random_()));
        }
    }
  }
  uint64_t hits() const { return hits_; }

 private:
  double rate_;
  std::mt19937_64 random_;
  uint64_t hits_ = 0;
};

}  // namespace lilong::fpga
