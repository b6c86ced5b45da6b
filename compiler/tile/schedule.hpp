// SPDX-License-Identifier: Apache-2.0
// Schedule: the transfers and tiles of a plan in program order, on buffers without addresses yet.
// Time is counted in tiles: a transfer placed `before` tile t stands in front of it.
#pragma once

#include "compiler/alloc/buffer.hpp"
#include "compiler/tile/plan.hpp"

namespace lilong::backend {

// A rectangle of bytes between memory and a buffer, as LOAD and STORE take it.
struct Transfer {
  uint8_t region = 0;
  uint32_t memOffset = 0, memRowStride = 0, memPlaneStride = 0;
  BufferId buffer = 0;
  uint32_t bufferOffset = 0, spRowStride = 0, spPlaneStride = 0;
  uint32_t rowBytes = 0, rows = 1, planes = 1;
  uint32_t layer = 0;

  uint64_t bytes() const { return uint64_t{rowBytes} * rows * planes; }
};

// Where an operand of a tile lies; `Placed` relative to a buffer.
struct Operand {
  BufferId buffer = 0;
  Placed placed;  // addr: bytes from the start of the buffer
};

struct TileStep {
  uint32_t kernel = 0;
  Tile tile;
  std::vector<Operand> inputs;
  Operand output;
  std::optional<Operand> constants;  // only addr counts
  std::vector<Transfer> stores;      // behind the tile
};

struct LoadStep {
  Transfer transfer;
  uint32_t need = 0;    // tile that reads it first
  uint32_t before = 0;  // tile in front of which it stands
  uint32_t after = 0;   // not before the tiles [0, after) have stored
  uint32_t floor = 0;   // hoisted no further than in front of this tile
};

struct Schedule {
  std::vector<Buffer> buffers;
  std::vector<TileStep> tiles;
  std::vector<LoadStep> loads;     // in program order; `before` never decreases
  std::vector<uint8_t> constants;  // content of region 1, if wanted
  uint64_t constantBytes = 0;      // size of region 1
  uint64_t spillBytes = 0;
};

struct ScheduleOptions {
  // Of earlier chip steps: content of region 1, bytes of the region for spilled tensors.
  std::vector<uint8_t> constants{};
  uint64_t constantBytes = 0;  // their size, if they are not given
  uint64_t spillBytes = 0;
  bool content = true;  // false: the constants only get their places, which is enough to time them
  Range kernels{0, 0};  // only these, with what they read in its place; empty: all
};

// Follows the plan.
Schedule makeSchedule(const Lowered& lowered, const Plan& plan, const isa::Preset& preset,
                      const ScheduleOptions& options);

// Moves loads to earlier places while the bytes alive at any time stay within `budget`; no more
// than `loadsAhead` of them in front of the tile that waits for the first.
void hoistLoads(Schedule& schedule, uint64_t budget, uint32_t loadsAhead);

// Allocates the scratchpad; while a buffer finds no place, the largest prefetch that is in its way
// is hoisted less.  False if the buffers do not fit even so.
bool fitSchedule(Schedule& schedule, uint64_t capacity, uint32_t alignment, uint32_t loadsAhead);

}  // namespace lilong::backend
