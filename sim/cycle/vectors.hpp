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

  struct Port {
    uint32_t newest = kNone;
    uint32_t count = 0;  // requests so far
    Request queue[kEntries];

    void push(uint32_t vector, uint32_t bank) {
      newest = vector;
      queue[count++ % kEntries] = {vector, bank};
    }
  };

  void clear() {
    for (Port& port : ports_) port.newest = kNone, port.count = 0;
  }
  // A new instruction asks for everything.
  void forget() {
    for (Port& port : ports_) port.newest = kNone;
  }
  uint32_t newest(unsigned port) const { return ports_[port].newest; }
  Port* ports() { return ports_.data(); }

  // What a beat asks for.
  struct Asks {
    uint64_t ports = 0;  // one in the byte of each
    uint32_t banks = 0, clash = 0;
  };
  // It needs this vector of a port.
  void ask(Asks& asks, unsigned port, uint32_t vector) {
    if (ports_[port].newest == vector) return;
    const uint32_t bank = 1u << bankOf(vector);
    ports_[port].push(vector, bank);
    asks.clash |= asks.banks & bank;
    asks.banks |= bank;
    asks.ports |= uint64_t{1} << (8 * port);
  }
  // Requests of every port so far, modulo kEntries, one byte each.
  static constexpr uint64_t kPlaces = (kEntries - 1) * kPortOnes;
  uint64_t places() const {
    uint64_t places = 0;
    for (unsigned p = 0; p < kActPorts; p++) {
      places |= uint64_t{ports_[p].count % kEntries} << (8 * p);
    }
    return places;
  }
  // Number `n` (modulo kEntries) of the requests of a port.
  const Request& operator()(unsigned port, uint64_t n) const {
    return ports_[port].queue[n % kEntries];
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  std::array<Port, kActPorts> ports_;
};

}  // namespace lilong::cycle
