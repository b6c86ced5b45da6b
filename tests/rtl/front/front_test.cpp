// SPDX-License-Identifier: Apache-2.0
// Module test of the array path (lilong_front): random conv, dwconv and pool instructions against a
// plain model of docs/4-isa/2-execution.md, with bank conflicts, random grants and random
// back-pressure.  Activations change whenever a fenced instruction becomes free to read them, so a
// read that comes too early is a mismatch; reads outside the images are reported.
// Usage: front_test [count] [seed]; without arguments also prints beats per cycle of known layers.
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "Vlilong_front.h"
#include "sim/cycle/ports.hpp"
#include "tests/rtl/front/work.hpp"

namespace {

using namespace front_bench;

// ---- reference

using Memory = std::vector<int8_t>;
using Acc = std::array<int32_t, kLanes>;

int inputAt(const Memory& mem, const Work& w, int64_t iy, int64_t xb, bool& inside) {
  inside = iy >= 0 && iy < w.in_height && xb >= 0 && xb < w.in_row_bytes;
  return inside ? mem[w.in_addr + iy * w.in_row_pitch + xb] : static_cast<int8_t>(w.pad_value);
}

std::vector<Acc> referenceConv(const Memory& mem, const Work& w) {
  std::vector<Acc> result;
  // The walk once: for every step the places of its bytes.
  struct Place {
    int64_t ky, kx, b;
    bool used;
  };
  std::vector<std::array<Place, kDepth>> walk(w.steps);
  int64_t row = 0, b = 0;
  const int64_t rows = w.kernel_rows * w.kernel_cols;
  for (auto& step : walk) {
    for (auto& p : step) p = {0, 0, 0, false};
    int fill = 0;
    for (int piece = 0; piece < 3 && fill < kDepth && row < rows; piece++) {
      const int64_t n = std::min<int64_t>(w.run - b, kDepth - fill);
      for (int64_t i = 0; i < n; i++) {
        step[fill++] = {row / w.kernel_cols, row % w.kernel_cols, b++, true};
      }
      if (b == w.run) {
        b = 0;
        row++;
      }
    }
  }
  for (int64_t g = 0; g < w.groups(); g++) {
    for (int64_t p = 0; p < w.positions(); p++) {
      const int64_t oy = p / w.out_width, ox = p % w.out_width;
      Acc acc{};
      for (int64_t k = 0; k < w.steps; k++) {
        for (int d = 0; d < kDepth; d++) {
          const Place& place = walk[k][d];
          if (!place.used) continue;
          bool inside = false;
          const int x = inputAt(mem, w, oy * w.stride_y - w.pad_top + place.ky * w.dilation_y,
                                ox * w.stride_x - w.pad_left + place.kx * w.dilation_x + place.b,
                                inside);
          for (int l = 0; l < kLanes; l++) {
            acc[l] += x * mem[w.weights_addr + ((g * w.steps + k) * kLanes + l) * kDepth + d];
          }
        }
      }
      result.push_back(acc);
    }
  }
  return result;
}

std::vector<Acc> referenceDepthwise(const Memory& mem, const Work& w) {
  std::vector<Acc> result;
  const int tap_rows = w.kernel_cols <= kDepth / 3 ? 3 : w.kernel_cols <= kDepth / 2 ? 2 : 1;
  const int tap_cols = kDepth / tap_rows;
  for (int64_t g = 0; g < w.groups(); g++) {
    for (int64_t p = 0; p < w.positions(); p++) {
      const int64_t oy = p / w.out_width, ox = p % w.out_width;
      Acc acc;
      acc.fill(w.max ? -128 : 0);
      int64_t pass = 0;
      for (int64_t r0 = 0; r0 < w.kernel_rows; r0 += tap_rows) {
        for (int64_t k0 = 0; k0 < w.kernel_cols; k0 += tap_cols, pass++) {
          if (pass >= w.steps) continue;
          const int64_t n = std::min<int64_t>(tap_cols, w.kernel_cols - k0);
          for (int64_t r = 0; r < std::min<int64_t>(tap_rows, w.kernel_rows - r0); r++) {
            for (int64_t kx = k0; kx < k0 + n; kx++) {
              const int64_t slot = r * (kDepth / tap_rows) + (k0 + n - 1 - kx);
              const int64_t iy = oy * w.stride_y - w.pad_top + (r0 + r) * w.dilation_y;
              const int64_t xb = (ox * w.stride_x + kx) * w.dilation_x - w.pad_left;
              for (int l = 0; l < w.width(); l++) {
                bool inside = false;
                int x = inputAt(mem, w, iy, xb < 0 ? -1 : xb + g * w.width() + l, inside);
                if (w.opcode == kDwconv) {
                  acc[l] +=
                      x *
                      mem[w.weights_addr + ((g * w.steps + pass) * w.width() + l) * kDepth + slot];
                } else if (!w.max) {
                  acc[l] += x;
                } else if (inside) {
                  acc[l] = std::max(acc[l], x);
                }
              }
            }
          }
        }
      }
      result.push_back(acc);
    }
  }
  return result;
}

std::vector<Acc> reference(const Memory& mem, const Work& w) {
  return w.opcode == kConv ? referenceConv(mem, w) : referenceDepthwise(mem, w);
}

// ---- bench

int64_t getBits(const void* port, int lsb, int bits) {
  const auto* bytes = static_cast<const uint8_t*>(port);
  int64_t value = 0;
  for (int i = 0; i < bits; i++) {
    value |= static_cast<int64_t>((bytes[(lsb + i) / 8] >> ((lsb + i) % 8)) & 1) << i;
  }
  return value;
}

struct Options {
  double grant = 1.0;   // chance that a request is looked at
  double accept = 1.0;  // chance that a result is taken
  int done_delay = 12;  // cycles from the last result to completion
};

struct Stats {
  int64_t cycles = 0, beats = 0, stall_weights = 0, stall_input = 0, stall_output = 0;
  int64_t dependent_gap = 0;  // largest gap of beats in front of a fenced instruction
};

class Bench {
 public:
  explicit Bench(uint64_t seed) : rng_(seed), mem_(kBytes) {
    for (auto& b : mem_) b = static_cast<int8_t>(rng_());
    top_.clk_i = 0;
    top_.rst_ni = 1;
    top_.eval();
    top_.rst_ni = 0;  // the reset is asynchronous: an edge is needed
    top_.eval();
    top_.rst_ni = 1;
    top_.eval();
  }

