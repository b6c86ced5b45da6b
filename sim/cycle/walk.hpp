// SPDX-License-Identifier: Apache-2.0
// lilong_walk with the cut of lilong_range: lane group, stripe, K step, position; one beat a cycle.
// The cut to the image is made here, when a beat is emitted; range.hpp shows it two cycles later.
#pragma once

#include <algorithm>

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"
#include "sim/cycle/steps.hpp"
#include "sim/cycle/vectors.hpp"

namespace lilong::cycle {

struct Walk {
  explicit Walk(const Shape& shape)
      : steps_(shape),
        lanes_(shape.windowLanes()),
        depth_bits_(shape.depthBits()),
        vector_mask_(shape.vectorMask()) {}

  void clear() {
    busy_ = false;
    steps_.clear();
  }
  bool workReady() const { return !busy_; }
  bool idle() const { return !busy_; }
  bool emits(bool go) const { return busy_ && steps_.valid() && go; }

  // Beat of a cycle in which emits() is true; then tick is called with emit.
  void tick(bool work_valid, const Work& work, bool emit, Beat& beat, Vectors& vectors) {
    if (!busy_) {
      if (work_valid) {
        accept(work);
        steps_.restart();
      } else {
        steps_.tick(work_, false);
      }
      return;
    }
    steps_.tick(work_, emit && advance(beat, vectors));
  }

  // Beats that differ in their addresses only come next while nothing else moves: how many.
  uint32_t streak() const { return steps_.still() ? streak_.left : 0; }
  uint32_t streakFlags() const { return streak_.flags; }
  // `count` of them, numbered from `number` on; their banks go to `banks`.  If two vectors of one
  // lie in the same bank, only `more` of them from that one on.  Returns how many, and the first
  // such beat (or as many).
  struct Emitted {
    uint32_t count, clash;
  };
  template <typename BeatOf>
  Emitted streak(uint32_t count, uint32_t more, Vectors& vectors, uint8_t* banks,
                 const BeatOf& beat) {
    uint32_t clash = ~0u, n = 0;
    const auto note = [&] {
      if (clash != ~0u) return;
      clash = n;
      count = std::min(count, n + more);
    };
    if (streak_.pieces == 1 && wholeVectors(vectors)) {
      vectorStreak(count, vectors, banks, beat);
      n = count;
    } else if (streak_.pieces == 1) {
      // hoisted
      const uint32_t pitch = streak_.pitch, bytes = streak_.part[0].more, flags = streak_.flags;
      const unsigned s = streak_.part[0].stream;
      Vectors::Port* const port = vectors.ports() + 2 * s;
      const uint64_t one = uint64_t{1} << (16 * s);
      uint32_t first = streak_.part[0].first;
      for (; n < count; n++, first += pitch) {
        const uint32_t head = first >> depth_bits_, tail = (first + bytes) >> depth_bits_;
        Vectors::Asks asks;
        uint32_t vector = head & vector_mask_;
        if (port[head & 1].newest != vector) {
          asks.banks = 1u << bankOf(vector);
          port[head & 1].push(vector, asks.banks);
          asks.ports = one << (head & 1) * 8;
        }
        if (tail != head) {
          vector = tail & vector_mask_;
          if (port[tail & 1].newest != vector) {
            const uint32_t bank = 1u << bankOf(vector);
            port[tail & 1].push(vector, bank);
            asks.ports += one << (tail & 1) * 8;
            asks.clash = asks.banks & bank;
            asks.banks |= bank;
          }
        }
        beat(n) = {asks.ports, asks.banks, asks.clash, flags, work_.seq};
        banks[n] = static_cast<uint8_t>(asks.banks);
        if (asks.clash != 0) note();
      }
      streak_.part[0].first = first;
      streak_.left -= n;
      if (streak_.left == 0) endStreak();
    } else {
      for (; n < count; n++) {
        Beat& b = beat(n);
        streakBeat(b, vectors);
        banks[n] = static_cast<uint8_t>(b.banks);
        if (b.clash != 0) note();
      }
    }
    return {n, std::min(clash, n)};
  }

