// SPDX-License-Identifier: Apache-2.0
// The Verilated link with a UART at one side and models of registers and memory at the other.
// Every access is logged; ready and valid of the buses come and go at random.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vlilong_link.h"
#include "runtime/link/frame.hpp"
#include "tests/unit/link/reference_link.hpp"
#include "verilated.h"

namespace lilong::link {

inline constexpr uint32_t kClocksPerBit = TEST_CLOCKS_PER_BIT;
inline constexpr uint32_t kClockHz = kClocksPerBit * kBaud;
inline constexpr uint32_t kMemoryErrorFrom = 0xf0000000;  // addresses that answer with an error
inline constexpr uint32_t kRegisterErrorFrom = 0x800;

// One access; the order and the content of all accesses must be those of the reference.
struct Access {
  enum class Kind : uint8_t { readRegister, writeRegister, readMemory, writeByte } kind;
  uint32_t address;
  uint32_t value;  // word, byte, or bytes of a read burst
  bool operator==(const Access&) const = default;
};

// Content and log; the bench and the reference have one each.
class Model : public Target {
 public:
  Model();
  std::optional<uint32_t> readRegister(uint32_t offset) override;
  bool writeRegister(uint32_t offset, uint32_t value) override;
  bool readMemory(uint32_t address, std::span<uint8_t> bytes) override;
  bool writeMemory(uint32_t address, std::span<const uint8_t> bytes) override;
  bool interrupt() override { return irq; }
  void wait(uint32_t) override {}

  uint8_t& byte(uint32_t address) { return memory_[address % memory_.size()]; }
  bool writeByte(uint32_t address, uint8_t value);

  std::vector<Access> log;
  bool irq = false;

 private:
  std::vector<uint32_t> registers_;
  std::vector<uint8_t> memory_;
};

class Bench {
 public:
  explicit Bench(uint64_t seed);

  void step();
  void idle(uint32_t clocks);
  // Puts levels on the line, one a bit.
  void sendBits(const std::vector<bool>& bits, double clocksPerBit = kClocksPerBit);
  void sendBytes(const std::vector<uint8_t>& bytes, double clocksPerBit = kClocksPerBit);
  static std::vector<bool> toBits(const std::vector<uint8_t>& bytes);
  // The next answer, or nothing after that many clocks.
  std::optional<Frame> answer(uint32_t clocks);

  uint64_t good() const { return good_; }
  uint64_t bad() const { return bad_; }

  Model model;
  uint32_t stallPermille = 300;
  bool memoryHangs = false, registersHang = false;
  Vlilong_link& dut() { return *dut_; }

 private:
  void registers();
  void memoryWrites();
  void memoryReads();
  void receive();
  bool chance() { return random_() % 1000 >= stallPermille; }

  VerilatedContext context_;
  std::unique_ptr<Vlilong_link> dut_;
  std::mt19937 random_;
  Deframer deframer_;
  std::deque<Frame> answers_;
  uint64_t good_ = 0, bad_ = 0;

  struct Burst {
    uint32_t address = 0;
    uint32_t beats = 0;  // still to come
    bool failed = false;
  } write_, read_;
  static Burst begin(uint32_t address, uint32_t beats);
  bool response_ = false;                   // owed for the last write burst
  bool responded_ = false, taken_ = false;  // handshakes of this cycle
  struct {
    bool address = false, data = false, response = false, failed = false;
    uint32_t offset = 0, value = 0;
    bool readPending = false, readFailed = false;
    uint32_t readValue = 0;
  } registers_;
  // UART of the bench
  int rxCount_ = -1;  // clocks since the start bit began; -1: idle
  uint32_t rxByte_ = 0;
};

}  // namespace lilong::link
