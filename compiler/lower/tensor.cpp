// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/tensor.hpp"

namespace lilong::backend {

Grid denseGrid(uint32_t height, uint32_t width, uint32_t channels) {
  return Grid{height, width, channels, channels, width * channels};
}

bool rowAligned(const View& view, const Storage& storage) {
  return view.grid.rowPitch == storage.grid.rowPitch &&
         view.offset / storage.grid.rowPitch + view.grid.height <= storage.grid.height;
}

Range storageRows(const View& view, const Storage& storage, Range rows) {
  if (!rowAligned(view, storage)) return {0, storage.grid.height};
  const uint32_t first = view.offset / storage.grid.rowPitch;
  return {first + rows.begin, first + rows.end};
}

}  // namespace lilong::backend
