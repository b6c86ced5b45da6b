// SPDX-License-Identifier: Apache-2.0
// The fixed-point functions with which the TensorFlow Lite reference kernels compute exponentials.
// Values are int32 in Qi.f format: i integer bits, 31 - i fraction bits.
#pragma once

#include <cstdint>

namespace lilong::numerics::fixed {

// High half of 2ab, rounded half up, saturating in the one overflowing case.
int32_t doublingHighMul(int32_t a, int32_t b);
int32_t divideByPowerOfTwo(int32_t x, int exponent);    // ties away from zero
int32_t multiplyByPowerOfTwo(int32_t x, int exponent);  // saturating, exponent >= 0
// x * multiplier * 2^(exponent - 31) with both roundings.
int32_t multiply(int32_t x, int32_t multiplier, int exponent);

int32_t expOnNegative(int32_t x, int integerBits);  // x <= 0 in Qi; result Q0
int32_t logistic(int32_t x);                        // x in Q4; result Q0
int32_t tanh(int32_t x);                            // x in Q4; result Q0

}  // namespace lilong::numerics::fixed
