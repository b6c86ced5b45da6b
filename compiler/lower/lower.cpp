// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/lower.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/lower/lowerer.hpp"

namespace lilong::backend {

namespace {

// By copying rows or runs of bytes.
bool movesBytes(ir::OpKind kind) {
  switch (kind) {
    case ir::OpKind::concatenation:
    case ir::OpKind::pad:
    case ir::OpKind::padV2:
    case ir::OpKind::stridedSlice:
    case ir::OpKind::transpose:
    case ir::OpKind::resizeNearest:
      return true;
    default:
      return false;
  }
}

}  // namespace

Lowerer::Lowerer(const ir::Graph& graph, const isa::Preset& preset, numerics::Numerics numerics,
                 std::span<const Node> nodes, const std::map<ir::TensorId, Exchange>& sources,
                 const std::vector<std::pair<ir::TensorId, Exchange>>& targets,
                 const LowerOptions& options)
    : graph_(graph),
      preset_(preset),
      numerics_(numerics),
      nodes_(nodes),
      sources_(sources),
      targets_(targets),
      options_(options),
      uses_(graph.tensors.size()) {
  for (size_t n = 0; n < nodes.size(); ++n)
    for (const ir::TensorId t : nodes[n].inputs)
      if (t != ir::kNoTensor) uses_[t].nodes.push_back(n);
  for (const auto& [t, exchange] : targets) uses_[t].networkOutput = true;
}

Result<Lowered> Lowerer::run() {
  planConcats();
  planTransposes();
  for (const Node& node : nodes_) {
    layer_ = static_cast<uint32_t>(out_.layers.size());
    out_.layers.push_back({node.op->name,
                           node.opName,
                           {},
                           ir::macsOf(graph_, *node.op),
                           ir::executedMacsOf(graph_, *node.op)});
    std::vector<ir::TensorId> touched = node.inputs;
    touched.push_back(node.output);
    for (const ir::TensorId t : touched) {
      if (t == ir::kNoTensor || tensor(t).constant) continue;
      const Grid dims = canonicalGrid(tensor(t).shape);
      if (dims.height > 0xffff || dims.width > 0xffff || dims.channels > 0xffff)
        return fail(
            DiagId::unsupportedVariant,
            fmt::format("tensor '{}' of shape {} has more than 65535 rows, columns or channels",
                        tensor(t).name, ir::shapeToString(tensor(t).shape)));
    }
    if (auto done = lowerNode(node); !done) return done.error();
    std::string& exactness = out_.layers[layer_].exactness;
    if (exactness.empty()) exactness = "proved";  // only bytes were moved
  }
  if (auto done = finishTargets(); !done) return done.error();
  return std::move(out_);
}

Result<void> Lowerer::lowerNode(const Node& node) {
  if (node.identity) return lowerReshape(node);
  if (node.op->inputs.size() == 1 && node.table && numerics::isUnaryTable(node.op->kind) &&
      node.op->kind != ir::OpKind::concatenation)
    return lowerUnary(node);
  if (node.table) noteExactness(node.exactness);
  switch (node.op->kind) {
    case ir::OpKind::conv2d:
    case ir::OpKind::depthwiseConv2d:
      return lowerConv(node);
    case ir::OpKind::fullyConnected:
      return lowerFullyConnected(node);
    case ir::OpKind::averagePool2d:
    case ir::OpKind::maxPool2d:
      return lowerPool(node);
    case ir::OpKind::mean:
      return lowerMean(node);
    case ir::OpKind::add:
    case ir::OpKind::sub:
    case ir::OpKind::mul:
    case ir::OpKind::minimum:
    case ir::OpKind::maximum:
      return lowerEltwise(node);
    case ir::OpKind::softmax:
      return lowerSoftmax(node);
    case ir::OpKind::concatenation:
      return lowerConcat(node);
    case ir::OpKind::pad:
    case ir::OpKind::padV2:
      return lowerPad(node);
    case ir::OpKind::stridedSlice:
      return lowerSlice(node);
    case ir::OpKind::transpose:
      return lowerTranspose(node);
    case ir::OpKind::resizeNearest:
      return lowerResize(node);
    default:
      return fail(DiagId::unsupportedOperator,
                  fmt::format("{} does not run on the chip", node.opName));
  }
}

bool Lowerer::readByWindow(ir::TensorId t) const {
  return std::any_of(uses_[t].nodes.begin(), uses_[t].nodes.end(), [&](size_t n) {
    const ir::Op& op = *nodes_[n].op;
    switch (op.kind) {
      case ir::OpKind::depthwiseConv2d:
        return op.as<ir::Conv2dAttrs>().depthMultiplier == 1;
      case ir::OpKind::averagePool2d:
      case ir::OpKind::maxPool2d:
      case ir::OpKind::mean:
        return true;
      default:
        return false;
    }
  });
}

bool Lowerer::mayStayDense(ir::TensorId t) const {
  return canonicalGrid(tensor(t).shape).channels < isa::kGranule && !inPlace_.count(t) &&
         !uses_[t].networkOutput && !uses_[t].nodes.empty() &&
         std::all_of(uses_[t].nodes.begin(), uses_[t].nodes.end(),
                     [&](size_t n) { return nodes_[n].op->kind == ir::OpKind::conv2d; });
}

// Operands of a concatenation that their operator can write where the whole needs them: whole
// granules of channels, or whole rows and pixels.
void Lowerer::planConcats() {
  std::map<ir::TensorId, size_t> producers;
  for (size_t n = 0; n < nodes_.size(); ++n) producers[nodes_[n].output] = n;
  for (const Node& node : nodes_) {
    if (node.op->kind != ir::OpKind::concatenation || node.identity) continue;
    const uint32_t axis = node.op->as<ir::ConcatAttrs>().axis;
    const auto& shape = tensor(node.output).shape;
    const size_t rank = shape.size();
    const bool channels = axis + 1 == rank;
    bool outermost = true;  // nothing but ones in front of the axis
    for (uint32_t i = 0; i < axis; ++i) outermost &= shape[i] == 1;
    const bool column = rank >= 2 && axis + 2 == rank;
    if (!channels && !outermost && !column) continue;
    uint32_t begin = 0;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ir::TensorId t = node.inputs[i];
      const auto size = static_cast<uint32_t>(tensor(t).shape[axis]);
      const uint32_t at = begin;
      begin += size;
      if (tensor(t).constant || sources_.count(t) || !producers.count(t)) continue;
      const Node& producer = nodes_[producers[t]];
      if (producer.identity || producer.op->kind == ir::OpKind::concatenation) continue;
      if (uses_[t].networkOutput || uses_[t].nodes.size() != 1 || inPlace_.count(t)) continue;
      const bool last = i + 1 == node.inputs.size();
      if (channels && (at % isa::kGranule != 0 || (size % isa::kGranule != 0 && !last))) continue;
      // A column of pixels lies as a row: operand and whole must agree on that.
      const bool flipped = rank >= 2 && tensor(t).shape[rank - 2] == 1;
      const bool wholeFlipped = rank >= 2 && shape[rank - 2] == 1;
      if (flipped != wholeFlipped) continue;
      inPlace_[t] = {node.output, axis, at};
    }
  }
}