  Memory& memory() { return mem_; }

  // Runs the instructions in order; returns false at the first difference.
  bool run(const std::vector<Work>& works, const Options& options, Stats& stats) {
    std::vector<std::vector<Acc>> expected(works.size());
    size_t issued = 0, prepared = 0, draining = 0, position = 0;
    std::deque<int64_t> done_at;
    size_t done = 0;
    const uint32_t seq0 = seq_;
    int64_t cycle = 0, last_change = 0, last_beat = -1;
    stats = Stats{};
    while (done < works.size()) {
      // An instruction may read once it is prepared: its inputs are then final.
      while (prepared < works.size() && (!works[prepared].fence || done == prepared)) {
        if (works[prepared].fence && prepared > 0) {
          for (int i = 0; i < kActivations; i++) mem_[i] = static_cast<int8_t>(rng_());
        }
        expected[prepared] = reference(mem_, works[prepared]);
        prepared++;
      }
      top_.cmd_valid_i = issued < works.size();
      if (issued < works.size()) {
        const Words words = encode(works[issued]);
        std::memcpy(&top_.cmd_i, words.data(), sizeof words);
      }
      top_.seq_i = (seq0 + issued) & 15;
      top_.done_seq_i = (seq0 + done) & 15;
      top_.acc_ready_i = chance(options.accept);
      returnData();
      top_.eval();
      if (!grant(works, draining, options)) return false;
      top_.eval();
      if (top_.cmd_valid_i && top_.cmd_ready_o) issued++, last_change = cycle;
      if (top_.acc_valid_o && top_.acc_ready_i) {
        last_change = cycle;
        if (draining >= prepared) {
          std::printf("result of an instruction that may not read yet\n");
          return false;
        }
        const Work& w = works[draining];
        const auto& want = expected[draining];
        const int64_t g = static_cast<int64_t>(position) / w.positions();
        for (int l = 0; l < w.width() && g * w.width() + l < w.channels; l++) {
          int32_t got = 0;
          std::memcpy(&got, reinterpret_cast<const uint8_t*>(&top_.acc_data_o) + 4 * l, 4);
          if (got != want[position][l]) {
            std::printf("instruction %zu position %zu lane %d: %d, expected %d\n", draining,
                        position, l, got, want[position][l]);
            return false;
          }
        }
        if (++position == want.size()) {
          position = 0;
          draining++;
          done_at.push_back(cycle + options.done_delay);
        }
      }
      if (top_.beat_o) {
        if (last_beat >= 0) stats.dependent_gap = std::max(stats.dependent_gap, cycle - last_beat);
        last_beat = cycle;
      }
      stats.beats += top_.beat_o;
      stats.stall_weights += top_.stall_weights_o;
      stats.stall_input += top_.stall_input_o;
      stats.stall_output += top_.stall_output_o;
      if (top_.beat_o + top_.stall_weights_o + top_.stall_input_o + top_.stall_output_o > 1) {
        std::printf("more than one counter event in a cycle\n");
        return false;
      }
      tick();
      cycle++;
      while (!done_at.empty() && done_at.front() <= cycle) {
        done_at.pop_front();
        done++;
      }
      if (top_.beat_o) last_change = cycle;
      if (cycle - last_change > 400000) {
        std::printf("hangs: issued %zu, at instruction %zu position %zu\n", issued, draining,
                    position);
        return false;
      }
    }
    seq_ = (seq0 + works.size()) & 15;
    stats.cycles = cycle;
    for (int i = 0; i < 8; i++) {
      returnData();
      top_.rd_dummy();
      tick();
    }
    if (!top_.idle_o) {
      std::printf("not idle at the end\n");
      return false;
    }
    return true;
  }

