// SPDX-License-Identifier: Apache-2.0
// PAD, STRIDED_SLICE and RESIZE_NEAREST_NEIGHBOR as copies row by row, so that large images can be
// cut into tiles.
#include <algorithm>
#include <cmath>

#include "compiler/lower/lowerer.hpp"
#include "compiler/lower/row_copy_kernel.hpp"

namespace lilong::backend {

namespace {

// True when the tensor lies as rows of pixels in the order of its dimensions.
bool upright(std::span<const int32_t> shape) {
  return shape.size() >= 2 && shape[shape.size() - 2] != 1;
}

// For every folded row of `shape`, the folded row of `sourceShape` that `map(dimension, index)`
// leads to, or -1 if it is -1 in one dimension.  Only the dimensions in front of the last two
// count.
template <typename Map>
std::vector<int32_t> foldedSources(std::span<const int32_t> shape,
                                   std::span<const int32_t> sourceShape, Map map) {
  std::vector<int32_t> sources{0};
  for (size_t d = 0; d + 2 < shape.size(); ++d) {
    std::vector<int32_t> next;
    for (const int32_t outer : sources) {
      for (int32_t i = 0; i < shape[d]; ++i) {
        const int32_t inner = map(d, i);
        next.push_back(outer < 0 || inner < 0 ? -1 : outer * sourceShape[d] + inner);
      }
    }
    sources = std::move(next);
  }
  return sources;
}

Progression pixelRun(uint32_t out, uint32_t source, uint32_t count, uint32_t step = 1) {
  return {out, static_cast<int32_t>(source), 1, count, step};
}

}  // namespace

bool Lowerer::lowerPadByRows(const Node& node, const View& input, const View& output) {
  const auto& attrs = node.op->as<ir::PadAttrs>();
  const auto& inner = tensor(node.inputs[0]).shape;
  const auto& outer = tensor(node.output).shape;
  if (!upright(inner) || !upright(outer)) return false;
  const size_t rank = inner.size();
  auto& kernel = add<RowCopyKernel>({input}, output);
  kernel.fillValue = static_cast<uint8_t>(attrs.value);
  kernel.sources = foldedSources(outer, inner, [&](size_t d, int32_t i) {
    const int32_t source = i - attrs.before[d];
    return source < inner[d] ? std::max(source, -1) : -1;
  });
  const auto width = static_cast<uint32_t>(outer[rank - 2]);
  const auto channels = static_cast<uint32_t>(outer[rank - 1]);
  const auto left = static_cast<uint32_t>(attrs.before[rank - 2]);
  const auto inside = static_cast<uint32_t>(inner[rank - 2]);
  const auto fill = [&](uint32_t begin, uint32_t count) {
    if (count > 0) kernel.pieces.push_back({true, pixelRun(begin, 0, count), 0, 0, channels});
  };
  kernel.emptyRow = {{true, pixelRun(0, 0, width), 0, 0, channels}};
  if (channels != static_cast<uint32_t>(inner[rank - 1])) {
    fill(0, width);
  } else {
    fill(0, left);
    fill(left + inside, width - left - inside);
  }
  kernel.pieces.push_back({false, pixelRun(left, 0, inside), 0,
                           static_cast<uint32_t>(attrs.before[rank - 1]),
                           static_cast<uint32_t>(inner[rank - 1])});
  return true;
}

bool Lowerer::lowerSliceByRows(const Node& node, const View& input, const View& output) {
  const auto& attrs = node.op->as<ir::SliceAttrs>();
  const auto& shape = tensor(node.inputs[0]).shape;
  const size_t rank = shape.size();
  if (!upright(shape) || !upright(attrs.size)) return false;
  const Grid sliced = canonicalGrid(attrs.size);
  if (sliced.height != output.grid.height || sliced.width != output.grid.width ||
      sliced.channels != output.grid.channels)
    return false;
  if ((attrs.stride[rank - 1] != 1 && attrs.size[rank - 1] > 1) || attrs.stride[rank - 2] < 0)
    return false;
  auto& kernel = add<RowCopyKernel>({input}, output);
  kernel.sources = foldedSources(
      attrs.size, shape, [&](size_t d, int32_t i) { return attrs.begin[d] + i * attrs.stride[d]; });
  kernel.pieces = {{false,
                    pixelRun(0, static_cast<uint32_t>(attrs.begin[rank - 2]), sliced.width,
                             static_cast<uint32_t>(attrs.stride[rank - 2])),
                    static_cast<uint32_t>(attrs.begin[rank - 1]), 0, sliced.channels}};
  return true;
}

namespace {

// Source coordinate of every output coordinate, in the single precision arithmetic of TFLite.
std::vector<int32_t> nearest(int32_t in, int32_t out, const ir::ResizeAttrs& attrs) {
  const float scale = attrs.alignCorners && out > 1
                          ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                          : static_cast<float>(in) / static_cast<float>(out);
  const float offset = attrs.halfPixelCenters ? 0.5f : 0.0f;
  std::vector<int32_t> result;
  for (int32_t i = 0; i < out; ++i) {
    const float x = (static_cast<float>(i) + offset) * scale;
    const auto nearest = static_cast<int32_t>(attrs.alignCorners ? std::round(x) : std::floor(x));
    result.push_back(std::clamp(nearest, 0, in - 1));
  }
  return result;
}

}  // namespace

Result<void> Lowerer::lowerResize(const Node& node) {
  const auto& attrs = node.op->as<ir::ResizeAttrs>();
  const auto& from = tensor(node.inputs[0]).shape;
  const auto& to = tensor(node.output).shape;
  const auto dim = [](int32_t d) { return static_cast<uint32_t>(d); };
  // Upright even for a single column, which otherwise lies as a row.
  auto input = imageView(node.inputs[0], dim(from[0]) * dim(from[1]), dim(from[2]), dim(from[3]));
  if (!input) return input.error();
  const auto output =
      reshaped(outputView(node.output), denseGrid(dim(to[0]) * dim(to[1]), dim(to[2]), dim(to[3])));
  if (!output) return fail(DiagId::internal, "the output layout does not fit");
  auto& kernel = add<RowCopyKernel>({*input}, *output);
  const std::vector<int32_t> rows = nearest(from[1], to[1], attrs);
  for (int32_t image = 0; image < to[0]; ++image)
    for (const int32_t row : rows) kernel.sources.push_back(image * from[1] + row);
  for (const Progression& run : progressions(nearest(from[2], to[2], attrs)))
    kernel.pieces.push_back({false, run, 0, 0, dim(to[3])});
  return {};
}

}  // namespace lilong::backend
