// SPDX-License-Identifier: Apache-2.0
// lilong_requant against the definition in sim/functional/requant.hpp: every mode and shift, ties
// and their neighbours, extremes and random operands, with stalls.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vlilong_requant.h"
#include "sim/functional/requant.hpp"

namespace {

using lilong::isa::Rounding;

constexpr unsigned kLanes = LILONG_RESULTS;

struct Operand {
  int32_t acc;
  uint32_t multiplier;
  uint8_t shift;
};

struct Beat {
  std::vector<Operand> operands;
  Rounding mode;
};

// Writes or reads `width` bits at bit `at` of a port.
void putBits(void* port, size_t at, unsigned width, uint64_t value) {
  auto* bytes = static_cast<uint8_t*>(port);
  for (unsigned i = 0; i < width; ++i, ++at) {
    const auto mask = static_cast<uint8_t>(1u << (at % 8));
    if (value >> i & 1) {
      bytes[at / 8] |= mask;
    } else {
      bytes[at / 8] &= static_cast<uint8_t>(~mask);
    }
  }
}
uint64_t getBits(const void* port, size_t at, unsigned width) {
  const auto* bytes = static_cast<const uint8_t*>(port);
  uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i, ++at) value |= uint64_t{bytes[at / 8] >> (at % 8) & 1u} << i;
  return value;
}

class Bench {
 public:
  Bench() {
    model_.rst_ni = 0;
    model_.clr_i = 0;
    model_.en_i = 1;
    model_.valid_i = 0;
    tick();
    model_.rst_ni = 1;
  }

  // Feeds one beat, with random stalls, and checks what comes out.
  void feed(const Beat& beat) {
    model_.valid_i = 1;
    model_.rounding_i = static_cast<uint8_t>(beat.mode);
    model_.tag_i = tag_;
    for (unsigned l = 0; l < kLanes; ++l) {
      const Operand& o = beat.operands[l];
      putBits(&model_.acc_i, 32 * l, 32, static_cast<uint32_t>(o.acc));
      putBits(&model_.multiplier_i, 31 * l, 31, o.multiplier);
      putBits(&model_.shift_i, 6 * l, 6, o.shift);
    }
    expected_.push_back({beat, tag_});
    tag_ = !tag_;
    advance();
  }
  void drain() {
    for (int i = 0; i < 10; ++i) {
      model_.valid_i = 0;
      advance();
    }
    EXPECT_TRUE(expected_.empty());
  }
  uint64_t checked() const { return checked_; }

 private:
  void tick() {
    model_.clk_i = 1;
    model_.eval();
    model_.clk_i = 0;
    model_.eval();
  }
  void advance() {
    while (random_() % 8 == 0) {
      model_.en_i = 0;
      model_.eval();
      tick();
    }
    model_.en_i = 1;
    model_.eval();
    if (model_.valid_o) check();
    tick();
  }
  void check() {
    ASSERT_FALSE(expected_.empty());
    const auto [beat, tag] = expected_.front();
    expected_.pop_front();
    ASSERT_EQ(model_.tag_o, tag);
    for (unsigned l = 0; l < kLanes; ++l) {
      const Operand& o = beat.operands[l];
      const int64_t want = lilong::functional::requantise(o.acc, o.multiplier, o.shift, beat.mode);
      auto got = static_cast<int32_t>(getBits(&model_.result_o, 11 * l, 11));
      if (got >= 1024) got -= 2048;
      ++checked_;
      if (want >= -512 && want <= 511) {
        ASSERT_EQ(got, want) << "acc " << o.acc << " multiplier " << o.multiplier << " shift "
                             << int{o.shift} << " mode " << static_cast<int>(beat.mode);
      } else {
        ASSERT_EQ(got, want < 0 ? -512 : 512)
            << "acc " << o.acc << " multiplier " << o.multiplier << " shift " << int{o.shift}
            << " mode " << static_cast<int>(beat.mode) << " for " << want;
      }
    }
  }

