// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/ties.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "sim/functional/requant.hpp"

namespace lilong::lockstep {

namespace {

using functional::roundTo24Bits;
using isa::Rounding;

constexpr int kAttempts = 200;

// The magnitude that f32_rne gives with one of its steps wrong.
uint64_t wrongFloat(uint32_t step, uint64_t magnitude, uint32_t multiplier, uint8_t shift) {
  const unsigned t = shift > 7 ? shift - 7u : 0;
  uint64_t product = (step == 0 ? magnitude : roundTo24Bits(magnitude)) * (multiplier >> 7);
  const unsigned extra = std::max(static_cast<unsigned>(std::bit_width(product)), 24u) - 24;
  switch (step) {
    case 1:  // cut off
      product = product >> extra << extra;
      break;
    case 2:  // ties up
      product = (product + (uint64_t{1} << extra >> 1)) >> extra << extra;
      break;
    case 3:  // bits far below the point do not count
      product = roundTo24Bits(t > 25 ? product >> (t - 25) << (t - 25) : product);
      break;
    default:
      product = roundTo24Bits(product);
  }
  if (step == 4) return (product + (uint64_t{1} << t >> 1)) >> t;  // ties up
  return functional::shiftRoundEven(product, t);
}

// acc * multiplier = (n + 1/2) * 2^shift as nearly as it goes, the multiplier from 2^30 on.
void aim(Random& random, Rounding rounding, int32_t acc, uint32_t& multiplier, uint8_t& shift) {
  constexpr uint32_t kLost = 1u << 7;              // float32 drops the bits of a multiplier below
  constexpr uint64_t kSecond = uint64_t{1} << 30;  // what ruy and gemmlowp add above shift 31
  const bool floats = rounding == Rounding::f32Rne;
  auto magnitude = static_cast<uint64_t>(std::max<int64_t>(1, std::abs(int64_t{acc})));
  if (floats) magnitude = roundTo24Bits(magnitude);
  uint64_t odd = 2 * random.small(0, 126) + 1;
  const uint64_t own = magnitude >> std::countr_zero(magnitude);
  if (own < 256 && random.chance(50)) odd = odd / own / 2 * 2 * own + own;  // exactly
  shift = 1;
  while (shift < 63 && (odd << (shift - 1)) / magnitude < (uint64_t{1} << 30)) ++shift;
  uint64_t product = odd << (shift - 1);
  const bool second = rounding == Rounding::ruy || rounding == Rounding::gemmlowp;
  if (second && shift > 31 && random.chance(70)) {
    product += rounding == Rounding::ruy && acc < 0 ? kSecond : -kSecond;
  }
  uint64_t value = product / magnitude + (product % magnitude != 0 && random.chance(50) ? 1 : 0);
  if (floats) value = (value + kLost / 2) / kLost * kLost + random.range(0, kLost - 1);
  if (random.chance(15)) value += floats ? kLost : 1;
  if (random.chance(15)) value -= floats ? kLost : 1;
  multiplier = static_cast<uint32_t>(std::min<uint64_t>(value, 0x7FFFFFFF));
}

}  // namespace

int32_t tieAccumulator(Random& random) {
  auto magnitude = static_cast<uint32_t>(random.next()) >> random.range(1, 31);
  switch (random.range(0, 9)) {
    case 0:
    case 1:
    case 2:
      magnitude = (magnitude & 0xFF) << random.range(0, 22);
      break;
    case 3:
    case 4:
      magnitude = random.range(3, 31);
      break;
    case 5: {  // beside a tie of float32, which keeps 24 bits
      const uint32_t cut = random.range(1, 7);
      magnitude = (magnitude | 1u << 30) >> (7 - cut);
      magnitude = (magnitude >> cut << cut) + (1u << (cut - 1)) + random.range(0, 2) - 1;
      break;
    }
    default:
      break;
  }
  magnitude = std::clamp(magnitude, 1u, 0x7FFFFFFFu);
  return random.chance(50) ? static_cast<int32_t>(magnitude) : -static_cast<int32_t>(magnitude);
}

void tie(Random& random, Rounding rounding, int32_t acc, uint32_t& multiplier, uint8_t& shift) {
  const auto magnitude = static_cast<uint64_t>(std::abs(int64_t{acc}));
  const uint32_t step = random.pick({0, 1, 2, 2, 2, 3, 3, 4});  // the rarest most often
  auto other = static_cast<Rounding>(random.range(0, 3));
  if (other == rounding) other = Rounding::f32Rne;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    aim(random, rounding, acc, multiplier, shift);
    const int64_t result = functional::requantise(acc, multiplier, shift, rounding);
    const bool same = rounding == Rounding::f32Rne
                          ? std::abs(result) ==
                                static_cast<int64_t>(wrongFloat(step, magnitude, multiplier, shift))
                          : result == functional::requantise(acc, multiplier, shift, other);
    if (!same) return;
  }
}

}  // namespace lilong::lockstep
