// SPDX-License-Identifier: Apache-2.0
// lilong_eltwise: operands to beats for the output pipeline, eight stages.
#pragma once

#include "sim/cycle/scan.hpp"

namespace lilong::cycle {

struct Eltwise {
  explicit Eltwise(const Shape& shape)
      : scan_{Scan(shape), Scan(shape)}, beats_(shape.windowLanes() / shape.results) {}

  void clear() {
    scan_[0].clear();
    scan_[1].clear();
    beat_ = stages_ = 0;
  }
  bool readValid(unsigned n) const { return scan_[n].valid(); }
  Group group(unsigned n) const { return scan_[n].group(); }
  bool valid() const { return stages_ >> (kStages - 1) & 1; }

  // Operands there and a beat possible: `active` the instruction runs, `en` the output moves.
  bool beat(bool active, bool en, uint32_t data_valid) const {
    return active && en && (data_valid & 1) != 0 && ((data_valid & 2) != 0 || pass_);
  }
  // Groups that this beat takes, one bit per reader.
  uint32_t pops(bool beat) const {
    if (!beat || beat_ != beats_ - 1) return 0;
    return pass_ ? 1 : 3;
  }

  // `taken`: groups that the readers accept in this cycle, one bit each.
  void tick(const isa::Descriptor* start, bool en, bool beat, uint32_t taken) {
    if (start != nullptr) {
      begin(*start);
    } else {
      if ((taken & 1) != 0) scan_[0].advance();
      if ((taken & 2) != 0) scan_[1].advance();
    }
    if (!en) return;
    if (beat) beat_ = beat_ == beats_ - 1 ? 0 : beat_ + 1;
    stages_ = static_cast<uint8_t>((stages_ << 1 | beat) & ((1 << kStages) - 1));
  }

 private:
  static constexpr unsigned kStages = 8;

  void begin(const isa::Descriptor& d) {
    const isa::Eltwise e = isa::Eltwise::decode(d);
    pass_ = e.binaryOp == isa::BinaryOp::pass;
    scan_[0].start({e.aAddr, e.aRowPitch, e.aPixPitch, e.outHeight, e.outWidth, e.channels, false});
    if (pass_) return;
    scan_[1].start(
        {e.bAddr, e.bRowPitch, e.bPixPitch, e.outHeight, e.outWidth, e.channels, e.bScalar});
  }

  Scan scan_[2];
  uint32_t beats_;
  uint32_t beat_ = 0;
  uint8_t stages_ = 0;  // bit 0: offset, bit 7: combine
  bool pass_ = false;
};

}  // namespace lilong::cycle
