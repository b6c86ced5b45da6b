// SPDX-License-Identifier: Apache-2.0
// AVERAGE_POOL_2D, MAX_POOL_2D, MEAN.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lower/conv_kernel.hpp"
#include "compiler/lower/lowerer.hpp"
#include "compiler/lower/window_kernels.hpp"

namespace lilong::backend {

namespace {

constexpr uint32_t kMaxKernel = 255;
constexpr uint32_t kMaxPasses = 255;

bool windowFits(const isa::Preset& preset, uint32_t rows, uint32_t columns) {
  return rows <= kMaxKernel && columns <= kMaxKernel &&
         passShape(preset.depth, rows, columns).passes <= kMaxPasses;
}

// Cycles of a single position and a lane group, about: a pass reads its columns and needs one cycle
// more, three at least.
uint32_t windowCycles(const isa::Preset& preset, uint32_t rows, uint32_t columns) {
  const PassShape shape = passShape(preset.depth, rows, columns);
  return std::max(3 * shape.passes,
                  ceilDiv(rows, shape.tapRows) * (columns + ceilDiv(columns, shape.tapCols)));
}

// The width of the rectangle of so many pixels that takes the fewest; `width` is the network's own.
uint32_t bestWidth(const isa::Preset& preset, uint32_t pixels, uint32_t width) {
  bool found = windowFits(preset, pixels / width, width);
  uint32_t best = width;
  for (uint32_t w = 1; w <= kMaxKernel && w <= pixels; ++w) {
    if (pixels % w != 0 || !windowFits(preset, pixels / w, w)) continue;
    if (found && windowCycles(preset, pixels / w, w) >= windowCycles(preset, pixels / best, best))
      continue;
    found = true;
    best = w;
  }
  return best;
}

void setStage(OutputStage& stage, const numerics::PoolParams& p) {
  stage.zpOut = p.zpOut;
  stage.clampMin = p.clampMin;
  stage.clampMax = p.clampMax;
}

}  // namespace

Result<void> Lowerer::lowerPool(const Node& node) {
  const ir::Op& op = *node.op;
  const auto& attrs = op.as<ir::Pool2dAttrs>();
  const ir::Tensor& x = tensor(node.inputs[0]);
  const ir::Tensor& y = tensor(node.output);
  const auto dim = [](const ir::Tensor& t, size_t i) { return static_cast<uint32_t>(t.shape[i]); };
  uint32_t inH = dim(x, 1), inW = dim(x, 2), outH = dim(y, 1), outW = dim(y, 2);
  const uint32_t images = dim(x, 0), channels = dim(x, 3);
  WindowShape rows{static_cast<uint32_t>(attrs.kernelY), static_cast<uint32_t>(attrs.strideY), 1,
                   static_cast<uint32_t>(attrs.padding.top)};
  WindowShape columns{static_cast<uint32_t>(attrs.kernelX), static_cast<uint32_t>(attrs.strideX), 1,
                      static_cast<uint32_t>(attrs.padding.left)};
  // A window that covers a single column runs along x.
  if (images == 1 && inW == 1 && outW == 1 && columns.kernel == 1 && columns.padBefore == 0) {
    std::swap(rows, columns);
    inW = inH, outW = outH, inH = 1, outH = 1;
  }
  auto view = viewOf(node.inputs[0]);
  if (!view) return view.error();
  // One window over the whole image may see it as any other rectangle.
  if (outH == 1 && outW == 1 && rows.kernel == inH && columns.kernel == inW &&
      rows.padBefore == 0 && columns.padBefore == 0) {
    const uint32_t width = bestWidth(preset_, inH * inW, inW);
    if (reshaped(*view, denseGrid(images * (inH * inW / width), width, channels))) {
      inH = rows.kernel = inH * inW / width;
      inW = columns.kernel = width;
    }
  }
  if (!windowFits(preset_, rows.kernel, columns.kernel) || rows.stride > 255 ||
      rows.padBefore > 255)
    return fail(DiagId::unsupportedVariant,
                fmt::format("a window of {} x {} is larger than the chip can walk", attrs.kernelY,
                            attrs.kernelX));

  auto input = imageView(node.inputs[0], images * inH, inW, channels);
  if (!input) return input.error();
  auto output = reshaped(outputView(node.output), denseGrid(images * outH, outW, channels));
  if (!output) return fail(DiagId::internal, "the output layout does not fit");
  auto& kernel = add<PoolKernel>({*input}, *output);
  kernel.inHeight = inH;
  kernel.outHeight = outH;
  kernel.rows = rows;
  kernel.columns = columns;
  kernel.stage = stageOf(node);
  if (op.kind == ir::OpKind::maxPool2d) {
    kernel.op = isa::PoolOp::max;
    kernel.params.emplace_back(0, numerics::maxPoolParams(graph_, op));
  } else {
    for (const CountRun& r : countRuns(rows, inH, outH)) {
      for (const CountRun& c : countRuns(columns, inW, outW)) {
        const uint32_t count = r.count * c.count;
        const auto known = [&](const auto& entry) { return entry.first == count; };
        if (std::none_of(kernel.params.begin(), kernel.params.end(), known))
          kernel.params.emplace_back(count, numerics::averagePoolParams(graph_, op, count));
      }
    }
  }
  for (const auto& [count, p] : kernel.params) noteExactness(p.exactness);
  setStage(kernel.stage, kernel.params.front().second);
  return {};
}

// Sums over a run of dimensions: images x reduced x inner pixels x channels.
Result<void> Lowerer::lowerMean(const Node& node) {
  const ir::Op& op = *node.op;
  const std::vector<uint32_t>& axes = op.as<ir::ReduceAttrs>().axes;
  const ir::Tensor& x = tensor(node.inputs[0]);
  const auto params = numerics::meanParams(graph_, op, numerics_);
  if (!params) return fail(DiagId::internal, "the mean has no parameters for the chip");
  noteExactness(params->exactness);
  if (axes.empty() || axes.back() - axes.front() + 1 != axes.size())
    return fail(DiagId::unsupportedVariant, "the reduced dimensions are not neighbours");
  const size_t rank = x.rank();
  if (axes.back() + 1 == rank) return lowerChannelMean(node, *params);

  const auto product = [&](size_t begin, size_t end) {
    uint64_t n = 1;
    for (size_t i = begin; i < end; ++i) n *= static_cast<uint64_t>(x.shape[i]);
    return static_cast<uint32_t>(n);
  };
  const uint32_t images = product(0, axes.front());
  const uint32_t inner = product(axes.back() + 1, rank - 1);
  const auto channels = static_cast<uint32_t>(x.shape[rank - 1]);
  uint32_t height = product(axes.front(), axes.back() + 1), width = inner;
  uint32_t kernelX = 1;
  if (inner == 1) {  // any rectangle with the right number of pixels
    const uint32_t pixels = height;
    auto view = viewOf(node.inputs[0]);
    if (!view) return view.error();
    const auto own = static_cast<uint32_t>(x.shape[axes.back()]);
    width = bestWidth(preset_, pixels, own);
    const Grid dims = denseGrid(images * (pixels / width), width, channels);
    if (windowFits(preset_, pixels / own, own) && !reshaped(*view, dims)) width = own;
    height = pixels / width;
    kernelX = width;
  }
  if (!windowFits(preset_, height, kernelX))
    return fail(DiagId::unsupportedVariant,
                fmt::format("a mean over {} values is larger than the chip can walk",
                            uint64_t{height} * kernelX));
  auto input = imageView(node.inputs[0], images * height, width, channels);
  if (!input) return input.error();
  const uint32_t outWidth = inner == 1 ? 1 : inner;
  auto output = reshaped(outputView(node.output), denseGrid(images, outWidth, channels));
  if (!output) return fail(DiagId::internal, "the output layout does not fit");
  auto& kernel = add<PoolKernel>({*input}, *output);
  kernel.inHeight = height;
  kernel.outHeight = 1;
  kernel.rows = {height, 1, 1, 0};
  kernel.columns = {kernelX, 1, 1, 0};
  kernel.stage = stageOf(node);
  kernel.params.emplace_back(height * kernelX, *params);
  setStage(kernel.stage, *params);
  return {};
}

// The mean over the last dimensions is a matrix product with ones.
Result<void> Lowerer::lowerChannelMean(const Node& node, const numerics::PoolParams& params) {
  const ir::Tensor& x = tensor(node.inputs[0]);
  const uint32_t samples = static_cast<uint32_t>(tensor(node.output).elements());
  const auto depth = static_cast<uint32_t>(x.elements() / samples);
  if (depth > 0xffff)
    return fail(DiagId::unsupportedVariant, fmt::format("a mean over {} values", depth));
  auto input = imageView(node.inputs[0], 1, samples, depth);
  if (!input) return input.error();
  // One result byte a pixel; afterwards they move together.
  const View pixels = newView(tensor(node.output).name, denseGrid(1, samples, 1), isa::kGranule);
  auto& kernel = add<ConvKernel>({*input}, pixels);
  kernel.inChannels = depth;
  kernel.rows = {1, 1, 1, 0};
  kernel.weights.assign(depth, 1);
  kernel.params = {{params.multiplier}, {params.shift}, {params.bias}, false};
  kernel.stage = stageOf(node);
  kernel.stage.rounding = params.rounding;
  kernel.stage.accShift = params.accShift;
  setStage(kernel.stage, params);
  const View output = outputView(node.output);
  const auto& shape = tensor(node.output).shape;
  const auto to = byteStrides(shape, output.grid);
  std::vector<CopyLoop> loops;
  int64_t from = isa::kGranule;
  for (size_t i = shape.size(); i-- > 0;) {
    loops.insert(loops.begin(), {static_cast<uint64_t>(shape[i]), from, to[i]});
    from *= shape[i];
  }
  std::vector<CopyPart> parts;
  if (!appendCopies({}, loops, parts))
    return fail(DiagId::unsupportedVariant, "the copy needs too many instructions");
  return addCopy({pixels}, output, std::move(parts));
}

}  // namespace lilong::backend
