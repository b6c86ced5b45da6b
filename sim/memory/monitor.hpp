// SPDX-License-Identifier: Apache-2.0
// BusMonitor: watches the AXI4 port every cycle and writes down everything that a well-behaved
// chip never does: a burst outside its windows, across an alignment boundary, narrower than the
// bus; a channel that takes an offer back or changes it; data without address, a wrong WLAST;
// strobes outside the window.  It judges the chip only, never the memory.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sim/memory/axi.hpp"

namespace lilong::memory {

struct Window {
  uint64_t base = 0;
  uint64_t size = 0;
  bool read = false;
  bool write = false;
};

struct BusStatistics {
  uint64_t readBursts = 0, writeBursts = 0;
  uint64_t readBeats = 0, writeBeats = 0;
  uint32_t longestRead = 0, longestWrite = 0;  // beats
  uint32_t mostReads = 0;                      // read bursts in flight at once
};

class BusMonitor {
 public:
  // No burst may cross a multiple of `boundary` bytes.
  BusMonitor(uint32_t busBytes, uint32_t boundary) : bus_(busBytes), boundary_(boundary) {}

  // Bursts must lie in one of these from now on, seen in whole bus words.  What is under way, or
  // offered and not yet taken, belongs to the windows before.
  void setWindows(std::vector<Window> windows);
  // The chip is a new one: nothing is under way.
  void reset();

  // The cycle in which the chip drives `chip` and the memory `memory`.
  void observe(const AxiMaster& chip, const AxiSlave& memory);

  // First complaints, one sentence each; empty when all is well.
  const std::vector<std::string>& complaints() const { return complaints_; }
  void clearComplaints() { complaints_.clear(); }
  const BusStatistics& statistics() const { return statistics_; }

 private:
  struct WriteBurst {
    AxiAddress address;
    Window window;  // that admitted it
    uint32_t beat = 0;
  };

  void complain(std::string text);
  void checkHeld(const AxiMaster& chip);
  // The window that admits the burst; empty after a complaint.
  Window checkAddress(const AxiAddress& a, bool write, const std::vector<Window>& windows);
  void checkData(const AxiMaster& chip);

  uint32_t bus_, boundary_;
  uint64_t cycle_ = 0;
  std::vector<Window> windows_, oldWindows_;
  std::vector<std::string> complaints_;
  BusStatistics statistics_;
  std::deque<WriteBurst> writes_;
  uint32_t readsInFlight_ = 0;
  AxiMaster offered_;                                 // last cycle
  bool arHeld_ = false, awHeld_ = false, wHeld_ = false;  // offered and not taken in it
  bool arOld_ = false, awOld_ = false;  // offered before the windows changed
};

}  // namespace lilong::memory
