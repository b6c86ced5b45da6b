// SPDX-License-Identifier: Apache-2.0
// Rows, Repack: twins of lilong_rows and lilong_repack, the scratchpad side of a DMA instruction.
#pragma once

#include "sim/cycle/bursts.hpp"

namespace lilong::cycle {

struct Rows {
  bool valid = false, empty = false;
  uint32_t granule = 0, row = 0, plane = 0, rowStride = 0, planeStride = 0;
  uint32_t left = 0, rowBytes = 0, rows = 0, rowCount = 0, planeCount = 0;

  bool ready() const { return !valid; }
  bool lastRow() const { return empty || (rowCount == 1 && planeCount == 1); }
  void clear() { valid = false; }

  void start(const DmaCommand& c) {
    valid = true;
    empty = c.empty;
    granule = row = plane = c.granule;
    rowStride = c.rowStride;
    planeStride = c.planeStride;
    left = rowBytes = c.rowBytes;
    rows = rowCount = c.rows;
    planeCount = c.planes;
  }

  // A piece was taken: all bytes left in the row, or `take` bytes in `step` granules.
  void advance(bool rowDone, uint32_t take, uint32_t step) {
    if (!rowDone && !empty) {
      granule += step;
      left -= take;
    } else if (lastRow()) {
      valid = false;
    } else {
      left = rowBytes;
      if (rowCount != 1) {
        --rowCount;
        granule = row += rowStride;
      } else {
        rowCount = rows;
        --planeCount;
        granule = row = plane += planeStride;
      }
    }
  }
};

// Only how many bytes the rest register holds.
struct Repack {
  uint32_t count = 0;

  struct Out {
    bool valid;    // a piece is there
    bool inReady;  // the word at the input is taken
  };
  // One cycle: a word of `inCount` bytes may be at the input, a piece of `n` bytes may be wanted.
  // Evaluates the combinational outputs and does the clock edge.
  Out tick(bool inValid, uint32_t inCount, bool nValid, uint32_t n, bool outReady) {
    if (!nValid) return {false, false};
    const bool enough = count >= n;
    const uint32_t available = count + (inValid && !enough ? inCount : 0);
    const bool outValid = available >= n;
    const bool fire = outValid && outReady;
    const bool absorb = inValid && !enough && !outValid;
    if (fire || absorb) count = available - (fire ? n : 0);
    return {outValid, !enough && (fire || absorb)};
  }
};

}  // namespace lilong::cycle