  Vlilong_requant model_;
  std::deque<std::pair<Beat, uint8_t>> expected_;
  uint8_t tag_ = 0;
  uint64_t checked_ = 0;
  std::mt19937 random_{1};
};

void feedAll(Bench& bench, const std::vector<Operand>& operands, Rounding mode) {
  for (size_t i = 0; i < operands.size() && !::testing::Test::HasFatalFailure(); i += kLanes) {
    Beat beat{{}, mode};
    for (size_t l = 0; l < kLanes; ++l)
      beat.operands.push_back(operands[std::min(i + l, operands.size() - 1)]);
    bench.feed(beat);
  }
}

TEST(Requant, EveryModeAndShift) {
  std::mt19937_64 random(7);
  const std::vector<int32_t> accs = {0, 1, -1, 2, -2, 3, 127, -128, 1 << 23, -(1 << 23),
                                     (1 << 24) - 1, 1 << 24, (1 << 24) + 1, -(1 << 24) - 1,
                                     (1 << 25) + 2, (1 << 25) + 6, 0x7fffffff, 0x7fffffc0,
                                     0x7fffff80, INT32_MIN, INT32_MIN + 1, INT32_MIN + 127};
  const std::vector<uint32_t> multipliers = {0, 1, 2, 127, 128, 129, 1u << 23, (1u << 24) + 1,
                                             1u << 30, (1u << 30) + 128, (1u << 30) + 1,
                                             0x7fffff80u, 0x7fffffffu, 0x55555555u, 0x60000000u};
  Bench bench;
  for (unsigned mode = 0; mode <= 4; ++mode) {
    for (unsigned shift = 0; shift < 64; ++shift) {
      std::vector<Operand> operands;
      const auto s = static_cast<uint8_t>(shift);
      for (const int32_t acc : accs)
        for (const uint32_t multiplier : multipliers) operands.push_back({acc, multiplier, s});
      // Operands whose result is small: near a tie, and anything.
      for (int i = 0; i < 1500; ++i) {
        const auto multiplier =
            static_cast<uint32_t>(random() >> (i % 3 ? 33 : 33 + random() % 31)) | (i % 5 ? 1u << 30 : 0);
        const double scale = static_cast<double>(multiplier | 1) / static_cast<double>(1ull << shift);
        const double target = static_cast<double>(static_cast<int64_t>(random() % 2100) - 1050) / 2;
        const double acc = std::clamp(target / scale, -2147483648.0, 2147483647.0);
        const auto near = static_cast<int64_t>(acc) + static_cast<int64_t>(random() % 5) - 2;
        operands.push_back({static_cast<int32_t>(std::clamp<int64_t>(near, INT32_MIN, INT32_MAX)),
                            multiplier, s});
        operands.push_back({static_cast<int32_t>(random()) >> random() % 31, multiplier, s});
        // Exact ties: a power of two times an odd number.
        const unsigned zeros = static_cast<unsigned>(random() % 31);
        operands.push_back({static_cast<int32_t>((random() % 4096 | 1) << (shift % 20)) *
                                (random() % 2 ? 1 : -1), 1u << zeros, s});
      }
      feedAll(bench, operands, static_cast<Rounding>(mode));
      if (HasFatalFailure()) return;
    }
  }
  bench.drain();
  RecordProperty("checked", std::to_string(bench.checked()));
}

TEST(Requant, ModesAlternate) {
  std::mt19937_64 random(9);
  Bench bench;
  for (int i = 0; i < 20000 && !HasFatalFailure(); ++i) {
    Beat beat{{}, static_cast<Rounding>(random() % 5)};
    for (unsigned l = 0; l < kLanes; ++l)
      beat.operands.push_back({static_cast<int32_t>(random()) >> random() % 20,
                               static_cast<uint32_t>(random() >> 33),
                               static_cast<uint8_t>(30 + random() % 30)});
    bench.feed(beat);
  }
  bench.drain();
}

}  // namespace