 private:
  // Every beat of the streak is one vector, and asks for it: a port gets another one every time.
  bool wholeVectors(const Vectors& vectors) const {
    const Part& part = streak_.part[0];
    const uint32_t depth = 1u << depth_bits_;
    const auto asks = [&](uint32_t address) {
      const uint32_t vector = address >> depth_bits_;
      return vectors.newest(2 * part.stream + (vector & 1)) != (vector & vector_mask_);
    };
    return ((part.first | streak_.pitch) & (depth - 1)) == 0 && part.more < depth &&
           streak_.pitch != 0 && streak_.pitch <= depth * vector_mask_ && asks(part.first) &&
           asks(part.first + streak_.pitch);
  }
  template <typename BeatOf>
  void vectorStreak(uint32_t count, Vectors& vectors, uint8_t* banks, const BeatOf& beat) {
    Part& part = streak_.part[0];
    const uint32_t step = streak_.pitch >> depth_bits_, flags = streak_.flags, seq = work_.seq;
    const uint64_t one = uint64_t{1} << (16 * part.stream);
    Vectors::Port* const port = vectors.ports() + 2 * part.stream;
    uint32_t vector = part.first >> depth_bits_;
    for (uint32_t n = 0; n != count; n++) {
      banks[n] = static_cast<uint8_t>(1u << bankOf(vector + n * step));
    }
    // the others have passed when somebody looks for them
    const uint32_t shown = std::min<uint32_t>(count, Vectors::kEntries), skipped = count - shown;
    port[vector & 1].count += (step & 1) != 0 ? (skipped + 1) / 2 : skipped;
    port[~vector & 1].count += (step & 1) != 0 ? skipped / 2 : 0;
    vector += skipped * step;
    for (uint32_t n = skipped; n != count; n++, vector += step) {
      const uint32_t odd = vector & 1;
      port[odd].push(vector & vector_mask_, banks[n]);
      beat(n) = {one << (8 * odd), banks[n], 0, flags, seq};
    }
    part.first += count * streak_.pitch;
    streak_.left -= count;
    if (streak_.left == 0) endStreak();
  }

  // Output position; x, iy and addr of its first kernel byte, without the kernel walk.
  struct Position {
    uint32_t ox = 0, oy = 0;
    int32_t x = 0;  // saturated
    int32_t iy = 0;
    uint32_t addr = 0;
    uint32_t left = 0;  // columns from here that are left of the image
  };

  Position origin() const {
    Position p;
    p.x = -static_cast<int32_t>(work_.padLeft);
    p.iy = -static_cast<int32_t>(work_.padTop);
    p.addr = work_.row0;
    p.left = work_.leftCols;
    return p;
  }

  void accept(const Work& work) {
    work_ = work;
    busy_ = fill_ = true;
    streak_.left = 0;
    index_ = 0;
    groups_ = work.groups;
    group_byte_ = 0;
    col_ = 0;
    pos_ = start_ = origin();
    multi_ = work.steps != 1;
    flat_ = !work.depthwise && work.padLeft == 0 && work.outHeight > 1 &&
            ((work.outWidth * static_cast<uint32_t>(work.colStep)) & kAddrMask) == work.rowStep;
    last_x_ = work.outWidth - 1;
    last_y_ = work.outHeight - 1;
    // without several steps an image is one stripe
    last_index_ = multi_ ? (work.stripe - 1) & 63 : ~0u;
    load_ = work.pool ? 0 : +kLoad;
    common_ = work.fence ? kOpen | kFence : +kOpen;
  }

  // One beat; returns whether the step is used up.
  bool advance(Beat& beat, Vectors& vectors) {
    if (streak_.left != 0) {
      streakBeat(beat, vectors);
      return false;
    }
    const Step& step = steps_.step();
    Vectors::Asks asks;
    uint32_t flags = common_;
    if ((flags & kOpen) != 0) {
      vectors.forget();
      common_ &= ~uint32_t{kOpen};
    }
    uint32_t columns = 1;
    if (!work_.depthwise) {
      for (unsigned s = 0; s < 3 && step.piece[s].n != 0; s++) {
        const Piece& p = step.piece[s];
        const int32_t x = pos_.x + p.x, n = static_cast<int32_t>(p.n);
        const int32_t to = std::min(n, work_.rowBytes - x);
        const int32_t from = x < 0 ? -x : 0;
        if (from < to) {
          cut(asks, vectors, s, p, static_cast<uint32_t>(x + from), static_cast<uint32_t>(x + to));
        }
      }
    } else if (!column(asks, vectors, step, columns)) {
      beat = {asks.ports, asks.banks, asks.clash, flags, work_.seq};
      return false;
    }

    const bool row_end = pos_.ox == last_x_;
    const bool image_end = row_end && pos_.oy == last_y_;
    const bool stripe_end = image_end || index_ == last_index_;
    flags |= kCompute;
    if (index_ == 0) {
      if (multi_ || (pos_.ox | pos_.oy) == 0) flags |= load_;
      if (multi_ && stripe_end) flags |= kSingle;
    }
    if (step.last) flags |= kResult;
    beat = {asks.ports, asks.banks, asks.clash, flags, work_.seq};

    // the window is filled again where it does not hold the neighbours of the next position
    fill_ = stripe_end || row_end || work_.strideX >= step.cols || (fill_ && columns == 0);
    if (!stripe_end) {
      index_ = (index_ + 1) & 31;
      nextPosition(row_end);
      findStreak();
      return false;
    }
    index_ = 0;
    if (!step.last) {
      pos_ = start_;
    } else if (image_end) {
      pos_ = start_ = origin();
      groups_ = (groups_ - 1) & 0xffff;
      group_byte_ = (group_byte_ + static_cast<int32_t>(lanes_)) & 0x1ffff;
      if (groups_ == 0) busy_ = false;
    } else {
      nextPosition(row_end);
      start_ = pos_;
    }
    return multi_;
  }

