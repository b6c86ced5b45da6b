// SPDX-License-Identifier: Apache-2.0
// Random and known conv, dwconv and pool instructions for the benches of the array path, at the size
// TEST_LANES, TEST_DEPTH, TEST_WEIGHT_VECTORS, TEST_SCRATCHPAD.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace front_bench {

constexpr int kLanes = TEST_LANES;
constexpr int kDepth = TEST_DEPTH;
constexpr int kWeightVectors = TEST_WEIGHT_VECTORS;
constexpr int kBytes = TEST_SCRATCHPAD;
constexpr int kPorts = 6 + kWeightVectors;
constexpr int kVectors = kBytes / kDepth;
constexpr int kActivations = kBytes / 2;  // weights lie above

inline int log2Of(int x) {
  int n = 0;
  while ((1 << n) < x) n++;
  return n;
}
inline const int kAddrBits = log2Of(kVectors);

enum Opcode : uint32_t { kConv = 0x21, kDwconv = 0x22, kPool = 0x23 };

struct Work {
  uint32_t opcode = kConv;
  bool fence = false, max = false;
  int64_t in_addr = 0, pad_value = 0, in_row_pitch = 0, stride_y = 1, in_row_bytes = 0, pad_top = 0;
  int64_t in_height = 0, kernel_rows = 1, kernel_cols = 1, stride_x = 0, dilation_y = 1;
  int64_t pad_left = 0, stripe = 32, dilation_x = 0, run = 1, steps = 1, weights_addr = 0;
  int64_t out_height = 1, out_width = 1, channels = 1;  // dilation_x: pix_pitch of dwconv and pool

  // Channels of a group: all lanes, or those that have one in a vector of the input.
  int64_t width() const { return opcode == kConv ? kLanes : std::min(kLanes, kDepth); }
  int64_t groups() const { return (channels + width() - 1) / width(); }
  int64_t positions() const { return out_height * out_width; }
};

using Words = std::array<uint32_t, 16>;

inline void put(Words& words, int word, int lsb, int bits, int64_t value) {
  const uint32_t mask = bits == 32 ? ~0u : (1u << bits) - 1;
  words[word] |= (static_cast<uint32_t>(value) & mask) << lsb;
}

inline Words encode(const Work& w) {
  Words d{};
  put(d, 0, 0, 8, w.opcode);
  put(d, 0, 8, 1, w.fence);
  put(d, 1, 0, 24, w.in_addr);
  put(d, 1, 24, 8, w.pad_value);
  put(d, 2, 0, 24, w.in_row_pitch);
  put(d, 2, 24, 8, w.stride_y);
  put(d, 3, 0, 24, w.in_row_bytes);
  put(d, 3, 24, 8, w.pad_top);
  put(d, 4, 0, 16, w.in_height);
  put(d, 4, 16, 8, w.kernel_rows);
  put(d, 4, 24, 8, w.kernel_cols);
  put(d, 5, 0, 24, w.stride_x);
  put(d, 5, 24, 8, w.dilation_y);
  put(d, 6, 0, 24, w.pad_left);
  put(d, 6, 24, 1, w.opcode == kPool ? w.max : 0);
  put(d, 6, 26, 6, w.stripe);
  put(d, 7, 0, 24, w.dilation_x);
  if (w.opcode == kPool) {
    put(d, 7, 24, 8, w.steps);
    put(d, 8, 0, 32, 0x12345678);
    put(d, 14, 0, 31, 0x5a5a5a5a);
  } else {
    if (w.opcode == kConv) put(d, 8, 0, 16, w.run);
    put(d, 8, 16, 16, w.steps);
    put(d, 14, 0, 24, w.weights_addr);
  }
  put(d, 12, 0, 16, w.out_height);
  put(d, 12, 16, 16, w.out_width);
  put(d, 13, 0, 16, w.channels);
  return d;
}

// ---- random instructions

class Generator {
 public:
  explicit Generator(uint64_t seed) : rng_(seed) {}

  int64_t in(int64_t lo, int64_t hi) { return std::uniform_int_distribution<int64_t>(lo, hi)(rng_); }
  bool oneIn(int n) { return in(1, n) == 1; }

