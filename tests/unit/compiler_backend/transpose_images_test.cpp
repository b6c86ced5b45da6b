// SPDX-License-Identifier: Apache-2.0
// Height and width exchanged, and the ways to write that go with it: the bytes stay, whatever the
// operators, sizes and chips are.
#include "compiler/passes/transpose_images.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/compiler_backend/graph_builder.hpp"
#include "tests/unit/compiler_backend/run_graph.hpp"

namespace lilong::backend {
namespace {

using ir::OpKind;
using ir::TensorId;
using test::compileAndRun;
using test::GraphBuilder;

constexpr TransposeFrom kBoth[] = {TransposeFrom::input, TransposeFrom::windows};

size_t count(const ir::Graph& graph, OpKind kind) {
  return static_cast<size_t>(std::count_if(graph.ops.begin(), graph.ops.end(),
                                           [&](const ir::Op& op) { return op.kind == kind; }));
}

// The bytes of every way to compute the graph are those of the network as it is.
void expectSameBytes(const ir::Graph& graph) {
  for (const char* name : {"nano", "lite", "edge", "plus"}) {
    const isa::Preset& preset = *isa::findPreset(name);
    const auto plain = compileAndRun(graph, preset);
    ASSERT_TRUE(plain.ok()) << plain.error().toString();
    for (const TransposeFrom from : kBoth) {
      const auto transposed = transposeImages(graph, from);
      ASSERT_TRUE(transposed);
      for (uint32_t ways = 0; ways < 8; ++ways) {
        const LowerOptions options{(ways & 1) != 0, (ways & 2) != 0, (ways & 4) != 0};
        const auto other =
            compileAndRun(*transposed, preset, numerics::Numerics::tflm, 99, options);
        ASSERT_TRUE(other.ok()) << other.error().toString();
        EXPECT_EQ(other->output, plain->output) << name << " ways " << ways;
      }
    }
  }
}

TEST(TransposeImages, ConvolutionsOfEveryShapeKeepTheirBytes) {
  GraphBuilder g(31);
  const auto x = g.input({1, 23, 7, 1});
  const auto a = g.conv(x, 24, {5, 3}, {2, 1}, {2, 1, 0, 2});
  const auto b = g.depthwise(a, {3, 5}, {1, 1}, {1, 1, 2, 2});
  const auto c = g.conv(b, 20, {2, 3}, {1, 2}, {0, 1, 2, 0}, {2, 1});
  const auto d = g.depthwise(c, {3, 2}, {2, 1}, {1, 0, 0, 1}, 2);
  expectSameBytes(g.finish({d, b}));
}

TEST(TransposeImages, EverythingElseThatWorksOnImagesKeepsItsBytes) {
  GraphBuilder g(32);
  const auto x = g.input({1, 13, 6, 5});
  const auto a = g.conv(x, 16, {3, 1}, {1, 1}, {1, 1, 0, 0});
  const auto b = g.unary(OpKind::logistic, a);
  const auto c = g.conv(x, 16, {1, 3}, {1, 1}, {0, 0, 1, 1});
  const auto d = g.add(b, c);
  const auto e = g.pool(OpKind::maxPool2d, d, {3, 2}, {2, 1}, {1, 1, 0, 1});
  const auto f = g.pad(e, {0, 1, 2, 0}, {0, 3, 0, 0}, 17);
  const auto h = g.slice(f, {{0, 2, 1, 0}, {1, 2, 1, 1}, {1, 4, 5, 16}});
  const auto i = g.resize(h, 9, 10);
  const auto j = g.concat({g.conv(i, 8, {1, 1}, {1, 1}, {}), g.conv(i, 24, {1, 1}, {1, 1}, {})});
  const auto k = g.pool(OpKind::averagePool2d, j, {2, 3}, {1, 2}, {0, 1, 1, 1});
  expectSameBytes(g.finish({g.softmax(k), d}));
}

TEST(TransposeImages, ReductionsAndConstantsFollow) {
  GraphBuilder g(33);
  const auto x = g.input({1, 11, 5, 8});
  const auto a = g.conv(x, 24, {3, 3}, {1, 1}, {1, 1, 1, 1});
  const auto rows = g.addConstant(a, {11, 1, 24});
  const auto columns = g.addConstant(rows, {1, 1, 5, 1});
  const auto tall = g.mean(columns, {1}, true);
  const auto wide = g.mean(columns, {2}, false);
  const auto all = g.mean(columns, {1, 2}, false);
  expectSameBytes(g.finish({tall, wide, all}));
}

TEST(TransposeImages, MatricesReadFlattenedImagesInTheirOrder) {
  GraphBuilder g(34);
  const auto x = g.input({1, 12, 5, 3});
  const auto a = g.conv(x, 10, {3, 2}, {1, 1}, {1, 1, 0, 0});
  const auto b = g.conv(a, 10, {1, 1}, {1, 1}, {});
  const auto flat = g.reshape(b, {1, 12 * 4 * 10});
  const auto y = g.fullyConnected(flat, 7), z = g.fullyConnected(flat, 9);
  const ir::Graph graph = g.finish({y, z});
  expectSameBytes(graph);
  const auto transposed = transposeImages(graph, TransposeFrom::input);
  EXPECT_EQ(count(*transposed, OpKind::transpose), 1u);  // of the input
}

TEST(TransposeImages, FlattenedImagesThatOthersReadComeBack) {
  GraphBuilder g(35);
  const auto x = g.input({1, 6, 4, 3});
  const auto a = g.conv(x, 8, {3, 2}, {1, 1}, {1, 1, 0, 0});
  const auto b = g.conv(a, 8, {1, 3}, {1, 1}, {0, 0, 1, 1});
  const auto flat = g.reshape(b, {1, 6 * 3 * 8});
  const ir::Graph graph = g.finish({g.softmax(flat), g.fullyConnected(flat, 5)});
  expectSameBytes(graph);
  const auto transposed = transposeImages(graph, TransposeFrom::input);
  EXPECT_EQ(count(*transposed, OpKind::transpose), 2u);
}

TEST(TransposeImages, LinesAndPixelsNeedNoCopy) {
  GraphBuilder g(36);
  const auto x = g.input({1, 14, 1, 6});
  const auto a = g.conv(x, 16, {5, 1}, {2, 1}, {2, 2, 0, 0});
  const auto b = g.pool(OpKind::averagePool2d, a, {7, 1}, {1, 1}, {});
  const ir::Graph graph = g.finish({g.conv(b, 9, {1, 1}, {1, 1}, {})});
  EXPECT_FALSE(isLopsided(graph));
  const auto transposed = transposeImages(graph, TransposeFrom::input);
  ASSERT_TRUE(transposed);
  EXPECT_EQ(count(*transposed, OpKind::transpose), 0u);
  EXPECT_EQ(count(*transposed, OpKind::reshape), 1u);
  EXPECT_EQ(compileAndRun(*transposed, *isa::findPreset("edge"))->output,
            compileAndRun(graph, *isa::findPreset("edge"))->output);
}

TEST(TransposeImages, BatchesOfImagesKeepTheirBytes) {
  GraphBuilder g(37);
  const auto x = g.input({3, 9, 4, 2});
  const auto a = g.conv(x, 16, {3, 2}, {1, 1}, {1, 1, 0, 0});
  const auto b = g.depthwise(a, {3, 3}, {2, 1}, {1, 1, 1, 1});
  expectSameBytes(g.finish({b}));
}

TEST(TransposeImages, WithoutImagesThereIsNothingToExchange) {
  GraphBuilder g(38);
  const auto x = g.input({1, 40});
  const ir::Graph graph = g.finish({g.fullyConnected(x, 12)});
  EXPECT_FALSE(isLopsided(graph));
  EXPECT_FALSE(transposeImages(graph, TransposeFrom::input));
}

TEST(TransposeImages, WindowsExchangeBehindTheFirstConvolutionOnly) {
  GraphBuilder g(39);
  const auto x = g.input({1, 15, 6, 1});
  const auto a = g.conv(x, 16, {4, 3}, {1, 1}, {});
  const auto b = g.conv(a, 16, {3, 2}, {1, 1}, {});
  const ir::Graph graph = g.finish({g.pool(OpKind::averagePool2d, b, {10, 3}, {1, 1}, {})});
  EXPECT_TRUE(isLopsided(graph));
  const auto transposed = transposeImages(graph, TransposeFrom::windows);
  ASSERT_TRUE(transposed);
  ASSERT_EQ(transposed->ops.size(), 4u);
  EXPECT_EQ(transposed->input(transposed->ops[0], 1).shape, (std::vector<int32_t>{16, 4, 3, 1}));
  EXPECT_EQ(transposed->ops[1].kind, OpKind::transpose);
  EXPECT_EQ(transposed->input(transposed->ops[2], 1).shape, (std::vector<int32_t>{16, 2, 3, 16}));
  // The convolution writes the exchanged image itself.
  LowerOptions options;
  const isa::Preset& edge = *isa::findPreset("edge");
  const auto copied = test::lowerGraph(*transposed, edge, numerics::Numerics::tflm, options);
  options.writeTransposed = true;
  const auto written = test::lowerGraph(*transposed, edge, numerics::Numerics::tflm, options);
  ASSERT_TRUE(copied.ok() && written.ok());
  EXPECT_TRUE(copied->transposable);
  EXPECT_EQ(written->kernels.size() + 1, copied->kernels.size());
  EXPECT_LT(written->kernels[0]->output.grid.rowPitch, written->kernels[0]->output.grid.pixPitch);
}

TEST(SpreadRows, RowsThatMeetInABankLieFurtherApart) {
  // Rows of 100 vectors: every other pixel of two neighbours lies in the same bank.
  GraphBuilder g(40);
  const auto x = g.input({1, 5, 25, 8});
  const auto a = g.conv(x, 64, {1, 1}, {1, 1}, {});
  const ir::Graph graph = g.finish({g.depthwise(a, {3, 3}, {1, 1}, {1, 1, 1, 1})});
  const isa::Preset& edge = *isa::findPreset("edge");
  const auto close = test::lowerGraph(graph, edge);
  const auto apart = test::lowerGraph(graph, edge, numerics::Numerics::tflm, {false, false, true});
  ASSERT_TRUE(close.ok() && apart.ok());
  EXPECT_TRUE(close->spreadable);
  EXPECT_EQ(close->kernels[0]->output.grid.rowPitch, 25u * 64);
  EXPECT_EQ(apart->kernels[0]->output.grid.rowPitch, 26u * 64);
  const auto slow = test::compileGraph(graph, edge);
  ASSERT_TRUE(slow.ok());
  const auto fast = compilePlan(*apart, slow->plan, edge, *memory::findTiming("sram"), {}, 0, "");
  ASSERT_TRUE(fast.ok());
  EXPECT_LT(fast->cycles + 50, slow->cycles);
  EXPECT_EQ(compileAndRun(graph, edge)->output,
            compileAndRun(graph, edge, numerics::Numerics::tflm, 99, {false, false, true})->output);
}

TEST(Pooling, OverAWholeImageSeesTheCheapestRectangle) {
  GraphBuilder g(41);
  const auto x = g.input({1, 5, 25, 32});
  const auto a = g.conv(x, 32, {1, 1}, {1, 1}, {});
  const ir::Graph wide = g.finish({g.pool(OpKind::averagePool2d, a, {5, 25}, {1, 1}, {})});
  GraphBuilder h(41);
  const auto z = h.input({1, 25, 5, 32});
  const auto b = h.conv(z, 32, {1, 1}, {1, 1}, {});
  const ir::Graph tall = h.finish({h.pool(OpKind::averagePool2d, b, {25, 5}, {1, 1}, {})});
  for (const char* name : {"nano", "lite", "edge", "plus"}) {
    const isa::Preset& preset = *isa::findPreset(name);
    const auto one = compileAndRun(wide, preset);
    const auto other = compileAndRun(tall, preset);
    ASSERT_TRUE(one.ok() && other.ok());
    EXPECT_EQ(one->output, other->output);  // the same pixels, in the same order
    // Where lanes outnumber the bytes of a vector, the cheapest rectangle has other lane groups.
    const uint64_t spare = preset.lanes > preset.depth ? 60 : 20;
    EXPECT_LT(one->step.cycles, other->step.cycles + spare) << name;
  }
}

}  // namespace
}  // namespace lilong::backend
