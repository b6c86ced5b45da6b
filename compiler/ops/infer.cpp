// SPDX-License-Identifier: Apache-2.0
#include "compiler/ops/infer.hpp"

#include "compiler/ops/rules.hpp"

namespace lilong::ops {

Result<void> inferOp(ir::Graph& graph, ir::Op& op) {
  Rules r(graph, op);
  using ir::OpKind;
  switch (op.kind) {
    case OpKind::conv2d:
    case OpKind::depthwiseConv2d:
      return inferConv(r);
    case OpKind::fullyConnected:
      return inferFullyConnected(r);
    case OpKind::averagePool2d:
    case OpKind::maxPool2d:
      return inferPool(r);
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::minimum:
    case OpKind::maximum:
      return inferBinary(r);
    case OpKind::relu:
    case OpKind::reluN1To1:
    case OpKind::relu6:
    case OpKind::logistic:
    case OpKind::tanh:
    case OpKind::hardSwish:
    case OpKind::leakyRelu:
    case OpKind::elu:
    case OpKind::abs:
      return inferUnary(r);
    case OpKind::quantize:
    case OpKind::dequantize:
      return inferQuantize(r);
    case OpKind::softmax:
      return inferSoftmax(r);
    case OpKind::mean:
      return inferMean(r);
    case OpKind::pad:
    case OpKind::padV2:
      return inferPad(r);
    case OpKind::concatenation:
      return inferConcatenation(r);
    case OpKind::reshape:
    case OpKind::squeeze:
    case OpKind::expandDims:
      return inferReshape(r);
    case OpKind::stridedSlice:
      return inferStridedSlice(r);
    case OpKind::transpose:
      return inferTranspose(r);
    case OpKind::resizeNearest:
      return inferResize(r);
    case OpKind::argMax:
      return inferArgMax(r);
  }
  return r.variant("has no rules");
}

}  // namespace lilong::ops
