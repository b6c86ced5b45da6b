// SPDX-License-Identifier: Apache-2.0
// Builds small quantised graphs for tests of the back end.
#pragma once

#include <random>

#include "compiler/ir/graph.hpp"

namespace lilong::test {

// Rows and columns of a kernel, stride or dilation.
struct Pair {
  int32_t y = 1, x = 1;
};

class GraphBuilder {
 public:
  explicit GraphBuilder(uint32_t seed) : rng_(seed) { graph_.file = "test.tflite"; }

  ir::TensorId input(std::vector<int32_t> shape);
  ir::TensorId conv(ir::TensorId x, int32_t channels, int32_t kernel, int32_t stride,
                    int32_t padding, int32_t dilation = 1);
  ir::TensorId depthwise(ir::TensorId x, int32_t kernel, int32_t stride, int32_t padding,
                         int32_t multiplier = 1);
  // With sizes of their own in the two directions.
  ir::TensorId conv(ir::TensorId x, int32_t channels, Pair kernel, Pair stride,
                    ir::Padding2d padding, Pair dilation = {});
  ir::TensorId depthwise(ir::TensorId x, Pair kernel, Pair stride, ir::Padding2d padding,
                         int32_t multiplier = 1);
  ir::TensorId pool(ir::OpKind kind, ir::TensorId x, Pair kernel, Pair stride,
                    ir::Padding2d padding);
  ir::TensorId fullyConnected(ir::TensorId x, int32_t units);
  ir::TensorId pool(ir::OpKind kind, ir::TensorId x, int32_t kernel, int32_t stride,
                    int32_t padding);
  ir::TensorId add(ir::TensorId a, ir::TensorId b);
  ir::TensorId addConstant(ir::TensorId a, std::vector<int32_t> shape);
  ir::TensorId mean(ir::TensorId x, std::vector<uint32_t> axes, bool keepDims);
  ir::TensorId concat(std::vector<ir::TensorId> parts);
  ir::TensorId unary(ir::OpKind kind, ir::TensorId x);
  ir::TensorId reshape(ir::TensorId x, std::vector<int32_t> shape);
  ir::TensorId softmax(ir::TensorId x);
  ir::TensorId pad(ir::TensorId x, std::vector<int32_t> before, std::vector<int32_t> after,
                   int32_t value);
  ir::TensorId slice(ir::TensorId x, ir::SliceAttrs attrs);
  ir::TensorId resize(ir::TensorId x, int32_t height, int32_t width);

  const std::vector<int32_t>& shape(ir::TensorId t) const { return graph_.tensors[t].shape; }
  // The graph with these outputs; checked.
  ir::Graph finish(std::vector<ir::TensorId> outputs);

 private:
  ir::TensorId tensor(std::vector<int32_t> shape, float scale, int32_t zero);
  ir::TensorId constant(std::vector<int32_t> shape, DType dtype);
  ir::TensorId op(ir::OpKind kind, std::vector<ir::TensorId> inputs, ir::TensorId output,
                  ir::Attributes attributes);

  ir::Graph graph_;
  std::mt19937 rng_;
};

}  // namespace lilong::test
