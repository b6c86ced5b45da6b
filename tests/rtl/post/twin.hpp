// SPDX-License-Identifier: Apache-2.0
// The timing twin of lilong_post beside the Verilated one: same inputs, and every output that
// influences time compared in every cycle (timing lockstep of the module).
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "Vlilong_post.h"
#include "sim/cycle/post.hpp"
#include "sim/isa/check.hpp"

namespace lilong::post_test {

inline constexpr isa::Preset kPreset{
    "bench", LILONG_LANES,   LILONG_DEPTH,         LILONG_SCRATCHPAD,
    8,       LILONG_RESULTS, LILONG_WEIGHT_VECTORS};
constexpr unsigned ceilLog2(uint64_t x) {
  unsigned n = 0;
  while ((uint64_t{1} << n) < x) ++n;
  return n;
}
inline constexpr unsigned kVecBits = ceilLog2(kPreset.scratchpadBytes / kPreset.depth);

// Bits of a Verilated port, whatever its C++ type.
inline uint64_t getBits(const void* port, size_t at, unsigned width) {
  const auto* bytes = static_cast<const uint8_t*>(port);
  uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i, ++at) value |= uint64_t{bytes[at / 8] >> (at % 8) & 1u} << i;
  return value;
}

// Vector at a row and bank.
inline uint32_t vectorAt(uint64_t place) {
  return static_cast<uint32_t>(place / 8 * 8 + (place - place / 8) % 8);
}

class Twin {
 public:
  // When the grants are given, before the clock.
  void compare(const Vlilong_post& rtl, uint64_t cycle) {
    if (failed_) return;
    same("cmd_ready", rtl.cmd_ready_o, post_.cmdReady(), cycle);
    same("acc_ready", rtl.acc_ready_o, post_.accReady(rtl.wr_gnt_i, rtl.acc_valid_i), cycle);
    same("done", rtl.done_o, post_.done(), cycle);
    same("idle", rtl.idle_o, post_.idle(), cycle);
    cycle::ParamReads params;
    post_.paramReads(params);
    ports("prm", rtl.prm_req_o, &rtl.prm_addr_o, params, kPreset.weightVectors, cycle);
    cycle::VectorReads vectors;
    post_.vectorReads(vectors);
    ports("vec", rtl.vec_req_o, &rtl.vec_addr_o, vectors, cycle::kVecPorts, cycle);
    const cycle::WriteRequest write = post_.write();
    same("wr_req", rtl.wr_req_o, write.req, cycle);
    if (rtl.wr_req_o) {
      same("wr_addr", rtl.wr_addr_o, write.addr, cycle);
      same("wr_strobe", rtl.wr_strobe_o, write.strobe, cycle);
    }
  }

  void tick(const Vlilong_post& rtl) {
    if (!rtl.rst_ni || rtl.clr_i) {
      post_.clear();
      return;
    }
    isa::Descriptor descriptor;
    std::memcpy(descriptor.data(), &rtl.cmd_i, 64);
    post_.tick({.cmdValid = rtl.cmd_valid_i != 0,
                .cmd = &descriptor,
                .accValid = rtl.acc_valid_i != 0,
                .paramGrant = rtl.prm_gnt_i,
                .vectorGrant = rtl.vec_gnt_i,
                .writeGrant = rtl.wr_gnt_i != 0});
  }

 private:
  template <unsigned N>
  void ports(const char* name, uint32_t request, const void* address,
             const cycle::ReadRequests<N>& reads, unsigned count, uint64_t cycle) {
    same(std::string(name) + "_req", request, reads.req, cycle);
    for (unsigned p = 0; p < count && !failed_; ++p) {
      if (!(request >> p & 1)) continue;
      same(std::string(name) + "_addr " + std::to_string(p),
           vectorAt(getBits(address, p * kVecBits, kVecBits)), reads.addr[p], cycle);
    }
  }
  void same(const std::string& signal, uint64_t rtl, uint64_t twin, uint64_t cycle) {
    if (failed_ || rtl == twin) return;
    failed_ = true;
    ADD_FAILURE() << "timing: cycle " << cycle << ", " << signal << ": rtl " << rtl << ", twin "
                  << twin;
  }

  cycle::Post post_{cycle::Shape::of(kPreset)};
  bool failed_ = false;
};

}  // namespace lilong::post_test