  // Depthwise: the next column of the window; whether it is the last one of the position.
  bool column(Vectors::Asks& asks, Vectors& vectors, const Step& step, uint32_t& columns) {
    uint32_t skip = 0;
    columns = work_.strideX & 127;
    if (fill_) {
      if (pos_.left >= step.k0) skip = std::min(pos_.left - step.k0, step.cols);
      columns = step.cols - skip;
    }
    if (columns == 0) {
      col_ = 0;
      return true;
    }
    int32_t x = x_;
    if (fill_ && col_ == 0) x = skip != 0 ? work_.leftX : pos_.x + step.piece[0].x;
    x_ = farRight(x + static_cast<int32_t>(work_.dilationX));
    // a column left of the image is padding as a whole
    const int32_t from = x + group_byte_;
    const int32_t to = std::min(from + static_cast<int32_t>(lanes_), work_.rowBytes);
    if (x >= 0 && from < to) {
      for (unsigned s = 0; s < 3 && step.piece[s].n != 0; s++) {
        cut(asks, vectors, s, step.piece[s], static_cast<uint32_t>(from),
            static_cast<uint32_t>(to));
      }
    }
    const bool last = col_ == columns - 1;
    col_ = last ? 0 : (col_ + 1) & 127;
    return last;
  }

  void nextPosition(bool row_end) {
    if (row_end) {
      pos_.ox = 0;
      pos_.oy++;
      pos_.x = -static_cast<int32_t>(work_.padLeft);
      pos_.iy += static_cast<int32_t>(work_.strideY);
      pos_.addr += work_.rowStep;
      pos_.left = work_.leftCols;
    } else {
      pos_.ox++;
      pos_.x = farRight(pos_.x + work_.colStep);
      pos_.left = pos_.left > work_.strideX ? pos_.left - work_.strideX : 0;
    }
  }

  // Vectors of the bytes from .. to - 1 of a row, which may be outside the image.
  void cut(Vectors::Asks& asks, Vectors& vectors, unsigned s, const Piece& piece, uint32_t from,
           uint32_t to) const {
    if (!inside(piece)) return;
    const uint32_t row = pos_.addr + piece.addr;
    ask(asks, vectors, s, row + from, row + to - 1);
  }
  bool inside(const Piece& piece) const {
    return static_cast<uint32_t>(pos_.iy + piece.iy) < work_.inHeight;
  }
  // Only address bits below the size of the scratchpad count.
  void ask(Vectors::Asks& asks, Vectors& vectors, unsigned s, uint32_t first, uint32_t last) const {
    const uint32_t head = first >> depth_bits_, tail = last >> depth_bits_;
    vectors.ask(asks, 2 * s + (head & 1), head & vector_mask_);
    if (tail != head) vectors.ask(asks, 2 * s + (tail & 1), tail & vector_mask_);
  }

