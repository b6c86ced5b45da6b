// SPDX-License-Identifier: Apache-2.0
// Operands of the requantiser whose result lies on a tie of its rounding or next to one: where a
// rounding that is a little wrong shows.
#pragma once

#include <cstdint>

#include "sim/isa/gen/isa.hpp"
#include "sim/lockstep/random.hpp"

namespace lilong::lockstep {

// Of any width and sign, often with few bits; never 0.
int32_t tieAccumulator(Random& random);

// Multiplier and shift for an accumulator that is known; most often such that another rounding, or
// f32_rne with one of its steps wrong, gives another result.
void tie(Random& random, isa::Rounding rounding, int32_t acc, uint32_t& multiplier, uint8_t& shift);

}  // namespace lilong::lockstep
