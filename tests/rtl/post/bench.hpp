// SPDX-License-Identifier: Apache-2.0
// The environment of lilong_post: a scratchpad with banks and random refusals, a source of
// accumulators, and the checks that hold for every instruction (order, grants, time limit).  The
// timing twin runs beside it and must show the same requests in every cycle.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vlilong_post.h"
#include "sim/isa/check.hpp"
#include "tests/rtl/exec_kind.hpp"
#include "tests/rtl/post/twin.hpp"

namespace lilong::post_test {

struct Work {
  isa::Descriptor descriptor;
  bool vector = false;       // needs everything before it to be done
  std::vector<int32_t> acc;  // one LANES-wide group after the other
};

struct Stress {
  unsigned refuseParams = 0;  // of 16 requests
  unsigned refuseVector = 0;
  unsigned refuseWrite = 0;
  unsigned holdAcc = 0;
};

class Bench {
 public:
  Bench(std::vector<uint8_t> scratchpad, uint32_t seed)
      : scratchpad_(std::move(scratchpad)), random_(seed) {
    model_.rst_ni = 0;
    model_.clr_i = 0;
    model_.cmd_valid_i = 0;
    model_.acc_valid_i = 0;
    clock();
    clock();
    model_.rst_ni = 1;
  }

  const std::vector<uint8_t>& scratchpad() const { return scratchpad_; }
  void restore(const std::vector<uint8_t>& memory) { scratchpad_ = memory; }
  uint64_t cycles() const { return cycle_; }
  uint64_t reads() const { return reads_; }
  uint64_t writes() const { return writes_; }
  uint64_t lastAccumulator() const { return lastAccumulator_; }
  uint64_t lastWrite() const { return lastWrite_; }
  Vlilong_post& model() { return model_; }

  // Runs the works to their end; false after `limit` cycles without it.
  bool run(const std::vector<Work>& works, const Stress& stress, uint64_t limit) {
    size_t issued = 0, done = 0, source = 0, position = 0;
    const uint64_t end = cycle_ + limit;
    while (done < works.size()) {
      if (cycle_ == end) return false;
      // Instructions
      const bool offer =
          model_.cmd_ready_o && issued < works.size() && (!works[issued].vector || done == issued);
      model_.cmd_valid_i = offer;
      if (offer) {
        std::memcpy(&model_.cmd_i, works[issued].descriptor.data(), 64);
        model_.cmd_kind_i = testing::kindOf(works[issued].descriptor, kPreset);
      }
      // Accumulators
      while (source < issued && position * kPreset.lanes >= works[source].acc.size()) {
        ++source;
        position = 0;
      }
      if (!accOffered_) accOffered_ = source < issued && !chance(stress.holdAcc);
      model_.acc_valid_i = accOffered_;
      if (accOffered_)
        std::memcpy(&model_.acc_data_i, &works[source].acc[position * kPreset.lanes],
                    kPreset.lanes * 4);
      answerReads();
      model_.eval();
      grant(stress);
      model_.eval();
      twin_.compare(model_, cycle_);
      EXPECT_TRUE(!offer || model_.cmd_ready_o);
      const bool taken = accOffered_ && model_.acc_ready_o;
      if (model_.done_o) {
        ++done;
        EXPECT_LE(done, issued);
      }
      EXPECT_TRUE(!model_.idle_o || done == issued);
      write();
      clock();
      if (offer) ++issued;
      if (taken) {
        ++position;
        accOffered_ = false;
        lastAccumulator_ = cycle_;
      }
    }
    EXPECT_EQ(remaining(works, source, position), 0u);
    return true;
  }

  // A few cycles with no work: nothing may happen.
  void idle(int count) {
    for (int i = 0; i < count; ++i) {
      model_.cmd_valid_i = 0;
      model_.acc_valid_i = 0;
      answerReads();
      model_.eval();
      twin_.compare(model_, cycle_);
      EXPECT_EQ(model_.vec_req_o, 0);
      EXPECT_EQ(model_.prm_req_o, 0);
      EXPECT_EQ(model_.wr_req_o, 0);
      EXPECT_EQ(model_.done_o, 0);
      EXPECT_EQ(model_.idle_o, 1);
      clock();
    }
  }

  // Drops everything that is inside.
  void clear() {
    model_.clr_i = 1;
    model_.cmd_valid_i = 0;
    model_.acc_valid_i = 0;
    accOffered_ = false;
    answerReads();
    model_.eval();
    clock();
    model_.clr_i = 0;
  }

 private:
  struct Answer {
    uint32_t mask = 0;
    std::array<std::vector<uint8_t>, 8> data;
  };

