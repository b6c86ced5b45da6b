// SPDX-License-Identifier: Apache-2.0
// Which vectors every port of the streams is asked for, in the order of the beats.  A port
// remembers its newest vector, and a beat that needs just that one asks for nothing.  The order of
// the beats alone decides, so all is known when a beat is made, long before lilong_stream sees it.
#pragma once

#include "sim/cycle/path.hpp"
#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct Vectors {
  struct Request {
    uint32_t vector = 0, bank = 0;  // address; bit of its bank
  };
  static constexpr unsigned kEntries = 16;  // no fewer than beats can be made and not granted

  Vectors() { clear(); }
  void clear() {
    forget();
    write_ = {};
  }
  // A new instruction asks for everything.
  void forget() { newest_.fill(kNone); }

  // What a beat asks for.
  struct Asks {
    uint64_t ports = 0;  // one in the byte of each
    uint32_t banks = 0, clash = 0;
  };
  // It needs this vector of a port.
  void ask(Asks& asks, unsigned port, uint32_t vector) {
    if (newest_[port] == vector) return;
    newest_[port] = vector;
    const uint32_t bank = 1u << bankOf(vector);
    queue_[port][write_[port]++ % kEntries] = {vector, bank};
    asks.clash |= asks.banks & bank;
    asks.banks |= bank;
    asks.ports |= uint64_t{1} << (8 * port);
  }
  // Number `n` (modulo kEntries) of the requests of a port.
  const Request& operator()(unsigned port, uint64_t n) const { return queue_[port][n % kEntries]; }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  std::array<uint32_t, kActPorts> newest_;
  std::array<uint8_t, kActPorts> write_{};
  Request queue_[kActPorts][kEntries];
};

}  // namespace lilong::cycle
