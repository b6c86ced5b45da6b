// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/frame.hpp"

#include "runtime/link/crc32.hpp"

namespace lilong::link {

namespace {

constexpr size_t kMinBytes = kHeaderBytes + kCrcBytes;
constexpr size_t kMaxBytes = kMinBytes + kMaxPayload;

void putLittle(std::vector<uint8_t>& to, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

uint32_t getLittle(std::span<const uint8_t> from, size_t at, int bytes) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= uint32_t{from[at + static_cast<size_t>(i)]} << (8 * i);
  return value;
}

}  // namespace

AnswerState AnswerState::decode(uint32_t address) {
  return {static_cast<Status>((address & kAnswerStatusMask) >> kAnswerStatusLsb),
          (address & kAnswerIrqMask) != 0, (address & kAnswerRepeatedMask) != 0,
          static_cast<uint8_t>((address & kAnswerExpectedMask) >> kAnswerExpectedLsb)};
}

uint32_t AnswerState::encode() const {
  return uint32_t{static_cast<uint8_t>(status)} << kAnswerStatusLsb |
         uint32_t{irq} << kAnswerIrqLsb | uint32_t{repeated} << kAnswerRepeatedLsb |
         uint32_t{expected} << kAnswerExpectedLsb;
}

void encode(const Frame& frame, std::vector<uint8_t>& line) {
  std::vector<uint8_t> plain;
  plain.reserve(kMinBytes + frame.payload.size());
  plain.push_back(static_cast<uint8_t>(frame.version << 4 | (frame.opcode & 0xf)));
  plain.push_back(frame.sequence);
  putLittle(plain, frame.address, 4);
  putLittle(plain, frame.length, 2);
  plain.insert(plain.end(), frame.payload.begin(), frame.payload.end());
  putLittle(plain, crc32(plain), kCrcBytes);
  line.push_back(kFlag);
  for (uint8_t b : plain) {
    if (b == kFlag || b == kEscape) {
      line.push_back(kEscape);
      b ^= kEscapeXor;
    }
    line.push_back(b);
  }
  line.push_back(kFlag);
}

void Deframer::reset() {
  inside_ = escaped_ = broken_ = false;
  bytes_.clear();
}

std::optional<Frame> Deframer::push(uint8_t byte) {
  if (byte == kFlag) {
    const bool begun = !bytes_.empty() || escaped_ || broken_;
    std::optional<Frame> frame = inside_ && !escaped_ && !broken_ ? finish() : std::nullopt;
    if (inside_ && begun && !frame) ++dropped_;
    reset();
    inside_ = true;
    return frame;
  }
  if (!inside_ || broken_) return std::nullopt;
  if (byte == kEscape && !escaped_) {
    escaped_ = true;
    return std::nullopt;
  }
  if (escaped_) byte ^= kEscapeXor;
  if ((escaped_ && byte != kFlag && byte != kEscape) || bytes_.size() == kMaxBytes) {
    broken_ = true;
    return std::nullopt;
  }
  escaped_ = false;
  bytes_.push_back(byte);
  return std::nullopt;
}

std::optional<Frame> Deframer::finish() const {
  if (bytes_.size() < kMinBytes) return std::nullopt;
  const std::span<const uint8_t> plain(bytes_.data(), bytes_.size() - kCrcBytes);
  if (getLittle(bytes_, plain.size(), kCrcBytes) != crc32(plain)) return std::nullopt;
  Frame frame;
  frame.version = static_cast<uint8_t>(plain[kOpcodeAt] >> 4);
  frame.opcode = static_cast<uint8_t>(plain[kOpcodeAt] & 0xf);
  frame.sequence = plain[kSequenceAt];
  frame.address = getLittle(plain, kAddressAt, 4);
  frame.length = static_cast<uint16_t>(getLittle(plain, kLengthAt, 2));
  frame.payload.assign(plain.begin() + kHeaderBytes, plain.end());
  return frame;
}

}  // namespace lilong::link
