// SPDX-License-Identifier: Apache-2.0
#include "sim/fpga/sdram_part.hpp"

#include <fmt/format.h>

namespace lilong::fpga {

namespace {

constexpr int64_t kLongAgo = -1'000'000'000'000;
constexpr uint16_t kUnwritten = 0xA5A5;

}  // namespace

SdramPart::SdramPart(const SdramTiming& timing) : timing_(timing), words_(kBytes / 2, kUnwritten) {
  restart();
}

void SdramPart::restart() {
  lastActivate_ = lastRefresh_ = driveEnd_ = kLongAgo;
  for (Bank& bank : banks_) bank = {false, 0, kLongAgo, kLongAgo, kLongAgo};
  cas_ = startRefreshes_ = 0;
  allPrecharged_ = false;
  outputs_ = {};
}

void SdramPart::fail(const std::string& what) {
  if (failure_.empty()) failure_ = fmt::format("at {:.1f} ns: {}", now_ / 1000.0, what);
}

void SdramPart::need(int64_t since, int64_t atLeast, const char* rule) {
  if (now_ - since >= atLeast) return;
  fail(fmt::format("{}: {:.1f} ns instead of {:.1f}", rule, (now_ - since) / 1000.0,
                   atLeast / 1000.0));
}

void SdramPart::edge(const SdramPins& pins, int64_t now, int64_t period) {
  now_ = now;
  ++edge_;
  if (!pins.cke) fail("CKE is low, which is not modelled");
  if (cas_ != 0 && period < (cas_ == 2 ? timing_.tCK2 : timing_.tCK3)) {
    fail(
        fmt::format("a clock of {:.1f} ns is too short for CAS latency {}", period / 1000.0, cas_));
  }
  for (size_t i = 0; i + 1 < outputs_.size(); ++i) outputs_[i] = outputs_[i + 1];
  outputs_.back() = {};
  // The controller drives from half a clock before this edge to half a clock after it.
  if (pins.driven && now - period / 2 < driveEnd_) fail("both sides drive the data pins");
  if (!pins.csn) command(pins);
  drive(pins, period);
  if (cas_ != 0) {
    const int64_t due = (now_ - refreshStart_) / (timing_.tREF / kRows);
    const int64_t late = timing_.refreshLate / (timing_.tREF / kRows);
    if (static_cast<int64_t>(refreshes_) + late < due) fail("refreshes are too rare");
  }
}

// Outputs of the time up to the next edge.
void SdramPart::drive(const SdramPins& pins, int64_t period) {
  noise_ = noise_ * 1664525u + 1013904223u;
  data_ = static_cast<uint16_t>(noise_ >> 16);
  const Output& out = outputs_[0];
  // DQM acts two edges later: the word that stands at the coming edge obeys the DQM of the edge
  // before this one.
  if (out.valid) {
    if (!(mask_ & 1)) data_ = static_cast<uint16_t>((data_ & 0xFF00) | (out.word & 0x00FF));
    if (!(mask_ & 2)) data_ = static_cast<uint16_t>((data_ & 0x00FF) | (out.word & 0xFF00));
    driveEnd_ = now_ + period + timing_.tHZ;
    if (pins.driven) fail("the part starts to drive while the controller drives");
  }
  mask_ = pins.dqm;
}

void SdramPart::command(const SdramPins& pins) {
  const int code = (pins.rasn ? 4 : 0) | (pins.casn ? 2 : 0) | (pins.wen ? 1 : 0);
  if (code == 7) return;
  need(0, timing_.powerUp, "first command after power-up");
  need(lastRefresh_, timing_.tRFC, "tRFC");
  if (cas_ != 0 && edge_ - modeEdge_ < timing_.tMRDCycles) fail("tMRD");
  Bank& bank = banks_[pins.ba & 3];
  switch (code) {
    case 0:
      return setMode(pins);
    case 1:
      return refresh();
    case 2:
      if (!(pins.a >> 10 & 1)) return precharge(bank);
      for (Bank& b : banks_) precharge(b);
      allPrecharged_ = true;
      return;
    case 3:
      return activate(bank, pins);
    case 4:
      return column(bank, pins, true);
    case 5:
      return column(bank, pins, false);
    default:
      return fail("burst terminate, which is not modelled");
  }
}

void SdramPart::setMode(const SdramPins& pins) {
  for (const Bank& bank : banks_) {
    if (bank.open) fail("mode register while a row is open");
    need(bank.precharge, timing_.tRP, "tRP before the mode register");
  }
  if (!allPrecharged_ || startRefreshes_ < timing_.startRefreshes) {
    fail("mode register before precharge all and the refreshes of the start-up");
  }
  const uint32_t cas = pins.a >> 4 & 7;
  if ((cas != 2 && cas != 3) || (pins.a & ~0x70) != 0 || pins.ba != 0) {
    fail(fmt::format("mode {:#x} is not modelled", pins.a));
  }
  cas_ = cas;
  modeEdge_ = edge_;
  refreshStart_ = now_;
  refreshes_ = 0;
}

void SdramPart::activate(Bank& bank, const SdramPins& pins) {
  if (cas_ == 0) fail("activate before the mode register is set");
  if (bank.open) fail("activate of a bank with an open row");
  need(bank.precharge, timing_.tRP, "tRP");
  need(bank.activate, timing_.tRC, "tRC");
  need(lastActivate_, timing_.tRRD, "tRRD");
  bank.open = true;
  bank.row = pins.a;
  bank.activate = lastActivate_ = now_;
  ++activates_;
}

void SdramPart::column(Bank& bank, const SdramPins& pins, bool write) {
  if (!bank.open) return fail("column access to a bank without an open row");
  need(bank.activate, timing_.tRCD, "tRCD");
  if (pins.a >> 9 & 3) fail("automatic precharge or a column that does not exist");
  const size_t b = static_cast<size_t>(&bank - banks_.data());
  const size_t index = (size_t{bank.row} * kBanks + b) * kColumns + (pins.a & (kColumns - 1));
  if (!write) {
    outputs_[cas_ - 1] = {true, words_[index]};
    return;
  }
  if (pins.dqm != 3 && !pins.driven) fail("a write without data");
  uint16_t& word = words_[index];
  if (!(pins.dqm & 1)) word = static_cast<uint16_t>((word & 0xFF00) | (pins.dq & 0x00FF));
  if (!(pins.dqm & 2)) word = static_cast<uint16_t>((word & 0x00FF) | (pins.dq & 0xFF00));
  bank.written = now_;
  // A read whose word has not come yet would meet the data of this write.
  for (size_t i = 0; i < outputs_.size(); ++i) {
    if (outputs_[i].valid) fail("a write while words of reads are still to come");
  }
}

void SdramPart::precharge(Bank& bank) {
  if (!bank.open) return;
  need(bank.activate, timing_.tRAS, "tRAS");
  need(bank.written, timing_.tWR, "tWR");
  if (now_ - bank.activate > timing_.tRASMax) fail("a row was open for too long");
  bank.open = false;
  bank.precharge = now_;
}

void SdramPart::refresh() {
  for (const Bank& bank : banks_) {
    if (bank.open) fail("refresh while a row is open");
    need(bank.precharge, timing_.tRP, "tRP before a refresh");
    need(bank.activate, timing_.tRC, "tRC before a refresh");
  }
  if (!allPrecharged_) fail("refresh before precharge all");
  lastRefresh_ = now_;
  if (cas_ == 0) ++startRefreshes_;
  ++refreshes_;
}

}  // namespace lilong::fpga
