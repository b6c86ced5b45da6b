// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/dead_channels.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "compiler/passes/channel_reach.hpp"

namespace lilong::backend {

namespace {

// Layout of weights: [output, taps..., input] or, depthwise, [1, taps..., output].
struct Dense {
  const ir::Tensor& weights;
  std::span<const int8_t> data;
  size_t outputs, taps, inputs;  // taps of one output and one input channel
  bool depthwise;

  int8_t at(size_t output, size_t tap, size_t input) const {
    return depthwise ? data[tap * outputs + output] : data[(output * taps + tap) * inputs + input];
  }
};

bool isDense(const ir::Op& op) {
  return op.kind == ir::OpKind::conv2d || op.kind == ir::OpKind::depthwiseConv2d ||
         op.kind == ir::OpKind::fullyConnected;
}

// Features of a fully connected layer that lie in the same channel of its input are taps.
Dense denseOf(const ir::Graph& graph, const ir::Op& op) {
  const ir::Tensor& w = graph.input(op, 1);
  const bool depthwise = op.kind == ir::OpKind::depthwiseConv2d;
  const auto outputs = static_cast<size_t>(depthwise ? w.shape[3] : w.shape[0]);
  const size_t each = w.elements() / outputs;
  size_t inputs = depthwise ? 1 : channelsOf(graph.input(op));
  if (each % inputs != 0) inputs = each;  // rows that end inside a pixel
  return {w, w.int8Data(), outputs, each / inputs, inputs, depthwise};
}

class Remover {
 public:
  Remover(const ir::Graph& graph, numerics::Numerics numerics, size_t granule)
      : graph_(graph), numerics_(numerics), granule_(granule), reach_(findReach(graph, numerics)) {}

  Result<ir::Graph> run() {
    choose();
    ir::Graph result = graph_;
    if (std::all_of(gone_.begin(), gone_.end(), [](const auto& gone) { return gone.empty(); }))
      return result;
    for (size_t t = 0; t < gone_.size(); ++t)
      if (!gone_[t].empty()) result.tensors[t].shape.back() = static_cast<int32_t>(kept(t));
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      const ir::Op& op = graph_.ops[o];
      if (!isDense(op) || (gone_[op.inputs[0]].empty() && gone_[op.outputs[0]].empty())) continue;
      result.ops[o].networkMacs = ir::macsOf(graph_, op);
      rewrite(result, result.ops[o], op);
    }
    if (auto checked = ir::checkGraph(result); !checked) return checked.error();
    return result;
  }

 private:
  bool isGone(ir::TensorId t, size_t channel) const {
    return !gone_[t].empty() && gone_[t][channel];
  }

  size_t kept(ir::TensorId t) const {
    return static_cast<size_t>(std::count(gone_[t].begin(), gone_[t].end(), false));
  }

  void keep(ir::TensorId t, size_t channel) {
    changed_ |= gone_[t][channel];
    gone_[t][channel] = false;
  }

  void keepAll(ir::TensorId t) {
    if (t == ir::kNoTensor || gone_[t].empty()) return;
    gone_[t].clear();
    changed_ = true;
  }

  // Everything is gone at first; every rule keeps what it needs until no rule finds more.
  void choose() {
    gone_.resize(graph_.tensors.size());
    std::vector<bool> read(graph_.tensors.size(), false), made(graph_.tensors.size(), false);
    for (const ir::Op& op : graph_.ops) {
      made[op.outputs[0]] = true;
      for (const ir::TensorId t : op.inputs)
        if (t != ir::kNoTensor) read[t] = true;
    }
    for (size_t t = 0; t < gone_.size(); ++t)
      if (read[t] && made[t] && !reach_[t].empty()) gone_[t].assign(reach_[t].size(), true);
    for (const ir::TensorId t : graph_.inputs) keepAll(t);
    for (const ir::TensorId t : graph_.outputs) keepAll(t);
    do {
      do {
        changed_ = false;
        for (auto op = graph_.ops.rbegin(); op != graph_.ops.rend(); ++op) constrain(*op);
      } while (changed_);
      for (size_t t = 0; t < gone_.size(); ++t) fillGranule(static_cast<ir::TensorId>(t));
    } while (changed_);
  }

  void fillGranule(ir::TensorId t) {
    if (gone_[t].empty()) return;
    const size_t want = std::min(
        std::max<size_t>((kept(t) + granule_ - 1) / granule_, 1) * granule_, gone_[t].size());
    size_t missing = want - kept(t);
    for (size_t c = 0; c < gone_[t].size() && missing > 0; ++c) {
      if (!gone_[t][c]) continue;
      keep(t, c);
      --missing;
    }
    if (want == gone_[t].size()) gone_[t].clear();
  }

