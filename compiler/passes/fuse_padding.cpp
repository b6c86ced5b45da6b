// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/passes/node.hpp"

namespace lilong::backend {

namespace {

bool isConv(const Node& node) {
  return node.op->kind == ir::OpKind::conv2d || node.op->kind == ir::OpKind::depthwiseConv2d;
}

// The padding as rows and columns of an image, if it is nothing else.
std::optional<ir::Padding2d> imagePadding(const ir::Graph& graph, const Node& node) {
  if (node.op->kind != ir::OpKind::pad && node.op->kind != ir::OpKind::padV2) return {};
  const auto& attrs = node.op->as<ir::PadAttrs>();
  if (attrs.before.size() != 4 || attrs.value != graph.input(*node.op).quant.zeroPoint()) return {};
  if (attrs.before[0] || attrs.after[0] || attrs.before[3] || attrs.after[3]) return {};
  return ir::Padding2d{attrs.before[1], attrs.after[1], attrs.before[2], attrs.after[2]};
}

}  // namespace

void fusePadding(const ir::Graph& graph, std::vector<Node>& nodes) {
  constexpr int32_t kMaxPadding = 255;  // rows above the image that an instruction can hold
  const std::vector<Uses> uses = findUses(graph, nodes);
  std::vector<bool> gone(nodes.size(), false);
  for (size_t n = 0; n < nodes.size(); ++n) {
    const auto padding = imagePadding(graph, nodes[n]);
    if (!padding) continue;
    const Uses& readers = uses[nodes[n].output];
    const bool legal = !readers.networkOutput && !readers.nodes.empty() &&
                       std::all_of(readers.nodes.begin(), readers.nodes.end(), [&](size_t r) {
                         return isConv(nodes[r]) && nodes[r].op->as<ir::Conv2dAttrs>().padding.top +
                                                            nodes[r].padding.top + padding->top <=
                                                        kMaxPadding;
                       });
    if (!legal) continue;
    for (const size_t r : readers.nodes) {
      Node& reader = nodes[r];
      reader.inputs[0] = nodes[n].inputs[0];
      reader.padding.top += padding->top;
      reader.padding.bottom += padding->bottom;
      reader.padding.left += padding->left;
      reader.padding.right += padding->right;
      reader.opName = nodes[n].opName + " + " + reader.opName;
    }
    gone[n] = true;
  }
  std::vector<Node> kept;
  for (size_t n = 0; n < nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(nodes[n]));
  nodes = std::move(kept);
}

}  // namespace lilong::backend