// Images that are only needed with height and width exchanged, made by an operator that writes its
// pixels anywhere.
void Lowerer::planTransposes() {
  std::map<ir::TensorId, size_t> producers;
  for (size_t n = 0; n < nodes_.size(); ++n) producers[nodes_[n].output] = n;
  for (const Node& node : nodes_) {
    if (node.op->kind != ir::OpKind::transpose || node.table) continue;
    const auto& perm = node.op->as<ir::TransposeAttrs>().perm;
    const ir::TensorId t = node.inputs[0];
    const auto& shape = tensor(t).shape;
    if (perm != std::vector<uint32_t>{0, 2, 1, 3} || shape[0] != 1 || shape[1] == 1 ||
        shape[2] == 1)
      continue;
    if (uses_[t].count() != 1 || inPlace_.count(t) || !producers.count(t)) continue;
    const Node& producer = nodes_[producers[t]];
    if (producer.identity || movesBytes(producer.op->kind)) continue;
    out_.transposable = true;
    if (options_.writeTransposed) transposed_[t] = node.output;
  }
}

// Brings every target into a storage of its own that STORE can read.
Result<void> Lowerer::finishTargets() {
  for (const auto& [t, exchange] : targets_) {
    auto view = viewOf(t);
    if (!view) return view.error();
    const Grid& grid = view->grid;
    const bool pitches =
        grid.dense() || (grid.pixPitch % isa::kGranule == 0 && grid.rowPitch % isa::kGranule == 0);
    if (!pitches || view->offset % isa::kGranule != 0 || !out_.storages[view->storage].written) {
      layer_ = out_.layers.empty() ? 0 : static_cast<uint32_t>(out_.layers.size() - 1);
      view = copyToDense(*view, tensor(t).shape, tensor(t).name);
      if (!view) return view.error();
    }
    out_.outputs.push_back({*view, exchange.region, exchange.offset});
  }
  return {};
}

Result<Lowered> lower(const ir::Graph& graph, const isa::Preset& preset,
                      numerics::Numerics numerics, std::span<const Node> nodes,
                      const std::map<ir::TensorId, Exchange>& sources,
                      const std::vector<std::pair<ir::TensorId, Exchange>>& targets,
                      const LowerOptions& options) {
  return Lowerer(graph, preset, numerics, nodes, sources, targets, options).run();
}

}  // namespace lilong::backend
