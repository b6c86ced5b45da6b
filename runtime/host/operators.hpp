// SPDX-License-Identifier: Apache-2.0
// Check and run functions named in host/table.cpp, and the few helpers they share.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <span>
#include <string>

#include "runtime/host/kernels.hpp"

namespace lilong::host {

#define LILONG_HOST_OPERATOR(Name)                                                        \
  Result<void> check##Name(const HostStep&, std::span<const Operand>, std::span<const Operand>); \
  void run##Name(const HostStep&, std::span<const Operand>, std::span<const Operand>)

LILONG_HOST_OPERATOR(ArgMax);
LILONG_HOST_OPERATOR(Dequantize);
LILONG_HOST_OPERATOR(Mean);
LILONG_HOST_OPERATOR(Quantize);
#undef LILONG_HOST_OPERATOR

// One input, one output.
Result<void> checkUnary(const HostStep& step, std::span<const Operand> inputs,
                        std::span<const Operand> outputs);
Error refuse(const HostStep& step, const std::string& why);

// True for a scale that values can be divided by.
inline bool isScale(float scale) { return std::isfinite(scale) && scale > 0.0f; }

template <typename T>
using Vector = Eigen::Array<T, Eigen::Dynamic, 1>;

template <typename T>
Eigen::Map<Vector<T>> mapAs(const Operand& operand) {
  return {reinterpret_cast<T*>(operand.bytes.data()),
          static_cast<Eigen::Index>(operand.bytes.size() / sizeof(T))};
}

// Calls `call` with a value of the C++ type of `dtype`.
template <typename Call>
void withType(DType dtype, Call&& call) {
  switch (dtype) {
    case DType::int8: return call(int8_t{});
    case DType::uint8: return call(uint8_t{});
    case DType::int16: return call(int16_t{});
    case DType::int32: return call(int32_t{});
    case DType::float32: return call(float{});
    case DType::int64: return call(int64_t{});
  }
}

}  // namespace lilong::host
