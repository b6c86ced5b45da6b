// SPDX-License-Identifier: Apache-2.0
// Layout decisions: where tensors lie and with which pitches.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/lower/lowerer.hpp"
#include "compiler/lower/row_copy_kernel.hpp"
#include "compiler/lower/window_kernels.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::backend {

Grid canonicalGrid(std::span<const int32_t> shape) {
  uint64_t rows = 1;
  for (size_t i = 0; i + 2 < shape.size(); ++i) rows *= static_cast<uint64_t>(shape[i]);
  const auto dim = [&](size_t fromEnd) {
    return fromEnd < shape.size() ? static_cast<uint32_t>(shape[shape.size() - 1 - fromEnd]) : 1u;
  };
  const auto height = static_cast<uint32_t>(rows);
  if (dim(1) == 1) return denseGrid(1, height, dim(0));
  return denseGrid(height, dim(1), dim(0));
}

Error Lowerer::fail(DiagId id, const std::string& message) const {
  return makeError(id, message, graph_.file, out_.layers[layer_].name);
}

View Lowerer::newView(const std::string& name, const Grid& dims, uint32_t pixPitch,
                      uint32_t rowGap) {
  Storage storage;
  storage.name = name;
  storage.grid = {dims.height, dims.width, dims.channels, pixPitch, pixPitch * dims.width + rowGap};
  storage.bytes = roundUp64(uint64_t{storage.grid.rowPitch} * dims.height, isa::kGranule);
  out_.storages.push_back(storage);
  return {static_cast<StorageId>(out_.storages.size() - 1), 0, storage.grid};
}

View Lowerer::loadedView(ir::TensorId t, const Exchange& home) {
  const Grid dense = canonicalGrid(tensor(t).shape);
  uint32_t pixPitch = dense.channels;
  // Windows read one vector a pixel; other operators take the bytes as they come.
  bool onlyWindows = !uses_[t].nodes.empty();
  for (const size_t n : uses_[t].nodes) {
    const ir::OpKind kind = nodes_[n].op->kind;
    const bool depthwise = kind == ir::OpKind::depthwiseConv2d &&
                           nodes_[n].op->as<ir::Conv2dAttrs>().depthMultiplier == 1;
    onlyWindows &= depthwise || kind == ir::OpKind::maxPool2d || kind == ir::OpKind::averagePool2d;
  }
  if (onlyWindows) pixPitch = roundUp(dense.channels, isa::windowLanes(preset_));
  const View view = newView(tensor(t).name, dense, pixPitch);
  Storage& storage = out_.storages[view.storage];
  storage.loaded = true;
  storage.home = MemoryHome{home.region, home.offset, dense};
  return view;
}

View Lowerer::constantView(const std::string& name, const Grid& dims, std::vector<uint8_t> bytes) {
  const View view = newView(name, dims, dims.channels);
  Storage& storage = out_.storages[view.storage];
  storage.loaded = true;
  storage.constant = std::move(bytes);
  return view;
}

Result<View> Lowerer::viewOf(ir::TensorId t) {
  if (const auto it = views_.find(t); it != views_.end()) return it->second;
  if (const auto it = putOff_.find(t); it != putOff_.end()) {
    auto source = viewOf(it->second);
    if (!source) return source;
    const ir::Tensor& from = tensor(it->second);
    auto dense = copyToDense(*source, from.shape, tensor(t).name);
    if (!dense) return dense;
    const auto view = reshaped(*dense, canonicalGrid(tensor(t).shape));
    return views_[t] = *view;
  }
  if (const auto it = sources_.find(t); it != sources_.end())
    return views_[t] = loadedView(t, it->second);
  if (tensor(t).constant)
    return views_[t] = constantView(tensor(t).name, canonicalGrid(tensor(t).shape), tensor(t).data);
  return fail(DiagId::internal,
              fmt::format("tensor '{}' is read before it is made", tensor(t).name));
}

View Lowerer::outputView(ir::TensorId t, bool packed) {
  const Grid dims = canonicalGrid(tensor(t).shape);
  if (const auto it = inPlace_.find(t); it != inPlace_.end()) {
    const ConcatPart part = it->second;
    if (!views_.count(part.whole)) views_[part.whole] = outputView(part.whole);
    const View whole = views_[part.whole];
    const auto strides = byteStrides(tensor(part.whole).shape, whole.grid);
    View view = whole;
    view.offset += static_cast<uint32_t>(part.begin * strides[part.axis]);
    view.grid.height = dims.height;
    view.grid.width = dims.width;
    view.grid.channels = dims.channels;
    return views_[t] = view;
  }
  if (const auto it = transposed_.find(t); it != transposed_.end()) {
    View view = outputView(it->second);
    std::swap(view.grid.height, view.grid.width);
    std::swap(view.grid.rowPitch, view.grid.pixPitch);
    return views_[t] = view;
  }
  const uint32_t unit = readByWindow(t) && !packed
                            ? std::max<uint32_t>(isa::windowLanes(preset_), isa::kGranule)
                            : isa::kGranule;
  const uint32_t pixPitch = roundUp(dims.channels, unit);
  return views_[t] = newView(tensor(t).name, dims, pixPitch, rowGap(t, dims, pixPitch));
}

