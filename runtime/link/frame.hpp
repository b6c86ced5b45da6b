// SPDX-License-Identifier: Apache-2.0
// Frames of the host link as bytes of the line and back (docs/4-isa/6-link.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/isa/gen/link.hpp"

namespace lilong::link {

// A request or an answer.  `length` is the field of the header; in a good frame of a write or an
// answer it is the size of the payload.
struct Frame {
  uint8_t version = kVersion;
  uint8_t opcode = 0;  // with the bit kAnswer in an answer
  uint8_t sequence = 0;
  uint32_t address = 0;
  uint16_t length = 0;
  std::vector<uint8_t> payload;

  bool operator==(const Frame&) const = default;
};

// The address field of an answer.
struct AnswerState {
  Status status = Status::ok;
  bool irq = false;
  bool repeated = false;
  uint8_t expected = 0;

  static AnswerState decode(uint32_t address);
  uint32_t encode() const;
};

// Appends the frame to `line`, with a flag on either side.
void encode(const Frame& frame, std::vector<uint8_t>& line);

// Bytes of the line to frames.  Whatever is no whole frame with the right CRC is dropped.
class Deframer {
 public:
  // The frame that ends with this byte, if any.
  std::optional<Frame> push(uint8_t byte);
  void reset();                                  // as after switching on: waits for a flag
  uint64_t dropped() const { return dropped_; }  // broken frames so far

 private:
  std::optional<Frame> finish() const;

  std::vector<uint8_t> bytes_;
  bool inside_ = false, escaped_ = false, broken_ = false;
  uint64_t dropped_ = 0;
};

}  // namespace lilong::link
