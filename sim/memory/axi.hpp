// SPDX-License-Identifier: Apache-2.0
// AxiMaster, AxiSlave: the AXI4 signals of one clock cycle as plain data, one struct per driver.
// Wide enough for every preset; a chip with a narrower bus uses the low bytes.
#pragma once

#include <array>
#include <cstdint>

namespace lilong::memory {

inline constexpr uint32_t kMaxBusBytes = 32;

enum Response : uint8_t { kOkay = 0, kExOkay = 1, kSlvErr = 2, kDecErr = 3 };

// Address channel, AR or AW.
struct AxiAddress {
  bool valid = false;
  uint8_t len = 0;    // beats - 1
  uint8_t size = 0;   // log2 of the bytes of a beat
  uint8_t burst = 1;  // 1: incrementing
  uint16_t id = 0;
  uint64_t addr = 0;
};

// What the chip drives.
struct AxiMaster {
  AxiAddress ar, aw;
  bool rready = false;
  bool bready = false;
  bool wvalid = false;
  bool wlast = false;
  uint32_t wstrb = 0;
  alignas(8) std::array<uint8_t, kMaxBusBytes> wdata{};
};

// What the memory drives.
struct AxiSlave {
  bool arready = false;
  bool awready = false;
  bool wready = false;
  bool rvalid = false;
  bool rlast = false;
  uint8_t rresp = kOkay;
  uint16_t rid = 0;
  bool bvalid = false;
  uint8_t bresp = kOkay;
  uint16_t bid = 0;
  alignas(8) std::array<uint8_t, kMaxBusBytes> rdata{};
};

}  // namespace lilong::memory
