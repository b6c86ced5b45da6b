// SPDX-License-Identifier: Apache-2.0
// Unary tables, ADD, SUB, MUL, MINIMUM, MAXIMUM, SOFTMAX.
#include <fmt/format.h>

#include "compiler/lower/lowerer.hpp"
#include "compiler/lower/vector_kernels.hpp"

namespace lilong::backend {

Result<void> Lowerer::lowerUnary(const Node& node) {
  noteExactness(node.exactness);
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  const Grid dims = canonicalGrid(tensor(node.output).shape);
  const ir::TensorId t = node.output;
  // Whole rows are one run of bytes.
  const bool dense = mayStayDense(t) && input->grid.dense() &&
                     uint64_t{dims.width} * dims.channels % isa::kGranule == 0 &&
                     uint64_t{dims.width} * dims.channels <= 0xffff;
  const View output = dense ? denseOutputView(t) : outputView(t);
  auto& kernel = add<EltwiseKernel>({*input}, output);
  kernel.wholeRows = dense;
  kernel.params.op = isa::BinaryOp::pass;
  kernel.params.multiplier = 1;
  kernel.params.shift = 0;
  kernel.stage = stageOf(node);
  return {};
}

// Operand `i` in the shape of the output, or with repeated rows, pixels (and channels, if
// `channelScalar`) where one instruction can do that.
Result<View> Lowerer::broadcastOperand(const Node& node, size_t i, bool channelScalar) {
  const ir::Tensor& x = tensor(node.inputs[i]);
  const ir::Tensor& y = tensor(node.output);
  const Grid dims = canonicalGrid(y.shape);
  if (x.shape == y.shape ||
      (x.elements() == y.elements() && canonicalGrid(x.shape).height == dims.height &&
       canonicalGrid(x.shape).width == dims.width))
    return viewOf(node.inputs[i]);

  // By dimension of the output, from the end: is the operand repeated there?
  const size_t rank = y.rank();
  const auto repeated = [&](size_t fromEnd) {
    return x.dimFromEnd(fromEnd) == 1 && y.dimFromEnd(fromEnd) != 1;
  };
  bool allRows = true, noRows = true;
  for (size_t d = 2; d < rank; ++d) {
    if (y.dimFromEnd(d) == 1) continue;
    (repeated(d) ? noRows : allRows) = false;
  }
  const bool column = y.dimFromEnd(1) == 1;  // the rows lie in x direction
  const bool channelsFit = !repeated(0) || channelScalar;
  const bool rowsFit = allRows || noRows;
  const bool rowsRepeat = !noRows && allRows;
  if (channelsFit && rowsFit) {
    auto view = viewOf(node.inputs[i]);
    if (!view) return view;
    const bool pixelsRepeat = column ? rowsRepeat : repeated(1);
    const bool linesRepeat = column ? false : rowsRepeat;
    const Grid wanted = denseGrid(linesRepeat ? 1 : dims.height, pixelsRepeat ? 1 : dims.width,
                                  repeated(0) ? 1 : dims.channels);
    if (const auto fitting = reshaped(*view, wanted)) return *fitting;
  }
  // Written out in full.
  std::vector<int32_t> shape(rank, 1);
  for (size_t d = 0; d < rank; ++d) shape[rank - 1 - d] = x.dimFromEnd(d);
  if (x.constant) {
    std::vector<uint8_t> bytes(y.elements());
    for (size_t at = 0; at < bytes.size(); ++at) {
      size_t rest = at, source = 0, stride = 1;
      for (size_t d = 0; d < rank; ++d) {
        const auto size = static_cast<size_t>(y.dimFromEnd(d));
        if (!repeated(d)) {
          source += rest % size * stride;
          stride *= size;
        }
        rest /= size;
      }
      bytes[at] = x.data[source];
    }
    return constantView(x.name + " (repeated)", dims, std::move(bytes));
  }
  auto view = viewOf(node.inputs[i]);
  if (!view) return view;
  const View full = newView(x.name + " (repeated)", dims, roundUp(dims.channels, isa::kGranule));
  auto dense = view->grid.dense() ? view : copyToDense(*view, x.shape, x.name);
  if (!dense) return dense;
  const auto to = byteStrides(y.shape, full.grid);
  std::vector<CopyLoop> loops;
  int64_t from = 1;
  for (size_t d = 0; d < rank; ++d) {
    const size_t axis = rank - 1 - d;
    loops.insert(loops.begin(),
                 {static_cast<uint64_t>(y.shape[axis]), repeated(d) ? 0 : from, to[axis]});
    from *= x.dimFromEnd(d);
  }
  std::vector<CopyPart> parts;
  if (!appendCopies({}, loops, parts))
    return fail(DiagId::unsupportedVariant, "the broadcast needs too many instructions");
  if (auto added = addCopy({*dense}, full, std::move(parts)); !added) return added.error();
  return full;
}

Result<void> Lowerer::lowerEltwise(const Node& node) {
  const numerics::EltwiseParams params = numerics::eltwiseParams(graph_, *node.op, numerics_);
  noteExactness(params.exactness);
  size_t a = 0;
  numerics::EltwiseParams used = params;
  // Only operand b can repeat one byte for all channels.
  const auto scalar = [&](size_t i) {
    return tensor(node.inputs[i]).dimFromEnd(0) == 1 && tensor(node.output).dimFromEnd(0) != 1;
  };
  if (scalar(a) && !scalar(1 - a) && params.op != isa::BinaryOp::sub) {
    a = 1 - a;
    std::swap(used.zpA, used.zpB);
    std::swap(used.multiplierA, used.multiplierB);
    std::swap(used.shiftA, used.shiftB);
  }
  auto first = broadcastOperand(node, a, false);
  if (!first) return first.error();
  auto second = broadcastOperand(node, 1 - a, true);
  if (!second) return second.error();
  auto& kernel = add<EltwiseKernel>({*first, *second}, outputView(node.output));
  kernel.params = used;
  kernel.stage = stageOf(node);
  kernel.stage.rounding = used.rounding;
  kernel.stage.zpOut = used.zpOut;
  kernel.stage.clampMin = used.clampMin;
  kernel.stage.clampMax = used.clampMax;
  return {};
}

Result<void> Lowerer::lowerSoftmax(const Node& node) {
  auto input = viewOf(node.inputs[0]);
  if (!input) return input.error();
  auto& kernel = add<SoftmaxKernel>({*input}, outputView(node.output));
  kernel.params = numerics::softmaxParams(graph_, *node.op, numerics_);
  noteExactness(kernel.params.exactness);
  return {};
}

}  // namespace lilong::backend
