// SPDX-License-Identifier: Apache-2.0
// Chip and link write and read at the same time, each in blocks of its own; in the end each reads
// what the other wrote.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vlilong_mux_bench.h"

namespace {

constexpr uint32_t kBlock = 1024, kBlocks = 64;  // even blocks: chip, odd ones: link

struct Burst {
  bool write = false, addressed = false;
  uint32_t address = 0, beats = 1, id = 0, sent = 0, taken = 0;
};

// One master with the rules of the chip (several bursts in flight) or of the link (one).
class Master {
 public:
  Master(uint32_t width, uint32_t parity, uint32_t inFlight, std::vector<uint8_t>& memory)
      : width_(width), parity_(parity), inFlight_(inFlight), memory_(memory), random_(parity + 7) {}

  std::deque<Burst> reads, writes;
  bool full = true;  // all strobes of a write

  void addRandom() {
    Burst burst;
    burst.write = random_() % 2;
    burst.beats = 1 + random_() % (kBlock / width_ > 128 ? 128 : kBlock / width_);
    const uint32_t room = (kBlock - burst.beats * width_) / width_;
    burst.address =
        (random_() % (kBlocks / 2) * 2 + parity_) * kBlock + random_() % (room + 1) * width_;
    add(burst);
  }
  void add(Burst burst) {
    const size_t all = reads.size() + writes.size();
    if (all >= inFlight_) return;
    for (const auto* list : {&reads, &writes}) {
      for (const Burst& b : *list) {
        if (b.write != burst.write && b.address / kBlock == burst.address / kBlock) return;
      }
    }
    burst.id = random_() % 16;
    (burst.write ? writes : reads).push_back(burst);
  }
  // Bytes and strobes of the next write beat; memory takes them at once.
  uint32_t beat(const Burst& burst, std::array<uint8_t, 32>& bytes) {
    const uint32_t at = burst.address + burst.sent * width_;
    uint32_t strobes = 0;
    for (uint32_t i = 0; i < width_; ++i) {
      bytes[i] = static_cast<uint8_t>(random_());
      if (!full && random_() % 8 == 0) continue;
      strobes |= 1u << i;
      memory_[at + i] = bytes[i];
    }
    return strobes;
  }
  void check(const uint8_t* bytes, uint32_t id, bool hasId, bool last) {
    ASSERT_FALSE(reads.empty());
    Burst& burst = reads.front();
    if (hasId) EXPECT_EQ(id, burst.id);
    EXPECT_EQ(last, burst.taken + 1 == burst.beats);
    const uint32_t at = burst.address + burst.taken * width_;
    EXPECT_EQ(std::memcmp(bytes, &memory_[at], width_), 0) << "at " << at;
    if (++burst.taken == burst.beats) reads.pop_front();
  }
  bool chance(uint32_t percent) { return random_() % 100 < percent; }
  bool idle() const { return reads.empty() && writes.empty(); }

