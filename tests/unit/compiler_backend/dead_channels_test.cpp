// SPDX-License-Identifier: Apache-2.0
// Removal of constant channels: networks with channels made constant in several ways keep their
// bytes in every arithmetic, and lose exactly the channels that may go.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>

#include "compiler/passes/channel_reach.hpp"
#include "compiler/passes/dead_channels.hpp"
#include "tests/unit/compiler_backend/graph_builder.hpp"
#include "tests/unit/compiler_backend/run_graph.hpp"

namespace lilong::backend {
namespace {

using ir::OpKind;
using ir::TensorId;
using test::compileAndRun;
using test::GraphBuilder;

const ir::Op& producer(const ir::Graph& graph, TensorId t) {
  for (const ir::Op& op : graph.ops)
    if (op.outputs[0] == t) return op;
  ADD_FAILURE() << "no producer";
  return graph.ops[0];
}

size_t outputsOf(const ir::Graph& graph, const ir::Op& op) {
  return static_cast<size_t>(graph.input(op, 1).shape[op.kind == OpKind::depthwiseConv2d ? 3 : 0]);
}

// The scale of channels [begin, end) is so small that the result is the zero point.
void makeTiny(ir::Graph& graph, TensorId t, size_t begin, size_t end) {
  const ir::Op& op = producer(graph, t);
  ir::Quantisation& quant = graph.tensors[op.inputs[1]].quant;
  quant.axis = op.kind == OpKind::depthwiseConv2d ? 3 : 0;
  const size_t outputs = outputsOf(graph, op);
  if (!quant.perChannel()) {
    quant.scales.resize(outputs, quant.scales[0]);
    quant.zeroPoints.assign(outputs, 0);
  }
  for (size_t c = begin; c < end; ++c) quant.scales[c] = 1e-20f;
}

// All weights of output channels [begin, end) are zero: only their bias counts.
void makeBlind(ir::Graph& graph, TensorId t, size_t begin, size_t end) {
  const ir::Op& op = producer(graph, t);
  std::vector<uint8_t>& data = graph.tensors[op.inputs[1]].data;
  const size_t outputs = outputsOf(graph, op), each = data.size() / outputs;
  for (size_t i = 0; i < data.size(); ++i) {
    const size_t o = op.kind == OpKind::depthwiseConv2d ? i % outputs : i / each;
    if (o >= begin && o < end) data[i] = 0;
  }
}

// No bias lifts a channel to the end of its range.
void clearBiases(ir::Graph& graph) {
  for (const ir::Op& op : graph.ops)
    if (graph.hasInput(op, 2)) {
      std::vector<uint8_t>& data = graph.tensors[op.inputs[2]].data;
      std::fill(data.begin(), data.end(), uint8_t{0});
    }
}

constexpr numerics::Numerics kAll[] = {numerics::Numerics::tflm, numerics::Numerics::litertRef,
                                       numerics::Numerics::litert};

// Compares all bytes in all arithmetics on several chips; returns the smaller graph.
ir::Graph removed(const ir::Graph& graph) {
  for (const numerics::Numerics numerics : kAll) {
    const auto smaller = removeDeadChannels(graph, numerics, 8);
    EXPECT_TRUE(smaller.ok());
    if (!smaller) return graph;
    EXPECT_EQ(smaller->ops.size(), graph.ops.size());
    for (size_t o = 0; o < graph.ops.size(); ++o)
      EXPECT_EQ(ir::macsOf(*smaller, smaller->ops[o]), ir::macsOf(graph, graph.ops[o]));
    for (const char* name : {"nano", "edge"}) {
      for (uint32_t seed = 0; seed < 3; ++seed) {
        const auto a = compileAndRun(graph, *isa::findPreset(name), numerics, seed);
        const auto b = compileAndRun(*smaller, *isa::findPreset(name), numerics, seed);
        EXPECT_TRUE(a.ok() && b.ok());
        if (!a || !b) continue;
        EXPECT_EQ(a->output, b->output) << name << " " << numerics::toString(numerics);
      }
    }
  }
  return *removeDeadChannels(graph, numerics::Numerics::tflm, 8);
}

int32_t channels(const ir::Graph& graph, TensorId t) {
  return graph.tensor(t).shape.back();
}

TEST(DeadChannels, ZeroPointChannelsGoThroughDepthwiseWithPadding) {
  GraphBuilder g(11);
  const auto x = g.input({1, 9, 8, 3});
  const auto a = g.conv(x, 40, 3, 1, 1);
  const auto b = g.depthwise(a, 3, 1, 1);
  const auto c = g.conv(b, 24, 1, 1, 0);
  ir::Graph graph = g.finish({c});
  clearBiases(graph);
  makeTiny(graph, a, 3, 19);
  const ir::Graph smaller = removed(graph);
  EXPECT_EQ(channels(smaller, a), 24);  // the depthwise channels are constant: only their bias
  EXPECT_EQ(channels(smaller, b), 24);
  EXPECT_EQ(channels(smaller, c), 24);
  EXPECT_EQ(smaller.input(smaller.ops[2], 1).shape, (std::vector<int32_t>{24, 1, 1, 24}));
}

TEST(DeadChannels, ConstantUnlikeThePaddingStays) {
  for (const int32_t padding : {0, 1}) {
    GraphBuilder g(12);
    const auto x = g.input({1, 9, 8, 5});
    const auto a = g.conv(x, 24, 1, 1, 0);
    const auto b = g.conv(a, 16, 3, 1, padding);
    ir::Graph graph = g.finish({b});
    clearBiases(graph);
    makeBlind(graph, a, 4, 12);
    const ir::Op& op = producer(graph, a);
    for (size_t c = 4; c < 12; ++c) {  // a value far from the zero point, without overflow
      const auto bias = static_cast<int32_t>(1000 + 10 * c);
      std::memcpy(graph.tensors[op.inputs[2]].data.data() + 4 * c, &bias, 4);
    }
    EXPECT_EQ(channels(removed(graph), a), padding == 0 ? 16 : 24);
  }
}

TEST(DeadChannels, WhatFeedsConstantChannelsOnlyGoes) {
  GraphBuilder g(13);
  const auto x = g.input({1, 10, 7, 4});
  const auto a = g.conv(x, 32, 1, 1, 0);
  const auto b = g.depthwise(a, 3, 2, 1);
  const auto c = g.pool(OpKind::averagePool2d, b, 2, 1, 0);
  const auto d = g.conv(c, 17, 1, 1, 0);
  ir::Graph graph = g.finish({d});
  clearBiases(graph);
  makeTiny(graph, b, 8, 29);  // 11 stay, in granules: 16
  const ir::Graph smaller = removed(graph);
  for (const TensorId t : {a, b, c}) EXPECT_EQ(channels(smaller, t), 16);
}

TEST(DeadChannels, FlattenedImagesKeepTheirOrder) {
  GraphBuilder g(14);
  const auto x = g.input({1, 6, 6, 4});
  const auto a = g.conv(x, 24, 3, 2, 1);
  const auto b = g.unary(OpKind::logistic, a);
  const auto c = g.reshape(b, {1, 3 * 3 * 24});
  const auto d = g.fullyConnected(c, 40);
  const auto e = g.fullyConnected(d, 10);
  ir::Graph graph = g.finish({e});
  clearBiases(graph);
  makeTiny(graph, a, 5, 16);
  makeTiny(graph, d, 0, 30);
  const ir::Graph smaller = removed(graph);
  EXPECT_EQ(channels(smaller, a), 16);
  EXPECT_EQ(channels(smaller, c), 3 * 3 * 16);
  EXPECT_EQ(channels(smaller, d), 16);
}

TEST(DeadChannels, ResidualsLoseOnlyWhatBothBranchesLose) {
  GraphBuilder g(15);
  const auto x = g.input({1, 8, 8, 3});
  const auto a = g.conv(x, 32, 3, 1, 1);
  const auto b = g.conv(a, 32, 1, 1, 0);
  const auto c = g.add(a, b);
  const auto d = g.conv(c, 16, 1, 1, 0);
  ir::Graph graph = g.finish({d});
  clearBiases(graph);
  makeTiny(graph, a, 0, 24);
  makeTiny(graph, b, 16, 32);
  EXPECT_EQ(channels(removed(graph), c), 32);  // the sum varies
  ir::Tensor& weights = graph.tensors[producer(graph, d).inputs[1]];
  for (size_t i = 0; i < weights.data.size(); ++i)
    if (i % 32 >= 8) weights.data[i] = 0;  // nobody reads channels 8 to 31 of the sum
  const ir::Graph smaller = removed(graph);
  EXPECT_EQ(channels(smaller, c), 16);  // `b` still reads the living channels 24 to 31 of `a`
}

TEST(DeadChannels, NetworkOutputsStay) {
  GraphBuilder g(16);
  const auto x = g.input({1, 5, 5, 6});
  const auto a = g.conv(x, 16, 1, 1, 0);
  const auto b = g.conv(a, 8, 1, 1, 0);
  ir::Graph graph = g.finish({a, b});
  makeTiny(graph, a, 0, 16);
  makeTiny(graph, b, 0, 8);
  const ir::Graph smaller = removed(graph);
  EXPECT_EQ(channels(smaller, a), 16);
  EXPECT_EQ(channels(smaller, b), 8);
}

TEST(DeadChannels, BiasesThatWouldOverflowKeepTheChannels) {
  GraphBuilder g(17);
  const auto x = g.input({1, 5, 5, 6});
  const auto a = g.conv(x, 16, 1, 1, 0);
  const auto b = g.conv(a, 8, 1, 1, 0);
  ir::Graph graph = g.finish({b});
  clearBiases(graph);
  makeBlind(graph, a, 0, 8);
  const ir::Op& first = producer(graph, a);
  const ir::Op& second = producer(graph, b);
  const int32_t large = 1 << 20, edge = std::numeric_limits<int32_t>::max();
  for (size_t c = 0; c < 8; ++c)
    std::memcpy(graph.tensors[first.inputs[2]].data.data() + 4 * c, &large, 4);
  EXPECT_EQ(channels(*removeDeadChannels(graph, numerics::Numerics::tflm, 8), a), 8);
  std::fill_n(graph.tensors[second.inputs[1]].data.begin(), 16, uint8_t{1});
  std::memcpy(graph.tensors[second.inputs[2]].data.data(), &edge, 4);
  EXPECT_EQ(channels(*removeDeadChannels(graph, numerics::Numerics::tflm, 8), a), 16);
}

TEST(DeadChannels, RandomNetworks) {
  for (uint32_t seed = 0; seed < 12; ++seed) {
    std::mt19937 rng(seed);
    const auto upTo = [&](uint32_t n) { return static_cast<int32_t>(rng() % n); };
    GraphBuilder g(seed);
    TensorId t = g.input({1, 6 + upTo(4), 6 + upTo(4), 1 + upTo(9)});
    std::vector<TensorId> made;
    for (int layer = 0; layer < 6; ++layer) {
      const int32_t kind = upTo(4);
      if (kind == 0)
        t = g.depthwise(t, 3, 1, upTo(2) == 0 && g.shape(t)[1] > 4 ? 0 : 1);
      else if (kind == 1)
        t = g.conv(t, 9 + upTo(40), 3, 1, 1);
      else
        t = g.conv(t, 9 + upTo(40), 1, 1, 0);
      made.push_back(t);
      if (upTo(4) == 0) t = g.unary(OpKind::logistic, t);
    }
    ir::Graph graph = g.finish({g.conv(t, 5, 1, 1, 0)});
    for (const TensorId m : made) {
      const auto all = static_cast<uint32_t>(g.shape(m)[3]);
      const auto begin = static_cast<size_t>(upTo(all)), end = begin + rng() % (all - begin) + 1;
      if (upTo(2) == 0)
        makeTiny(graph, m, begin, end);
      else
        makeBlind(graph, m, begin, end);
    }
    SCOPED_TRACE(seed);
    removed(graph);
  }
}

}  // namespace
}  // namespace lilong::backend
