// SPDX-License-Identifier: Apache-2.0
// Inside of the TFLite front end: turns a verified FlatBuffer into a graph, tensor by tensor and
// operator by operator.  The FlatBuffer is structurally sound (its verifier ran); all values in it
// are still untrusted.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/frontend/gen_tflite.hpp"
#include "compiler/ir/graph.hpp"

namespace lilong::frontend {

class TfliteReader {
 public:
  TfliteReader(std::span<const uint8_t> file, std::string fileName);

  Result<ir::Graph> read();

 private:
  // Model and graph (tflite.cpp).
  Result<void> checkModel();
  Result<void> checkOperators();  // every operator is known, and none is float
  Result<void> readEdges();
  Result<void> readOperator(const tflite::Operator& op);
  Error corrupt(std::string message, std::string layer = {}) const;
  Error variant(std::string message, std::string layer = {}) const;
  std::string layerName(const tflite::Operator& op) const;

  // Tensors (tflite_tensors.cpp).  Only tensors that something refers to are read.
  Result<ir::TensorId> tensor(int64_t index);
  Result<ir::Tensor> readTensor(uint32_t index);
  Result<void> readQuantisation(const tflite::Tensor& from, ir::Tensor& to) const;
  Result<void> readConstant(const tflite::Tensor& from, ir::Tensor& to);

  // Operators (tflite_ops.cpp, tflite_attributes.cpp): fill `op_`, whose operands are at first
  // those of the file and then the data operands only.
  Result<void> convert(const tflite::Operator& from, ir::OpKind kind);
  Result<void> window(tflite::Padding mode, const ir::Tensor& x, int64_t kernelY, int64_t kernelX,
                      int64_t strideY, int64_t strideX, int64_t dilationY, int64_t dilationX,
                      ir::Padding2d& padding);
  Result<void> conv(const tflite::Operator& from);
  Result<void> depthwise(const tflite::Operator& from);
  Result<void> pool(const tflite::Operator& from);
  Result<void> fused(const tflite::Operator& from);
  Result<void> concatenation(const tflite::Operator& from);
  Result<void> softmax(const tflite::Operator& from);
  Result<void> mean(const tflite::Operator& from);
  Result<void> pad(const tflite::Operator& from);
  Result<void> reshape(const tflite::Operator& from);
  Result<void> squeeze(const tflite::Operator& from);
  Result<void> expandDims(const tflite::Operator& from);
  Result<void> stridedSlice(const tflite::Operator& from);
  Result<void> transpose(const tflite::Operator& from);
  Result<void> resize(const tflite::Operator& from);
  Result<void> argMax(const tflite::Operator& from);
  Result<void> leakyRelu(const tflite::Operator& from);

  // Shape arithmetic that becomes constants (tflite_shapes.cpp).
  Result<void> foldShapeOperator(const tflite::Operator& from, int32_t builtin);
  Result<bool> foldSlice();  // true: `op_` was a slice of a constant and is done
  Result<void> becomeConstant(ir::TensorId id, const std::vector<int32_t>& shape,
                              const std::vector<int64_t>& values, const std::string& layer);

  // Constant operands (tflite_constants.cpp).
  Result<std::vector<int64_t>> integers(size_t operand, const char* what);
  Result<uint32_t> axis(int64_t value, size_t rank);
  Result<void> declareShape(const std::vector<int64_t>& shape);
  Result<ir::Activation> activation(tflite::ActivationFunction value);
  const ir::Tensor& operand(size_t i) const { return graph_.tensors[op_.inputs[i]]; }
  ir::Tensor& result() { return graph_.tensors[op_.outputs[0]]; }
  Result<void> needOperands(size_t minimum, size_t maximum);

  std::span<const uint8_t> file_;
  const tflite::Model* model_ = nullptr;
  const tflite::SubGraph* subgraph_ = nullptr;
  std::vector<ir::TensorId> ids_;  // of the file's tensors; kNoTensor: not read yet
  uint64_t constantBytes_ = 0;     // read so far
  ir::Graph graph_;
  ir::Op op_;  // the operator being converted
};

// Name of a builtin operator of the format, "operator 999" if it has none.
std::string operatorName(int32_t builtin);

// SHAPE and PACK: never in the graph, only folded.
bool isShapeOperator(int32_t builtin);

}  // namespace lilong::frontend