View Lowerer::denseOutputView(ir::TensorId t) {
  const Grid dims = canonicalGrid(tensor(t).shape);
  return views_[t] = newView(tensor(t).name, dims, dims.channels);
}

uint32_t Lowerer::rowGap(ir::TensorId t, const Grid& dims, uint32_t pixPitch) {
  constexpr uint32_t kGaps = 8;  // tried, in pixels
  uint32_t together = 0;         // rows that a pass reads
  for (const size_t n : uses_[t].nodes) {
    const ir::Op& op = *nodes_[n].op;
    if (op.kind != ir::OpKind::depthwiseConv2d) continue;
    const auto kernelY = static_cast<uint32_t>(graph_.input(op, 1).shape[1]);
    const auto kernelX = static_cast<uint32_t>(graph_.input(op, 1).shape[2]);
    together =
        std::max(together, std::min(kernelY, passShape(preset_.depth, kernelY, kernelX).tapRows));
  }
  if (together < 2 || dims.height < 2) return 0;
  // Meetings of two rows in a bank, over the pixels after which the banks repeat.
  const auto meetings = [&](uint32_t rowPitch) {
    const auto bank = [&](uint64_t address) {
      return cycle::bankOf(static_cast<uint32_t>(address / preset_.depth));
    };
    uint32_t count = 0;
    for (uint64_t at = 0; at < 64 * uint64_t{pixPitch}; at += pixPitch)
      for (uint64_t a = 0; a < together; ++a)
        for (uint64_t b = a + 1; b < together; ++b)
          count += bank(at + a * rowPitch) == bank(at + b * rowPitch);
    return count;
  };
  uint32_t gap = 0, fewest = meetings(pixPitch * dims.width);
  for (uint32_t pixels = 1; pixels < kGaps; ++pixels) {
    const uint32_t count = meetings(pixPitch * (dims.width + pixels));
    if (count >= fewest) continue;
    gap = pixels * pixPitch;
    fewest = count;
  }
  out_.spreadable |= gap != 0;
  return options_.spreadRows ? gap : 0;
}

std::optional<View> Lowerer::reshaped(const View& view, const Grid& dims) const {
  View result = view;
  result.grid.height = dims.height;
  result.grid.width = dims.width;
  result.grid.channels = dims.channels;
  const Grid& grid = view.grid;
  if (grid.height == dims.height && grid.width == dims.width && grid.channels == dims.channels)
    return result;
  if (grid.dense()) {
    result.grid = dims;
    return result;
  }
  if (grid.channels != dims.channels || !grid.rowsContiguous()) return std::nullopt;
  result.grid.rowPitch = grid.pixPitch * dims.width;
  return result;
}

Result<View> Lowerer::imageView(ir::TensorId t, uint32_t height, uint32_t width,
                                uint32_t channels) {
  auto view = viewOf(t);
  if (!view) return view;
  const Grid dims = denseGrid(height, width, channels);
  if (const auto image = reshaped(*view, dims)) return *image;
  auto dense = copyToDense(*view, tensor(t).shape, tensor(t).name);
  if (!dense) return dense;
  return *reshaped(*dense, dims);
}

Result<View> Lowerer::denseView(ir::TensorId t) {
  auto view = viewOf(t);
  if (!view || view->grid.dense()) return view;
  return copyToDense(*view, tensor(t).shape, tensor(t).name);
}

Result<View> Lowerer::copyToDense(const View& view, std::span<const int32_t> shape,
                                  const std::string& name) {
  const Grid dims = canonicalGrid(shape);
  const View out = newView(name + " (dense)", dims, dims.channels);
  addGridCopy(view, out);
  return out;
}

void Lowerer::addGridCopy(const View& input, const View& output) {
  auto& kernel = add<RowCopyKernel>({input}, output);
  for (uint32_t y = 0; y < output.grid.height; ++y)
    kernel.sources.push_back(static_cast<int32_t>(y));
  kernel.pieces = {{false, {0, 0, 1, output.grid.width, 1}, 0, 0, output.grid.channels}};
}

Result<void> Lowerer::addCopy(const std::vector<View>& inputs, const View& output,
                              std::vector<CopyPart> parts) {
  add<CopyKernel>(inputs, output).parts = std::move(parts);
  return {};
}

OutputStage Lowerer::stageOf(const Node& node) const {
  OutputStage stage;
  stage.table = node.table;
  return stage;
}

void Lowerer::noteExactness(const numerics::Exactness& exactness) {
  using Level = numerics::Exactness::Level;
  std::string& text = out_.layers[layer_].exactness;
  if (exactness.level == Level::inexact && text != "proved" && text != "tested" && !text.empty())
    return;  // the first reason stays
  if (text.empty() || text == "proved" || exactness.level == Level::inexact)
    text = numerics::toString(exactness);
}

}  // namespace lilong::backend