  Work next() {
    Work w;
    w.opcode = static_cast<uint32_t>(in(kConv, kPool));
    w.fence = oneIn(3);
    w.max = w.opcode == kPool && oneIn(2);
    w.pad_value = in(-128, 127);
    w.channels = oneIn(3) ? in(1, 3 * kLanes) : in(1, kLanes);
    const int64_t width = in(1, 12);
    const int64_t pitch = oneIn(3) ? in(0, 40) : oneIn(2) ? (w.channels + 7) / 8 * 8 : in(1, 9);
    w.in_height = oneIn(20) ? 0 : in(1, 9);
    w.in_row_bytes = oneIn(20) ? in(0, 40) : width * pitch;
    w.in_row_pitch = w.in_row_bytes + (oneIn(2) ? 0 : in(0, 30));
    w.in_addr = in(0, kActivations - 16 * w.in_row_pitch - w.in_row_bytes - 64);
    if (oneIn(2)) w.in_addr = w.in_addr / kDepth * kDepth;
    w.stride_y = oneIn(20) ? in(0, 255) : in(0, 3);
    w.pad_top = oneIn(20) ? in(0, 255) : in(0, 4);
    w.kernel_rows = oneIn(25) ? 0 : in(1, oneIn(4) ? 9 : 4);
    w.kernel_cols = in(1, oneIn(4) ? 2 * kDepth + 3 : 5);
    w.dilation_y = oneIn(20) ? in(0, 255) : in(0, 2);
    w.pad_left = oneIn(3) ? 0 : oneIn(2) ? in(0, 3) * pitch : in(0, 60);
    w.stripe = oneIn(3) ? in(1, 4) : in(1, 32);
    w.out_height = in(1, 6);
    w.out_width = in(1, oneIn(4) ? 40 : 9);
    if (w.opcode == kConv) {
      w.kernel_cols = oneIn(2) ? 1 : oneIn(25) ? 0 : in(1, 3);
      w.run = oneIn(2) ? in(1, 12) : in(1, 5 * kDepth);
      w.stride_x = oneIn(20) ? in(0, 0xffffff) : oneIn(2) ? in(0, 2) * pitch : in(0, 40);
      w.dilation_x = oneIn(20) ? in(0, 0xffffff) : in(0, 40);
      w.steps = in(1, 9);
      if (oneIn(2)) w.steps = std::max<int64_t>(1, std::min<int64_t>(12, (w.kernel_rows * w.kernel_cols * w.run + kDepth - 1) / kDepth));
    } else {
      w.dilation_x = oneIn(20) ? in(0, 0xffffff) : pitch;
      w.stride_x = oneIn(20) ? in(0, 65535) : in(0, 3);
      if (oneIn(15)) w.pad_left = in(0, 0xffffff);
      w.steps = oneIn(2) ? in(1, 8) : passes(w);
    }
    if (oneIn(40)) w.pad_left = in(0, 0xffffff);
    if (oneIn(8)) reachFar(w);
    const int64_t block = w.width() * kDepth * w.steps * w.groups();
    w.weights_addr = kActivations + in(0, (kActivations - block) / kDepth) * kDepth;
    return w;
  }

  // Far left padding that later columns cross, so that large positions matter.
  void reachFar(Work& w) {
    w.in_row_bytes = in(1, 400);
    w.in_row_pitch = w.in_row_bytes;
    w.in_addr = in(0, kActivations - 16 * w.in_row_pitch - 512);
    const int64_t step = in(1, oneIn(2) ? 0xffffff : 3000);  // bytes from output to output
    w.out_width = in(2, 9);
    if (w.opcode == kConv) {
      w.stride_x = step;
      w.dilation_x = oneIn(2) ? step : in(0, 100);
    } else {
      w.stride_x = in(1, 4);
      w.dilation_x = std::max<int64_t>(1, step / w.stride_x);
    }
    w.pad_left = std::clamp<int64_t>(in(0, w.out_width) * step + in(-200, 200), 0, 0xffffff);
  }

  static int64_t passes(const Work& w) {
    const int64_t rows = w.kernel_cols <= kDepth / 3 ? 3 : w.kernel_cols <= kDepth / 2 ? 2 : 1;
    const int64_t cols = kDepth / rows;
    return std::max<int64_t>(1, (w.kernel_rows + rows - 1) / rows * ((w.kernel_cols + cols - 1) / cols));
  }

 private:
  std::mt19937_64 rng_;
};

inline Work layer(uint32_t opcode, int in_h, int in_w, int in_c, int kernel, int stride, int out_c) {
  Work w;
  w.opcode = opcode;
  const int64_t pitch = in_c >= 8 ? (in_c + 7) / 8 * 8 : in_c;
  const int pad = kernel / 2;
  w.in_height = in_h;
  w.in_row_bytes = in_w * pitch;
  w.in_row_pitch = w.in_row_bytes;
  w.stride_y = stride;
  w.pad_top = stride == 1 ? pad : 0;
  w.pad_left = (stride == 1 ? pad : 0) * pitch;
  w.kernel_rows = kernel;
  w.out_height = in_h / stride;
  w.out_width = in_w / stride;
  w.channels = out_c;
  if (opcode == kConv) {
    w.run = (kernel - 1) * pitch + in_c;
    w.stride_x = stride * pitch;
    w.steps = (w.run * kernel + kDepth - 1) / kDepth;
  } else {
    w.kernel_cols = kernel;
    w.stride_x = stride;
    w.dilation_x = pitch;
    w.steps = Generator::passes(w);
  }
  w.weights_addr = kActivations + kDepth;
  const int64_t positions = w.positions();
  const int64_t stripes = (positions + 31) / 32;
  w.stripe = (positions + stripes - 1) / stripes;
  return w;
}

}  // namespace front_bench
