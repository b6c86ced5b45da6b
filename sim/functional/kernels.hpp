// SPDX-License-Identifier: Apache-2.0
// The inner loops of the functional simulator, compiled for several vector widths.
// All sums wrap modulo 2^32.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lilong::functional {

// acc[l] += sum over i < k of activation[i] * weights[l * k + i], for l < lanes.
void addDotProducts(const int16_t* activation, const int16_t* weights, size_t k, size_t lanes,
                    int32_t* acc);

// acc[c] += input[c] * weights[c], for c < count.
void addProducts(const int8_t* input, const int16_t* weights, size_t count, int32_t* acc);

// acc[c] += value * weights[c], for c < count.
void addScaled(int32_t value, const int16_t* weights, size_t count, int32_t* acc);

// acc[c] += input[c], and acc[c] = max(acc[c], input[c]).
void addBytes(const int8_t* input, size_t count, int32_t* acc);
void maxBytes(const int8_t* input, size_t count, int32_t* acc);

// to[i] = from[i], widened.
void widen(const int8_t* from, size_t count, int16_t* to);

}  // namespace lilong::functional