 private:
  struct Top : Vlilong_front {
    void rd_dummy() {
      act_gnt_i = 0;
      weight_gnt_i = 0;
      cmd_valid_i = 0;
      acc_ready_i = 0;
      eval();
    }
  };

  bool chance(double p) { return p >= 1.0 || std::uniform_real_distribution<>(0, 1)(rng_) < p; }

  void tick() {
    top_.clk_i = 1;
    top_.eval();
    top_.clk_i = 0;
    top_.eval();
  }

  void returnData() {
    way_.push_front({});
    way_[0].fill(-1);
    while (way_.size() > kWay) way_.pop_back();
    if (way_.size() == kWay) {
      for (int p = 0; p < kPorts; p++) {
        const int64_t v = way_[kWay - 1][p];
        uint8_t* port = p < 6 ? reinterpret_cast<uint8_t*>(&top_.act_rdata_i) + p * kDepth
                              : reinterpret_cast<uint8_t*>(&top_.weight_rdata_i) + (p - 6) * kDepth;
        for (int i = 0; i < kDepth; i++) {
          port[i] = v >= 0 ? static_cast<uint8_t>(mem_at_grant_[p][kWay - 2][i]) : static_cast<uint8_t>(rng_());
        }
      }
    }
  }

  bool grant(const std::vector<Work>& works, size_t draining, const Options& options) {
    uint32_t taken = 0, act = 0, weight = 0;
    const uint32_t act_req = top_.act_req_o, weight_req = top_.weight_req_o;
    for (int p = 0; p < kPorts; p++) {
      for (size_t t = kWay - 1; t > 0; t--) mem_at_grant_[p][t] = mem_at_grant_[p][t - 1];
      const bool req = p < 6 ? (act_req >> p) & 1 : (weight_req >> (p - 6)) & 1;
      if (!req || !chance(options.grant)) continue;
      // row and bank
      const int64_t place = p < 6 ? getBits(&top_.act_addr_o, p * kAddrBits, kAddrBits)
                                  : getBits(&top_.weight_addr_o, (p - 6) * kAddrBits, kAddrBits);
      const int bank = static_cast<int>(place % 8);
      const int64_t v = place / 8 * 8 + (place - place / 8) % 8;
      if (taken & (1u << bank)) continue;
      taken |= 1u << bank;
      if (p < 6) {
        act |= 1u << p;
        if (!inImage(works, draining, v)) {
          std::printf("read outside the image: vector %lld\n", static_cast<long long>(v));
          return false;
        }
      } else {
        weight |= 1u << (p - 6);
      }
      way_[0][p] = v;
      std::memcpy(mem_at_grant_[p][0].data(), &mem_[v * kDepth], kDepth);
    }
    top_.act_gnt_i = act;
    top_.weight_gnt_i = weight;
    return true;
  }

  // Does the vector hold a byte of an image row of one of the instructions inside?
  static bool inImage(const std::vector<Work>& works, size_t first, int64_t v) {
    const int64_t lo = v * kDepth, hi = lo + kDepth;
    for (size_t i = first; i < std::min(first + 6, works.size()); i++) {
      const Work& w = works[i];
      for (int64_t y = 0; y < w.in_height; y++) {
        const int64_t row = w.in_addr + y * w.in_row_pitch;
        if (lo < row + w.in_row_bytes && hi > row) return true;
      }
    }
    return false;
  }

