// SPDX-License-Identifier: Apache-2.0
// What travels between the modules of the timing core: the ports of the RTL without the data.
//
// Every module has the same phases in a cycle:
//   1. outputs that are functions of its registers: const getters (requests, valid, ready, done)
//   2. functions of registers and of inputs of the same cycle: const getters with those inputs
//   3. tick(inputs): the clock edge; afterwards the getters show the next cycle
// clear() does what clr_i does.  Data comes back a fixed time after its grant, so the valid bits of
// the way back are not modelled as ports: whoever asked knows.  A struct mirrors the registers of
// its module that influence time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "sim/isa/gen/isa.hpp"

namespace lilong::cycle {

inline constexpr unsigned kReadLatency = 4;     // cycles from the grant of a vector to its data
inline constexpr unsigned kActPorts = 6;        // read ports of the three streams, even and odd
inline constexpr unsigned kVecPorts = 4;        // of them, those that the vector path uses
inline constexpr unsigned kMaxWeightPorts = 8;  // most WEIGHT_VECTORS of any shape
inline constexpr unsigned kMaxExecPorts = kActPorts + kMaxWeightPorts;

// Sizes of a chip and what follows from them.  All sizes are powers of two.
struct Shape {
  uint32_t lanes = 16;
  uint32_t depth = 16;  // bytes of a vector
  uint32_t results = 16;
  uint32_t weightVectors = 4;
  uint32_t axiBytes = 16;
  uint32_t scratchpadBytes = 524288;

  static Shape of(const isa::Preset& preset) {
    Shape s;
    s.lanes = preset.lanes;
    s.depth = preset.depth;
    s.results = preset.results;
    s.weightVectors = preset.weightVectors;
    s.axiBytes = preset.axiBytes;
    s.scratchpadBytes = preset.scratchpadBytes;
    return s;
  }
  unsigned depthBits() const { return static_cast<unsigned>(std::countr_zero(depth)); }
  uint32_t windowLanes() const { return std::min(lanes, depth); }  // isa::windowLanes
  uint32_t vectors() const { return scratchpadBytes / depth; }
  uint32_t vectorMask() const { return vectors() - 1; }             // AW bits
  uint32_t granuleMask() const { return scratchpadBytes / 8 - 1; }  // GW bits
  unsigned execPorts() const { return kActPorts + weightVectors; }  // NP
};

// Bank of a vector address.
constexpr uint32_t bankOf(uint32_t vector) {
  return (vector + (vector >> 3)) & 7;
}

// Requests of up to N read ports: bit n of `req` and the vector address of port n.
// Addresses of ports that do not ask are not defined.
template <unsigned N>
struct ReadRequests {
  uint32_t req = 0;
  bool upperFirst = false;  // ports kActPorts and above come before the others
  std::array<uint32_t, N> addr{};
};
using ExecReads =
    ReadRequests<kMaxExecPorts>;  // 0..5 activations or vector path, 6.. weights or parameters
using VectorReads = ReadRequests<kVecPorts>;       // vec_* of lilong_post
using ParamReads = ReadRequests<kMaxWeightPorts>;  // prm_* of lilong_post

// A write: address of the first granule (byte address / 8), one strobe bit per granule.
struct WriteRequest {
  bool req = false;
  uint32_t addr = 0;
  uint32_t strobe = 0;
};

// Inputs of lilong_exec at the clock edge.
struct ExecIn {
  bool cmdValid = false;
  const isa::Descriptor* cmd = nullptr;  // when cmdValid
  uint32_t readGrant = 0;                // grants of this cycle, a subset of reads().req
  bool writeGrant = false;
};

// Inputs of lilong_post at the clock edge.
struct PostIn {
  bool cmdValid = false;                 // taken when cmdReady() as well
  const isa::Descriptor* cmd = nullptr;  // when cmdValid
  bool accValid = false;                 // taken when accReady(writeGrant) as well
  uint32_t paramGrant = 0;
  uint32_t vectorGrant = 0;
  bool writeGrant = false;
};

// What lilong_post offers (sim/cycle/post.hpp):
//   struct Post {
//     explicit Post(const Shape&);
//     void clear();
//     bool cmdReady() const;
//     bool done() const;                                // pulse, registered
//     bool idle() const;
//     void paramReads(ParamReads&) const;               // writes req and the addresses of req
//     void vectorReads(VectorReads&) const;
//     WriteRequest write() const;
//     bool accReady(bool writeGrant, bool accValid) const;
//     void tick(const PostIn&);
//   };
// What lilong_exec offers (sim/cycle/exec.hpp):
//   struct Exec {
//     explicit Exec(const Shape&);
//     void clear();
//     const ExecReads& reads();                         // once a cycle, before the others
//     WriteRequest write() const;
//     bool cmdReady(const isa::Descriptor&) const;      // depends on the instruction
//     bool done() const; bool busy() const;
//     void tick(const ExecIn&);
//     bool start, beat, stallWeights, stallInput, stallOutput;   // of the cycle that tick ended
//   };

}  // namespace lilong::cycle
