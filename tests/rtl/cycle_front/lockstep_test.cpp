// SPDX-License-Identifier: Apache-2.0
// Unit lockstep of sim/cycle/front.hpp and lilong_front: random instructions with random gaps, bank
// conflicts, random grants, back-pressure, completion and clears; every output that has time in it
// is compared in every cycle.
// Usage: lockstep_test [programs] [seed]
#include <verilated.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <vector>

#include "Vlilong_front.h"
#include "sim/cycle/front.hpp"
#include "tests/rtl/front/work.hpp"

namespace {

using namespace front_bench;
namespace cycle = lilong::cycle;

cycle::Shape shape() {
  cycle::Shape s;
  s.lanes = kLanes;
  s.depth = kDepth;
  s.weightVectors = kWeightVectors;
  s.scratchpadBytes = kBytes;
  return s;
}

uint32_t getBits(const void* port, int lsb, int bits) {
  const auto* bytes = static_cast<const uint8_t*>(port);
  uint32_t value = 0;
  for (int i = 0; i < bits; i++) {
    value |= static_cast<uint32_t>((bytes[(lsb + i) / 8] >> ((lsb + i) % 8)) & 1) << i;
  }
  return value;
}

struct Options {
  double issue = 1.0;   // chance that a waiting instruction is offered
  double grant = 1.0;   // chance that a request is looked at
  double accept = 1.0;  // chance that a result is taken
  double clear = 0.0;   // chance of a clear
  int done_delay = 12;  // most cycles from the last result to completion
};

class Lockstep {
 public:
  explicit Lockstep(uint64_t seed) : rng_(seed), twin_(shape()) {
    top_.clk_i = 0;
    top_.rst_ni = 1;
    top_.eval();
    top_.rst_ni = 0;  // the reset is asynchronous: an edge is needed
    top_.eval();
    top_.rst_ni = 1;
    top_.eval();
  }

  int64_t cycles() const { return cycle_; }
  int64_t beats() const { return beats_; }
  int64_t clears() const { return clears_; }

  // Runs the instructions in order (after a clear they are forgotten); false at a difference.
  bool run(const std::vector<Work>& works, const Options& options) {
    size_t issued = 0, draining = 0, done = 0;
    int64_t position = 0, quiet = 0;
    std::deque<int64_t> done_at;
    while (done < works.size() || !top_.idle_o) {
      const bool offer = issued < works.size() && chance(options.issue);
      lilong::isa::Descriptor words{};
      if (offer) words = encode(works[issued]);
      top_.clr_i = chance(options.clear);
      top_.cmd_valid_i = offer;
      std::memcpy(&top_.cmd_i, words.data(), sizeof words);
      top_.seq_i = (seq_ + issued) & 15;
      top_.done_seq_i = (seq_ + done) & 15;
      top_.acc_ready_i = chance(options.accept);
      top_.act_gnt_i = 0;
      top_.weight_gnt_i = 0;
      top_.eval();
      if (!compareRequests()) return false;
      grant(options);
      top_.eval();

      cycle::FrontIn in;
      in.cmdValid = offer;
      in.cmd = &words;
      in.seq = top_.seq_i;
      in.doneSeq = top_.done_seq_i;
      in.actGrant = top_.act_gnt_i;
      in.weightGrant = top_.weight_gnt_i;
      in.accReady = top_.acc_ready_i;
      const auto release = twin_.release();
      if (!same("beat", top_.beat_o, release.compute()) ||
          !same("stall_weights", top_.stall_weights_o,
                (release.events & cycle::Stream::kStallWeights) != 0) ||
          !same("stall_input", top_.stall_input_o,
                (release.events & cycle::Stream::kStallInput) != 0) ||
          !same("stall_output", top_.stall_output_o,
                (release.events & cycle::Stream::kStallOutput) != 0)) {
        return false;
      }
      quiet++;
      beats_ += top_.beat_o;
      if (offer && top_.cmd_ready_o) issued++, quiet = 0;
      if (top_.acc_valid_o && top_.acc_ready_i) {
        quiet = 0;
        if (++position == works[draining].positions() * works[draining].groups()) {
          position = 0;
          draining++;
          done_at.push_back(cycle_ + in_(0, options.done_delay));
        }
      }
      if (top_.beat_o) quiet = 0;
      const bool clear = top_.clr_i;
      top_.clk_i = 1;
      top_.eval();
      top_.clk_i = 0;
      top_.eval();
      if (clear) {
        twin_.clear();
      } else {
        twin_.tick(in, release);
      }
      cycle_++;
      while (!done_at.empty() && done_at.front() <= cycle_) {
        done_at.pop_front();
        done++;
      }
      if (clear) {
        clears_++;
        break;
      }
      if (quiet > 400000) {
        std::printf("hangs: issued %zu, at instruction %zu position %lld\n", issued, draining,
                    static_cast<long long>(position));
        return false;
      }
    }
    seq_ = static_cast<uint32_t>(seq_ + done) & 15;
    return true;
  }

