// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace lilong::memory {

namespace {

constexpr size_t kMostComplaints = 20;

bool same(const AxiAddress& a, const AxiAddress& b) {
  return a.addr == b.addr && a.len == b.len && a.size == b.size && a.burst == b.burst &&
         a.id == b.id;
}

}  // namespace

void BusMonitor::complain(std::string text) {
  if (complaints_.size() < kMostComplaints) {
    complaints_.push_back(fmt::format("bus cycle {}: {}", cycle_, text));
  }
}

void BusMonitor::setWindows(std::vector<Window> windows) {
  oldWindows_ = std::move(windows_);
  windows_ = std::move(windows);
  arOld_ = arHeld_;
  awOld_ = awHeld_;
}

void BusMonitor::reset() {
  writes_.clear();
  readsInFlight_ = 0;
  arHeld_ = awHeld_ = wHeld_ = arOld_ = awOld_ = false;
}

void BusMonitor::observe(const AxiMaster& chip, const AxiSlave& memory) {
  checkHeld(chip);
  if (chip.ar.valid && memory.arready) {
    checkAddress(chip.ar, false, arOld_ ? oldWindows_ : windows_);
    arOld_ = false;
    ++statistics_.readBursts;
    statistics_.longestRead = std::max(statistics_.longestRead, chip.ar.len + 1u);
    statistics_.mostReads = std::max(statistics_.mostReads, ++readsInFlight_);
  }
  if (chip.wvalid && memory.wready) checkData(chip);
  if (chip.aw.valid && memory.awready) {
    const Window window = checkAddress(chip.aw, true, awOld_ ? oldWindows_ : windows_);
    awOld_ = false;
    ++statistics_.writeBursts;
    statistics_.longestWrite = std::max(statistics_.longestWrite, chip.aw.len + 1u);
    writes_.push_back({chip.aw, window});
  }
  if (memory.rvalid && chip.rready) {
    ++statistics_.readBeats;
    if (memory.rlast && readsInFlight_ > 0) --readsInFlight_;
  }
  arHeld_ = chip.ar.valid && !memory.arready;
  awHeld_ = chip.aw.valid && !memory.awready;
  wHeld_ = chip.wvalid && !memory.wready;
  if (arHeld_) offered_.ar = chip.ar;
  if (awHeld_) offered_.aw = chip.aw;
  if (wHeld_) {
    offered_.wdata = chip.wdata;
    offered_.wstrb = chip.wstrb;
    offered_.wlast = chip.wlast;
  }
  ++cycle_;
}

void BusMonitor::checkHeld(const AxiMaster& chip) {
  if (arHeld_ && !(chip.ar.valid && same(chip.ar, offered_.ar))) complain("AR offer changed");
  if (awHeld_ && !(chip.aw.valid && same(chip.aw, offered_.aw))) complain("AW offer changed");
  if (!wHeld_) return;
  if (!chip.wvalid) return complain("W offer taken back");
  if (chip.wlast != offered_.wlast) complain("WLAST changed");
  if (chip.wstrb != offered_.wstrb) return complain("W strobes changed");
  for (uint32_t i = 0; i < bus_; ++i) {
    if ((chip.wstrb >> i & 1) && chip.wdata[i] != offered_.wdata[i]) {
      return complain("W data changed");
    }
  }
}

Window BusMonitor::checkAddress(const AxiAddress& a, bool write,
                                const std::vector<Window>& windows) {
  const char* name = write ? "write" : "read";
  const uint64_t first = a.addr & ~uint64_t{bus_ - 1};
  const uint64_t end = first + uint64_t{a.len + 1u} * bus_;
  if ((1u << a.size) != bus_ || a.burst != 1) {
    complain(fmt::format("{} burst at {:#x} is narrow or not incrementing", name, a.addr));
  }
  if (first / boundary_ != (end - 1) / boundary_) {
    complain(fmt::format("{} burst at {:#x} of {} beats crosses {} bytes", name, a.addr, a.len + 1,
                         boundary_));
  }
  for (const Window& w : windows) {
    const uint64_t low = w.base & ~uint64_t{bus_ - 1};
    const uint64_t high = (w.base + w.size + bus_ - 1) / bus_ * bus_;
    if ((write ? w.write : w.read) && first >= low && end <= high) return w;
  }
  complain(fmt::format("{} burst {:#x} .. {:#x} is outside every window", name, first, end));
  return {};
}

void BusMonitor::checkData(const AxiMaster& chip) {
  ++statistics_.writeBeats;
  if (writes_.empty()) return complain("W data before its address");
  WriteBurst& burst = writes_.front();
  const uint64_t at =
      (burst.address.addr & ~uint64_t{bus_ - 1}) + uint64_t{burst.beat} * bus_;
  for (uint32_t i = 0; i < bus_; ++i) {
    if (!(chip.wstrb >> i & 1)) continue;
    const Window& w = burst.window;
    const bool inside = at + i >= w.base && at + i - w.base < w.size;
    if (!inside) {
      complain(fmt::format("write strobe at {:#x} is outside its window", at + i));
      break;
    }
  }
  const bool last = burst.beat == burst.address.len;
  if (chip.wlast != last) complain("WLAST at the wrong beat");
  ++burst.beat;
  if (last) writes_.pop_front();
}

}  // namespace lilong::memory
