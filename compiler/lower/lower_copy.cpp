// SPDX-License-Identifier: Apache-2.0
// Operators that only move bytes: RESHAPE, CONCATENATION, PAD, STRIDED_SLICE, TRANSPOSE,
// RESIZE_NEAREST_NEIGHBOR.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/lower/lowerer.hpp"

namespace lilong::backend {

namespace {

constexpr const char* kTooMany = "the copy needs too many instructions";

}  // namespace

Result<void> Lowerer::lowerReshape(const Node& node) {
  const ir::TensorId from = node.inputs[0], to = node.output;
  auto view = viewOf(from);
  if (!view) return view.error();
  if (const auto alias = reshaped(*view, canonicalGrid(tensor(to).shape)))
    views_[to] = *alias;
  else
    putOff_[to] = from;  // copied when a reader cannot do without
  return {};
}

Result<void> Lowerer::lowerConcat(const Node& node) {
  if (!views_.count(node.output)) outputView(node.output);
  const View output = views_[node.output];
  const uint32_t axis = node.op->as<ir::ConcatAttrs>().axis;
  const auto to = byteStrides(tensor(node.output).shape, output.grid);
  int64_t at = 0;
  for (const ir::TensorId t : node.inputs) {
    const auto& shape = tensor(t).shape;
    const auto placed = inPlace_.find(t);
    if (placed == inPlace_.end() || placed->second.whole != node.output) {
      auto input = viewOf(t);
      if (!input) return input.error();
      const auto from = byteStrides(shape, input->grid);
      std::vector<CopyLoop> loops;
      for (size_t i = 0; i < shape.size(); ++i)
        loops.push_back({static_cast<uint64_t>(shape[i]), from[i], to[i]});
      CopyPart prototype;
      prototype.destination = static_cast<uint32_t>(at * to[axis]);
      std::vector<CopyPart> parts;
      if (!appendCopies(prototype, loops, parts)) return fail(DiagId::unsupportedVariant, kTooMany);
      if (auto added = addCopy({*input}, output, std::move(parts)); !added) return added;
    }
    at += shape[axis];
  }
  return {};
}

Result<void> Lowerer::lowerPad(const Node& node) {
  const auto& attrs = node.op->as<ir::PadAttrs>();
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  const View output = outputView(node.output);
  const auto& inner = tensor(node.inputs[0]).shape;
  const auto& outer = tensor(node.output).shape;
  const auto from = byteStrides(inner, input->grid), to = byteStrides(outer, output.grid);
  CopyPart fill;
  fill.fill = true;
  fill.fillValue = static_cast<uint8_t>(attrs.value);
  std::vector<CopyLoop> all, inside;
  CopyPart copy;
  for (size_t i = 0; i < inner.size(); ++i) {
    all.push_back({static_cast<uint64_t>(outer[i]), 0, to[i]});
    inside.push_back({static_cast<uint64_t>(inner[i]), from[i], to[i]});
    copy.destination += static_cast<uint32_t>(attrs.before[i] * to[i]);
  }
  // The source does not count for a fill; equal strides let its loops join.
  for (CopyLoop& loop : all) loop.source = loop.destination;
  std::vector<CopyPart> parts;
  if (!appendCopies(fill, all, parts) || !appendCopies(copy, inside, parts))
    return fail(DiagId::unsupportedVariant, kTooMany);
  for (CopyPart& part : parts)
    if (part.fill) part.sourceStride = {};
  return addCopy({*input}, output, std::move(parts));
}

Result<void> Lowerer::lowerSlice(const Node& node) {
  const auto& attrs = node.op->as<ir::SliceAttrs>();
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  const View output = outputView(node.output);
  const auto& shape = tensor(node.inputs[0]).shape;
  const auto from = byteStrides(shape, input->grid);
  // The output may have fewer dimensions; those left out have size 1.
  const auto outStrides = byteStrides(tensor(node.output).shape, output.grid);
  const auto& outShape = tensor(node.output).shape;
  std::vector<CopyLoop> loops;
  int64_t source = 0;
  size_t o = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    source += attrs.begin[i] * from[i];
    const auto count = static_cast<uint64_t>(attrs.size[i]);
    while (count != 1 && o < outShape.size() && outShape[o] == 1) ++o;
    if (count == 1) continue;
    if (o >= outShape.size() || static_cast<uint64_t>(outShape[o]) != count)
      return fail(DiagId::unsupportedVariant, "the result has another shape than the slice");
    loops.push_back({count, attrs.stride[i] * from[i], outStrides[o]});
    ++o;
  }
  CopyPart prototype;
  prototype.source = static_cast<uint32_t>(source);
  std::vector<CopyPart> parts;
  if (!appendCopies(prototype, loops, parts)) return fail(DiagId::unsupportedVariant, kTooMany);
  return addCopy({*input}, output, std::move(parts));
}

