// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/link/bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lilong::link {

namespace {

constexpr uint32_t kBlockBytes = 1024;  // no burst crosses a multiple of it
constexpr size_t kModelBytes = size_t{1} << 16;
constexpr uint32_t kError = 2;

}  // namespace

Model::Model() : registers_(1024), memory_(kModelBytes) {
  for (size_t i = 0; i < registers_.size(); ++i)
    registers_[i] = static_cast<uint32_t>(i * 0x9e3779b9u);
  for (size_t i = 0; i < memory_.size(); ++i) memory_[i] = static_cast<uint8_t>(i * 7 + (i >> 8));
}

std::optional<uint32_t> Model::readRegister(uint32_t offset) {
  log.push_back({Access::Kind::readRegister, offset, 0});
  if (offset >= kRegisterErrorFrom) return std::nullopt;
  return registers_[offset / 4];
}

bool Model::writeRegister(uint32_t offset, uint32_t value) {
  log.push_back({Access::Kind::writeRegister, offset, value});
  if (offset >= kRegisterErrorFrom) return false;
  registers_[offset / 4] = value;
  return true;
}

bool Model::writeByte(uint32_t address, uint8_t value) {
  log.push_back({Access::Kind::writeByte, address, value});
  if (address >= kMemoryErrorFrom) return false;
  byte(address) = value;
  return true;
}

bool Model::readMemory(uint32_t address, std::span<uint8_t> bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte(address + static_cast<uint32_t>(i));
  bool ok = true;
  for (size_t done = 0; done < bytes.size();) {
    const uint32_t from = address + static_cast<uint32_t>(done);
    const size_t part = std::min<size_t>(bytes.size() - done, kBlockBytes - from % kBlockBytes);
    const uint32_t beats = static_cast<uint32_t>((from % 8 + part + 7) / 8);
    log.push_back({Access::Kind::readMemory, from / 8 * 8, beats * 8});
    if (from >= kMemoryErrorFrom) ok = false;
    done += part;
  }
  return ok;
}

bool Model::writeMemory(uint32_t address, std::span<const uint8_t> bytes) {
  bool ok = true;
  for (size_t i = 0; i < bytes.size(); ++i)
    ok &= writeByte(address + static_cast<uint32_t>(i), bytes[i]);
  return ok;
}

Bench::Bench(uint64_t seed) : random_(static_cast<uint32_t>(seed)) {
  context_.randSeed(static_cast<int>(seed & 0x7fffffff) + 1);
  context_.randReset(2);
  dut_ = std::make_unique<Vlilong_link>(&context_);
  dut_->rst_ni = 0;
  dut_->clk_i = 0;
  dut_->uart_rx_i = 1;
  dut_->irq_i = 0;
  dut_->reg_awready_i = dut_->reg_wready_i = dut_->reg_bvalid_i = 0;
  dut_->reg_arready_i = dut_->reg_rvalid_i = 0;
  dut_->mem_awready_i = dut_->mem_wready_i = dut_->mem_bvalid_i = 0;
  dut_->mem_arready_i = dut_->mem_rvalid_i = 0;
  for (int i = 0; i < 8; ++i) {
    dut_->clk_i = i & 1;
    dut_->eval();
  }
  dut_->rst_ni = 1;
  idle(64);
}

// The models see the outputs before the edge; their inputs change after it.
void Bench::step() {
  dut_->irq_i = model.irq;
  dut_->clk_i = 0;
  dut_->eval();
  registers();
  memoryWrites();
  memoryReads();
  receive();
  dut_->eval();  // the inputs that the models have changed
  good_ += dut_->frame_good_o;
  bad_ += dut_->frame_bad_o;
  dut_->clk_i = 1;
  dut_->eval();
  if (responded_) dut_->mem_bvalid_i = 0;
  if (taken_) dut_->mem_rvalid_i = 0;
  responded_ = taken_ = false;
}

void Bench::idle(uint32_t clocks) {
  dut_->uart_rx_i = 1;
  for (uint32_t i = 0; i < clocks; ++i) step();
}

void Bench::sendBits(const std::vector<bool>& bits, double clocksPerBit) {
  double end = 0, now = 0;
  for (bool bit : bits) {
    end += clocksPerBit;
    dut_->uart_rx_i = bit;
    for (; now < std::round(end); ++now) step();
  }
  dut_->uart_rx_i = 1;
}

std::vector<bool> Bench::toBits(const std::vector<uint8_t>& bytes) {
  std::vector<bool> bits;
  for (uint8_t b : bytes) {
    bits.push_back(false);
    for (int i = 0; i < 8; ++i) bits.push_back((b >> i & 1) != 0);
    bits.push_back(true);
  }
  return bits;
}

void Bench::sendBytes(const std::vector<uint8_t>& bytes, double clocksPerBit) {
  sendBits(toBits(bytes), clocksPerBit);
}

std::optional<Frame> Bench::answer(uint32_t clocks) {
  for (uint32_t i = 0; i < clocks && answers_.empty(); ++i) step();
  if (answers_.empty()) return std::nullopt;
  Frame frame = std::move(answers_.front());
  answers_.pop_front();
  return frame;
}

