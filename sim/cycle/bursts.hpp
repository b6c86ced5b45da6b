// SPDX-License-Identifier: Apache-2.0
// Bursts: twin of lilong_bursts, the memory side of a DMA instruction.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/isa/gen/isa.hpp"

namespace lilong::cycle {

// Fields of LOAD and STORE that decide about time; both have the same layout.
struct DmaCommand {
  uint64_t memAddr = 0;  // region base + offset
  uint32_t memRowStride = 0, memPlaneStride = 0;
  uint32_t granule = 0, rowStride = 0, planeStride = 0;  // scratchpad, in granules
  uint32_t rowBytes = 0;
  uint32_t rows = 0, planes = 0;
  bool empty = false;
};

struct Bursts {
  enum class State : uint8_t { idle, multiply, merge, planes, planesDone, walk };

  State state = State::idle;
  uint64_t addr = 0, rowAddr = 0, planeAddr = 0;
  uint32_t left = 0, segment = 0, rowStride = 0, planeStride = 0;
  uint32_t rows = 0, planes = 0, rowCount = 0, planeCount = 0, factor = 0;
  uint64_t product = 0;

  bool ready() const { return state == State::idle; }
  bool valid() const { return state == State::walk; }
  uint32_t toBoundary() const {
    return isa::kBurstBytes - (static_cast<uint32_t>(addr) & (isa::kBurstBytes - 1));
  }
  uint32_t bytes() const { return std::min(left, toBoundary()); }
  bool last() const { return left <= toBoundary() && rowCount == 1 && planeCount == 1; }
  void clear() { state = State::idle; }

  void start(const DmaCommand& c) {
    state = State::multiply;
    addr = c.memAddr;
    segment = c.rowBytes;
    planeStride = c.memPlaneStride;
    if (c.rows == 1) {  // one row per plane: one plane of rows
      rowStride = c.memPlaneStride;
      rows = factor = c.planes;
      planes = 1;
    } else {
      rowStride = c.memRowStride;
      rows = factor = c.rows;
      planes = c.planes;
    }
  }

  // A burst was taken.
  void advance() {
    const bool wasLast = last();
    const uint32_t taken = bytes();
    const bool segmentEnd = left <= toBoundary();
    addr += taken;
    left -= taken;
    if (segmentEnd) {
      left = segment;
      if (rowCount != 1) {
        --rowCount;
        addr = rowAddr += rowStride;
      } else {
        rowCount = rows;
        --planeCount;
        addr = rowAddr = planeAddr += planeStride;
      }
    }
    if (wasLast) state = State::idle;
  }

  // The clock edge of the states before walk.
  void tick() {
    switch (state) {
      case State::multiply:
        product = uint64_t{factor} * segment;
        rowAddr = planeAddr = addr;
        state = State::merge;
        break;
      case State::merge: {
        const bool rowsMerge = rows == 1 || rowStride == segment;
        const bool planesMerge = rowsMerge && planes != 1 && planeStride == product;
        rowCount = rows;
        planeCount = factor = planes;
        left = segment;
        state = planesMerge ? State::planes : State::walk;
        if (rowsMerge) {
          segment = left = static_cast<uint32_t>(product);
          rows = rowCount = 1;
        }
        break;
      }
      case State::planes:
        product = uint64_t{factor} * segment;
        state = State::planesDone;
        break;
      case State::planesDone:
        left = static_cast<uint32_t>(product);
        planeCount = 1;
        state = State::walk;
        break;
      default:
        break;
    }
  }
};

}  // namespace lilong::cycle
