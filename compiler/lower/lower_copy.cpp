// SPDX-License-Identifier: Apache-2.0
// Operators that only move bytes: RESHAPE, CONCATENATION, PAD, STRIDED_SLICE, TRANSPOSE.
#include <fmt/format.h>

#include <algorithm>

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
  const auto& whole = tensor(node.output).shape;
  const auto to = byteStrides(whole, output.grid);
  // Parts are tensors inside of the whole unless something other than ones lies in front of an axis
  // that is folded into the rows.
  const size_t rank = whole.size();
  const bool inside = axis + 2 >= rank || std::all_of(whole.begin(), whole.begin() + axis,
                                                      [](int32_t d) { return d == 1; });
  int64_t at = 0;
  for (const ir::TensorId t : node.inputs) {
    const auto& shape = tensor(t).shape;
    const auto placed = inPlace_.find(t);
    if (placed == inPlace_.end() || placed->second.whole != node.output) {
      auto input = viewOf(t);
      if (!input) return input.error();
      const Grid dims = canonicalGrid(shape);
      const bool flipped = rank >= 2 && (shape[rank - 2] == 1) != (whole[rank - 2] == 1);
      if (inside && !flipped) {
        View part = output;
        part.offset += static_cast<uint32_t>(at * to[axis]);
        part.grid.height = dims.height;
        part.grid.width = dims.width;
        part.grid.channels = dims.channels;
        addGridCopy(*input, part);
      } else {
        const auto from = byteStrides(shape, input->grid);
        std::vector<CopyLoop> loops;
        for (size_t i = 0; i < shape.size(); ++i)
          loops.push_back({static_cast<uint64_t>(shape[i]), from[i], to[i]});
        CopyPart prototype;
        prototype.destination = static_cast<uint32_t>(at * to[axis]);
        std::vector<CopyPart> parts;
        if (!appendCopies(prototype, loops, parts))
          return fail(DiagId::unsupportedVariant, kTooMany);
        if (auto added = addCopy({*input}, output, std::move(parts)); !added) return added;
      }
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
  if (lowerPadByRows(node, *input, output)) return {};
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
  if (lowerSliceByRows(node, *input, output)) return {};
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
  if (transposed_.count(node.inputs[0])) return {};  // written this way
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  const auto& shape = tensor(node.output).shape;
  const View output =
      mayStayDense(node.output) ? denseOutputView(node.output) : outputView(node.output);
  const auto from = byteStrides(tensor(node.inputs[0]).shape, input->grid);
  const auto to = byteStrides(shape, output.grid);
  std::vector<CopyLoop> loops;
  for (size_t i = 0; i < shape.size(); ++i)
    loops.push_back({static_cast<uint64_t>(shape[i]), from[perm[i]], to[i]});
  std::vector<CopyPart> parts;
  if (!appendCopies({}, loops, parts)) return fail(DiagId::unsupportedVariant, kTooMany);
  return addCopy({*input}, output, std::move(parts));
}

}  // namespace lilong::backend
