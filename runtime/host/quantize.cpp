// SPDX-License-Identifier: Apache-2.0
// QUANTIZE: float32 to int8, uint8 or int16, with TFLite's or XNNPACK's rounding.  A value that is
// not a number becomes the zero point.
#include <limits>

#include "runtime/host/operators.hpp"
#include "runtime/validate.hpp"

namespace lilong::host {

Result<void> checkQuantize(const HostStep& step, std::span<const Operand> inputs,
                           std::span<const Operand> outputs) {
  if (auto unary = checkUnary(step, inputs, outputs); !unary.ok()) return unary;
  const ProgramTensor& in = *inputs[0].info;
  const ProgramTensor& out = *outputs[0].info;
  if (in.dtype != DType::float32) return refuse(step, "the input is not float32");
  if (out.dtype != DType::int8 && out.dtype != DType::uint8 && out.dtype != DType::int16) {
    return refuse(step, "the output is not int8, uint8 or int16");
  }
  if (!isScale(out.scale)) return refuse(step, "the output has no scale");
  if (tensorBytes(in) / elementBytes(in.dtype) != tensorBytes(out) / elementBytes(out.dtype)) {
    return refuse(step, "input and output differ in size");
  }
  const double half_even = attribute(step, "half_even", 0);
  if (half_even != 0 && half_even != 1) return refuse(step, "half_even is neither 0 nor 1");
  return {};
}

void runQuantize(const HostStep& step, std::span<const Operand> inputs,
                 std::span<const Operand> outputs) {
  const auto x = mapAs<float>(inputs[0]);
  const float scale = outputs[0].info->scale;
  const auto zero_point = static_cast<float>(outputs[0].info->zeroPoint);
  const bool half_even = attribute(step, "half_even", 0) == 1;
  withType(outputs[0].info->dtype, [&]<typename T>(T) {
    const auto low = static_cast<float>(std::numeric_limits<T>::lowest());
    const auto high = static_cast<float>(std::numeric_limits<T>::max());
    auto y = mapAs<T>(outputs[0]);
    Vector<float> r = half_even ? Vector<float>((x * (1.0f / scale)).rint())
                                : Vector<float>((x / scale).round());
    r = r.isNaN().select(0.0f, r);
    y = (r + zero_point).max(low).min(high).template cast<T>();
  });
}

}  // namespace lilong::host
