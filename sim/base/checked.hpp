// SPDX-License-Identifier: Apache-2.0
// Checked and saturating arithmetic for sizes that come from input.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace lilong {

// The exact sum, or nothing if T cannot hold it.
template <std::integral T>
constexpr std::optional<T> checkedAdd(T a, std::type_identity_t<T> b) {
  T result;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

// The exact product, or nothing if T cannot hold it.
template <std::integral T>
constexpr std::optional<T> checkedMul(T a, std::type_identity_t<T> b) {
  T result;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

// Sum and product of unsigned values that stay at the largest value instead of wrapping.
constexpr uint64_t saturatingAdd(uint64_t a, uint64_t b) {
  return checkedAdd(a, b).value_or(std::numeric_limits<uint64_t>::max());
}
constexpr uint64_t saturatingMul(uint64_t a, uint64_t b) {
  return checkedMul(a, b).value_or(std::numeric_limits<uint64_t>::max());
}

// ceil(a / b) without overflow; b must not be zero.
constexpr uint64_t ceilDiv(uint64_t a, uint64_t b) {
  return a / b + (a % b != 0 ? 1 : 0);
}

}  // namespace lilong
