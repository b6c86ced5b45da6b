// SPDX-License-Identifier: Apache-2.0
// What travels through the array path (lilong_path_pkg without the data).
//
// Positions in a row (`x`) are saturated at kFarRight like in the RTL and fit 28 signed bits there,
// so plain integers are exact.  Addresses are modulo 2^24.
#pragma once

#include <array>
#include <cstdint>

namespace lilong::cycle {

inline constexpr int32_t kFarRight = 1 << 25;  // saturated position
inline constexpr uint32_t kAddrMask = (1u << 24) - 1;

// Of a position that may be negative.
constexpr int32_t farRight(int32_t x) {
  return x >= kFarRight ? kFarRight : x;
}

// One instruction, products done.
struct Work {
  bool fence = false;
  uint32_t seq = 0;
  bool depthwise = false;  // dwconv or pool
  bool pool = false;       // no weights
  uint32_t outHeight = 0, outWidth = 0;
  uint32_t groups = 0, steps = 0;
  uint32_t stripe = 0;
  uint32_t inHeight = 0;
  int32_t rowBytes = 0;
  uint32_t strideY = 0, strideX = 0;
  uint32_t kernelRows = 0, kernelCols = 0;
  uint32_t dilationY = 0, dilationX = 0;
  uint32_t run = 0;
  uint32_t padTop = 0, padLeft = 0;
  uint32_t row0 = 0, rowStep = 0, rowDilation = 0;
  int32_t colStep = 0;
  uint32_t leftCols = 0;  // columns left of the image at output column 0
  int32_t leftX = 0;      // byte position of the first column that is not
};

// What the weight fetch needs of an instruction.
struct Blocks {
  bool window = false;  // blocks of the lanes that a window uses, not of all
  uint32_t addr = 0;
  uint32_t groups = 0, steps = 0, stripe = 0;
  uint32_t positions = 0;
};

// Part of a K step that comes from one kernel row, or one kernel row of a depthwise pass.
struct Piece {
  int32_t iy = 0;
  int32_t x = 0;
  uint32_t addr = 0;
  uint32_t n = 0;  // bytes; no piece that has any comes behind one that has none
};

struct Step {
  std::array<Piece, 3> piece{};
  bool last = false;
  uint32_t k0 = 0;    // depthwise: first kernel column of the pass
  uint32_t cols = 0;  // depthwise: kernel columns of the pass
};

// Flags of a beat, as far as they influence time.
enum : uint32_t {
  kOpen = 1,  // first beat of an instruction
  kFence = 2,
  kCompute = 4,  // the array multiplies
  kLoad = 8,     // next weights become active (never set for pool)
  kResult = 16,  // computes in the last step: the result leaves
  kSingle = 32,  // computes for a stripe of one position and several steps
};

// Of the six ports (2s even, 2s + 1 odd vector of stream s): a byte each of one word, so that a
// beat is entered and released without loops.
inline constexpr uint64_t kPortOnes = 0x010101010101;

// A beat behind the cut: the ports that it asks for a vector, one byte each.
struct Beat {
  uint64_t asks = 0;
  uint32_t banks = 0;  // of the vectors; `clash`: those that two of them lie in
  uint32_t clash = 0;
  uint32_t flags = 0;
  uint32_t seq = 0;
};

}  // namespace lilong::cycle