 private:
  bool chance(double p) {
    return p >= 1.0 || (p > 0 && std::uniform_real_distribution<>(0, 1)(rng_) < p);
  }
  int64_t in_(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(rng_);
  }

  bool same(const char* name, uint32_t rtl, uint32_t twin) {
    if (rtl == twin) return true;
    std::printf("cycle %lld: %s is %x in the RTL, %x in the timing core\n",
                static_cast<long long>(cycle_), name, rtl, twin);
    return false;
  }

  bool compareRequests() {
    uint32_t addr[cycle::kActPorts] = {};
    const uint32_t act = twin_.actRequests(addr);
    if (!same("cmd_ready", top_.cmd_ready_o, twin_.cmdReady()) ||
        !same("idle", top_.idle_o, twin_.idle()) ||
        !same("acc_valid", top_.acc_valid_o, twin_.accValid()) ||
        !same("act_req", top_.act_req_o, act) ||
        !same("weights_first", top_.weights_first_o, twin_.weightsFirst()) ||
        !same("weight_req", top_.weight_req_o, twin_.weightRequests())) {
      return false;
    }
    for (int p = 0; p < kPorts; p++) {
      const bool weight = p >= 6;
      const int n = weight ? p - 6 : p;
      if ((((weight ? top_.weight_req_o : top_.act_req_o) >> n) & 1) == 0) continue;
      const uint32_t place = weight ? getBits(&top_.weight_addr_o, n * kAddrBits, kAddrBits)
                                    : getBits(&top_.act_addr_o, n * kAddrBits, kAddrBits);
      const uint32_t rtl = place / 8 * 8 + (place - place / 8) % 8;  // the vector at a row and bank
      asked_[p] = rtl;
      if (!same(weight ? "weight_addr" : "act_addr", rtl,
                weight ? twin_.weightAddr(static_cast<unsigned>(n)) : addr[n])) {
        return false;
      }
    }
    return true;
  }

  void grant(const Options& options) {
    uint32_t taken = 0, act = 0, weight = 0;
    for (int p = 0; p < kPorts; p++) {
      const bool req = p < 6 ? (top_.act_req_o >> p) & 1 : (top_.weight_req_o >> (p - 6)) & 1;
      if (!req || !chance(options.grant)) continue;
      const uint32_t bank = 1u << cycle::bankOf(asked_[p]);
      if (taken & bank) continue;
      taken |= bank;
      (p < 6 ? act : weight) |= 1u << (p < 6 ? p : p - 6);
    }
    top_.act_gnt_i = act;
    top_.weight_gnt_i = weight;
  }

  std::mt19937_64 rng_;
  Vlilong_front top_;
  cycle::Front twin_;
  uint32_t seq_ = 0;
  uint32_t asked_[kPorts] = {};
  int64_t cycle_ = 0, beats_ = 0, clears_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 400;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  Lockstep lockstep(seed);
  for (int i = 0; i < count; i++) {
    Generator generator(seed * 1000003 + static_cast<uint64_t>(i));
    std::vector<Work> works(static_cast<size_t>(generator.in(1, 6)));
    for (auto& w : works) {
      w = generator.next();
      if (generator.oneIn(12)) {
        w = layer(static_cast<uint32_t>(generator.in(kConv, kPool)), 8, 8,
                  static_cast<int>(generator.in(3, 32)), static_cast<int>(generator.in(1, 5)),
                  static_cast<int>(generator.in(1, 2)),
                  static_cast<int>(generator.in(1, 2 * kLanes)));
      }
    }
    Options options;
    options.issue = generator.oneIn(2) ? 1.0 : 0.2;
    options.grant = generator.oneIn(2) ? 1.0 : 0.6;
    options.accept = generator.oneIn(2) ? 1.0 : generator.oneIn(2) ? 0.5 : 0.1;
    options.clear = generator.oneIn(8) ? 0.002 : 0.0;
    options.done_delay = static_cast<int>(generator.in(0, 20));
    if (!lockstep.run(works, options)) {
      std::printf("FAILED: program %d of seed %llu\n", i, static_cast<unsigned long long>(seed));
      return 1;
    }
  }
  std::printf("%d programs, %lld cycles, %lld beats, %lld clears, 0 differences\n", count,
              static_cast<long long>(lockstep.cycles()), static_cast<long long>(lockstep.beats()),
              static_cast<long long>(lockstep.clears()));
  return 0;
}
