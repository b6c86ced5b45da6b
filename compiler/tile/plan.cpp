// SPDX-License-Identifier: Apache-2.0
// Everything stays in the scratchpad as long as every kernel finds room for its constants and for
// two buffers of each tile; where one does not, the largest storage alive there becomes strips or
// moves to memory, and planning starts again.  How a kernel that must be cut is cut is left to the
// chooser; formulas here only say in which order candidates are tried and which are left out when
// there are too many.
#include "compiler/tile/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace lilong::backend {

namespace {

constexpr uint64_t kTileOverhead = 60;         // cycles of an instruction that nothing hides
constexpr size_t kMeasured = 8;                // candidates that the chooser gets
constexpr uint64_t kStreamBytes = 4096;        // part of a network input that is worth a tile
constexpr uint64_t kMatrixChunkBytes = 12288;  // weights of a slice of a matrix-vector product

struct Need {
  uint64_t bytes = 0;   // scratchpad bytes
  uint64_t loads = 0;   // cycles of all transfers from memory
  uint64_t stores = 0;  // cycles of all transfers to memory
  uint64_t lead = 0;    // cycles of the transfers in front of the first tile
};

class Planner {
 public:
  Planner(const Lowered& lowered, const isa::Preset& preset, const Bus& bus,
          const PlanOptions& options, const TileChooser& choose)
      : lowered_(lowered),
        preset_(preset),
        bus_(bus),
        options_(options),
        choose_(choose),
        lives_(lifeTimes(lowered)) {
    plan_.place.assign(lowered.storages.size(), Place::chip);
    plan_.kernels.resize(lowered.kernels.size());
    for (size_t k = 0; k < lowered.kernels.size(); ++k) {
      const Grid& grid = lowered.kernels[k]->output.grid;
      plan_.kernels[k] = {grid.height, grid.channels, true};
    }
  }

  Result<Plan> run(const std::string& file) {
    // First the places, for which it is enough that a group can be cut somehow.
    for (uint32_t k = 0; k < lowered_.kernels.size();) {
      const Range group = groupFrom(lowered_, plan_, k);
      if (candidates(group, 2).empty() && makeRoom(group)) {
        k = 0;
        continue;
      }
      if (candidates(group, 1).empty()) {
        const Layer& layer = lowered_.layers[lowered_.kernels[k]->layer];
        return makeError(DiagId::doesNotFit,
                         fmt::format("even the smallest part of this {} needs more than the {} KiB "
                                     "scratchpad of preset {}",
                                     layer.op, preset_.scratchpadBytes / 1024, preset_.name),
                         file, layer.name);
      }
      k = group.end;
    }
    for (uint32_t k = 0; k < lowered_.kernels.size();) {
      const Range group = groupFrom(lowered_, plan_, k);
      std::vector<Candidate> ways = candidates(group, 2);
      if (ways.empty()) ways = candidates(group, 1);
      plan_.kernels[group.end - 1] = best(group, ways);
      k = group.end;
    }
    return plan_;
  }

 private:
  const Kernel& kernel(uint32_t k) const { return *lowered_.kernels[k]; }
  const Storage& storage(const View& view) const { return lowered_.storages[view.storage]; }

  bool alive(StorageId s, Range group) const {
    return lives_[s].first < group.end && group.begin <= lives_[s].last;
  }

  uint64_t liveBytes(Range group) const {
    uint64_t sum = 0;
    for (StorageId s = 0; s < lowered_.storages.size(); ++s)
      if (plan_.resident(s) && alive(s, group)) sum += roundUp64(lowered_.storages[s].bytes, 64);
    return sum;
  }

  // A storage may live in memory when every kernel that writes it does so row by row, in whole
  // granules.
  bool evictable(StorageId s) const {
    const Storage& st = lowered_.storages[s];
    size_t writers = 0;
    for (const auto& k : lowered_.kernels) writers += k->output.storage == s;
    for (const auto& k : lowered_.kernels) {
      if (k->output.storage != s) continue;
      const Grid& out = k->output.grid;
      const bool whole = k->output.offset == 0 && out.channels == st.grid.channels &&
                         out.width == st.grid.width && out.height == st.grid.height;
      if (k->fixedLayout() && (writers > 1 || !whole)) return false;
      const bool granules = k->output.grid.pixPitch % isa::kGranule == 0 ||
                            (k->output.offset == 0 && st.grid.rowPitch % isa::kGranule == 0);
      if (!rowAligned(k->output, st) || !granules) return false;
    }
    for (const OutputTensor& output : lowered_.outputs)
      if (output.view.storage == s && !isHomeOf(lowered_, output)) return false;
    return true;
  }