  void constrain(const ir::Op& op) {
    const ir::TensorId y = op.outputs[0];
    switch (op.kind) {
      case ir::OpKind::conv2d:
        return constrainInput(op, hasPadding(op.as<ir::Conv2dAttrs>().padding));
      case ir::OpKind::depthwiseConv2d: {
        const size_t inputs = channelsOf(graph_.input(op));
        if (op.as<ir::Conv2dAttrs>().depthMultiplier == 1) return link(op.inputs[0], y);
        keepAll(op.inputs[0]);
        if (inputs != 1) keepAll(y);  // every input channel has equally many outputs
        return;
      }
      case ir::OpKind::fullyConnected: {
        const auto depth = static_cast<size_t>(graph_.input(op, 1).shape[1]);
        if (channelsOf(graph_.output(op)) != static_cast<size_t>(graph_.input(op, 1).shape[0]))
          keepAll(y);
        if (depth % channelsOf(graph_.input(op)) != 0) return keepAll(op.inputs[0]);
        return constrainInput(op, false);
      }
      case ir::OpKind::averagePool2d:
      case ir::OpKind::maxPool2d:
      case ir::OpKind::reshape:
      case ir::OpKind::squeeze:
      case ir::OpKind::expandDims:
        return link(op.inputs[0], y);
      case ir::OpKind::mean: {
        const auto& axes = op.as<ir::ReduceAttrs>().axes;
        const size_t rank = graph_.input(op).rank();
        if (!axes.empty() && axes.back() + 1 < rank && numerics::meanParams(graph_, op, numerics_))
          return link(op.inputs[0], y);
        break;
      }
      case ir::OpKind::pad:
      case ir::OpKind::padV2: {
        const auto& attrs = op.as<ir::PadAttrs>();
        if (attrs.before.empty() || attrs.before.back() != 0 || attrs.after.back() != 0) break;
        return link(op.inputs[0], y);
      }
      case ir::OpKind::add:
      case ir::OpKind::sub:
      case ir::OpKind::mul:
      case ir::OpKind::minimum:
      case ir::OpKind::maximum:
        if (graph_.input(op, 0).shape != graph_.input(op, 1).shape) break;
        if (graph_.input(op, 0).constant || graph_.input(op, 1).constant) break;
        link(op.inputs[0], y);
        return link(op.inputs[1], y);
      default:
        if (numerics::isUnaryTable(op.kind)) return link(op.inputs[0], y);
        break;
    }
    for (const ir::TensorId t : op.inputs) keepAll(t);
    for (const ir::TensorId t : op.outputs) keepAll(t);
  }

  // Both tensors hold the same values channel by channel; when one has several times the channels
  // of the other, its rows hold several pixels of the other.
  void link(ir::TensorId a, ir::TensorId b) {
    const size_t small = std::min(channelsOf(graph_.tensor(a)), channelsOf(graph_.tensor(b)));
    const size_t large = std::max(channelsOf(graph_.tensor(a)), channelsOf(graph_.tensor(b)));
    if (gone_[a].empty() || gone_[b].empty() || large % small != 0) {
      keepAll(a);
      keepAll(b);
      return;
    }
    const auto keepIn = [&](ir::TensorId t, size_t channel) {
      for (size_t c = channel; c < gone_[t].size(); c += small) keep(t, c);
    };
    for (size_t c = 0; c < large; ++c) {
      const size_t channel = c % small;
      const bool stays =
          (c < gone_[a].size() && !gone_[a][c]) || (c < gone_[b].size() && !gone_[b][c]);
      if (!stays) continue;
      keepIn(a, channel);
      keepIn(b, channel);
    }
  }

  // Input channels without a weight that counts go; constant ones go into the bias.
  void constrainInput(const ir::Op& op, bool padded) {
    const ir::TensorId x = op.inputs[0];
    if (gone_[x].empty()) return;
    const Dense dense = denseOf(graph_, op);
    const int32_t zero = graph_.input(op).quant.zeroPoint();
    // A multiplier that depends on the range of the sums and matches no better than nearly.
    const bool fixedBias = op.kind == ir::OpKind::fullyConnected &&
                           numerics::convParams(graph_, op, numerics_).exactness.level ==
                               numerics::Exactness::Level::inexact;
    for (size_t c = 0; c < dense.inputs; ++c) {
      if (!gone_[x][c]) continue;
      const Reach reach = reach_[x][c];
      const bool folds = reach.single() && !fixedBias && (!padded || reach.min == zero);
      if (!folds && isRead(op.outputs[0], dense, c)) keep(x, c);
    }
    for (size_t o = 0; o < dense.outputs; ++o) {
      if (isGone(op.outputs[0], o)) continue;
      const int64_t bias = foldedBias(op, dense, o);
      if (bias >= std::numeric_limits<int32_t>::min() &&
          bias <= std::numeric_limits<int32_t>::max())
        continue;
      return keepAll(x);
    }
  }

