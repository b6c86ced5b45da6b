// SPDX-License-Identifier: Apache-2.0
#include "compiler/tile/schedule.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/tile/transfer.hpp"
#include "runtime/program.hpp"

namespace lilong::backend {

namespace {

constexpr uint32_t kMemoryAlignment = 64;  // of constants and spills; a line of the bus

class Builder {
 public:
  Builder(const Lowered& lowered, const Plan& plan, const isa::Preset& preset,
          const ScheduleOptions& options, Schedule& out)
      : lowered_(lowered),
        plan_(plan),
        preset_(preset),
        options_(options),
        out_(out),
        lives_(lifeTimes(lowered)),
        lastTile_(lowered.kernels.size(), 0) {
    const size_t n = lowered.storages.size();
    home_.resize(n);
    buffer_.assign(n, kNone);
    loadedRows_.assign(n, 0);
    stored_.resize(n);
  }

  void run() {
    const Range kernels = options_.kernels;
    for (StorageId s = 0; s < lowered_.storages.size(); ++s) {
      if (isTouched(s)) giveHome(s);
      if (lives_[s].used() && lives_[s].first < kernels.begin && kernels.begin <= lives_[s].last)
        assumePresent(s);
    }
    for (uint32_t k = kernels.begin; k < kernels.end;) {
      const Range group = groupFrom(lowered_, plan_, k);
      if (group.size() == 1)
        buildKernel(k);
      else
        buildGroup(group);
      k = group.end;
    }
    // Buffers that stay as long as their storage.
    for (StorageId s = 0; s < lowered_.storages.size(); ++s) {
      if (buffer_[s] == kNone) continue;
      Buffer& b = out_.buffers[buffer_[s]];
      const bool behind = lives_[s].last >= kernels.end;
      b.last = std::max(b.last, behind ? now() - 1 : lastTile_[lives_[s].last]);
    }
    storeOutputs();
    for (TileStep& tile : out_.tiles) keepUntilStored(tile);
  }

 private:
  static constexpr BufferId kNone = UINT32_MAX;

  const Storage& storage(StorageId s) const { return lowered_.storages[s]; }
  uint32_t now() const { return static_cast<uint32_t>(out_.tiles.size()); }

  BufferId newBuffer(uint64_t bytes) {
    out_.buffers.push_back({roundUp64(bytes, isa::kGranule), now(), now(), 0});
    return static_cast<BufferId>(out_.buffers.size() - 1);
  }

  void touch(BufferId b) { out_.buffers[b].last = std::max(out_.buffers[b].last, now()); }

  // What an earlier kernel than the first of this schedule has left on the chip.
  void assumePresent(StorageId s) {
    if (!plan_.resident(s)) return;
    buffer_[s] = newBuffer(storage(s).bytes);
    loadedRows_[s] = storage(s).grid.height;
  }

  // Place of `size` bytes in region 1; their content is asked for only if it is wanted.
  template <typename Content>
  uint32_t appendConstants(uint64_t size, Content content) {
    const uint64_t offset = roundUp64(out_.constantBytes, kMemoryAlignment);
    out_.constantBytes = offset + size;
    if (options_.content) {
      const std::vector<uint8_t> bytes = content();
      out_.constants.resize(offset);
      out_.constants.insert(out_.constants.end(), bytes.begin(), bytes.end());
    }
    return static_cast<uint32_t>(offset);
  }

  bool isTouched(StorageId s) const {
    for (uint32_t k = options_.kernels.begin; k < options_.kernels.end; ++k) {
      const Kernel& kern = *lowered_.kernels[k];
      if (kern.output.storage == s) return true;
      for (const View& view : kern.inputs)
        if (view.storage == s) return true;
    }
    return false;
  }

  void giveHome(StorageId s) {
    const Storage& st = storage(s);
    if (st.home) {
      home_[s] = *st.home;
    } else if (plan_.place[s] == Place::memory && st.constant.empty()) {
      for (const OutputTensor& output : lowered_.outputs) {
        if (output.view.storage != s) continue;
        home_[s] = MemoryHome{output.region, output.offset,
                              denseGrid(st.grid.height, st.grid.width, st.grid.channels)};
        return;
      }
      out_.spillBytes = roundUp64(out_.spillBytes, kMemoryAlignment);
      home_[s] = MemoryHome{kRegionSpill, static_cast<uint32_t>(out_.spillBytes), st.grid};
      out_.spillBytes += roundUp64(st.bytes, isa::kGranule);
    }
  }

