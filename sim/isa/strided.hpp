// SPDX-License-Identifier: Apache-2.0
// StridedSet: the bytes of a footprint, and whether two of them meet.
#pragma once

#include <array>
#include <cstdint>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::isa {

// base + sum of i_k * stride_k (i_k < count_k) + [0, extent), loops by falling stride; contiguous
// and nested loops are merged, so equal sets mostly look equal.
class StridedSet {
 public:
  explicit StridedSet(const Footprint& footprint);

  uint64_t begin() const { return base_; }
  uint64_t end() const { return base_ + span_[0]; }

  // True if a byte belongs to both sets.  Exact, except that sets so irregular that more than
  // about 10^5 blocks would have to be compared count as meeting.
  bool meets(const StridedSet& other) const;

 private:
  static constexpr uint32_t kMaxLoops = 4;

  bool meetsFrom(uint32_t loop, uint64_t base, const StridedSet& other, uint32_t otherLoop,
                 uint64_t otherBase, uint32_t& budget) const;

  uint64_t base_ = 0, extent_ = 0;
  uint32_t numLoops_ = 0;
  std::array<Footprint::Term, kMaxLoops> loops_{};
  std::array<uint64_t, kMaxLoops + 1> span_{};  // bytes from the base with loops k.. inside
};

}  // namespace lilong::isa