  bool isRead(ir::TensorId y, const Dense& dense, size_t input) const {
    for (size_t o = 0; o < dense.outputs; ++o) {
      if (isGone(y, o)) continue;
      for (size_t tap = 0; tap < dense.taps; ++tap)
        if (dense.at(o, tap, input) != 0) return true;
    }
    return false;
  }

  int64_t foldedBias(const ir::Op& op, const Dense& dense, size_t output) const {
    int64_t bias = 0;
    if (graph_.hasInput(op, 2)) bias = graph_.input(op, 2).int32Data()[output];
    const ir::TensorId x = op.inputs[0];
    if (gone_[x].empty() || dense.depthwise) return bias;
    const int64_t zero = graph_.input(op).quant.zeroPoint();
    for (size_t c = 0; c < dense.inputs; ++c) {
      if (!gone_[x][c]) continue;
      for (size_t tap = 0; tap < dense.taps; ++tap)  // weights of channels that vary are zero
        bias += int64_t{dense.at(output, tap, c)} * (reach_[x][c].min - zero);
    }
    return bias;
  }

  // New constants; the old ones may have other readers.
  void rewrite(ir::Graph& result, ir::Op& target, const ir::Op& op) const {
    const Dense dense = denseOf(graph_, op);
    const ir::TensorId x = op.inputs[0], y = op.outputs[0];
    std::vector<size_t> outputs, inputs;
    for (size_t o = 0; o < dense.outputs; ++o)
      if (!isGone(y, o)) outputs.push_back(o);
    for (size_t c = 0; c < dense.inputs; ++c)
      if (dense.depthwise || !isGone(x, c)) inputs.push_back(c);

    ir::Tensor weights;
    weights.name = dense.weights.name;
    weights.constant = true;
    weights.shape = dense.weights.shape;
    weights.quant = dense.weights.quant;
    if (dense.depthwise) {
      weights.shape[3] = static_cast<int32_t>(outputs.size());
      auto& attrs = std::get<ir::Conv2dAttrs>(target.attributes);
      attrs.depthMultiplier = static_cast<int32_t>(outputs.size() / channelsOf(result.tensors[x]));
    } else {
      weights.shape[0] = static_cast<int32_t>(outputs.size());
      weights.shape.back() = static_cast<int32_t>(static_cast<size_t>(weights.shape.back()) /
                                                  dense.inputs * inputs.size());
    }
    weights.data.reserve(weights.bytes());
    const auto put = [&](size_t o, size_t tap, size_t c) {
      weights.data.push_back(static_cast<uint8_t>(dense.at(o, tap, c)));
    };
    if (dense.depthwise) {
      for (size_t tap = 0; tap < dense.taps; ++tap)
        for (const size_t o : outputs) put(o, tap, 0);
    } else {
      for (const size_t o : outputs)
        for (size_t tap = 0; tap < dense.taps; ++tap)
          for (const size_t c : inputs) put(o, tap, c);
    }
    if (weights.quant.perChannel()) {
      weights.quant.scales = chosen(weights.quant.scales, outputs);
      if (weights.quant.zeroPoints.size() > 1)
        weights.quant.zeroPoints = chosen(weights.quant.zeroPoints, outputs);
    }

    ir::Tensor bias;
    if (graph_.hasInput(op, 2))
      bias.name = graph_.input(op, 2).name;
    else
      bias.name = op.name + "/bias";
    bias.dtype = DType::int32;
    bias.constant = true;
    bias.shape = {static_cast<int32_t>(outputs.size())};
    for (const size_t o : outputs) {
      const auto value = static_cast<uint32_t>(foldedBias(op, dense, o));
      for (unsigned byte = 0; byte < 4; ++byte)
        bias.data.push_back(static_cast<uint8_t>(value >> 8 * byte));
    }
    target.inputs = {x, static_cast<ir::TensorId>(result.tensors.size()),
                     static_cast<ir::TensorId>(result.tensors.size() + 1)};
    result.tensors.push_back(std::move(weights));
    result.tensors.push_back(std::move(bias));
  }

  template <typename T>
  static std::vector<T> chosen(const std::vector<T>& all, const std::vector<size_t>& which) {
    std::vector<T> part;
    for (const size_t i : which) part.push_back(all[i]);
    return part;
  }

  const ir::Graph& graph_;
  numerics::Numerics numerics_;
  size_t granule_;
  ChannelReach reach_;
  std::vector<std::vector<bool>> gone_;  // per tensor and channel; empty: all stay
  bool changed_ = false;
};

}  // namespace

Result<ir::Graph> removeDeadChannels(const ir::Graph& graph, numerics::Numerics numerics,
                                     uint32_t granule) {
  return Remover(graph, numerics, std::max<uint32_t>(granule, 1)).run();
}

}  // namespace lilong::backend
