// SPDX-License-Identifier: Apache-2.0
// Writes small TFLite files for tests, right and wrong ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/frontend/tflite_generated.h"

namespace lilong::test {

struct TestTensor {
  std::vector<int32_t> shape;
  tflite::TensorType type = tflite::TensorType_INT8;
  std::vector<float> scales = {0.05f};
  std::vector<int64_t> zeroPoints = {0};
  std::vector<uint8_t> data = {};  // constant when not empty
  int32_t axis = 0;
  bool variable = false;
  int32_t buffer = -1;  // -1: its own buffer if it has data, else 0
};

// Appends the table of an operator's options.
using OptionsWriter = flatbuffers::Offset<void> (*)(flatbuffers::FlatBufferBuilder&);

struct TestOp {
  int32_t builtin;
  std::vector<int32_t> inputs, outputs;
  tflite::BuiltinOptions type = tflite::BuiltinOptions_NONE;
  OptionsWriter options = nullptr;
  std::string custom = {};
};

struct TestNetwork {
  std::vector<TestTensor> tensors;
  std::vector<TestOp> ops;
  std::vector<int32_t> inputs, outputs;
  uint32_t version = 3;

  std::vector<uint8_t> finish() const;
};

// Bytes of numbers, for constant tensors.
template <typename T>
std::vector<uint8_t> bytesOfValues(const std::vector<T>& values) {
  const auto* p = reinterpret_cast<const uint8_t*>(values.data());
  return {p, p + values.size() * sizeof(T)};
}

// 1x5x4x3 -> CONV_2D 3x3 to 4 channels with RELU -> ADD of a constant -> RESHAPE to 1x80.
TestNetwork smallNetwork();

}  // namespace lilong::test