  std::mt19937_64 rng_;
  Memory mem_;
  Top top_;
  uint32_t seq_ = 0;
  static constexpr size_t kWay = lilong::cycle::kReadLatency + 1;  // this cycle and those before
  std::deque<std::array<int64_t, kPorts>> way_;
  std::array<std::array<std::array<int8_t, kDepth>, kWay>, kPorts> mem_at_grant_{};
};

bool measure(Bench& bench, const char* name, const Work& w) {
  Stats s;
  if (!bench.run({w}, Options{}, s)) return false;
  const int64_t ideal = s.beats;
  std::printf("%-28s %7lld cycles %7lld beats  %5.1f %%  stalls w %lld i %lld o %lld\n", name,
              static_cast<long long>(s.cycles - Options{}.done_delay), static_cast<long long>(s.beats),
              100.0 * static_cast<double>(ideal) / static_cast<double>(s.cycles - Options{}.done_delay),
              static_cast<long long>(s.stall_weights), static_cast<long long>(s.stall_input),
              static_cast<long long>(s.stall_output));
  return true;
}

bool measureAll(Bench& bench) {
  bool good = true;
  const bool small = kActivations < 24 * 24 * 64;
  const int n = small ? 16 : 24;
  good &= measure(bench, "1x1 64 to 64", layer(kConv, n, n, 64, 1, 1, 64));
  good &= measure(bench, "1x1 32 to 64", layer(kConv, n, n, 32, 1, 1, 64));
  good &= measure(bench, "1x1 16 to 64", layer(kConv, n, n, 16, 1, 1, 64));
  good &= measure(bench, "1x1 32 to 32, 6x6", layer(kConv, 6, 6, 32, 1, 1, 32));
  good &= measure(bench, "3x3 s1 16 to 16", layer(kConv, n, n, 16, 3, 1, 16));
  good &= measure(bench, "3x3 s2 3 to 8", layer(kConv, 2 * n, 2 * n, 3, 3, 2, 8));
  good &= measure(bench, "depthwise 3x3 s1 64", layer(kDwconv, n, n, 64, 3, 1, 64));
  good &= measure(bench, "depthwise 3x3 s2 64", layer(kDwconv, n, n, 64, 3, 2, 64));
  good &= measure(bench, "depthwise 5x5 s1 32", layer(kDwconv, n, n, 32, 5, 1, 32));
  good &= measure(bench, "max pool 2x2 s2 64", layer(kPool, n, n, 64, 2, 2, 64));
  good &= measure(bench, "GEMV 640 to 128", layer(kConv, 1, 1, kActivations < 100000 ? 128 : 640, 1, 1, 128));
  Work dependent = layer(kConv, 6, 6, 64, 1, 1, 64);
  dependent.fence = true;
  Stats s;
  good &= bench.run({dependent, dependent}, Options{}, s);
  std::printf("dependent: %lld cycles from last to first beat (12 of them behind the last result)\n",
              static_cast<long long>(s.dependent_gap));
  dependent.fence = false;
  good &= bench.run({dependent, dependent, dependent}, Options{}, s);
  std::printf("independent: %lld cycles from last to first beat\n",
              static_cast<long long>(s.dependent_gap));
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 300;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  Bench bench(seed);
  if (argc <= 1 && !measureAll(bench)) {
    std::printf("FAILED\n");
    return 1;
  }
  for (int i = 0; i < count; i++) {
    Generator generator(seed * 1000003 + i);
    std::vector<Work> works(generator.in(1, 5));
    for (auto& w : works) w = generator.next();
    Options options;
    options.grant = generator.oneIn(2) ? 1.0 : 0.6;
    options.accept = generator.oneIn(2) ? 1.0 : generator.oneIn(2) ? 0.5 : 0.1;
    options.done_delay = static_cast<int>(generator.in(1, 20));
    Stats stats;
    if (!bench.run(works, options, stats)) {
      std::printf("FAILED: program %d of seed %llu\n", i, static_cast<unsigned long long>(seed));
      for (const auto& w : works) {
        std::printf(
            "  op %x fence %d max %d in %lld pitch %lld bytes %lld h %lld  sy %lld sx %lld  pt %lld "
            "pl %lld  kr %lld kc %lld dy %lld dx %lld run %lld steps %lld stripe %lld  out %lldx%lldx%lld\n",
            w.opcode, w.fence, w.max, (long long)w.in_addr, (long long)w.in_row_pitch,
            (long long)w.in_row_bytes, (long long)w.in_height, (long long)w.stride_y,
            (long long)w.stride_x, (long long)w.pad_top, (long long)w.pad_left,
            (long long)w.kernel_rows, (long long)w.kernel_cols, (long long)w.dilation_y,
            (long long)w.dilation_x, (long long)w.run, (long long)w.steps, (long long)w.stripe,
            (long long)w.out_height, (long long)w.out_width, (long long)w.channels);
      }
      return 1;
    }
  }
  std::printf("%d programs, 0 mismatches\n", count);
  return 0;
}