  // Written whole by one kernel and read by the next one only, row by row.
  bool canBeStrip(StorageId s) const {
    const Storage& st = lowered_.storages[s];
    const LifeTime& life = lives_[s];
    if (!options_.strips || st.loaded || !st.constant.empty() || life.last != life.first + 1 ||
        life.last >= lowered_.kernels.size())
      return false;
    for (const OutputTensor& output : lowered_.outputs)
      if (output.view.storage == s) return false;
    const Kernel& writer = kernel(life.first);
    const Kernel& reader = kernel(life.last);
    const auto whole = [&](const View& view) {
      return view.offset == 0 && view.grid.height == st.grid.height &&
             view.grid.rowPitch == st.grid.rowPitch;
    };
    if (writer.output.storage != s || reader.output.storage == s || !whole(writer.output) ||
        !writer.splitsRows() || !reader.splitsRows())
      return false;
    for (const View& view : writer.inputs)
      if (view.storage == s) return false;
    return std::all_of(reader.inputs.begin(), reader.inputs.end(),
                       [&](const View& view) { return view.storage != s || whole(view); });
  }

  // Takes the largest storage that is alive in the group out of the scratchpad; when there is none,
  // the largest of which only strips exist moves to memory.
  bool makeRoom(Range group) {
    std::optional<StorageId> victim;
    for (const Place place : {Place::chip, Place::strip}) {
      for (StorageId s = 0; s < lowered_.storages.size(); ++s) {
        if (plan_.place[s] != place || !lives_[s].used() || !alive(s, group) || !evictable(s))
          continue;
        if (!victim || lowered_.storages[s].bytes > lowered_.storages[*victim].bytes) victim = s;
      }
      if (!victim) continue;
      const bool strip = place == Place::chip && canBeStrip(*victim);
      plan_.place[*victim] = strip ? Place::strip : Place::memory;
      return true;
    }
    return false;
  }

  uint64_t inputTileBytes(const Kernel& kern, size_t i, Range rows, Range channels) const {
    const View& view = kern.inputs[i];
    const Storage& s = storage(view);
    const Range need = storageRows(view, s, kern.inputRows(i, rows));
    if (slicesChannels(lowered_, kern, i) && channels.size() != kern.output.grid.channels)
      return uint64_t{need.size()} * s.grid.width * roundUp(channels.size(), isa::kGranule);
    return uint64_t{need.size()} * s.grid.rowPitch;
  }