  static size_t remaining(const std::vector<Work>& works, size_t source, size_t position) {
    size_t left = 0;
    for (size_t i = source; i < works.size(); ++i) left += works[i].acc.size();
    return left - position * kPreset.lanes;
  }
  bool chance(unsigned of16) { return of16 != 0 && random_() % 16 < of16; }

  template <typename Data>
  void present(const Answer& answer, unsigned ports, uint32_t& mask, Data& port) {
    mask = answer.mask;
    for (unsigned p = 0; p < ports; ++p) {
      uint8_t* to = reinterpret_cast<uint8_t*>(&port) + p * kPreset.depth;
      if (answer.mask >> p & 1) {
        std::memcpy(to, answer.data[p].data(), kPreset.depth);
      } else {
        for (unsigned i = 0; i < kPreset.depth; ++i) to[i] = static_cast<uint8_t>(random_());
      }
    }
  }

  // What was granted so long ago that its data comes now.
  void answerReads() {
    uint32_t mask = 0;
    present(params_[cycle::kReadLatency - 1], kPreset.weightVectors, mask, model_.prm_rdata_i);
    model_.prm_rvalid_i = static_cast<uint8_t>(mask);
    present(vector_[cycle::kReadLatency - 1], 4, mask, model_.vec_rdata_i);
    model_.vec_rvalid_i = static_cast<uint8_t>(mask);
  }

  static unsigned bank(uint32_t vector) { return (vector + vector / 8) % 8; }

  uint32_t grantPorts(uint32_t request, unsigned ports, const void* addresses, unsigned refuse,
                      uint32_t& busyBanks, Answer& answer) {
    answer = {};
    for (unsigned p = 0; p < ports; ++p) {
      if (!(request >> p & 1)) continue;
      const uint32_t vector = vectorAt(getBits(addresses, p * kVecBits, kVecBits));
      if (busyBanks >> bank(vector) & 1 || chance(refuse)) continue;
      busyBanks |= 1u << bank(vector);
      answer.mask |= 1u << p;
      answer.data[p].assign(scratchpad_.begin() + vector * kPreset.depth,
                            scratchpad_.begin() + (vector + 1) * kPreset.depth);
      ++reads_;
    }
    return answer.mask;
  }

  void grant(const Stress& stress) {
    uint32_t busy = 0;
    nextVector_ = {};
    nextParams_ = {};
    model_.vec_gnt_i = static_cast<uint8_t>(grantPorts(model_.vec_req_o, 4, &model_.vec_addr_o,
                                                       stress.refuseVector, busy, nextVector_));
    model_.prm_gnt_i =
        static_cast<uint8_t>(grantPorts(model_.prm_req_o, kPreset.weightVectors, &model_.prm_addr_o,
                                        stress.refuseParams, busy, nextParams_));
    model_.wr_gnt_i = model_.wr_req_o && !chance(stress.refuseWrite);
  }

  void write() {
    if (!model_.wr_gnt_i) return;
    const size_t address = size_t{model_.wr_addr_o} * 8;
    const auto* data = reinterpret_cast<const uint8_t*>(&model_.wr_data_o);
    EXPECT_NE(static_cast<unsigned>(model_.wr_strobe_o), 0u);
    for (unsigned g = 0; g < kPreset.depth / 8; ++g) {
      if (!(model_.wr_strobe_o >> g & 1)) continue;
      ASSERT_LE(address + 8 * g + 8, scratchpad_.size());
      std::memcpy(&scratchpad_[address + 8 * g], data + 8 * g, 8);
    }
    ++writes_;
    lastWrite_ = cycle_;
  }

  void clock() {
    twin_.tick(model_);
    model_.clk_i = 1;
    model_.eval();
    model_.clk_i = 0;
    model_.eval();
    ++cycle_;
    for (unsigned i = cycle::kReadLatency - 1; i > 0; --i) {
      params_[i] = params_[i - 1];
      vector_[i] = vector_[i - 1];
    }
    params_[0] = nextParams_;
    vector_[0] = nextVector_;
    nextParams_ = {};
    nextVector_ = {};
    model_.prm_gnt_i = 0;
    model_.vec_gnt_i = 0;
    model_.wr_gnt_i = 0;
  }

  Vlilong_post model_;
  Twin twin_;
  std::vector<uint8_t> scratchpad_;
  std::mt19937 random_;
  std::array<Answer, cycle::kReadLatency> params_, vector_;
  Answer nextParams_, nextVector_;
  bool accOffered_ = false;
  uint64_t cycle_ = 0, reads_ = 0, writes_ = 0, lastAccumulator_ = 0, lastWrite_ = 0;
};

}  // namespace lilong::post_test
