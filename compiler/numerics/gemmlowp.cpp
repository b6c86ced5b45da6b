// SPDX-License-Identifier: Apache-2.0
#include "compiler/numerics/gemmlowp.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace lilong::numerics::fixed {

namespace {

constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kOneQ0 = kMax;     // 1 in Q0, saturated
constexpr int32_t kOneQ2 = 1 << 29;  // 1 in Q2

int32_t wrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
int32_t wrapSub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}

// Mean of a and b, ties away from zero.
int32_t roundingHalfSum(int32_t a, int32_t b) {
  const int64_t sum = int64_t{a} + b;
  return static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

// exp(a) for a in [-1/4, 0), Q0: Taylor series around -1/8.
int32_t expOnQuarter(int32_t a) {
  constexpr int32_t kExpOfMinusEighth = 1895147668, kOneThird = 715827883;
  const int32_t x = wrapAdd(a, 1 << 28);
  const int32_t x2 = doublingHighMul(x, x);
  const int32_t x3 = doublingHighMul(x2, x);
  const int32_t x4 = doublingHighMul(x2, x2);
  const int32_t x4Over4 = divideByPowerOfTwo(x4, 2);
  const int32_t higher =
      divideByPowerOfTwo(wrapAdd(doublingHighMul(wrapAdd(x4Over4, x3), kOneThird), x2), 1);
  return wrapAdd(kExpOfMinusEighth, doublingHighMul(kExpOfMinusEighth, wrapAdd(x, higher)));
}

// Newton iteration for 2 / (1 + a), a in [0, 1] Q0; result Q2.
int32_t reciprocalOfHalf(int32_t a) {
  constexpr int32_t k48Over17 = 1515870810, kMinus32Over17 = -1010580540;
  const int32_t halfDenominator = roundingHalfSum(a, kOneQ0);
  int32_t x = wrapAdd(k48Over17, doublingHighMul(halfDenominator, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const int32_t rest = wrapSub(kOneQ2, doublingHighMul(halfDenominator, x));
    x = wrapAdd(x, multiplyByPowerOfTwo(doublingHighMul(x, rest), 2));
  }
  return x;
}

}  // namespace

int32_t doublingHighMul(int32_t a, int32_t b) {
  if (a == kMin && b == kMin) return kMax;
  const int64_t product = int64_t{a} * b;
  return static_cast<int32_t>((product + (int64_t{1} << 30)) >> 31);
}

int32_t divideByPowerOfTwo(int32_t x, int exponent) {
  if (exponent == 0) return x;
  const int64_t half = int64_t{1} << (exponent - 1);
  return static_cast<int32_t>((int64_t{x} + half - (x < 0 ? 1 : 0)) >> exponent);
}

int32_t multiplyByPowerOfTwo(int32_t x, int exponent) {
  const int64_t value = int64_t{x} * (int64_t{1} << exponent);
  return value > kMax ? kMax : value < kMin ? kMin : static_cast<int32_t>(value);
}

int32_t multiply(int32_t x, int32_t multiplier, int exponent) {
  const int left = exponent > 0 ? exponent : 0, right = exponent > 0 ? 0 : -exponent;
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return divideByPowerOfTwo(doublingHighMul(shifted, multiplier), right);
}

int32_t expOnNegative(int32_t x, int integerBits) {
  if (x == 0) return kOneQ0;
  const int fractionBits = 31 - integerBits;
  const int32_t quarter = 1 << (fractionBits - 2);
  const int32_t part = (x & (quarter - 1)) - quarter;  // in [-1/4, 0)
  int32_t result = expOnQuarter(multiplyByPowerOfTwo(part, integerBits));
  const int32_t remainder = wrapSub(part, x);  // a multiple of 1/4
  // exp(-2^(i - 2)) in Q0.
  constexpr std::array<int32_t, 7> kFactors = {1672461947, 1302514674, 790015084, 290630308,
                                               39332535,   720401,     242};
  for (int i = 0; i < 7; ++i) {
    const int exponent = i - 2;
    if (integerBits <= exponent) continue;
    if (remainder & (1 << (fractionBits + exponent))) {
      result = doublingHighMul(result, kFactors[static_cast<std::size_t>(i)]);
    }
  }
  if (integerBits > 5 && x < -(1 << (fractionBits + 5))) return 0;
  return result;
}

int32_t logistic(int32_t x) {
  if (x == 0) return 1 << 30;
  const int32_t magnitude = x < 0 ? x : -x;  // negative
  // 1 / (1 + e) = half of the reciprocal, from Q2 to Q0: Q2 read as Q1, then one bit more.
  const int32_t positive = multiplyByPowerOfTwo(reciprocalOfHalf(expOnNegative(magnitude, 4)), 1);
  return x > 0 ? positive : wrapSub(kOneQ0, positive);
}

int32_t tanh(int32_t x) {
  if (x == 0) return 0;
  const int32_t magnitude = x < 0 ? x : -x;
  // (1 - e) / (1 + e) with e = exp(2x): x in Q4 read as Q5 is 2x.
  const int32_t reciprocal = reciprocalOfHalf(expOnNegative(magnitude, 5));
  const int32_t t = multiplyByPowerOfTwo(wrapSub(reciprocal, kOneQ2), 2);
  return x > 0 ? t : -t;
}

}  // namespace lilong::numerics::fixed
