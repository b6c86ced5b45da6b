// SPDX-License-Identifier: Apache-2.0
// The TFLite front end on good networks: the graph of a small one, and the public networks.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/frontend/tflite.hpp"
#include "tests/unit/compiler_frontend/network.hpp"

namespace lilong {
namespace {

TEST(Import, SmallNetworkBecomesItsGraph) {
  const auto graph = importTflite(test::smallNetwork().finish(), "small.tflite");
  ASSERT_TRUE(graph.ok()) << graph.error().toString();
  const ir::Graph& g = graph.value();
  ASSERT_EQ(g.ops.size(), 3u);
  EXPECT_EQ(g.ops[0].kind, ir::OpKind::conv2d);
  EXPECT_EQ(g.ops[1].kind, ir::OpKind::add);
  EXPECT_EQ(g.ops[2].kind, ir::OpKind::reshape);
  const auto& conv = g.ops[0].as<ir::Conv2dAttrs>();
  EXPECT_EQ(conv.padding.top, 1);
  EXPECT_EQ(conv.padding.bottom, 1);
  EXPECT_EQ(conv.padding.left, 1);
  EXPECT_EQ(conv.activation, ir::Activation::relu);
  EXPECT_TRUE(g.input(g.ops[0], 1).quant.perChannel());
  EXPECT_EQ(g.input(g.ops[0], 1).quant.scale(2), 0.003f);
  EXPECT_EQ(g.input(g.ops[0], 2).int32Data(), (std::vector<int32_t>{100, -200, 3000, -4}));
  EXPECT_EQ(g.ops[2].inputs.size(), 1u);
  EXPECT_EQ(g.output(g.ops[2]).shape, (std::vector<int32_t>{1, 80}));
  EXPECT_EQ(ir::macsOf(g, g.ops[0]), 5u * 4 * 4 * 27);
  EXPECT_EQ(ir::macsOf(g, g.ops[1]), 0u);
}

TEST(Import, MissingShapeOfAResultIsInferred) {
  auto network = test::smallNetwork();
  network.tensors[3].shape = {};
  network.tensors[5].shape = {};
  const auto graph = importTflite(network.finish(), "small.tflite");
  ASSERT_TRUE(graph.ok()) << graph.error().toString();
  EXPECT_EQ(graph.value().output(graph.value().ops[1]).shape, (std::vector<int32_t>{1, 5, 4, 4}));
}

TEST(Import, StrayDimensionOfASingleScaleIsAccepted) {
  auto network = test::smallNetwork();
  network.tensors[0].axis = 77;
  EXPECT_TRUE(importTflite(network.finish(), "small.tflite").ok());
}

struct PublicNetwork {
  const char* path;
  size_t operators;
  uint64_t macs;
};

class PublicNetworks : public testing::TestWithParam<PublicNetwork> {};

TEST_P(PublicNetworks, Import) {
  const char* folder = std::getenv("LILONG_MODELS");
  const std::filesystem::path path =
      std::filesystem::path(folder ? folder : "../shared/models") / GetParam().path;
  if (!std::filesystem::exists(path)) {
    ASSERT_EQ(std::getenv("LILONG_REQUIRE_MODELS"), nullptr) << path << " is missing";
    GTEST_SKIP() << path << " is missing; set LILONG_MODELS";
  }
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
  const auto graph = importTflite(bytes, path.filename().string());
  ASSERT_TRUE(graph.ok()) << graph.error().toString();
  EXPECT_EQ(graph.value().ops.size(), GetParam().operators);
  uint64_t macs = 0;
  for (const ir::Op& op : graph.value().ops) macs += ir::macsOf(graph.value(), op);
  EXPECT_EQ(macs, GetParam().macs);
}

INSTANTIATE_TEST_SUITE_P(All, PublicNetworks,
                         testing::Values(PublicNetwork{"mlperf-tiny/kws.tflite", 13, 2656768},
                                         PublicNetwork{"mlperf-tiny/vww.tflite", 31, 7489664},
                                         PublicNetwork{"mlperf-tiny/ic.tflite", 16, 12501632},
                                         PublicNetwork{"mlperf-tiny/ad.tflite", 10, 264192},
                                         PublicNetwork{"mlperf-tiny/sww.tflite", 11, 826368},
                                         PublicNetwork{"zoo/person_detect.tflite", 31, 7157888},
                                         PublicNetwork{"zoo/mobilenet_v2_224.tflite", 68,
                                                       300775552}));

}  // namespace
}  // namespace lilong
