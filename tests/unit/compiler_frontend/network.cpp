// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/compiler_frontend/network.hpp"

namespace lilong::test {

std::vector<uint8_t> TestNetwork::finish() const {
  flatbuffers::FlatBufferBuilder b;
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers = {tflite::CreateBuffer(b)};
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensorTables;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TestTensor& t = tensors[i];
    uint32_t buffer = 0;
    if (!t.data.empty()) {
      buffer = static_cast<uint32_t>(buffers.size());
      buffers.push_back(tflite::CreateBuffer(b, b.CreateVector(t.data)));
    }
    if (t.buffer >= 0) buffer = static_cast<uint32_t>(t.buffer);
    const auto quantisation = tflite::CreateQuantisation(
        b, 0, 0, b.CreateVector(t.scales), b.CreateVector(t.zeroPoints), 0, 0, t.axis);
    tensorTables.push_back(tflite::CreateTensor(
        b, b.CreateVector(t.shape), t.type, buffer,
        b.CreateString(std::string("t").append(std::to_string(i))), quantisation, t.variable));
  }
  std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
  std::vector<flatbuffers::Offset<tflite::Operator>> operators;
  for (const TestOp& op : ops) {
    const auto custom = op.custom.empty() ? 0 : b.CreateString(op.custom);
    codes.push_back(tflite::CreateOperatorCode(
        b, static_cast<int8_t>(op.builtin > 127 ? 127 : op.builtin), custom, 1, op.builtin));
    const auto options = op.options ? op.options(b) : flatbuffers::Offset<void>();
    operators.push_back(tflite::CreateOperator(b, static_cast<uint32_t>(codes.size() - 1),
                                               b.CreateVector(op.inputs),
                                               b.CreateVector(op.outputs), op.type, options));
  }
  const auto graph = tflite::CreateSubGraph(b, b.CreateVector(tensorTables), b.CreateVector(inputs),
                                            b.CreateVector(outputs), b.CreateVector(operators));
  const std::vector<flatbuffers::Offset<tflite::SubGraph>> graphs = {graph};
  const auto codeVector = b.CreateVector(codes);
  const auto graphVector = b.CreateVector(graphs);
  const auto bufferVector = b.CreateVector(buffers);
  tflite::FinishModelBuffer(
      b, tflite::CreateModel(b, version, codeVector, graphVector, 0, bufferVector));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

TestNetwork smallNetwork() {
  TestNetwork n;
  std::vector<int8_t> weights(4 * 3 * 3 * 3);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<int8_t>(37 * i % 251 - 125);
  const std::vector<float> weightScales = {0.01f, 0.02f, 0.003f, 0.04f};
  n.tensors = {
      {.shape = {1, 5, 4, 3}, .scales = {0.1f}, .zeroPoints = {-7}},
      {.shape = {4, 3, 3, 3},
       .scales = weightScales,
       .zeroPoints = {0, 0, 0, 0},
       .data = bytesOfValues(weights)},
      {.shape = {4},
       .type = tflite::TensorType_INT32,
       .scales = {0.001f},
       .data = bytesOfValues<int32_t>({100, -200, 3000, -4})},
      {.shape = {1, 5, 4, 4}, .scales = {0.2f}, .zeroPoints = {-128}},
      {.shape = {4}, .scales = {0.03f}, .zeroPoints = {5}, .data = {1, 2, 3, 250}},
      {.shape = {1, 5, 4, 4}, .scales = {0.25f}, .zeroPoints = {3}},
      {.shape = {2},
       .type = tflite::TensorType_INT32,
       .scales = {},
       .zeroPoints = {},
       .data = bytesOfValues<int32_t>({1, -1})},
      {.shape = {1, 80}, .scales = {0.25f}, .zeroPoints = {3}},
  };
  n.ops = {
      {3,
       {0, 1, 2},
       {3},
       tflite::BuiltinOptions_Conv2DOptions,
       [](flatbuffers::FlatBufferBuilder& b) {
         return tflite::CreateConv2DOptions(b, tflite::Padding_SAME, 1, 1,
                                            tflite::ActivationFunction_RELU)
             .Union();
       },
       ""},
      {0,
       {3, 4},
       {5},
       tflite::BuiltinOptions_AddOptions,
       [](flatbuffers::FlatBufferBuilder& b) { return tflite::CreateAddOptions(b).Union(); },
       ""},
      {22, {5, 6}, {7}, tflite::BuiltinOptions_NONE, nullptr, ""},
  };
  n.inputs = {0};
  n.outputs = {7};
  return n;
}

}  // namespace lilong::test
