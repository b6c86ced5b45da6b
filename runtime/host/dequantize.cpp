// SPDX-License-Identifier: Apache-2.0
// DEQUANTIZE: integer to float32, scale * (q - zero point), rounded once.
#include "runtime/host/operators.hpp"
#include "runtime/validate.hpp"

namespace lilong::host {

Result<void> checkDequantize(const HostStep& step, std::span<const Operand> inputs,
                             std::span<const Operand> outputs) {
  if (auto unary = checkUnary(step, inputs, outputs); !unary.ok()) return unary;
  const ProgramTensor& in = *inputs[0].info;
  const ProgramTensor& out = *outputs[0].info;
  if (in.dtype == DType::float32) return refuse(step, "the input is not an integer tensor");
  if (out.dtype != DType::float32) return refuse(step, "the output is not float32");
  if (!isScale(in.scale)) return refuse(step, "the input has no scale");
  if (tensorBytes(in) / elementBytes(in.dtype) != tensorBytes(out) / elementBytes(out.dtype)) {
    return refuse(step, "input and output differ in size");
  }
  return {};
}

void runDequantize(const HostStep&, std::span<const Operand> inputs,
                   std::span<const Operand> outputs) {
  const double scale = inputs[0].info->scale;
  const double zero_point = inputs[0].info->zeroPoint;
  auto y = mapAs<float>(outputs[0]);
  withType(inputs[0].info->dtype, [&]<typename T>(T) {
    y = ((mapAs<T>(inputs[0]).template cast<double>() - zero_point) * scale).template cast<float>();
  });
}

}  // namespace lilong::host