  // A constant operand gets its place in region 1 when it is needed first.
  const MemoryHome& homeOf(StorageId s) {
    const Storage& st = storage(s);
    if (!home_[s])
      home_[s] = MemoryHome{kRegionConstants,
                            appendConstants(st.constant.size(), [&] { return st.constant; }),
                            denseGrid(st.grid.height, st.grid.width, st.grid.channels)};
    return *home_[s];
  }

  void addLoad(Transfer transfer, uint32_t layer, uint32_t after) {
    transfer.layer = layer;
    out_.loads.push_back({transfer, now(), now(), after});
  }

  // Transfer of rows and channels of a storage between its home and a buffer.
  Transfer transferOf(StorageId s, Range rows, Range channels, BufferId buffer, uint32_t offset,
                      uint32_t pixPitch, uint32_t rowPitch) {
    const Grid& grid = storage(s).grid;
    const MemoryHome& home = homeOf(s);
    Transfer t = makeTransfer({rows.size(), grid.width, channels.size(), home.grid.pixPitch,
                               home.grid.rowPitch, pixPitch, rowPitch});
    t.region = home.region;
    t.memOffset = home.offset + rows.begin * home.grid.rowPitch + channels.begin;
    t.buffer = buffer;
    t.bufferOffset = offset;
    return t;
  }

  // The buffer of a resident storage; rows [0, rowsEnd) have been asked for from memory.
  BufferId residentBuffer(StorageId s, uint32_t rowsEnd, uint32_t layer) {
    const Storage& st = storage(s);
    if (buffer_[s] == kNone) buffer_[s] = newBuffer(st.bytes);
    touch(buffer_[s]);
    if (!st.loaded) return buffer_[s];
    while (rowsEnd < st.grid.height && uint64_t{rowsEnd} * st.grid.rowPitch % isa::kGranule != 0)
      ++rowsEnd;
    if (rowsEnd > loadedRows_[s]) {
      const Range rows{loadedRows_[s], rowsEnd};
      addLoad(transferOf(s, rows, {0, st.grid.channels}, buffer_[s], rows.begin * st.grid.rowPitch,
                         st.grid.pixPitch, st.grid.rowPitch),
              layer, 0);
      loadedRows_[s] = rowsEnd;
    }
    return buffer_[s];
  }

  // Offset of the first byte of a row-aligned view in the home of its storage.
  static uint32_t homeOffset(const View& view, const Storage& st, const MemoryHome& home) {
    const uint32_t inRow = view.offset % st.grid.rowPitch;
    return view.offset / st.grid.rowPitch * home.grid.rowPitch +
           inRow / st.grid.pixPitch * home.grid.pixPitch + inRow % st.grid.pixPitch;
  }

  // Tiles [0, n) have stored these rows.
  uint32_t storedBefore(StorageId s, Range rows) const {
    uint32_t n = 0;
    for (const StoredRows& part : stored_[s])
      if (part.rows.begin < rows.end && rows.begin < part.rows.end) n = std::max(n, part.tile + 1);
    return n;
  }

