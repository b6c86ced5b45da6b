// SPDX-License-Identifier: Apache-2.0
// Exact byte sets of footprints, for hazards between instructions and for naming the writer of a
// byte.  Meant for the small programs of the random tests.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::lockstep {

// Bytes [first, end) of a space; region numbers count as spaces 1.., the scratchpad is 0.
struct Piece {
  uint64_t first, end;
};

struct Access {
  uint32_t space = 0;
  bool write = false;
  bool constant = false;  // weights, parameters, table: read ahead of a fence
  std::vector<Piece> pieces;  // sorted, disjoint

  bool touches(const Access& other) const;
  bool contains(uint64_t byte) const;
};

std::vector<Access> accessesOf(const isa::Descriptor& descriptor, const isa::Preset& preset);

// A write and another access of the instruction touch, or a write names a byte twice.
bool writesWhatItReads(const std::vector<Access>& accesses);
bool writesTwice(const isa::Descriptor& descriptor, const isa::Preset& preset);

}  // namespace lilong::lockstep