  // What kernel k needs when cut like this; `copies` buffers of everything that changes.
  Need need(uint32_t k, const KernelPlan& plan, uint64_t copies) const {
    const Kernel& kern = kernel(k);
    const Grid& grid = kern.output.grid;
    const uint32_t rowTiles = ceilDiv(grid.height, plan.rowsPerTile);
    const uint32_t channelTiles = ceilDiv(grid.channels, plan.channelsPerTile);
    const Range channels{0, plan.channelsPerTile};
    const bool many = rowTiles > 1 || channelTiles > 1;
    Need result;
    for (size_t i = 0; i < kern.inputs.size(); ++i) {
      if (plan_.resident(kern.inputs[i].storage)) continue;
      const bool sliced = slicesChannels(lowered_, kern, i);
      uint64_t largest = 0, total = 0;
      for (uint32_t t = 0; t < rowTiles; ++t) {
        const Range rows{t * plan.rowsPerTile, std::min((t + 1) * plan.rowsPerTile, grid.height)};
        const uint64_t bytes = inputTileBytes(kern, i, rows, channels);
        const uint64_t runs =
            sliced && channelTiles > 1 ? bytes / roundUp(channels.size(), isa::kGranule) : 1;
        const uint64_t cycles = bus_.cycles(runs, bytes);
        largest = std::max(largest, bytes);
        total += cycles;
        if (t == 0) result.lead += cycles;
      }
      const bool again = sliced || (!plan.rowsOuter && rowTiles > 1);
      result.loads += total * (again ? channelTiles : 1);
      const bool changes = rowTiles > 1 || (sliced && channelTiles > 1);
      result.bytes += roundUp64(largest, 64) * (changes ? copies : 1);
    }
    if (!plan_.resident(kern.output.storage)) {
      const bool slice = !plan.rowsOuter && channelTiles > 1;
      const uint64_t pitch =
          slice ? roundUp(plan.channelsPerTile, isa::kGranule) : storage(kern.output).grid.pixPitch;
      const uint64_t tile = uint64_t{plan.rowsPerTile} * grid.width * pitch +
                            (slice ? 0 : storage(kern.output).grid.rowPitch);
      result.bytes += roundUp64(tile, 64) * (many ? copies : 1);
      const uint64_t pixels = uint64_t{grid.height} * grid.width;
      result.stores +=
          bus_.cycles(slice ? pixels * channelTiles : rowTiles, pixels * grid.channels);
    }
    const uint64_t constants = kern.constantBytes(preset_, channels);
    result.bytes += roundUp64(constants, 64) * (channelTiles > 1 ? copies : 1);
    const bool reload = plan.rowsOuter && channelTiles > 1;
    const uint64_t cycles = bus_.cycles(1, constants);
    result.loads += cycles * channelTiles * (reload ? rowTiles : 1);
    result.lead += cycles;
    return result;
  }

  uint64_t cost(uint32_t k, const KernelPlan& plan, const Need& need) const {
    const Kernel& kern = kernel(k);
    const Grid& grid = kern.output.grid;
    const uint64_t rowTiles = ceilDiv(grid.height, plan.rowsPerTile);
    const uint64_t channelTiles = ceilDiv(grid.channels, plan.channelsPerTile);
    const uint64_t compute =
        rowTiles * channelTiles *
        (kTileOverhead + kern.cycles(preset_, {{0, plan.rowsPerTile}, {0, plan.channelsPerTile}}));
    const uint64_t bus = bus_.shared ? need.loads + need.stores : std::max(need.loads, need.stores);
    return std::max(compute, bus) + need.lead / 2;
  }

  struct Candidate {
    KernelPlan plan;
    uint64_t order = 0;  // guess of its cycles
  };

  // The best of the ways to cut a group; few of them are looked at closely.
  KernelPlan best(Range group, std::vector<Candidate>& ways) const {
    std::stable_sort(ways.begin(), ways.end(),
                     [](const Candidate& a, const Candidate& b) { return a.order < b.order; });
    if (ways.size() > kMeasured) ways.resize(kMeasured);
    std::vector<KernelPlan> plans;
    for (const Candidate& way : ways) plans.push_back(way.plan);
    return plans[plans.size() == 1 ? 0 : choose_(plan_, group, plans)];
  }

  // Ways to cut a group that fit into the budget, with so many buffers of everything that changes.
  std::vector<Candidate> candidates(Range group, uint64_t copies) const {
    const uint64_t live = liveBytes(group);
    if (live > options_.budget) return {};
    const uint64_t available = options_.budget - live;
    return group.size() > 1 ? groupCandidates(group, available, copies)
                            : kernelCandidates(group.begin, available, copies);
  }

  std::vector<Candidate> kernelCandidates(uint32_t k, uint64_t available, uint64_t copies) const {
    const Kernel& kern = kernel(k);
    const Grid& grid = kern.output.grid;
    const KernelPlan whole{grid.height, grid.channels, true};
    bool spilled = !plan_.resident(kern.output.storage);
    for (const View& view : kern.inputs) spilled |= !plan_.resident(view.storage);
    if (!spilled && need(k, whole, copies).bytes <= available) return {{refine(k, whole), 0}};

    std::vector<uint32_t> rowSizes{grid.height}, channelSizes{grid.channels};
    if (kern.splitsRows()) rowSizes = partSizes(grid.height, 1);
    if (const uint32_t unit = kern.channelUnit(preset_))
      channelSizes = partSizes(grid.channels, unit);
    std::vector<Candidate> ways;
    for (const uint32_t rows : rowSizes) {
      for (const uint32_t channels : channelSizes) {
        for (const bool rowsOuter : {true, false}) {
          if (!rowsOuter && (rows == grid.height || channels == grid.channels) &&
              plan_.resident(kern.output.storage))
            continue;  // the same as the other order
          const KernelPlan plan{rows, channels, rowsOuter};
          const Need n = need(k, plan, copies);
          if (n.bytes <= available) ways.push_back({plan, cost(k, plan, n)});
        }
      }
    }
    return ways;
  }