  Operand placeInput(uint32_t k, size_t i, const Tile& tile) {
    const Kernel& kern = *lowered_.kernels[k];
    const View& view = kern.inputs[i];
    const Storage& st = storage(view.storage);
    const Range viewRows = kern.inputRows(i, tile.rows);
    const Range rows = storageRows(view, st, viewRows);
    if (plan_.resident(view.storage)) {
      const BufferId b = residentBuffer(view.storage, rows.end, kern.layer);
      return {b, {view.offset, view.grid.pixPitch, view.grid.rowPitch, 0, 0}};
    }
    if (plan_.place[view.storage] == Place::strip) {
      touch(buffer_[view.storage]);
      return {buffer_[view.storage],
              {0, view.grid.pixPitch, view.grid.rowPitch, loadedRows_[view.storage], 0}};
    }
    const bool slice =
        slicesChannels(lowered_, kern, i) && tile.channels.size() != kern.output.grid.channels;
    const Range channels = slice ? tile.channels : Range{0, st.grid.channels};
    const auto key = std::make_tuple(k, i, rows.begin, rows.end, channels.begin, channels.end);
    auto it = tileBuffers_.find(key);
    if (it == tileBuffers_.end()) {
      const uint32_t pixPitch = slice ? roundUp(channels.size(), isa::kGranule) : st.grid.pixPitch;
      const uint32_t rowPitch = slice ? pixPitch * st.grid.width : st.grid.rowPitch;
      const BufferId b = newBuffer(uint64_t{rows.size()} * rowPitch);
      addLoad(transferOf(view.storage, rows, channels, b, 0, pixPitch, rowPitch), kern.layer,
              storedBefore(view.storage, rows));
      // Only the newest buffer of each input is kept: tiles are walked in order.
      std::erase_if(tileBuffers_, [&](const auto& entry) {
        return std::get<0>(entry.first) == k && std::get<1>(entry.first) == i;
      });
      it = tileBuffers_.emplace(key, b).first;
    }
    touch(it->second);
    Operand operand{it->second, {0, view.grid.pixPitch, view.grid.rowPitch, 0, 0}};
    if (slice) {
      operand.placed.pixPitch = roundUp(channels.size(), isa::kGranule);
      const uint32_t width =
          view.grid.rowPitch == st.grid.rowPitch ? st.grid.width : view.grid.width;
      operand.placed.rowPitch = operand.placed.pixPitch * width;
      operand.placed.firstRow = rows.begin;
      operand.placed.firstChannel = channels.begin;
    } else if (rowAligned(view, st)) {
      operand.placed.addr = view.offset % st.grid.rowPitch;
      operand.placed.firstRow = viewRows.begin;
    } else {
      operand.placed.addr = view.offset;
    }
    return operand;
  }

  // Output of a tile; a buffer for all channels of a row tile when these follow each other.
  Operand placeOutput(uint32_t k, const Tile& tile, TileStep& step) {
    const Kernel& kern = *lowered_.kernels[k];
    const View& view = kern.output;
    const Storage& st = storage(view.storage);
    if (plan_.resident(view.storage)) {
      if (buffer_[view.storage] == kNone) buffer_[view.storage] = newBuffer(st.bytes);
      touch(buffer_[view.storage]);
      return {buffer_[view.storage], {view.offset, view.grid.pixPitch, view.grid.rowPitch, 0, 0}};
    }
    if (plan_.place[view.storage] == Place::strip) {
      buffer_[view.storage] = newBuffer(uint64_t{tile.rows.size()} * st.grid.rowPitch);
      loadedRows_[view.storage] = tile.rows.begin;
      return {buffer_[view.storage],
              {0, view.grid.pixPitch, view.grid.rowPitch, tile.rows.begin, 0}};
    }
    const bool slice = !plan_.kernels[k].rowsOuter && tile.channels.size() != view.grid.channels;
    const bool whole = view.offset == 0 && view.grid.channels == st.grid.channels &&
                       view.grid.width == st.grid.width && !slice;
    const uint32_t kept = slice ? tile.channels.size() : view.grid.channels;
    const uint32_t pixPitch = whole ? st.grid.pixPitch : roundUp(kept, isa::kGranule);
    const uint32_t rowPitch = whole ? st.grid.rowPitch : pixPitch * view.grid.width;
    if (outBuffer_ == kNone || slice || tile.rows.begin != outRows_.begin) {
      outBuffer_ = newBuffer(uint64_t{tile.rows.size()} * rowPitch);
      outRows_ = tile.rows;
    }
    touch(outBuffer_);
    if (slice || tile.channels.end == view.grid.channels) {
      const MemoryHome& home = homeOf(view.storage);
      Transfer t = makeTransfer({tile.rows.size(), view.grid.width, kept, home.grid.pixPitch,
                                 home.grid.rowPitch, pixPitch, rowPitch});
      t.region = home.region;
      t.memOffset = home.offset + homeOffset(view, st, home) +
                    tile.rows.begin * home.grid.rowPitch + (slice ? tile.channels.begin : 0);
      t.buffer = outBuffer_;
      t.layer = kern.layer;
      step.stores.push_back(t);
      stored_[view.storage].push_back({storageRows(view, st, tile.rows), now()});
    }
    return {outBuffer_, {0, pixPitch, rowPitch, tile.rows.begin, slice ? tile.channels.begin : 0}};
  }

  struct ConstantPlace {
    BufferId buffer = kNone;
    uint32_t offset = 0;
  };

