// SPDX-License-Identifier: Apache-2.0
// MEAN over any set of dimensions, in the float32 arithmetic of LiteRT's XNNPACK delegate:
//   s = (scale_in / scale_out) * (1 / n)      z = zero_out - (n * zero_in) * s
//   y = rint(sum * s + z)                     every operation rounded to float32
#include <bit>
#include <limits>

#include "runtime/host/operators.hpp"
#include "runtime/validate.hpp"

namespace lilong::host {

namespace {

// Largest number of summands: the sum of bytes stays exact in float32 (2^24 / 255).
constexpr uint64_t kMaxSummands = 65536;

uint64_t summands(const ProgramTensor& in, uint32_t axes) {
  uint64_t count = 1;
  for (size_t i = 0; i < in.shape.size(); ++i) {
    if (axes >> i & 1) count *= static_cast<uint64_t>(in.shape[i]);
  }
  return count;
}

}  // namespace

Result<void> checkMean(const HostStep& step, std::span<const Operand> inputs,
                       std::span<const Operand> outputs) {
  if (auto unary = checkUnary(step, inputs, outputs); !unary.ok()) return unary;
  const ProgramTensor& in = *inputs[0].info;
  const ProgramTensor& out = *outputs[0].info;
  if (in.dtype != DType::int8 && in.dtype != DType::uint8) {
    return refuse(step, "the input is not int8 or uint8");
  }
  if (out.dtype != in.dtype) return refuse(step, "input and output differ in type");
  if (!isScale(in.scale) || !isScale(out.scale)) return refuse(step, "a tensor has no scale");
  const double axes = attribute(step, "axes", 0);
  if (!(axes >= 1 && axes < static_cast<double>(uint64_t{1} << in.shape.size())) ||
      axes != std::floor(axes)) {
    return refuse(step, "the axes are not dimensions of the input");
  }
  const uint64_t count = summands(in, static_cast<uint32_t>(axes));
  if (count > kMaxSummands) return refuse(step, "more than 65536 elements are averaged");
  if (tensorBytes(in) / count != tensorBytes(out)) {
    return refuse(step, "the output does not have the size of the input without the axes");
  }
  return {};
}

void runMean(const HostStep& step, std::span<const Operand> inputs,
             std::span<const Operand> outputs) {
  const ProgramTensor& in = *inputs[0].info;
  const ProgramTensor& out = *outputs[0].info;
  const auto axes = static_cast<uint32_t>(attribute(step, "axes", 0));
  const auto count = static_cast<float>(summands(in, axes));

  // Stride of every dimension in the output; 0 where it is reduced.
  std::vector<Eigen::Index> strides(in.shape.size());
  Eigen::Index size = 1;
  for (size_t i = in.shape.size(); i-- > 0;) {
    const bool reduced = (axes >> i & 1) != 0;
    strides[i] = reduced ? 0 : size;
    if (!reduced) size *= in.shape[i];
  }
  Vector<int32_t> sum = Vector<int32_t>::Zero(size);
  withType(in.dtype, [&]<typename T>(T) {
    const auto x = mapAs<T>(inputs[0]);
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      Eigen::Index rest = i;
      Eigen::Index target = 0;
      for (size_t d = in.shape.size(); d-- > 0;) {
        target += rest % in.shape[d] * strides[d];
        rest /= in.shape[d];
      }
      sum[target] += static_cast<int32_t>(x[i]);
    }
    const float ratio = in.scale / out.scale;
    const float reciprocal = 1.0f / count;
    const float scale = ratio * reciprocal;
    const float shift = count * static_cast<float>(in.zeroPoint) * scale;
    const float offset = static_cast<float>(out.zeroPoint) - shift;
    const auto low = static_cast<float>(std::numeric_limits<T>::lowest());
    const auto high = static_cast<float>(std::numeric_limits<T>::max());
    const Vector<float> scaled = sum.cast<float>() * scale;  // stored: no fused multiply-add
    Vector<float> rounded = (scaled + offset).rint();
    rounded = rounded.isNaN().select(static_cast<float>(out.zeroPoint), rounded);
    mapAs<T>(outputs[0]) = rounded.max(low).min(high).template cast<T>();
  });
}

}  // namespace lilong::host