  // Bytes that a group needs for strips of this height, besides what lives through all of it, and a
  // guess of its cycles.
  struct GroupNeed {
    uint64_t bytes = 0, cycles = 0;
  };
  GroupNeed groupNeed(Range group, uint32_t rowsPerStrip, uint64_t copies) const {
    const Grid& grid = kernel(group.end - 1).output.grid;
    std::vector<uint64_t> strip(group.size(), 0), streamed(group.size(), 0);
    GroupNeed result;
    for (uint32_t y = 0; y < grid.height; y += rowsPerStrip) {
      const std::vector<Range> rows =
          stripRows(lowered_, group, {y, std::min(y + rowsPerStrip, grid.height)});
      for (uint32_t i = 0; i < group.size(); ++i) {
        const Kernel& kern = kernel(group.begin + i);
        const Range channels{0, kern.output.grid.channels};
        result.cycles += kTileOverhead + kern.cycles(preset_, {rows[i], channels});
        if (!plan_.resident(kern.output.storage))
          strip[i] = std::max(
              strip[i],
              roundUp64(uint64_t{rows[i].size()} * storage(kern.output).grid.rowPitch, 64));
        uint64_t inputs = 0;
        for (size_t in = 0; in < kern.inputs.size(); ++in)
          if (plan_.place[kern.inputs[in].storage] == Place::memory)
            inputs += roundUp64(inputTileBytes(kern, in, rows[i], channels), 64) * copies;
        streamed[i] = std::max(streamed[i], inputs);
      }
    }
    if (plan_.place[kernel(group.end - 1).output.storage] == Place::memory) strip.back() *= copies;
    uint64_t peak = 0;
    for (uint32_t i = 0; i < group.size(); ++i) {
      peak = std::max(peak, strip[i] + (i > 0 ? strip[i - 1] : 0));
      const Kernel& kern = kernel(group.begin + i);
      result.bytes +=
          streamed[i] + roundUp64(kern.constantBytes(preset_, {0, kern.output.grid.channels}), 64);
    }
    result.bytes += peak;
    return result;
  }

  std::vector<Candidate> groupCandidates(Range group, uint64_t available, uint64_t copies) const {
    const Grid& grid = kernel(group.end - 1).output.grid;
    std::vector<Candidate> ways;
    for (const uint32_t rows : partSizes(grid.height, 1)) {
      const GroupNeed n = groupNeed(group, rows, copies);
      if (n.bytes <= available) ways.push_back({{rows, grid.channels, true}, n.cycles});
    }
    return ways;
  }

  // Cuts a kernel that fits as a whole where that lets it start before all its data has come.
  KernelPlan refine(uint32_t k, KernelPlan plan) const {
    const Kernel& kern = kernel(k);
    const Grid& grid = kern.output.grid;
    const uint64_t constants = kern.constantBytes(preset_, {0, grid.channels});
    const uint32_t unit = kern.channelUnit(preset_);
    if (grid.height * uint64_t{grid.width} <= 4 && unit != 0 && constants > kMatrixChunkBytes) {
      const uint64_t parts = (constants + kMatrixChunkBytes - 1) / kMatrixChunkBytes;
      const uint32_t units = ceilDiv(grid.channels, unit);
      plan.channelsPerTile =
          std::min(grid.channels,
                   unit * ceilDiv(units, static_cast<uint32_t>(std::min<uint64_t>(parts, units))));
      plan.rowsOuter = false;
      return plan;
    }
    const Storage& in = storage(kern.inputs[0]);
    if (in.loaded && lives_[kern.inputs[0].storage].first == k && kern.splitsRows() &&
        in.bytes >= 2 * kStreamBytes && rowAligned(kern.inputs[0], in)) {
      const uint64_t parts = std::min<uint64_t>({in.bytes / kStreamBytes, 8, grid.height});
      plan.rowsPerTile = ceilDiv(grid.height, static_cast<uint32_t>(parts));
    }
    return plan;
  }

