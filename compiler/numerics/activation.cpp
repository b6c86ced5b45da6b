// SPDX-License-Identifier: Apache-2.0
#include "compiler/numerics/activation.hpp"

#include <algorithm>
#include <cmath>

namespace lilong::numerics {

namespace {

int8_t quantised(float value, float scale, int32_t zeroPoint, bool xnnpack) {
  const float steps = value / scale;
  if (xnnpack) {
    const float shifted = steps + static_cast<float>(zeroPoint);
    return static_cast<int8_t>(std::nearbyint(std::clamp(shifted, -128.0f, 127.0f)));
  }
  const float rounded = std::clamp(std::round(steps), -1e6f, 1e6f);
  return static_cast<int8_t>(std::clamp(zeroPoint + static_cast<int32_t>(rounded), -128, 127));
}

}  // namespace

ByteRange activationRange(ir::Activation activation, float scale, int32_t zeroPoint, bool xnnpack) {
  ByteRange range;
  const auto q = [&](float value) { return quantised(value, scale, zeroPoint, xnnpack); };
  switch (activation) {
    case ir::Activation::none:
      break;
    case ir::Activation::relu:
      range.min = q(0.0f);
      break;
    case ir::Activation::reluN1To1:
      range.min = q(-1.0f);
      range.max = q(1.0f);
      break;
    case ir::Activation::relu6:
      range.min = q(0.0f);
      range.max = q(6.0f);
      break;
  }
  return range;
}

}  // namespace lilong::numerics