 private:
  uint32_t width_, parity_;
  size_t inFlight_;
  std::vector<uint8_t>& memory_;
  std::mt19937 random_;
};

Burst* unaddressed(std::deque<Burst>& list) {
  for (Burst& b : list) {
    if (!b.addressed) return &b;
  }
  return nullptr;
}
Burst* unsent(std::deque<Burst>& list) {
  for (Burst& b : list) {
    if (b.addressed && b.sent < b.beats) return &b;
  }
  return nullptr;
}

// Pins of one master, by prefix.
#define LILONG_STEP(prefix, master, has_id)                                            \
  {                                                                                    \
    Burst* ar = unaddressed(master.reads);                                             \
    Burst* aw = unaddressed(master.writes);                                            \
    Burst* w = unsent(master.writes);                                                  \
    dut.prefix##_arvalid_i = ar != nullptr;                                            \
    if (ar) dut.prefix##_araddr_i = ar->address, dut.prefix##_arlen_i = ar->beats - 1; \
    dut.prefix##_awvalid_i = aw != nullptr;                                            \
    if (aw) dut.prefix##_awaddr_i = aw->address, dut.prefix##_awlen_i = aw->beats - 1; \
    if (!dut.prefix##_wvalid_i && w && master.chance(70)) {                            \
      std::array<uint8_t, 32> bytes{};                                                 \
      dut.prefix##_wstrb_i = master.beat(*w, bytes);                                   \
      std::memcpy(&dut.prefix##_wdata_i, bytes.data(), sizeof dut.prefix##_wdata_i);   \
      dut.prefix##_wvalid_i = 1;                                                       \
    }                                                                                  \
    dut.prefix##_rready_i = master.chance(80);                                         \
    dut.prefix##_bready_i = master.chance(80);                                         \
  }

#define LILONG_TAKE(prefix, master, id, has_id)                                         \
  {                                                                                     \
    if (dut.prefix##_rvalid_o && dut.prefix##_rready_i) {                               \
      EXPECT_EQ(dut.prefix##_rresp_o, 0);                                               \
      master.check(reinterpret_cast<const uint8_t*>(&dut.prefix##_rdata_o), id, has_id, \
                   dut.prefix##_rlast_o);                                               \
    }                                                                                   \
    if (dut.prefix##_wvalid_i && dut.prefix##_wready_o) {                               \
      ++unsent(master.writes)->sent;                                                    \
      takenW[&master == &link] = true;                                                  \
    }                                                                                   \
    if (dut.prefix##_bvalid_o && dut.prefix##_bready_i) {                               \
      ASSERT_FALSE(master.writes.empty());                                              \
      EXPECT_EQ(master.writes.front().sent, master.writes.front().beats);               \
      master.writes.pop_front();                                                        \
    }                                                                                   \
    if (dut.prefix##_arvalid_i && dut.prefix##_arready_o) {                             \
      unaddressed(master.reads)->addressed = true;                                      \
    }                                                                                   \
    if (dut.prefix##_awvalid_i && dut.prefix##_awready_o) {                             \
      unaddressed(master.writes)->addressed = true;                                     \
    }                                                                                   \
  }

class MuxTest : public ::testing::Test {
 protected:
  MuxTest() {
    dut.rst_ni = 0;
    for (int i = 0; i < 4; ++i) clock();
    dut.rst_ni = 1;
  }
  void clock() {
    dut.clk_i = 1;
    dut.eval();
    dut.clk_i = 0;
    dut.eval();
  }
  void cycle() {
    LILONG_STEP(chip, chip, true)
    LILONG_STEP(link, link, false)
    if (Burst* ar = unaddressed(chip.reads)) dut.chip_arid_i = ar->id;
    if (Burst* aw = unaddressed(chip.writes)) dut.chip_awid_i = aw->id;
    dut.eval();
    std::array<bool, 2> takenW{};
    LILONG_TAKE(chip, chip, dut.chip_rid_o, true)
    LILONG_TAKE(link, link, 0, false)
    clock();
    if (takenW[0]) dut.chip_wvalid_i = 0;
    if (takenW[1]) dut.link_wvalid_i = 0;
  }
  void finish() {
    for (int i = 0; i < 100'000 && !(chip.idle() && link.idle()); ++i) cycle();
    ASSERT_TRUE(chip.idle() && link.idle()) << "a burst was not answered";
  }
  void sweep(Master& master, uint32_t width, bool write, uint32_t block) {
    for (uint32_t at = block * kBlock; at < (block + 1) * kBlock; at += 16 * width) {
      Burst burst;
      burst.write = write;
      burst.address = at;
      burst.beats = 16 * width > kBlock ? kBlock / width : 16;
      const size_t before = master.reads.size() + master.writes.size();
      master.add(burst);
      ASSERT_EQ(master.reads.size() + master.writes.size(), before + 1);
      finish();
    }
  }

  Vlilong_mux_bench dut;
  std::vector<uint8_t> memory = std::vector<uint8_t>(kBlocks * kBlock);
  Master chip{TEST_BYTES, 0, 8, memory}, link{8, 1, 1, memory};
};

TEST_F(MuxTest, BothAtTheSameTime) {
  for (uint32_t block = 0; block < kBlocks; ++block) sweep(link, 8, true, block);
  chip.full = link.full = false;
  for (int i = 0; i < 60'000 && !HasFailure(); ++i) {
    if (i % 3 == 0) chip.addRandom();
    link.addRandom();
    cycle();
  }
  finish();
  for (uint32_t block = 0; block < kBlocks && !HasFailure(); ++block) {
    sweep(link, 8, false, block);
    sweep(chip, TEST_BYTES, false, block);
  }
}

}  // namespace
