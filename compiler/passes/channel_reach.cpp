// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/channel_reach.hpp"

#include <algorithm>
#include <limits>

#include "compiler/numerics/scale.hpp"
#include "sim/functional/requant.hpp"

namespace lilong::backend {

bool hasPadding(const ir::Padding2d& padding) {
  return padding.top != 0 || padding.bottom != 0 || padding.left != 0 || padding.right != 0;
}

size_t channelsOf(const ir::Tensor& tensor) {
  return static_cast<size_t>(tensor.dimFromEnd(0));
}

namespace {

Reach join(Reach a, Reach b) {
  return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

// Sums before the requantisation.
struct Sums {
  int64_t min = 0, max = 0;

  void add(int64_t weight, Reach x, int64_t zero) {
    const int64_t a = weight * (x.min - zero), b = weight * (x.max - zero);
    min += std::min(a, b);
    max += std::max(a, b);
  }
};

struct Stage {
  isa::Rounding rounding{};
  uint32_t multiplier = 0;
  unsigned shift = 0;
  int32_t zpOut = 0, clampMin = -128, clampMax = 127;

  int32_t result(int32_t acc) const {
    return functional::finish(functional::requantise(acc, multiplier, shift, rounding), zpOut,
                              clampMin, clampMax);
  }
  // The requantisation is monotone; sums beyond int32 wrap, so nothing is known about them.
  Reach reach(Sums sums) const {
    if (multiplier == 0) return {result(0), result(0)};
    if (sums.min < std::numeric_limits<int32_t>::min() ||
        sums.max > std::numeric_limits<int32_t>::max())
      return {std::min(clampMin, clampMax), clampMax};
    return {result(static_cast<int32_t>(sums.min)), result(static_cast<int32_t>(sums.max))};
  }
};

class Finder {
 public:
  Finder(const ir::Graph& graph, numerics::Numerics numerics) : graph_(graph), numerics_(numerics) {
    reach_.resize(graph.tensors.size());
    for (size_t t = 0; t < graph.tensors.size(); ++t) {
      const ir::Tensor& tensor = graph.tensors[t];
      if (tensor.constant || tensor.dtype != DType::int8) continue;
      reach_[t].resize(channelsOf(tensor));
    }
  }

  ChannelReach run() {
    for (const ir::Op& op : graph_.ops) visit(op);
    return std::move(reach_);
  }

 private:
  void visit(const ir::Op& op) {
    if (op.inputs.empty() || op.inputs[0] == ir::kNoTensor) return;
    const std::vector<Reach>& x = reach_[op.inputs[0]];
    std::vector<Reach>& y = reach_[op.outputs[0]];
    if (x.empty() || y.empty()) return;
    switch (op.kind) {
      case ir::OpKind::conv2d:
      case ir::OpKind::depthwiseConv2d:
      case ir::OpKind::fullyConnected:
        return dense(op, x, y);
      case ir::OpKind::averagePool2d:
      case ir::OpKind::maxPool2d:
      case ir::OpKind::mean:
        return pool(op, x, y);
      case ir::OpKind::pad:
      case ir::OpKind::padV2: {
        const auto& attrs = op.as<ir::PadAttrs>();
        if (x.size() != y.size()) return;
        for (size_t c = 0; c < y.size(); ++c) y[c] = join(x[c], {attrs.value, attrs.value});
        return;
      }
      case ir::OpKind::reshape:
      case ir::OpKind::squeeze:
      case ir::OpKind::expandDims:
        return reshape(x, y);
      default:
        if (numerics::isUnaryTable(op.kind)) lookUp(op, x, y);
    }
  }

  void dense(const ir::Op& op, const std::vector<Reach>& x, std::vector<Reach>& y) const {
    const ir::Tensor& w = graph_.input(op, 1);
    const bool depthwise = op.kind == ir::OpKind::depthwiseConv2d;
    const bool fullyConnected = op.kind == ir::OpKind::fullyConnected;
    const numerics::ConvParams params = numerics::convParams(graph_, op, numerics_);
    const int32_t zero = graph_.input(op).quant.zeroPoint();
    const size_t outputs = params.multiplier.size();
    const std::span<const int8_t> data = w.int8Data();
    const size_t taps = data.size() / outputs;  // of one output, with input channels
    if (y.size() != outputs) return;
    if (fullyConnected && taps % x.size() != 0) return;
    const bool padded = !fullyConnected && hasPadding(op.as<ir::Conv2dAttrs>().padding);
    std::vector<Reach> in = x;
    if (padded)
      for (Reach& reach : in) reach = join(reach, {zero, zero});
    const auto bias =
        graph_.hasInput(op, 2) ? graph_.input(op, 2).int32Data() : std::vector<int32_t>(outputs);
    for (size_t o = 0; o < outputs; ++o) {
      Sums sums{bias[o], bias[o]};
      for (size_t i = 0; i < taps; ++i) {
        if (depthwise)
          sums.add(data[i * outputs + o], in[o / (outputs / in.size())], zero);
        else
          sums.add(data[o * taps + i], in[i % in.size()], zero);
      }
      const Stage stage{params.rounding, params.multiplier[o], params.shift[o],
                        params.zpOut,    params.clampMin,      params.clampMax};
      y[o] = stage.reach(sums);
    }
  }

  void pool(const ir::Op& op, const std::vector<Reach>& x, std::vector<Reach>& y) const {
    if (x.size() != y.size()) return;
    numerics::PoolParams params;
    int64_t count = 1;
    if (op.kind == ir::OpKind::mean) {
      const ir::Tensor& tensor = graph_.input(op);
      const auto& axes = op.as<ir::ReduceAttrs>().axes;
      if (axes.empty() || axes.back() + 1 == tensor.rank()) return;
      const auto mean = numerics::meanParams(graph_, op, numerics_);
      if (!mean) return;
      params = *mean;
      for (const uint32_t axis : axes) count *= tensor.shape[axis];
    } else {
      const auto& attrs = op.as<ir::Pool2dAttrs>();
      if (op.kind == ir::OpKind::maxPool2d) {
        params = numerics::maxPoolParams(graph_, op);
        for (size_t c = 0; c < y.size(); ++c)
          y[c] = {functional::finish(x[c].min, 0, params.clampMin, params.clampMax),
                  functional::finish(x[c].max, 0, params.clampMin, params.clampMax)};
        return;
      }
      if (hasPadding(attrs.padding)) return;  // windows of several sizes
      count = int64_t{attrs.kernelY} * attrs.kernelX;
      params = numerics::averagePoolParams(graph_, op, static_cast<uint32_t>(count));
    }
    if (count > int64_t{1} << 24) return;  // the sums below stay far inside int64
    const Stage stage{params.rounding, params.multiplier, params.shift,
                      params.zpOut,    params.clampMin,   params.clampMax};
    const int64_t scale = int64_t{1} << params.accShift;
    for (size_t c = 0; c < y.size(); ++c)
      y[c] = stage.reach(
          {x[c].min * count * scale + params.bias, x[c].max * count * scale + params.bias});
  }

  static void reshape(const std::vector<Reach>& x, std::vector<Reach>& y) {
    if (y.size() % x.size() == 0) {
      for (size_t c = 0; c < y.size(); ++c) y[c] = x[c % x.size()];
    } else if (x.size() % y.size() == 0) {
      for (size_t c = 0; c < y.size(); ++c) y[c] = x[c];
      for (size_t c = y.size(); c < x.size(); ++c) y[c % y.size()] = join(y[c % y.size()], x[c]);
    }
  }

  void lookUp(const ir::Op& op, const std::vector<Reach>& x, std::vector<Reach>& y) const {
    if (x.size() != y.size()) return;
    const numerics::UnaryTable table = numerics::unaryTable(graph_, op, numerics_);
    const auto at = [&](int32_t byte) -> int32_t {
      return static_cast<int8_t>(table.bytes[static_cast<uint8_t>(byte)]);
    };
    for (size_t c = 0; c < y.size(); ++c) {
      y[c] = {at(x[c].min), at(x[c].min)};
      for (int32_t byte = x[c].min + 1; byte <= x[c].max; ++byte)
        y[c] = join(y[c], {at(byte), at(byte)});
    }
  }

  const ir::Graph& graph_;
  numerics::Numerics numerics_;
  ChannelReach reach_;
};

}  // namespace

ChannelReach findReach(const ir::Graph& graph, numerics::Numerics numerics) {
  return Finder(graph, numerics).run();
}

}  // namespace lilong::backend