  // Constants of a channel tile; small blocks of the following kernels come with the same LOAD.
  ConstantPlace placeConstants(uint32_t k, Range channels) {
    if (const auto it = merged_.find(k); it != merged_.end()) {
      touch(it->second.buffer);
      return it->second;
    }
    const Kernel& kern = *lowered_.kernels[k];
    if (kern.constantBytes(preset_, channels) == 0) return {};
    const auto key = std::make_pair(channels.begin, channels.end);
    if (const auto it = constantBuffers_.find(key); it != constantBuffers_.end()) {
      touch(it->second);
      return {it->second, 0};
    }
    auto memory = constantOffsets_.find(key);
    const bool whole = channels.size() == kern.output.grid.channels;
    if (whole) return loadMerged(k);
    const uint64_t size = kern.constantBytes(preset_, channels);
    if (memory == constantOffsets_.end()) {
      const uint32_t offset =
          appendConstants(size, [&] { return kern.constants(preset_, channels).bytes; });
      memory = constantOffsets_.emplace(key, offset).first;
    }
    const BufferId b = newBuffer(size);
    Transfer t;
    t.region = kRegionConstants;
    t.memOffset = memory->second;
    t.buffer = b;
    t.rowBytes = static_cast<uint32_t>(size);
    addLoad(t, kern.layer, 0);
    constantBuffers_.clear();
    constantBuffers_.emplace(key, b);
    return {b, 0};
  }

  ConstantPlace loadMerged(uint32_t k) {
    uint64_t total = 0;
    std::vector<std::pair<uint32_t, uint32_t>> members;
    const auto whole = [&](uint32_t m) {
      return Range{0, lowered_.kernels[m]->output.grid.channels};
    };
    for (uint32_t m = k; m < options_.kernels.end; ++m) {
      const Kernel& kern = *lowered_.kernels[m];
      if (plan_.kernels[m].channelsPerTile != kern.output.grid.channels) break;
      const uint64_t size = kern.constantBytes(preset_, whole(m));
      if (m > k && (k == 0 || total + size > plan_.mergedConstants)) break;
      if (size == 0) continue;
      members.emplace_back(m, static_cast<uint32_t>(total));
      total += size;
    }
    const BufferId b = newBuffer(total);
    Transfer t;
    t.region = kRegionConstants;
    t.memOffset = appendConstants(total, [&] {
      std::vector<uint8_t> bytes;
      for (const auto& [m, offset] : members) {
        const ConstantBlock block = lowered_.kernels[m]->constants(preset_, whole(m));
        bytes.insert(bytes.end(), block.bytes.begin(), block.bytes.end());
      }
      return bytes;
    });
    t.buffer = b;
    t.rowBytes = static_cast<uint32_t>(total);
    addLoad(t, lowered_.kernels[k]->layer, 0);
    for (const auto& [m, offset] : members) merged_[m] = {b, offset};
    return merged_[k];
  }

  void buildTile(uint32_t k, const Tile& tile) {
    TileStep step;
    step.kernel = k;
    step.tile = tile;
    const ConstantPlace place = placeConstants(k, tile.channels);
    if (place.buffer != kNone) step.constants = Operand{place.buffer, {place.offset, 0, 0, 0, 0}};
    for (size_t i = 0; i < lowered_.kernels[k]->inputs.size(); ++i)
      step.inputs.push_back(placeInput(k, i, tile));
    step.output = placeOutput(k, tile, step);
    out_.tiles.push_back(std::move(step));
  }

  void startGroup() {
    tileBuffers_.clear();
    constantBuffers_.clear();
    constantOffsets_.clear();
    outBuffer_ = kNone;
  }

  // Strip by strip; all channels of a kernel, then the next kernel.
  void buildGroup(Range group) {
    startGroup();
    const uint32_t height = lowered_.kernels[group.end - 1]->output.grid.height;
    const uint32_t step = plan_.kernels[group.end - 1].rowsPerTile;
    for (uint32_t y = 0; y < height; y += step) {
      const std::vector<Range> rows = stripRows(lowered_, group, {y, std::min(y + step, height)});
      for (uint32_t k = group.begin; k < group.end; ++k) {
        buildTile(k, {rows[k - group.begin], {0, lowered_.kernels[k]->output.grid.channels}});
        lastTile_[k] = now() - 1;
      }
    }
    // Strips end with their group.
    for (uint32_t k = group.begin; k + 1 < group.end; ++k)
      buffer_[lowered_.kernels[k]->output.storage] = kNone;
  }

