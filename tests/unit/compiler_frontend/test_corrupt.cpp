// SPDX-License-Identifier: Apache-2.0
// The TFLite front end on damaged, hostile and unsupported files: always a diagnostic, never a
// crash.
#include <gtest/gtest.h>

#include "compiler/frontend/tflite.hpp"
#include "tests/unit/compiler_frontend/network.hpp"

namespace lilong {
namespace {

using test::smallNetwork;
using test::TestNetwork;

// The first diagnostic of a file that must be refused.
Diagnostic refusal(const std::vector<uint8_t>& bytes) {
  const auto graph = importTflite(bytes, "bad.tflite");
  if (graph.ok()) {
    ADD_FAILURE() << "the file was accepted";
    return {};
  }
  const Diagnostic& d = graph.error().diagnostics.at(0);
  EXPECT_EQ(d.file, "bad.tflite");
  EXPECT_FALSE(d.message.empty());
  return d;
}

void expectRefused(const TestNetwork& network, DiagId id, const std::string& part,
                   const std::string& layer = {}) {
  const Diagnostic d = refusal(network.finish());
  EXPECT_EQ(toString(d.id), std::string(toString(id))) << d.message;
  EXPECT_NE(d.message.find(part), std::string::npos) << d.message;
  if (!layer.empty()) {
    EXPECT_EQ(d.layer, layer);
  }
}

TEST(Corrupt, NoFile) {
  EXPECT_EQ(refusal({}).id, DiagId::fileEmpty);
  EXPECT_EQ(refusal({1, 2, 3}).id, DiagId::notATfliteFile);
  EXPECT_EQ(refusal({0x18, 0, 0, 0, 'T', 'F', 'L', '3'}).id, DiagId::networkCorrupt);
  EXPECT_EQ(refusal(std::vector<uint8_t>(1000, 'x')).id, DiagId::notATfliteFile);
}

TEST(Corrupt, EveryTruncation) {
  const auto good = smallNetwork().finish();
  for (size_t size = 0; size < good.size(); ++size) {
    // A copy of exactly that size, so that a sanitiser sees a read behind its end.
    const std::vector<uint8_t> bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(importTflite(bytes, "cut.tflite").ok()) << size;
  }
}

TEST(Corrupt, EverySingleBitFlip) {
  const auto good = smallNetwork().finish();
  size_t refused = 0;
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    auto bytes = good;
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
    const auto graph = importTflite(bytes, "flipped.tflite");
    if (!graph.ok()) {
      ++refused;
      EXPECT_FALSE(graph.error().diagnostics.empty());
    } else {
      EXPECT_TRUE(ir::checkGraph(graph.value()).ok());
    }
  }
  EXPECT_GT(refused, good.size());  // most of the file is structure
}

TEST(Corrupt, Indices) {
  auto n = smallNetwork();
  n.tensors[1].buffer = 9999;
  expectRefused(n, DiagId::networkCorrupt, "buffer 9999", "t1");
  n = smallNetwork();
  n.ops[1].inputs[0] = 4711;
  expectRefused(n, DiagId::networkCorrupt, "tensor 4711");
  n = smallNetwork();
  n.ops[1].outputs[0] = -2;
  expectRefused(n, DiagId::networkCorrupt, "tensor -2");
  n = smallNetwork();
  n.inputs = {100};
  expectRefused(n, DiagId::networkCorrupt, "tensor 100");
}

TEST(Corrupt, Order) {
  auto n = smallNetwork();
  std::swap(n.ops[0], n.ops[1]);
  expectRefused(n, DiagId::networkCorrupt, "before it is computed");
  n = smallNetwork();
  n.ops[1].inputs[0] = 5;  // its own result
  expectRefused(n, DiagId::networkCorrupt, "before it is computed", "t5");
  n = smallNetwork();
  n.ops.insert(n.ops.begin() + 1, n.ops[0]);
  expectRefused(n, DiagId::networkCorrupt, "gets its value twice", "t3");
  n = smallNetwork();
  n.outputs = {7, 7};
  expectRefused(n, DiagId::networkCorrupt, "listed twice");
  n = smallNetwork();
  n.inputs = {0, 3};
  expectRefused(n, DiagId::networkCorrupt, "gets its value twice");
  n = smallNetwork();
  n.ops.resize(2);
  expectRefused(n, DiagId::networkCorrupt, "never computed", "t7");
}

TEST(Corrupt, Quantisation) {
  auto n = smallNetwork();
  n.tensors[1].axis = 9;
  expectRefused(n, DiagId::networkCorrupt, "along dimension 9", "t1");
  n = smallNetwork();
  n.tensors[1].scales.pop_back();
  expectRefused(n, DiagId::networkCorrupt, "3 scales", "t1");
  n = smallNetwork();
  n.tensors[1].zeroPoints = {0, 0};
  expectRefused(n, DiagId::networkCorrupt, "2 zero points", "t1");
  n = smallNetwork();
  n.tensors[1].zeroPoints = {0, 0, 1, 0};
  expectRefused(n, DiagId::unsupportedVariant, "zero point that is not 0", "t3");
  n = smallNetwork();
  n.tensors[0].zeroPoints = {128};
  expectRefused(n, DiagId::networkCorrupt, "zero point of 128", "t0");
  n = smallNetwork();
  n.tensors[3].scales = {std::numeric_limits<float>::infinity()};
  expectRefused(n, DiagId::networkCorrupt, "scale of inf", "t3");
  n = smallNetwork();
  n.tensors[3].scales = {1e30f};
  expectRefused(n, DiagId::networkCorrupt, "scale of 1e+30", "t3");
  n = smallNetwork();
  n.tensors[3].scales = {1e-30f};
  expectRefused(n, DiagId::unsupportedVariant, "scale of 1e-30", "t3");
  n = smallNetwork();
  n.tensors[3].scales = {0.0f};
  expectRefused(n, DiagId::unsupportedVariant, "scale of 0");
  n = smallNetwork();
  n.tensors[3].scales = {};
  expectRefused(n, DiagId::unsupportedVariant, "no quantisation");
}

// Every operator code with no operand, a missing one, and too many, without options.
TEST(Corrupt, Operands) {
  for (int32_t builtin = 0; builtin < 220; ++builtin) {
    for (const std::vector<int32_t>& inputs :
         {std::vector<int32_t>{}, {-1}, {-1, -1}, {3, -1, -1}, std::vector<int32_t>(5000, 3)}) {
      auto n = smallNetwork();
      n.ops[1] = {builtin, inputs, {5}};
      refusal(n.finish());
    }
  }
}

TEST(Corrupt, Shapes) {
  auto n = smallNetwork();
  n.tensors[3].shape = {1, 5, 4, 5};
  expectRefused(n, DiagId::networkCorrupt, "declared as 1x5x4x5 but is 1x5x4x4", "t3");
  n = smallNetwork();
  n.tensors[1].shape = {4, 3, 3, 2};
  expectRefused(n, DiagId::networkCorrupt, "108 bytes of data", "t1");
  n = smallNetwork();
  n.tensors[0].shape = {1, 5, 4};
  expectRefused(n, DiagId::networkCorrupt, "1x5x4");
  n = smallNetwork();
  n.tensors[0].shape = {1, -1, 4, 3};
  expectRefused(n, DiagId::unsupportedVariant, "no fixed size", "t0");
  n = smallNetwork();
  n.tensors[0].shape = {60000, 60000, 60000, 60000};
  expectRefused(n, DiagId::unsupportedVariant, "larger than 256 MiB", "t0");
  n = smallNetwork();
  n.tensors[0].shape = std::vector<int32_t>(10000, 1);
  expectRefused(n, DiagId::unsupportedVariant, "10000 dimensions", "t0");
  n = smallNetwork();
  n.tensors[6].data = test::bytesOfValues<int32_t>({7, -1});
  expectRefused(n, DiagId::networkCorrupt, "cannot take the shape", "t7");
  n = smallNetwork();
  n.tensors[6].data = test::bytesOfValues<int32_t>({INT32_MIN, -1});
  expectRefused(n, DiagId::networkCorrupt, "cannot take the shape", "t7");
  n = smallNetwork();
  n.tensors[4].shape = {2, 2};
  expectRefused(n, DiagId::networkCorrupt, "do not fit together", "t5");
}

TEST(Corrupt, Attributes) {
  auto n = smallNetwork();
  n.ops[0].options = [](flatbuffers::FlatBufferBuilder& b) {
    return tflite::CreateConv2DOptions(b, tflite::Padding_SAME, 0, 1).Union();
  };
  expectRefused(n, DiagId::networkCorrupt, "is 0", "t3");
  n.ops[0].options = [](flatbuffers::FlatBufferBuilder& b) {
    return tflite::CreateConv2DOptions(b, tflite::Padding_SAME, 1, INT32_MIN).Union();
  };
  expectRefused(n, DiagId::networkCorrupt, "is -2147483648", "t3");
  n.ops[0].options = [](flatbuffers::FlatBufferBuilder& b) {
    return tflite::CreateConv2DOptions(b, tflite::Padding_VALID, 1, 1,
                                       tflite::ActivationFunction_NONE, 60000, 60000)
        .Union();
  };
  expectRefused(n, DiagId::unsupportedVariant, "limit is 255", "t3");
  n.ops[0].options = [](flatbuffers::FlatBufferBuilder& b) {
    return tflite::CreateConv2DOptions(b, tflite::Padding_SAME, 1, 1,
                                       tflite::ActivationFunction_TANH)
        .Union();
  };
  expectRefused(n, DiagId::unsupportedVariant, "fused activation", "t3");
  n = smallNetwork();
  n.ops[1].type = tflite::BuiltinOptions_SoftmaxOptions;
  n.ops[1].options = [](flatbuffers::FlatBufferBuilder& b) {
    return tflite::CreateSoftmaxOptions(b, 1.0f).Union();
  };
  expectRefused(n, DiagId::networkCorrupt, "options of another operator", "t5");
  n = smallNetwork();
  n.version = 4;
  expectRefused(n, DiagId::unsupportedVariant, "schema version 4");
}

TEST(Unsupported, OperatorsAreNamedWithTheirLayers) {
  auto n = smallNetwork();
  n.ops[1].builtin = 16;  // LSTM
  n.ops[2].builtin = 32;
  n.ops[2].custom = "MyOperator";
  const auto graph = importTflite(n.finish(), "net.tflite");
  ASSERT_FALSE(graph.ok());
  const auto& list = graph.error().diagnostics;
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].id, DiagId::unsupportedOperator);
  EXPECT_EQ(list[0].layer, "t5");
  EXPECT_NE(list[0].message.find("LSTM"), std::string::npos);
  EXPECT_EQ(list[1].layer, "t7");
  EXPECT_NE(list[1].message.find("MyOperator"), std::string::npos);
  EXPECT_FALSE(list[0].remedy.empty());
}

TEST(Unsupported, FloatAndOldNetworks) {
  auto n = smallNetwork();
  for (size_t i : {0, 3, 5, 7}) {
    n.tensors[i] = {.shape = n.tensors[i].shape,
                    .type = tflite::TensorType_FLOAT32,
                    .scales = {},
                    .zeroPoints = {}};
  }
  expectRefused(n, DiagId::networkNotQuantised, "float32", "t3");
  n = smallNetwork();
  n.tensors[0].type = tflite::TensorType_UINT8;
  n.tensors[0].zeroPoints = {100};
  expectRefused(n, DiagId::unsupportedVariant, "uint8", "t3");
  n = smallNetwork();
  n.tensors[0].type = tflite::TensorType_STRING;
  expectRefused(n, DiagId::unsupportedVariant, "STRING", "t0");
  n = smallNetwork();
  n.tensors[0].variable = true;
  expectRefused(n, DiagId::unsupportedVariant, "variable", "t0");
}

}  // namespace
}  // namespace lilong
