// SPDX-License-Identifier: Apache-2.0
// The bus monitor complains about every kind of misbehaviour, and about nothing else.
#include <gtest/gtest.h>

#include <functional>

#include "sim/memory/monitor.hpp"

namespace lilong::memory {
namespace {

AxiMaster readAt(uint64_t addr, uint8_t len) {
  AxiMaster m;
  m.ar.valid = true;
  m.ar.addr = addr;
  m.ar.len = len;
  m.ar.size = 4;
  return m;
}

struct Bench {
  Bench() { monitor.setWindows({{0x1000, 0x100, true, false}, {0x2000, 0x38, false, true}}); }
  size_t complaints() const { return monitor.complaints().size(); }
  BusMonitor monitor{16, 1024};
  AxiSlave ready = [] {
    AxiSlave s;
    s.arready = s.awready = s.wready = true;
    return s;
  }();
};

TEST(Monitor, AcceptsBurstsInTheWindow) {
  Bench t;
  t.monitor.observe(readAt(0x1000, 15), t.ready);
  t.monitor.observe(readAt(0x10F0, 0), t.ready);
  EXPECT_EQ(t.complaints(), 0u);
  EXPECT_EQ(t.monitor.statistics().readBursts, 2u);
  EXPECT_EQ(t.monitor.statistics().longestRead, 16u);
}

TEST(Monitor, ComplainsOutsideTheWindow) {
  Bench t;
  t.monitor.observe(readAt(0x10F0, 1), t.ready);
  EXPECT_EQ(t.complaints(), 1u);
  t.monitor.observe(readAt(0x2000, 0), t.ready);  // no right to read
  EXPECT_EQ(t.complaints(), 2u);
}

TEST(Monitor, ComplainsAboutCrossingAndNarrowBursts) {
  Bench t;
  t.monitor.setWindows({{0, 0x10000, true, true}});
  t.monitor.observe(readAt(0x3F0, 1), t.ready);
  EXPECT_EQ(t.complaints(), 1u);
  AxiMaster m = readAt(0, 0);
  m.ar.size = 3;
  t.monitor.observe(m, t.ready);
  EXPECT_EQ(t.complaints(), 2u);
}

TEST(Monitor, ComplainsAboutChangedOffers) {
  Bench t;
  t.monitor.observe(readAt(0x1000, 0), {});
  t.monitor.observe(readAt(0x1010, 0), t.ready);
  EXPECT_EQ(t.complaints(), 1u);
  t.monitor.observe(readAt(0x1010, 0), {});
  t.monitor.observe({}, t.ready);
  EXPECT_EQ(t.complaints(), 2u);
}

TEST(Monitor, ChecksWriteData) {
  Bench t;
  AxiMaster m;
  m.wvalid = true;
  m.wstrb = 0xFFFF;
  t.monitor.observe(m, t.ready);
  EXPECT_EQ(t.complaints(), 1u);  // no address yet
  m.aw.valid = true;
  m.aw.addr = 0x2030;
  m.aw.size = 4;
  m.wvalid = false;
  t.monitor.observe(m, t.ready);
  EXPECT_EQ(t.complaints(), 1u);
  m.aw.valid = false;
  m.wvalid = true;
  m.wlast = true;
  t.monitor.observe(m, t.ready);  // strobes behind 0x2038
  EXPECT_EQ(t.complaints(), 2u);
  m.aw.valid = true;
  m.aw.addr = 0x2000;
  m.aw.len = 1;
  m.wvalid = false;
  t.monitor.observe(m, t.ready);
  m.aw.valid = false;
  m.wvalid = true;
  t.monitor.observe(m, t.ready);  // WLAST one beat early
  EXPECT_EQ(t.complaints(), 3u);
}

TEST(Monitor, ComplainsAboutChangedData) {
  Bench t;
  AxiMaster m;
  m.aw.valid = true;
  m.aw.addr = 0x2000;
  m.aw.size = 4;
  t.monitor.observe(m, t.ready);
  m.aw.valid = false;
  m.wvalid = m.wlast = true;
  m.wstrb = 1;
  t.monitor.observe(m, {});
  m.wdata[1] = 1;  // no strobe: may change
  t.monitor.observe(m, {});
  EXPECT_EQ(t.complaints(), 0u);
  m.wdata[0] = 1;
  t.monitor.observe(m, t.ready);
  EXPECT_EQ(t.complaints(), 1u);
}

TEST(Monitor, LateTransfersBelongToTheWindowsBefore) {
  Bench t;
  AxiMaster m;
  m.aw.valid = true;
  m.aw.addr = 0x2000;
  m.aw.size = 4;
  t.monitor.observe(m, {});  // offered, not taken
  t.monitor.setWindows({{0x3000, 0x100, true, true}});
  t.monitor.observe(m, t.ready);
  m.aw.valid = false;
  m.wvalid = m.wlast = true;
  m.wstrb = 1;
  t.monitor.observe(m, t.ready);
  EXPECT_EQ(t.complaints(), 0u);
  m.wvalid = false;
  m.aw.valid = true;
  t.monitor.observe(m, t.ready);
  EXPECT_EQ(t.complaints(), 1u);
}

}  // namespace
}  // namespace lilong::memory
