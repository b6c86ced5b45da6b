// SPDX-License-Identifier: Apache-2.0
// lilong_softmax: three passes over the channels of every pixel, results a granule at a time.
#pragma once

#include "sim/cycle/reader.hpp"

namespace lilong::cycle {

struct Softmax {
  explicit Softmax(const Shape& shape)
      : depth_(shape.depth),
        table_rows_(1024 / shape.depth),
        byte_mask_(shape.scratchpadBytes - 1),
        granule_mask_(shape.granuleMask()) {}

  void clear() {
    rq_run_ = req_ = false;
    state_ = State::idle;
    stages_ = fill_ = 0;
  }
  bool readValid() const { return rq_run_; }
  Group group() const { return {rq_cur_, (rq_table_ || rq_left_ > depth_) ? depth_ : rq_left_}; }
  WriteRequest write() const { return {req_, addr_, 1}; }
  bool done(bool grant) const { return req_ && grant && final_req_; }
  // The group at the reader's output is taken.
  bool pop(bool data_valid, bool grant) const {
    if (!en(grant)) return false;
    if (state_ == State::table) return true;
    return element(data_valid, grant) && (left_ == 1 || byte_ == depth_ - 1);
  }

  void tick(const isa::Descriptor* start, bool read_ready, bool data_valid, bool grant) {
    if (start != nullptr)
      begin(*start);
    else if (rq_run_ && read_ready)
      request();
    if (!en(grant)) return;
    const bool is_element = element(data_valid, grant);
    const State before = state_;
    const bool last = is_element && left_ == 1;
    const bool last_pixel = x_ == 1 && y_ == 1;
    results();
    sequence(start != nullptr, data_valid, is_element);
    const bool counted = is_element && before != State::max;
    stages_ = (stages_ << 1 | counted) & 0x1f;
    result_ = (result_ << 1 | (before == State::result)) & 0x1f;
    last_ = (last_ << 1 | last) & 0x1f;
    final_ = (final_ << 1 | (last && last_pixel)) & 0x1f;
  }

 private:
  enum class State : uint8_t { idle, table, max, sum, drain, normalise, divide, result };
  static constexpr uint32_t kDrainCycles = 4, kNormaliseCycles = 6, kDivideCycles = 33;

  bool en(bool grant) const { return !req_ || grant; }
  bool element(bool data_valid, bool grant) const {
    return en(grant) && data_valid &&
           (state_ == State::max || state_ == State::sum || state_ == State::result);
  }

  void begin(const isa::Descriptor& d) {
    s_ = isa::Softmax::decode(d);
    rq_run_ = rq_table_ = true;
    rq_pass_ = 0;
    rq_left_ = table_rows_;
    rq_x_ = s_.outWidth;
    rq_y_ = s_.outHeight;
    rq_cur_ = s_.paramsAddr & byte_mask_;
    rq_pix_ = rq_row_ = s_.inAddr & byte_mask_;
    out_cur_ = out_pix_ = out_row_ = (s_.outAddr / 8) & granule_mask_;
    out_x_ = s_.outWidth;
  }

  // Requests: the table, then three times the channels of every pixel.
  void request() {
    if (rq_table_ ? rq_left_ != 1 : rq_left_ > depth_) {
      rq_left_ -= rq_table_ ? 1 : depth_;
      rq_cur_ = (rq_cur_ + depth_) & byte_mask_;
      return;
    }
    const bool table = rq_table_;
    rq_table_ = false;
    rq_left_ = s_.channels;
    rq_cur_ = rq_pix_;
    if (table) return;
    rq_pass_ = rq_pass_ == 2 ? 0 : rq_pass_ + 1;
    if (rq_pass_ != 0) return;
    if (rq_x_ != 1) {
      --rq_x_;
      rq_pix_ = rq_cur_ = (rq_pix_ + s_.inPixPitch) & byte_mask_;
      return;
    }
    if (rq_y_ == 1) rq_run_ = false;
    rq_x_ = s_.outWidth;
    --rq_y_;
    rq_row_ = rq_pix_ = rq_cur_ = (rq_row_ + s_.inRowPitch) & byte_mask_;
  }

  void sequence(bool start, bool data_valid, bool is_element) {
    const bool table_row = state_ == State::table && data_valid;
    const bool last_element = is_element && left_ == 1;
    const bool timer_ends = timer_ == 1;
    --timer_;
    switch (state_) {
      case State::idle:
        if (start) state_ = State::table;
        left_ = table_rows_;
        byte_ = 0;
        x_ = s_.outWidth;
        y_ = s_.outHeight;
        return;
      case State::table:
        if (table_row && left_ == 1) state_ = State::max;
        break;
      case State::max:
        if (last_element) state_ = State::sum;
        break;
      case State::sum:
        if (last_element) enter(State::drain, kDrainCycles);
        break;
      case State::drain:
        if (timer_ends) enter(State::normalise, kNormaliseCycles);
        break;
      case State::normalise:
        if (timer_ends) enter(State::divide, kDivideCycles);
        break;
      case State::divide:
        if (timer_ends) state_ = State::result;
        break;
      case State::result:
        if (!last_element) break;
        state_ = x_ == 1 && y_ == 1 ? State::idle : State::max;
        if (x_ == 1) --y_;
        x_ = x_ == 1 ? s_.outWidth : x_ - 1;
        break;
    }
    if (!table_row && !is_element) return;
    if (is_element) byte_ = (byte_ + 1) & (depth_ - 1);
    if (--left_ == 0) {
      left_ = s_.channels;
      byte_ = 0;
    }
  }

  void enter(State state, uint32_t cycles) {
    state_ = state;
    timer_ = cycles;
  }

  // Clamp, pack and write.
  void results() {
    const bool valid = (stages_ & result_ & 0x10) != 0;
    const bool last = (last_ & 0x10) != 0;
    req_ = valid && (fill_ == 7 || last);
    final_req_ = (final_ & 0x10) != 0;
    if (!valid) return;
    fill_ = req_ ? 0 : fill_ + 1;
    if (!req_) return;
    addr_ = out_cur_;
    out_cur_ = (out_cur_ + 1) & granule_mask_;
    if (!last) return;
    if (out_x_ != 1) {
      --out_x_;
      out_pix_ = out_cur_ = (out_pix_ + s_.outPixPitch / 8) & granule_mask_;
    } else {
      out_x_ = s_.outWidth;
      out_row_ = out_pix_ = out_cur_ = (out_row_ + s_.outRowPitch / 8) & granule_mask_;
    }
  }

  uint32_t depth_, table_rows_, byte_mask_, granule_mask_;
  isa::Softmax s_;
  // requests
  bool rq_run_ = false, rq_table_ = false;
  uint32_t rq_pass_ = 0, rq_left_ = 0, rq_x_ = 0, rq_y_ = 0;
  uint32_t rq_cur_ = 0, rq_pix_ = 0, rq_row_ = 0;
  // sequence
  State state_ = State::idle;
  uint32_t timer_ = 0;
  uint32_t left_ = 0, byte_ = 0;  // elements (or rows of the table) left; element in the group
  uint32_t x_ = 0, y_ = 0;
  // element pipeline, bit 0: stage 1
  uint32_t stages_ = 0, result_ = 0, last_ = 0, final_ = 0;
  // results
  uint32_t fill_ = 0;
  bool req_ = false, final_req_ = false;
  uint32_t addr_ = 0, out_cur_ = 0, out_pix_ = 0, out_row_ = 0, out_x_ = 0;
};

}  // namespace lilong::cycle
