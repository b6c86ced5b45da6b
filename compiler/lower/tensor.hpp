// SPDX-License-Identifier: Apache-2.0
// Tensors as the chip sees them: a Storage is a block of bytes in the scratchpad (and, where it has
// a home, in memory); a View is a tensor in a storage.  Several views of one storage are aliases:
// reshaped tensors, parts of a concatenation.
//
// Layout is NHWC with the batch folded into the rows.  Byte c of pixel (y, x) lies at
// offset + y * rowPitch + x * pixPitch + c.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lilong::backend {

using StorageId = uint32_t;

// Pixel grid with pitches in bytes.
struct Grid {
  uint32_t height = 1, width = 1, channels = 1;
  uint32_t pixPitch = 1, rowPitch = 1;

  // Bytes from the first to the last byte that holds an element.
  uint64_t extent() const {
    return uint64_t{height - 1} * rowPitch + uint64_t{width - 1} * pixPitch + channels;
  }
  // Pixel after pixel without gaps between rows.
  bool rowsContiguous() const { return height == 1 || rowPitch == uint64_t{width} * pixPitch; }
  // No gaps at all: the framework's bytes.
  bool dense() const {
    return (width * uint64_t{height} == 1 || pixPitch == channels) && rowsContiguous();
  }
};

Grid denseGrid(uint32_t height, uint32_t width, uint32_t channels);

// Where a storage lies in memory; `grid` has the sizes of the storage and the pitches in memory.
struct MemoryHome {
  uint8_t region = 0;
  uint32_t offset = 0;
  Grid grid;
};

struct Storage {
  std::string name;
  Grid grid;                       // in the scratchpad
  uint64_t bytes = 0;              // size in the scratchpad, pad bytes included
  std::optional<MemoryHome> home;  // network inputs and outputs, exchange with the host, spills
  bool loaded = false;             // its content comes from memory: inputs and constants
  bool written = false;            // a kernel writes it
  std::vector<uint8_t> constant;   // content of a constant operand, dense; its home is set later
};

struct View {
  StorageId storage = 0;
  uint32_t offset = 0;  // bytes from the start of the storage
  Grid grid;
};

// A half-open range of rows or channels.
struct Range {
  uint32_t begin = 0, end = 0;
  uint32_t size() const { return end - begin; }
  bool operator==(const Range&) const = default;
};

// True when row y of the view lies in row y + offset / rowPitch of its storage.
bool rowAligned(const View& view, const Storage& storage);

// Rows of the storage that hold rows `rows` of the view; all rows if it is not row-aligned.
Range storageRows(const View& view, const Storage& storage, Range rows);

inline uint32_t roundUp(uint32_t x, uint32_t unit) {
  return (x + unit - 1) / unit * unit;
}
inline uint64_t roundUp64(uint64_t x, uint64_t unit) {
  return (x + unit - 1) / unit * unit;
}
inline uint32_t ceilDiv(uint32_t x, uint32_t unit) {
  return (x + unit - 1) / unit;
}

}  // namespace lilong::backend
