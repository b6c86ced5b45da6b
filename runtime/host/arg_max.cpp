// SPDX-License-Identifier: Apache-2.0
// ARG_MAX: index of the largest element along one axis, the first one where several are equal.
#include "runtime/host/operators.hpp"
#include "runtime/validate.hpp"

namespace lilong::host {

Result<void> checkArgMax(const HostStep& step, std::span<const Operand> inputs,
                         std::span<const Operand> outputs) {
  if (auto unary = checkUnary(step, inputs, outputs); !unary.ok()) return unary;
  const ProgramTensor& in = *inputs[0].info;
  const ProgramTensor& out = *outputs[0].info;
  if (out.dtype != DType::int32 && out.dtype != DType::int64) {
    return refuse(step, "the output is not int32 or int64");
  }
  const double axis = attribute(step, "axis", -1);
  if (!(axis >= 0 && axis < static_cast<double>(in.shape.size())) || axis != std::floor(axis)) {
    return refuse(step, "the axis is not a dimension of the input");
  }
  const auto length = static_cast<uint64_t>(in.shape[static_cast<size_t>(axis)]);
  if (tensorBytes(in) / elementBytes(in.dtype) / length != tensorBytes(out) / elementBytes(out.dtype)) {
    return refuse(step, "the output does not have the size of the input without the axis");
  }
  return {};
}

namespace {

template <typename In, typename Out>
void argMax(const std::vector<int32_t>& shape, size_t axis, const Operand& input,
            const Operand& output) {
  Eigen::Index inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  const Eigen::Index length = shape[axis];
  const In* data = mapAs<In>(input).data();
  auto y = mapAs<Out>(output);
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    const In* first = data + (i / inner) * length * inner + i % inner;
    const Eigen::Map<const Vector<In>, 0, Eigen::InnerStride<>> line(first, length,
                                                                    Eigen::InnerStride<>(inner));
    Eigen::Index best = 0;  // a plain loop: Eigen leaves open which of several maxima it returns
    for (Eigen::Index k = 1; k < length; ++k) {
      if (line[k] > line[best]) best = k;
    }
    y[i] = static_cast<Out>(best);
  }
}

}  // namespace

void runArgMax(const HostStep& step, std::span<const Operand> inputs,
               std::span<const Operand> outputs) {
  const auto& shape = inputs[0].info->shape;
  const auto axis = static_cast<size_t>(attribute(step, "axis", 0));
  withType(inputs[0].info->dtype, [&]<typename In>(In) {
    if (outputs[0].info->dtype == DType::int32) {
      argMax<In, int32_t>(shape, axis, inputs[0], outputs[0]);
    } else {
      argMax<In, int64_t>(shape, axis, inputs[0], outputs[0]);
    }
  });
}

}  // namespace lilong::host
