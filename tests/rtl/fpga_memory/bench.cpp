// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/fpga_memory/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace lilong::fpga {

namespace {

constexpr int64_t kPeriod = 1'000'000 / TEST_MHZ;  // picoseconds
constexpr uint32_t kInFlight = 6;
constexpr uint8_t kDecodeError = 3;

}  // namespace

Bench::Bench(uint32_t seed)
    : random_(seed), dut_(std::make_unique<Vlilong_memory>()), memory_(kMemory), known_(kMemory) {
  dut_->rst_ni = 0;
  for (int i = 0; i < 4; ++i) clock();
  dut_->rst_ni = 1;
}

uint64_t Bench::beatAddress(const Burst& burst, uint32_t beat) const {
  const uint64_t step = uint64_t{1} << burst.size;
  return beat == 0 ? burst.address : (burst.address / step + beat) * step;
}

void Bench::fail(const std::string& what) {
  if (failure_.empty()) failure_ = fmt::format("cycle {}: {}", cycle_, what);
}

Burst Bench::randomBurst() {
  Burst burst;
  burst.write = random_() % 2;
  burst.id = random_() % 32;
  burst.size = static_cast<uint32_t>(std::countr_zero(kBytes));
  if (random_() % 4 == 0) burst.size = random_() % (burst.size + 1);
  const uint32_t step = 1u << burst.size;
  burst.beats = 1 + random_() % (random_() % 3 == 0 ? 128 : 8);
  burst.beats = std::min(burst.beats, 1024 / step);
  // Few rows and banks often, so that rows are hit, missed and changed; anywhere else sometimes.
  uint64_t block = random_() % 4 == 0 ? random_() % (kMemory / 1024)
                                      : (random_() % 3 * 4 + random_() % 6) % (kMemory / 1024);
  // Neighbours in one bit of the address: row and bank must be compared as a whole.
  if (random_() % 4 == 0) block ^= (kMemory / 2048) >> random_() % 15;
  if (random_() % 50 == 0) block += kMemory / 1024;  // outside
  const uint32_t room = 1024 - burst.beats * step;
  burst.address = block * 1024 + random_() % (room / step + 1) * step;
  if (random_() % 8 == 0 && !burst.write) burst.address += random_() % step;
  for (uint32_t i = 0; burst.write && i < burst.beats * step; ++i) {
    burst.bytes.push_back(static_cast<uint8_t>(random_()));
    burst.strobes.push_back(random_() % 8 != 0);
  }
  return burst;
}

bool Bench::conflicts(const Burst& burst) const {
  const auto overlaps = [&](const Flight& f) {
    return f.burst.address / 1024 == burst.address / 1024;
  };
  const auto& others = burst.write ? reads_ : writes_;
  const auto& same = burst.write ? writes_ : reads_;
  return same.size() >= kInFlight || std::any_of(others.begin(), others.end(), overlaps);
}

void Bench::add(Burst burst) {
  const uint64_t first = burst.address >> burst.size << burst.size;
  const size_t count = size_t{burst.beats} << burst.size;
  if (burst.write && !outside(burst)) {
    for (size_t i = 0; i < count; ++i) {
      if (!burst.strobes[i]) continue;
      memory_[first + i] = burst.bytes[i];
      known_[first + i] = true;
    }
  }
  (burst.write ? writes_ : reads_).push_back({std::move(burst)});
}

void Bench::offerAddresses() {
  const auto next = [](std::deque<Flight>& all) {
    return std::find_if(all.begin(), all.end(), [](const Flight& f) { return !f.addressed; });
  };
  const auto ar = next(reads_);
  dut_->axi_arvalid_i = ar != reads_.end() && (dut_->axi_arvalid_i || chance());
  if (dut_->axi_arvalid_i) {
    dut_->axi_arid_i = ar->burst.id;
    dut_->axi_araddr_i = ar->burst.address;
    dut_->axi_arlen_i = ar->burst.beats - 1;
    dut_->axi_arsize_i = ar->burst.size;
    dut_->axi_arburst_i = 1;
  }
  const auto aw = next(writes_);
  dut_->axi_awvalid_i = aw != writes_.end() && (dut_->axi_awvalid_i || chance());
  if (dut_->axi_awvalid_i) {
    dut_->axi_awid_i = aw->burst.id;
    dut_->axi_awaddr_i = aw->burst.address;
    dut_->axi_awlen_i = aw->burst.beats - 1;
    dut_->axi_awsize_i = aw->burst.size;
    dut_->axi_awburst_i = 1;
  }
}