void Bench::receive() {
  const bool level = dut_->uart_tx_o != 0;
  if (rxCount_ < 0) {
    if (!level) rxCount_ = 0;
    return;
  }
  ++rxCount_;
  const int clocks = static_cast<int>(kClocksPerBit);
  if (rxCount_ % clocks != clocks / 2) return;
  const int bit = rxCount_ / clocks;
  if (bit >= 1 && bit <= 8) rxByte_ = rxByte_ >> 1 | (level ? 0x80u : 0u);
  if (bit < 9) return;
  rxCount_ = -1;
  EXPECT_TRUE(level) << "stop bit";
  if (std::optional<Frame> frame = deframer_.push(static_cast<uint8_t>(rxByte_))) {
    answers_.push_back(std::move(*frame));
  }
}

// A handshake happens at the coming edge when valid and ready are both high now.
void Bench::registers() {
  auto& r = registers_;
  const bool quiet = registersHang;
  if (r.response) {
    dut_->reg_bvalid_i = 1;
    dut_->reg_bresp_i = r.failed ? kError : 0;
    if (dut_->reg_bready_o) r.response = false;
  } else {
    dut_->reg_bvalid_i = 0;
  }
  dut_->reg_awready_i = !quiet && !r.address && dut_->reg_awvalid_o && chance();
  dut_->reg_wready_i = !quiet && !r.data && dut_->reg_wvalid_o && chance();
  if (dut_->reg_awready_i) {
    r.address = true;
    r.offset = dut_->reg_awaddr_o;
  }
  if (dut_->reg_wready_i) {
    r.data = true;
    r.value = dut_->reg_wdata_o;
    EXPECT_EQ(dut_->reg_wstrb_o, 0xf);
  }
  if (r.address && r.data && chance()) {
    r.failed = !model.writeRegister(r.offset, r.value);
    r.address = r.data = false;
    r.response = true;
  }
  if (r.readPending && chance()) {
    dut_->reg_rvalid_i = 1;
    dut_->reg_rdata_i = r.readValue;
    dut_->reg_rresp_i = r.readFailed ? kError : 0;
    r.readPending = false;
    EXPECT_TRUE(dut_->reg_rready_o);
  } else {
    dut_->reg_rvalid_i = 0;
  }
  dut_->reg_arready_i = !quiet && dut_->reg_arvalid_o && chance();
  if (dut_->reg_arready_i) {
    const std::optional<uint32_t> value = model.readRegister(dut_->reg_araddr_o);
    r.readPending = true;
    r.readFailed = !value;
    r.readValue = value.value_or(0xdeadbeef);
  }
}

Bench::Burst Bench::begin(uint32_t address, uint32_t beats) {
  EXPECT_EQ(address % 8, 0u);
  EXPECT_LE(address % kBlockBytes + beats * 8, kBlockBytes) << "burst leaves its block";
  return {address, beats, address >= kMemoryErrorFrom};
}

void Bench::memoryWrites() {
  const bool data = write_.beats != 0;
  dut_->mem_awready_i = !memoryHangs && !data && !response_ && dut_->mem_awvalid_o && chance();
  dut_->mem_wready_i = !memoryHangs && data && dut_->mem_wvalid_o && chance();
  dut_->mem_bvalid_i = dut_->mem_bvalid_i || (!memoryHangs && response_ && chance());
  dut_->mem_bresp_i = write_.failed ? kError : 0;
  if (dut_->mem_awready_i) write_ = begin(dut_->mem_awaddr_o, dut_->mem_awlen_o + 1u);
  if (dut_->mem_wready_i) {
    for (uint32_t i = 0; i < 8; ++i) {
      if ((dut_->mem_wstrb_o >> i & 1) == 0) continue;
      model.writeByte(write_.address + i, static_cast<uint8_t>(dut_->mem_wdata_o >> (8 * i)));
    }
    write_.address += 8;
    response_ = --write_.beats == 0;
    EXPECT_EQ(dut_->mem_wlast_o != 0, response_);
  }
  if (dut_->mem_bvalid_i && dut_->mem_bready_o) {
    responded_ = true;
    response_ = false;
  }
}

void Bench::memoryReads() {
  dut_->mem_arready_i = !memoryHangs && read_.beats == 0 && dut_->mem_arvalid_o && chance();
  dut_->mem_rvalid_i = read_.beats != 0 && (dut_->mem_rvalid_i || (!memoryHangs && chance()));
  if (dut_->mem_arready_i) {
    const uint32_t beats = dut_->mem_arlen_o + 1u;
    read_ = begin(dut_->mem_araddr_o, beats);
    model.log.push_back({Access::Kind::readMemory, read_.address, beats * 8});
  }
  if (!dut_->mem_rvalid_i) return;
  uint64_t data = 0;
  for (uint32_t i = 0; i < 8; ++i) data |= uint64_t{model.byte(read_.address + i)} << (8 * i);
  dut_->mem_rdata_i = data;
  dut_->mem_rresp_i = read_.failed ? kError : 0;
  dut_->mem_rlast_i = read_.beats == 1;
  if (!dut_->mem_rready_o) return;
  read_.address += 8;
  --read_.beats;
  taken_ = true;
}

}  // namespace lilong::link