  const Lowered& lowered_;
  const isa::Preset& preset_;
  Bus bus_;
  const PlanOptions& options_;
  const TileChooser& choose_;
  std::vector<LifeTime> lives_;
  Plan plan_;
};

}  // namespace

std::vector<LifeTime> lifeTimes(const Lowered& lowered) {
  std::vector<LifeTime> lives(lowered.storages.size());
  const auto touch = [&](StorageId s, uint32_t k) {
    lives[s].first = std::min(lives[s].first, k);
    lives[s].last = std::max(lives[s].last, k);
  };
  for (uint32_t k = 0; k < lowered.kernels.size(); ++k) {
    for (const View& view : lowered.kernels[k]->inputs) touch(view.storage, k);
    touch(lowered.kernels[k]->output.storage, k);
  }
  return lives;
}

bool isHomeOf(const Lowered& lowered, const OutputTensor& output) {
  const auto elements = [](const Grid& grid) {
    return uint64_t{grid.height} * grid.width * grid.channels;
  };
  const Storage& storage = lowered.storages[output.view.storage];
  size_t sharing = 0;
  for (const OutputTensor& other : lowered.outputs)
    sharing += other.view.storage == output.view.storage;
  return sharing == 1 && !storage.loaded && output.view.offset == 0 &&
         elements(output.view.grid) == elements(storage.grid);
}

bool slicesChannels(const Lowered& lowered, const Kernel& kernel, size_t i) {
  const View& view = kernel.inputs[i];
  const Storage& storage = lowered.storages[view.storage];
  const Grid& grid = kernel.output.grid;
  // All its pixels in their order, though perhaps not as rows of the same length.
  const bool pixels = view.grid.rowPitch == storage.grid.rowPitch ||
                      (view.grid.rowsContiguous() && storage.grid.rowsContiguous() &&
                       view.grid.pixPitch == storage.grid.pixPitch);
  const bool identity = view.offset == 0 && pixels && view.grid.channels == storage.grid.channels &&
                        view.grid.pixPitch % isa::kGranule == 0;
  return identity && view.grid.channels == grid.channels &&
         kernel.inputChannels(i, {0, 1}) == Range{0, 1} && grid.channels > 1;
}

Range groupFrom(const Lowered& lowered, const Plan& plan, uint32_t k) {
  Range group{k, k + 1};
  while (plan.place[lowered.kernels[group.end - 1]->output.storage] == Place::strip) ++group.end;
  return group;
}

std::vector<Range> stripRows(const Lowered& lowered, Range group, Range last) {
  std::vector<Range> rows(group.size());
  rows.back() = last;
  for (uint32_t i = group.size() - 1; i-- > 0;) {
    const StorageId s = lowered.kernels[group.begin + i]->output.storage;
    const Kernel& reader = *lowered.kernels[group.begin + i + 1];
    Range need{UINT32_MAX, 0};
    for (size_t in = 0; in < reader.inputs.size(); ++in) {
      if (reader.inputs[in].storage != s) continue;
      const Range part = reader.inputRows(in, rows[i + 1]);
      need = {std::min(need.begin, part.begin), std::max(need.end, part.end)};
    }
    rows[i] = need;
  }
  return rows;
}

std::vector<uint32_t> partSizes(uint32_t total, uint32_t unit) {
  const uint32_t units = ceilDiv(total, unit);
  std::set<uint32_t, std::greater<>> sizes;
  for (uint32_t n = 1; n <= units && n <= 32; ++n) sizes.insert(ceilDiv(units, n));
  for (uint32_t n = 48; n < units; n += n / 2) sizes.insert(ceilDiv(units, n));
  sizes.insert(1);
  std::vector<uint32_t> result;
  for (const uint32_t size : sizes) result.push_back(std::min(size * unit, total));
  return result;
}

Result<Plan> makePlan(const Lowered& lowered, const isa::Preset& preset, const Bus& bus,
                      const PlanOptions& options, const TileChooser& choose,
                      const std::string& file) {
  return Planner(lowered, preset, bus, options, choose).run(file);
}

}  // namespace lilong::backend