void Bench::offerData() {
  const auto w = std::find_if(writes_.begin(), writes_.end(),
                              [](const Flight& f) { return f.beat < f.burst.beats; });
  // Sometimes ahead of its address, which AXI allows.
  dut_->axi_wvalid_i = w != writes_.end() && (dut_->axi_wvalid_i || chance());
  if (!dut_->axi_wvalid_i) return;
  std::array<uint8_t, 32> lanes{};
  uint32_t strobes = 0;
  const uint32_t step = 1u << w->burst.size;
  const uint64_t address = beatAddress(w->burst, w->beat);
  for (uint32_t i = 0; i < step; ++i) {
    const size_t lane = (address + i) % kBytes, from = size_t{w->beat} * step + i;
    lanes[lane] = w->burst.bytes[from];
    strobes |= static_cast<uint32_t>(w->burst.strobes[from]) << lane;
  }
  std::memcpy(&dut_->axi_wdata_i, lanes.data(), kBytes);
  dut_->axi_wstrb_i = strobes;
}

void Bench::takeData() {
  if (!dut_->axi_rvalid_o || !dut_->axi_rready_i) return;
  if (reads_.empty() || !reads_.front().addressed) return fail("read data that nobody asked for");
  Flight& f = reads_.front();
  const bool last = f.beat + 1 == f.burst.beats;
  if (dut_->axi_rid_o != f.burst.id) fail("a wrong ID with read data");
  if (dut_->axi_rlast_o != last) fail("RLAST is wrong");
  if (dut_->axi_rresp_o != (outside(f.burst) ? kDecodeError : 0)) fail("RRESP is wrong");
  const uint64_t address = beatAddress(f.burst, f.beat);
  const uint64_t end = (address >> f.burst.size << f.burst.size) + (uint64_t{1} << f.burst.size);
  std::array<uint8_t, 32> lanes{};
  std::memcpy(lanes.data(), &dut_->axi_rdata_o, kBytes);
  for (uint64_t a = address; a < end && !outside(f.burst); ++a) {
    if (known_[a] && lanes[a % kBytes] != memory_[a]) {
      fail(fmt::format("byte {:#x} is {:#x} instead of {:#x}", a, lanes[a % kBytes], memory_[a]));
    }
  }
  ++f.beat;
  if (last) reads_.pop_front();
}

void Bench::takeResponse() {
  if (!dut_->axi_bvalid_o || !dut_->axi_bready_i) return;
  if (writes_.empty() || !writes_.front().addressed ||
      writes_.front().beat < writes_.front().burst.beats) {
    return fail("a write response too early");
  }
  const Burst& burst = writes_.front().burst;
  if (dut_->axi_bid_o != burst.id) fail("a wrong ID with a write response");
  if (dut_->axi_bresp_o != (outside(burst) ? kDecodeError : 0)) fail("BRESP is wrong");
  writes_.pop_front();
}

void Bench::cycle() {
  offerAddresses();
  offerData();
  dut_->axi_rready_i = chance();
  dut_->axi_bready_i = chance();
  dut_->eval();
  const bool ar = dut_->axi_arvalid_i && dut_->axi_arready_o;
  const bool aw = dut_->axi_awvalid_i && dut_->axi_awready_o;
  const bool w = dut_->axi_wvalid_i && dut_->axi_wready_o;
  if (w) {
    ++std::find_if(writes_.begin(), writes_.end(), [](const Flight& f) {
        return f.beat < f.burst.beats;
      })->beat;
  }
  takeData();
  takeResponse();
  for (auto* all : {&reads_, &writes_}) {
    if (!(all == &reads_ ? ar : aw)) continue;
    std::find_if(all->begin(), all->end(), [](const Flight& f) {
      return !f.addressed;
    })->addressed = true;
  }
  clock();
  // A valid that was taken may be withdrawn, every other stays.
  if (ar) dut_->axi_arvalid_i = 0;
  if (aw) dut_->axi_awvalid_i = 0;
  if (w) dut_->axi_wvalid_i = 0;
  if (failure_.empty() && !part_.failure().empty()) failure_ = part_.failure();
}

// One clock with the PHY of the board: registers in the pins, the part at the falling edge, its
// data taken there and shown to the controller at the next rising edge.
void Bench::clock() {
  SdramPins core;
  core.cke = dut_->sdram_cke_o;
  core.csn = dut_->sdram_csn_o;
  core.rasn = dut_->sdram_rasn_o;
  core.casn = dut_->sdram_casn_o;
  core.wen = dut_->sdram_wen_o;
  core.ba = dut_->sdram_ba_o;
  core.a = dut_->sdram_a_o;
  core.dqm = dut_->sdram_dqm_o;
  core.dq = dut_->sdram_dq_o;
  core.driven = dut_->sdram_dq_oe_o;
  pins_ = core;
  dut_->clk_i = 1;
  dut_->eval();
  dut_->sdram_dq_i = falling_;
  falling_ = part_.data();
  if (TEST_MEMORY == 1 && dut_->rst_ni) {
    part_.edge(pins_, static_cast<int64_t>(cycle_) * kPeriod, kPeriod);
  }
  dut_->clk_i = 0;
  dut_->eval();
  ++cycle_;
}

bool Bench::finish(uint64_t limit) {
  const uint64_t end = cycle_ + limit;
  while (waiting() != 0 && cycle_ < end && failure_.empty()) cycle();
  return waiting() == 0;
}

}  // namespace lilong::fpga
