// SPDX-License-Identifier: Apache-2.0
#include "sim/fpga/line.hpp"

namespace lilong::fpga {

namespace {

constexpr uint32_t kBits = 10;  // start, 8 data, stop

}  // namespace

bool LineSender::level() {
  if (bit_ == 0) {
    if (bytes_.empty()) return true;
    frame_ = static_cast<uint16_t>(1u << 9 | bytes_.front() << 1);
    bytes_.pop_front();
    bit_ = 1;
    clock_ = 0;
  }
  const bool high = frame_ & 1;
  if (++clock_ == clocks_) {
    clock_ = 0;
    frame_ >>= 1;
    bit_ = bit_ == kBits ? 0 : bit_ + 1;
  }
  return high;
}

std::optional<uint8_t> LineReceiver::level(bool high) {
  if (bit_ == 0) {
    if (high) return std::nullopt;
    bit_ = 1;
    clock_ = 0;
    frame_ = 0;
  }
  if (clock_++ == clocks_ / 2)
    frame_ = static_cast<uint16_t>(frame_ | (high ? 1u : 0u) << (bit_ - 1));
  if (clock_ < clocks_) {
    // The stop bit ends in its middle, so that a sender that is a little faster is followed.
    if (bit_ < kBits || clock_ <= clocks_ / 2) return std::nullopt;
    bit_ = 0;
    return static_cast<uint8_t>(frame_ >> 1);
  }
  clock_ = 0;
  ++bit_;
  return std::nullopt;
}

}  // namespace lilong::fpga
