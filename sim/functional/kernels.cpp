// SPDX-License-Identifier: Apache-2.0
// Compiled with -fwrapv: sums wrap, and the compiler may reorder them into vectors.
#include "sim/functional/kernels.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LILONG_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define LILONG_CLONES
#endif

namespace lilong::functional {

LILONG_CLONES
void addDotProducts(const int16_t* activation, const int16_t* weights, size_t k, size_t lanes,
                    int32_t* acc) {
  size_t lane = 0;
  for (; lane + 4 <= lanes; lane += 4) {
    const int16_t* w0 = weights + lane * k;
    const int16_t* w1 = w0 + k;
    const int16_t* w2 = w1 + k;
    const int16_t* w3 = w2 + k;
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (size_t i = 0; i < k; ++i) {
      s0 += activation[i] * w0[i];
      s1 += activation[i] * w1[i];
      s2 += activation[i] * w2[i];
      s3 += activation[i] * w3[i];
    }
    acc[lane] += s0;
    acc[lane + 1] += s1;
    acc[lane + 2] += s2;
    acc[lane + 3] += s3;
  }
  for (; lane < lanes; ++lane) {
    int32_t sum = 0;
    for (size_t i = 0; i < k; ++i) sum += activation[i] * weights[lane * k + i];
    acc[lane] += sum;
  }
}

LILONG_CLONES
void addProducts(const int8_t* input, const int16_t* weights, size_t count, int32_t* acc) {
  for (size_t c = 0; c < count; ++c) acc[c] += input[c] * weights[c];
}

LILONG_CLONES
void addScaled(int32_t value, const int16_t* weights, size_t count, int32_t* acc) {
  for (size_t c = 0; c < count; ++c) acc[c] += value * weights[c];
}

LILONG_CLONES
void addBytes(const int8_t* input, size_t count, int32_t* acc) {
  for (size_t c = 0; c < count; ++c) acc[c] += input[c];
}

LILONG_CLONES
void maxBytes(const int8_t* input, size_t count, int32_t* acc) {
  for (size_t c = 0; c < count; ++c) acc[c] = acc[c] > input[c] ? acc[c] : input[c];
}

LILONG_CLONES
void widen(const int8_t* from, size_t count, int16_t* to) {
  for (size_t i = 0; i < count; ++i) to[i] = from[i];
}

}  // namespace lilong::functional
