// SPDX-License-Identifier: Apache-2.0
// lilong_writer: one request for the granules of a position.
#pragma once

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

// A position at the end of the output pipeline.
struct Position {
  uint32_t addr = 0;  // first granule
  uint16_t strobe = 0;
  bool last = false;  // of the instruction
};

struct Writer {
  void clear() { req_ = false; }
  bool en(bool grant) const { return !req_ || grant; }
  bool done(bool grant) const { return req_ && grant && at_.last; }
  WriteRequest write() const { return {req_, at_.addr, at_.strobe}; }
  bool idle() const { return !req_; }

  // Only when en(); `position` is null when no position is complete.
  void tick(const Position* position) {
    req_ = position != nullptr;
    if (req_) at_ = *position;
  }

 private:
  bool req_ = false;
  Position at_;
};

}  // namespace lilong::cycle
