// SPDX-License-Identifier: Apache-2.0
// SdramPart: one 16-bit SDR SDRAM of 32 MB on its pins.  It stores data, checks every command
// against the rules of the data sheet and keeps the first violation.  One call per rising edge of
// its clock.  Only bursts of one word, as its controller uses them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lilong::fpga {

// Times in picoseconds: the slowest of the common parts (speed grades -6, -7, -75).
struct SdramTiming {
  int64_t powerUp = 200'000'000;
  int64_t tRC = 67'500, tRAS = 45'000, tRASMax = 100'000'000, tRCD = 20'000, tRP = 20'000;
  int64_t tRFC = 67'500, tRRD = 15'000, tWR = 15'000;
  int64_t tREF = 64'000'000'000;        // for all rows
  int64_t tHZ = 6'000;                  // edge to outputs off
  int64_t tCK2 = 10'000, tCK3 = 7'500;  // shortest clock at CAS latency 2 and 3
  uint32_t tMRDCycles = 2, startRefreshes = 8;
  int64_t refreshLate = 10'000'000;  // how far refreshes may fall behind their schedule
};

// What the controller drives, and whether it drives the data pins.
struct SdramPins {
  bool cke = true, csn = true, rasn = true, casn = true, wen = true;
  uint8_t ba = 0, dqm = 3;
  uint16_t a = 0, dq = 0;
  bool driven = false;
};

class SdramPart {
 public:
  static constexpr uint32_t kRows = 8192, kColumns = 512, kBanks = 4;
  static constexpr uint64_t kBytes = uint64_t{kRows} * kColumns * kBanks * 2;

  explicit SdramPart(const SdramTiming& timing = {});

  // A rising edge at `now` picoseconds; the clock before it was `period` long.
  void edge(const SdramPins& pins, int64_t now, int64_t period);
  // Power lost and back: rules start anew, the content stays (a real part would lose it).
  void restart();
  // What stands on the data pins until the next edge; noise if nobody drives.
  uint16_t data() const { return data_; }

  // First violation of the data sheet, empty if there is none.
  const std::string& failure() const { return failure_; }
  uint64_t refreshes() const { return refreshes_; }
  uint64_t activates() const { return activates_; }

 private:
  struct Bank {
    bool open = false;
    uint32_t row = 0;
    int64_t activate, precharge, written;
  };
  struct Output {
    bool valid = false;
    uint16_t word = 0;
  };

  void fail(const std::string& what);
  void need(int64_t since, int64_t atLeast, const char* rule);
  void command(const SdramPins& pins);
  void setMode(const SdramPins& pins);
  void activate(Bank& bank, const SdramPins& pins);
  void column(Bank& bank, const SdramPins& pins, bool write);
  void precharge(Bank& bank);
  void refresh();
  void drive(const SdramPins& pins, int64_t period);

  SdramTiming timing_;
  std::vector<uint16_t> words_;
  std::array<Bank, kBanks> banks_;
  int64_t now_ = 0;
  uint64_t edge_ = 0, modeEdge_ = 0;
  int64_t lastActivate_, lastRefresh_, driveEnd_;
  int64_t refreshStart_ = 0;  // from when on refreshes are due
  uint32_t cas_ = 0;          // 0: the mode is not set
  bool allPrecharged_ = false;
  uint32_t startRefreshes_ = 0;
  uint64_t refreshes_ = 0, activates_ = 0;
  std::array<Output, 4> outputs_;  // [k]: word that stands k edges after the coming one
  uint8_t mask_ = 0;               // DQM of the last edge
  uint16_t data_ = 0;
  uint32_t noise_ = 1;
  std::string failure_;
};

}  // namespace lilong::fpga