  // Positions in a row, not the last one of row or stripe, whose bytes all lie in the image: only
  // their addresses differ.  Looks how many come next.
  void findStreak() {
    const uint32_t columns = last_x_ - pos_.ox, stripe = multi_ ? last_index_ - index_ : ~0u;
    const Step& step = steps_.step();
    if (flat_ && columns < stripe) {
      const uint32_t rows = last_y_ - pos_.oy, width = last_x_ + 1;
      const uint32_t count = std::min(stripe, rows > kFar / width ? kFar : rows * width + columns);
      if (count >= kShortest && flat(step, (pos_.ox + count - 1) / width)) {
        begin(step, count);
        return;
      }
    }
    const uint32_t count = std::min(columns, stripe);
    if (count < kShortest) return;
    if (work_.depthwise && (fill_ || work_.strideX != 1 || x_ < 0)) return;
    begin(step, count);
  }
  // Do all positions of this row and the next `rows` have their bytes in the image?  Rows follow
  // each other in memory as positions do.
  bool flat(const Step& step, uint32_t rows) const {
    const int64_t bottom = pos_.iy + int64_t{rows} * work_.strideY;
    const int64_t right = int64_t{last_x_} * work_.colStep;
    for (const Piece& p : step.piece) {
      if (p.n == 0) break;
      if (pos_.iy + p.iy < 0 || bottom + p.iy >= work_.inHeight ||
          right + p.x + p.n > work_.rowBytes) {
        return false;
      }
    }
    return true;
  }
  // At most `count` positions, those that have their bytes in the row; in a flat streak all do.
  void begin(const Step& step, uint32_t count) {
    const bool rows = count > last_x_ - pos_.ox;
    streak_.pieces = 0;
    streak_.pitch = work_.depthwise ? work_.dilationX : static_cast<uint32_t>(work_.colStep);
    for (unsigned s = 0; s < 3 && step.piece[s].n != 0; s++) {
      const Piece& p = step.piece[s];
      const int32_t from = work_.depthwise ? x_ + group_byte_ : pos_.x + p.x;
      const int32_t room = work_.rowBytes - from - static_cast<int32_t>(p.n);
      if (from < 0 || room < 0) return;
      if (streak_.pitch != 0 && !rows) {
        count = std::min(count, static_cast<uint32_t>(room) / streak_.pitch + 1);
      }
      if (!inside(p)) continue;
      const uint32_t first = pos_.addr + p.addr + static_cast<uint32_t>(from);
      streak_.part[streak_.pieces++] = {s, first, p.n - 1};
    }
    if (count < kShortest) return;
    streak_.left = streak_.count = count;
    streak_.flags = common_ | kCompute | (step.last ? +kResult : 0u);
  }

  void streakBeat(Beat& beat, Vectors& vectors) {
    Vectors::Asks asks;
    for (unsigned i = 0; i < streak_.pieces; i++) {
      Part& part = streak_.part[i];
      ask(asks, vectors, part.stream, part.first, part.first + part.more);
      part.first += streak_.pitch;
    }
    beat = {asks.ports, asks.banks, asks.clash, streak_.flags, work_.seq};
    if (--streak_.left == 0) endStreak();
  }
  // The positions of the streak have passed.
  void endStreak() {
    const int64_t count = streak_.count;
    const auto far = [](int64_t x) {
      return static_cast<int32_t>(std::min<int64_t>(x, kFarRight));
    };
    index_ = (index_ + streak_.count) & 31;
    pos_.ox += streak_.count;
    if (pos_.ox > last_x_) {
      const uint32_t width = last_x_ + 1, rows = pos_.ox / width;
      pos_.ox -= rows * width;
      pos_.oy += rows;
      pos_.iy += static_cast<int32_t>(rows * work_.strideY);
      pos_.addr += rows * work_.rowStep;
      pos_.x = far(int64_t{pos_.ox} * work_.colStep);
      return;
    }
    pos_.x = far(pos_.x + count * work_.colStep);
    if (!work_.depthwise) return;
    x_ = far(x_ + count * work_.dilationX);
    pos_.left -= std::min(pos_.left, streak_.count);  // stride 1
  }

  static constexpr uint32_t kShortest = 3;   // streak that is worth it
  static constexpr uint32_t kFar = 1 << 16;  // and one that is long enough
  struct Part {
    unsigned stream = 0;
    uint32_t first = 0, more = 0;  // byte address; bytes behind it
  };
  struct Streak {
    uint32_t left = 0, count = 0;  // beats; at the begin
    uint32_t flags = 0, pieces = 0, pitch = 0;
    std::array<Part, 3> part{};
  };

  Steps steps_;
  uint32_t lanes_;  // of a window
  unsigned depth_bits_;
  uint32_t vector_mask_;
  Work work_;
  Position pos_, start_;
  Streak streak_;
  bool busy_ = false, fill_ = false;
  bool multi_ = false;              // several steps
  bool flat_ = false;               // the next row begins where the last one ends
  uint32_t common_ = 0, load_ = 0;  // flags of the next beat; kLoad when there are weights
  uint32_t last_x_ = 0, last_y_ = 0, last_index_ = 0;
  uint32_t index_ = 0;
  uint32_t groups_ = 0;     // groups left, this one included
  int32_t group_byte_ = 0;  // first channel of the group
  uint32_t col_ = 0;        // depthwise: columns of this position that have entered
  int32_t x_ = 0;           // depthwise: next column
};

}  // namespace lilong::cycle