Result<void> Lowerer::lowerTranspose(const Node& node) {
  const auto& perm = node.op->as<ir::TransposeAttrs>().perm;
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  const View output = outputView(node.output);
  const auto& shape = tensor(node.output).shape;
  const auto from = byteStrides(tensor(node.inputs[0]).shape, input->grid);
  const auto to = byteStrides(shape, output.grid);
  std::vector<CopyLoop> loops;
  for (size_t i = 0; i < shape.size(); ++i)
    loops.push_back({static_cast<uint64_t>(shape[i]), from[perm[i]], to[i]});
  std::vector<CopyPart> parts;
  if (!appendCopies({}, loops, parts)) return fail(DiagId::unsupportedVariant, kTooMany);
  return addCopy({*input}, output, std::move(parts));
}

namespace {

// Source coordinate of every output coordinate, in the single precision arithmetic of TFLite.
std::vector<uint32_t> nearest(int32_t in, int32_t out, const ir::ResizeAttrs& attrs) {
  const float scale = attrs.alignCorners && out > 1
                          ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                          : static_cast<float>(in) / static_cast<float>(out);
  const float offset = attrs.halfPixelCenters ? 0.5f : 0.0f;
  std::vector<uint32_t> result;
  for (int32_t i = 0; i < out; ++i) {
    const float x = (static_cast<float>(i) + offset) * scale;
    const auto nearest = static_cast<int32_t>(attrs.alignCorners ? std::round(x) : std::floor(x));
    result.push_back(static_cast<uint32_t>(std::clamp(nearest, 0, in - 1)));
  }
  return result;
}

// Runs of outputs whose source is start + (i / repeat) * step, as long as possible.
struct Progression {
  uint32_t out, source, repeat, steps, step;
};
std::vector<Progression> progressions(const std::vector<uint32_t>& map) {
  std::vector<Progression> result;
  for (size_t i = 0; i < map.size();) {
    size_t repeat = 1;
    while (i + repeat < map.size() && map[i + repeat] == map[i]) ++repeat;
    const uint32_t step = i + repeat < map.size() ? map[i + repeat] - map[i] : 0;
    size_t steps = 1;
    const auto matches = [&](size_t s) {
      for (size_t r = 0; r < repeat; ++r) {
        const size_t at = i + s * repeat + r;
        if (at >= map.size() || map[at] != map[i] + s * step) return false;
      }
      return true;
    };
    while (step > 0 && matches(steps)) ++steps;
    result.push_back({static_cast<uint32_t>(i), map[i], static_cast<uint32_t>(repeat),
                      static_cast<uint32_t>(steps), step});
    i += repeat * steps;
  }
  return result;
}

}  // namespace

Result<void> Lowerer::lowerResize(const Node& node) {
  const auto& attrs = node.op->as<ir::ResizeAttrs>();
  const auto& inShape = tensor(node.inputs[0]).shape;
  const auto& outShape = tensor(node.output).shape;
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  const View output = outputView(node.output);
  const auto from = byteStrides(inShape, input->grid), to = byteStrides(outShape, output.grid);
  std::vector<CopyPart> parts;
  for (const Progression& y : progressions(nearest(inShape[1], outShape[1], attrs))) {
    for (const Progression& x : progressions(nearest(inShape[2], outShape[2], attrs))) {
      CopyPart prototype;
      prototype.source = static_cast<uint32_t>(y.source * from[1] + x.source * from[2]);
      prototype.destination = static_cast<uint32_t>(y.out * to[1] + x.out * to[2]);
      std::vector<CopyLoop> loops{
          {static_cast<uint64_t>(outShape[0]), from[0], to[0]},
          {y.steps, y.step * from[1], y.repeat * to[1]},
          {y.repeat, 0, to[1]},
          {x.steps, x.step * from[2], x.repeat * to[2]},
          {x.repeat, 0, to[2]},
          {static_cast<uint64_t>(outShape[3]), 1, 1}};
      if (!appendCopies(prototype, loops, parts)) return fail(DiagId::unsupportedVariant, kTooMany);
    }
  }
  return addCopy({*input}, output, std::move(parts));
}

}  // namespace lilong::backend
