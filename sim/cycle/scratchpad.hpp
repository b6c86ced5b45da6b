// SPDX-License-Identifier: Apache-2.0
// Scratchpad: twin of the arbitration of lilong_scratchpad.
#pragma once

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Scratchpad {
  unsigned granuleShift;  // granule address to vector address
  uint32_t granuleMask;   // granules of a vector, less one
  uint32_t vectorMask;
  uint32_t storeWay = 0;  // grants to STORE, bit n: n + 1 cycles ago

  explicit Scratchpad(const Shape& shape)
      : granuleShift(shape.depthBits() - 3),
        granuleMask(shape.depth / 8 - 1),
        vectorMask(shape.vectorMask()) {}

  void clear() { storeWay = 0; }
  // Data for STORE comes back.
  bool storeValid() const { return (storeWay >> (kReadLatency - 1) & 1) != 0; }

  static constexpr uint32_t kStoreBit = 1u << 31;  // behind those of exec

  // Grants of this cycle to exec, low ports first unless the upper ones are; `taken`: banks that it
  // reads.
  static uint32_t grants(const ExecReads& reads, uint32_t& taken) {
    taken = 0;
    if (!reads.upperFirst) return grants(reads, reads.req, taken);
    constexpr uint32_t kLower = (1u << kActPorts) - 1;
    const uint32_t upper = grants(reads, reads.req & ~kLower, taken);
    return upper | grants(reads, reads.req & kLower, taken);
  }
  // The same, then STORE.
  static uint32_t grants(const ExecReads& reads, bool store, uint32_t storeAddress) {
    uint32_t taken = 0;
    uint32_t granted = grants(reads, taken);
    if (store && !(taken >> bankOf(storeAddress) & 1)) granted |= kStoreBit;
    return granted;
  }

  uint32_t banks(const WriteRequest& w) const {
    const uint32_t vector = w.addr >> granuleShift;
    const uint32_t strobe = w.strobe << (w.addr & granuleMask);
    const uint32_t first = strobe & ((2u << granuleMask) - 1);
    uint32_t hot = first ? 1u << bankOf(vector) : 0;
    if (strobe != first) hot |= 1u << bankOf((vector + 1) & vectorMask);
    return hot;
  }
  // The result port always gets its banks; LOAD gets those that are left.
  bool loadGrant(const WriteRequest& result, const WriteRequest& load) const {
    return load.req && (!result.req || (banks(result) & banks(load)) == 0);
  }

  void tick(bool storeGrant) { storeWay = storeWay << 1 | (storeGrant ? 1 : 0); }

 private:
  static uint32_t grants(const ExecReads& reads, uint32_t requests, uint32_t& taken) {
    uint32_t granted = 0;
    for (uint32_t left = requests; left != 0; left &= left - 1) {
      const uint32_t bank = 1u << bankOf(reads.addr[static_cast<size_t>(std::countr_zero(left))]);
      if (!(taken & bank)) granted |= left & -left;
      taken |= bank;
    }
    return granted;
  }
};

}  // namespace lilong::cycle