  void buildKernel(uint32_t k) {
    const Grid& grid = lowered_.kernels[k]->output.grid;
    const KernelPlan& plan = plan_.kernels[k];
    startGroup();
    const auto rows = [&](auto f) {
      for (uint32_t y = 0; y < grid.height; y += plan.rowsPerTile)
        f(Range{y, std::min(y + plan.rowsPerTile, grid.height)});
    };
    const auto channels = [&](auto f) {
      for (uint32_t c = 0; c < grid.channels; c += plan.channelsPerTile)
        f(Range{c, std::min(c + plan.channelsPerTile, grid.channels)});
    };
    if (plan.rowsOuter)
      rows([&](Range r) { channels([&](Range c) { buildTile(k, {r, c}); }); });
    else
      channels([&](Range c) { rows([&](Range r) { buildTile(k, {r, c}); }); });
    lastTile_[k] = now() - 1;
  }

  void storeOutputs() {
    for (const OutputTensor& output : lowered_.outputs) {
      const View& view = output.view;
      if (!plan_.resident(view.storage)) continue;  // stored tile by tile
      const std::optional<uint32_t> tile = lastWriter(view.storage);
      if (!tile) continue;
      Transfer t = makeTransfer({view.grid.height, view.grid.width, view.grid.channels,
                                 view.grid.channels, view.grid.width * view.grid.channels,
                                 view.grid.pixPitch, view.grid.rowPitch});
      t.region = output.region;
      t.memOffset = output.offset;
      t.buffer = buffer_[view.storage];
      t.bufferOffset = view.offset;
      t.layer = lowered_.kernels[out_.tiles[*tile].kernel]->layer;
      out_.tiles[*tile].stores.push_back(t);
    }
  }

  // The last tile that writes the storage, if its last writer belongs to this schedule.
  std::optional<uint32_t> lastWriter(StorageId s) const {
    for (uint32_t k = options_.kernels.end; k < lowered_.kernels.size(); ++k)
      if (lowered_.kernels[k]->output.storage == s) return std::nullopt;
    for (uint32_t t = now(); t-- > 0;)
      if (lowered_.kernels[out_.tiles[t].kernel]->output.storage == s) return t;
    return std::nullopt;
  }

  // A stored buffer is kept for one more tile, so that the next one does not wait for the STORE.
  void keepUntilStored(TileStep& tile) {
    const uint32_t index = static_cast<uint32_t>(&tile - out_.tiles.data());
    const uint32_t until = std::min<uint32_t>(index + 1, now() - 1);
    for (const Transfer& t : tile.stores)
      out_.buffers[t.buffer].last = std::max(out_.buffers[t.buffer].last, until);
  }

  const Lowered& lowered_;
  const Plan& plan_;
  const isa::Preset& preset_;
  const ScheduleOptions& options_;
  Schedule& out_;
  std::vector<LifeTime> lives_;
  std::vector<std::optional<MemoryHome>> home_;
  std::vector<BufferId> buffer_;      // of resident storages, and the newest strips
  std::vector<uint32_t> loadedRows_;  // of resident storages that come from memory: rows asked for;
                                      // of strips: their first row
  struct StoredRows {
    Range rows;     // of the storage
    uint32_t tile;  // whose STORE brings them to memory
  };
  std::vector<std::vector<StoredRows>> stored_;  // per storage
  std::vector<uint32_t> lastTile_;               // of every kernel
  std::map<uint32_t, ConstantPlace> merged_;
  // Of the kernel or group being built:
  std::map<std::tuple<uint32_t, size_t, uint32_t, uint32_t, uint32_t, uint32_t>, BufferId>
      tileBuffers_;
  std::map<std::pair<uint32_t, uint32_t>, BufferId> constantBuffers_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> constantOffsets_;
  BufferId outBuffer_ = kNone;
  Range outRows_;
};

}  // namespace

Schedule makeSchedule(const Lowered& lowered, const Plan& plan, const isa::Preset& preset,
                      const ScheduleOptions& options) {
  Schedule schedule;
  schedule.constants = options.constants;
  schedule.constantBytes = std::max<uint64_t>(options.constantBytes, options.constants.size());
  schedule.spillBytes = options.spillBytes;
  ScheduleOptions complete = options;
  if (complete.kernels.end == 0) complete.kernels.end = lowered.kernels.size();
  Builder(lowered, plan, preset, complete, schedule).run();
  return schedule;
}

}  // namespace lilong::backend
