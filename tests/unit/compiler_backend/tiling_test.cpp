// SPDX-License-Identifier: Apache-2.0
// The same network on chips whose scratchpad gets smaller and smaller: however it is tiled, spilled
// and prefetched, the bytes are the same and the program is well-formed, until it is refused.
#include <gtest/gtest.h>

#include "tests/unit/compiler_backend/graph_builder.hpp"
#include "tests/unit/compiler_backend/run_graph.hpp"

namespace lilong::backend {
namespace {

using ir::OpKind;
using test::compileAndRun;
using test::GraphBuilder;

// Sizes from 1 MiB down; returns how many different tilings ran.
int shrink(const ir::Graph& graph, const char* presetName) {
  isa::Preset preset = *isa::findPreset(presetName);
  preset.scratchpadBytes = 1 << 20;
  const auto reference = compileAndRun(graph, preset);
  EXPECT_TRUE(reference.ok()) << reference.error().toString();
  if (!reference) return 0;
  EXPECT_EQ(reference->spillBytes, 0u);
  int tilings = 0;
  size_t instructions = reference->instructions;
  for (uint32_t bytes = 128 * 1024; bytes >= 1024; bytes = bytes * 3 / 4 / 512 * 512) {
    preset.scratchpadBytes = bytes;
    const auto outcome = compileAndRun(graph, preset);
    if (!outcome) {
      EXPECT_EQ(outcome.error().diagnostics[0].id, DiagId::doesNotFit);
      EXPECT_FALSE(outcome.error().diagnostics[0].layer.empty());
      continue;
    }
    EXPECT_EQ(outcome->output, reference->output) << bytes;
    tilings += outcome->instructions != instructions;
    instructions = outcome->instructions;
  }
  return tilings;
}

class Tiling : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Presets, Tiling, testing::Values("nano", "lite", "edge", "plus", "edge-fpga"));

TEST_P(Tiling, ConvolutionsWithResidual) {
  GraphBuilder g(1);
  const auto x = g.input({1, 24, 20, 3});
  const auto a = g.conv(x, 24, 3, 1, 1);
  const auto b = g.depthwise(a, 3, 1, 1);
  const auto c = g.conv(b, 24, 1, 1, 0);
  const auto d = g.add(a, c);
  const auto e = g.depthwise(d, 3, 2, 1);
  const auto f = g.conv(e, 72, 1, 1, 0);
  const auto y = g.pool(OpKind::averagePool2d, f, 3, 2, 1);
  EXPECT_GE(shrink(g.finish({y}), GetParam()), 3);
}

TEST_P(Tiling, WideKernelsAndDilation) {
  GraphBuilder g(2);
  const auto x = g.input({1, 21, 17, 12});
  const auto a = g.conv(x, 40, 5, 2, 2);
  const auto b = g.conv(a, 20, 3, 1, 2, 2);
  const auto c = g.depthwise(b, 7, 1, 3);
  const auto d = g.pool(OpKind::maxPool2d, c, 3, 1, 1);
  EXPECT_GE(shrink(g.finish({d}), GetParam()), 2);
}

TEST_P(Tiling, BatchesAndDepthMultiplier) {
  GraphBuilder g(3);
  const auto x = g.input({3, 13, 11, 5});
  const auto a = g.depthwise(x, 3, 1, 1, 3);
  const auto b = g.conv(a, 33, 3, 2, 1);
  const auto c = g.unary(OpKind::logistic, b);
  EXPECT_GE(shrink(g.finish({c}), GetParam()), 2);
}

ir::Graph concatenation(std::vector<int32_t> channels) {
  GraphBuilder g(4);
  const auto x = g.input({1, 16, 12, 8});
  std::vector<ir::TensorId> parts;
  for (const int32_t c : channels) parts.push_back(g.conv(x, c, c % 3 == 0 ? 1 : 3, 1, c % 3 != 0));
  const auto all = g.concat(parts);
  return g.finish({g.conv(all, 24, 1, 1, 0)});
}

TEST_P(Tiling, ConcatenationInPlace) {
  EXPECT_GE(shrink(concatenation({16, 24, 8}), GetParam()), 1);
}

TEST_P(Tiling, ConcatenationByCopy) {
  EXPECT_GE(shrink(concatenation({16, 12, 8, 5, 3}), GetParam()), 1);
}

TEST_P(Tiling, PadSliceAndResizeByRows) {
  GraphBuilder g(8);
  const auto x = g.input({2, 18, 14, 7});
  const auto a = g.conv(x, 12, 3, 1, 1);
  const auto b = g.pad(a, {0, 2, 1, 3}, {0, 1, 4, 0}, 17);
  const auto c = g.conv(b, 9, 3, 1, 0);
  const auto d = g.slice(c, {{0, 16, 1, 2}, {1, -2, 1, 1}, {2, 8, 13, 6}});
  const auto e = g.conv(d, 10, 1, 1, 0);
  const auto f = g.resize(e, 16, 31);
  const auto y = g.conv(f, 6, 3, 2, 1);
  EXPECT_GE(shrink(g.finish({y}), GetParam()), 2);
}

TEST_P(Tiling, MatrixVectorProductsInSlices) {
  GraphBuilder g(5);
  const auto x = g.input({1, 300});
  const auto a = g.fullyConnected(x, 130);
  const auto b = g.fullyConnected(a, 333);
  const auto y = g.softmax(b);
  EXPECT_GE(shrink(g.finish({y}), GetParam()), 2);
}

TEST_P(Tiling, ReshapedTensorsAndSeveralOutputs) {
  GraphBuilder g(6);
  const auto x = g.input({1, 12, 10, 6});
  const auto a = g.conv(x, 10, 3, 1, 1);  // pixels with pad bytes
  const auto b = g.reshape(a, {1, 1, 120, 10});
  const auto c = g.conv(b, 16, 1, 1, 0);
  const auto d = g.reshape(a, {1, 1200});
  const auto e = g.fullyConnected(d, 7);
  const auto f = g.reshape(x, {1, 720});
  const auto h = g.fullyConnected(f, 9);
  EXPECT_GE(shrink(g.finish({c, e, h}), GetParam()), 0);
}

TEST(Plan, NamesTheLayerThatDoesNotFit) {
  GraphBuilder g(7);
  const auto x = g.input({1, 1, 1, 4000});
  const auto y = g.conv(x, 64, 1, 1, 0);
  const ir::Graph graph = g.finish({y});
  isa::Preset preset = *isa::findPreset("edge");
  preset.scratchpadBytes = 16 * 1024;
  const auto outcome = compileAndRun(graph, preset);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().diagnostics[0].id, DiagId::doesNotFit);
  EXPECT_EQ(outcome.error().diagnostics[0].layer, graph.ops[0].name);
}

}  // namespace
}  // namespace lilong::backend
