// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/row_copy_kernel.hpp"

#include <algorithm>

#include "compiler/lower/strides.hpp"

namespace lilong::backend {

std::vector<Progression> progressions(std::span<const int32_t> sources) {
  std::vector<Progression> result;
  for (size_t i = 0; i < sources.size();) {
    const int32_t first = sources[i];
    uint32_t repeat = 1;
    while (i + repeat < sources.size() && sources[i + repeat] == first) ++repeat;
    Progression run{static_cast<uint32_t>(i), first, repeat, 1, 0};
    const size_t next = i + repeat;
    if (first >= 0 && next < sources.size() && sources[next] > first) {
      run.step = static_cast<uint32_t>(sources[next] - first);
      const auto follows = [&](size_t s) {
        const size_t at = i + s * repeat;
        const auto value = static_cast<int32_t>(first + static_cast<int64_t>(s) * run.step);
        return at + repeat <= sources.size() &&
               std::all_of(sources.begin() + static_cast<std::ptrdiff_t>(at),
                           sources.begin() + static_cast<std::ptrdiff_t>(at + repeat),
                           [&](int32_t source) { return source == value; });
      };
      while (follows(run.steps)) ++run.steps;
    }
    result.push_back(run);
    i += size_t{run.repeat} * run.steps;
  }
  return result;
}

Range RowCopyKernel::inputRows(size_t, Range out) const {
  Range rows{UINT32_MAX, 0};
  for (uint32_t y = out.begin; y < out.end; ++y) {
    if (sources[y] < 0) continue;
    rows.begin = std::min(rows.begin, static_cast<uint32_t>(sources[y]));
    rows.end = std::max(rows.end, static_cast<uint32_t>(sources[y]) + 1);
  }
  return rows.end == 0 ? Range{0, 1} : rows;
}

uint64_t RowCopyKernel::cycles(const isa::Preset&, const Tile& tile) const {
  uint64_t perRow = 0;
  for (const RowPiece& p : pieces)
    perRow += uint64_t{p.pixels.repeat} * p.pixels.steps * (p.channels / 8 + 1);
  return 40 + perRow * tile.rows.size();
}

void RowCopyKernel::emit(const isa::Preset&, const Tile& tile, std::span<const Placed> in,
                         const Placed& out, uint32_t, std::vector<ExecInstruction>& code) const {
  const std::span<const int32_t> rows(sources.data() + tile.rows.begin, tile.rows.size());
  std::vector<CopyPart> parts;
  for (const Progression& run : progressions(rows)) {
    const bool empty = run.source < 0;
    for (const RowPiece& piece : empty ? emptyRow : pieces) {
      const Progression& pixels = piece.pixels;
      CopyPart part;
      part.fill = piece.fill;
      part.fillValue = fillValue;
      part.destination =
          out.row(tile.rows.begin + run.out) + pixels.out * out.pixPitch + piece.outChannel;
      if (!piece.fill)
        part.source = in[0].row(static_cast<uint32_t>(run.source)) +
                      static_cast<uint32_t>(pixels.source) * in[0].pixPitch + piece.sourceChannel;
      const auto source = [&](uint64_t bytes, int64_t whenFill) {
        return piece.fill ? whenFill : static_cast<int64_t>(bytes);
      };
      const int64_t rowOut = out.rowPitch, pixelOut = out.pixPitch;
      // For a fill the source counts as the destination, so that its loops can be joined.
      const std::vector<CopyLoop> loops{
          {run.steps, source(uint64_t{run.step} * in[0].rowPitch, rowOut * run.repeat),
           rowOut * run.repeat},
          {run.repeat, source(0, rowOut), rowOut},
          {pixels.steps, source(uint64_t{pixels.step} * in[0].pixPitch, pixelOut * pixels.repeat),
           pixelOut * pixels.repeat},
          {pixels.repeat, source(0, pixelOut), pixelOut},
          {piece.channels, 1, 1}};
      appendCopies(part, loops, parts);  // at most a few parts: no stride is negative
    }
  }
  for (CopyPart& part : parts) {
    if (part.fill) part.sourceStride = {};
    code.push_back(copyInstruction(part, 0, 0));
  }
}

}  // namespace lilong::backend
