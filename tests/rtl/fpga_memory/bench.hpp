// SPDX-License-Identifier: Apache-2.0
// Bench: lilong_memory with a PHY and the SDRAM part behind it, and an AXI4 master in front that
// knows what every byte must be.  Reads and writes that overlap are never in flight together, so
// every read has one right answer.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "Vlilong_memory.h"
#include "sim/fpga/sdram_part.hpp"

namespace lilong::fpga {

struct Burst {
  bool write = false;
  uint32_t id = 0, beats = 1, size = 0;  // size: log2 of the bytes of a beat
  uint64_t address = 0;
  std::vector<uint8_t> bytes;    // of a write, or expected of a read; one per byte of all beats
  std::vector<uint8_t> strobes;  // of a write, 0 or 1
};

class Bench {
 public:
  static constexpr uint32_t kBytes = TEST_BYTES;
  static constexpr uint64_t kMemory = TEST_MEMORY_BYTES;

  explicit Bench(uint32_t seed);

  // Puts a burst in the queue of its direction; writes of `bytes` change what reads expect.
  void add(Burst burst);
  Burst randomBurst();
  bool conflicts(const Burst& burst) const;
  size_t waiting() const { return reads_.size() + writes_.size(); }
  void cycle();
  // Cycles until everything is answered; false if that takes too long.
  bool finish(uint64_t limit = 2'000'000);

  const std::string& failure() const { return failure_; }
  const SdramPart& part() const { return part_; }
  uint64_t cycles() const { return cycle_; }

  uint32_t stallPermille = 0;  // of every valid and ready that the bench drives

 private:
  struct Flight {
    Burst burst;
    bool addressed = false;
    uint32_t beat = 0;
  };
  bool chance() { return stallPermille == 0 || random_() % 1000 >= stallPermille; }
  bool outside(const Burst& burst) const { return burst.address >= kMemory; }
  uint64_t beatAddress(const Burst& burst, uint32_t beat) const;
  void fail(const std::string& what);
  void offerAddresses();
  void offerData();
  void takeData();
  void takeResponse();
  void clock();

  std::mt19937 random_;
  std::unique_ptr<Vlilong_memory> dut_;
  SdramPart part_;
  SdramPins pins_;        // behind the registers in the pins
  uint16_t falling_ = 0;  // data at the last falling edge
  std::deque<Flight> reads_, writes_;
  std::vector<uint8_t> memory_;
  std::vector<bool> known_;
  uint64_t cycle_ = 0;
  std::string failure_;
};

}  // namespace lilong::fpga
