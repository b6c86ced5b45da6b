// SPDX-License-Identifier: Apache-2.0
// Board on top of one Verilated lilong_ulx3s.  Compiled once per preset and memory, with the
// generated model in the same file; the build defines
//   LILONG_FPGA_ALL, _CLASS, _HEADER   generated files and the class of the model
//   LILONG_FPGA_PRESET, _MEMORY        names
//   LILONG_FPGA_CLOCKS, _MHZ           clocks of a bit on the link, clock of the system
#include LILONG_FPGA_HEADER
#include "verilated.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "sim/fpga/board.hpp"
#include "sim/fpga/sdram_part.hpp"

namespace {

// The boards are built without assertions; nothing should come here.
void giveUp(const char* file, int line) {
  std::fprintf(stderr, "%s:%d: the Verilated board stopped\n", file ? file : "?", line);
  std::abort();
}

}  // namespace

void vl_finish(const char* file, int line, const char*) {
  giveUp(file, line);
}
void vl_stop(const char* file, int line, const char*) {
  giveUp(file, line);
}
void vl_fatal(const char* file, int line, const char*, const char*) {
  giveUp(file, line);
}

namespace lilong::fpga {
namespace {

constexpr int64_t kPeriod = 1'000'000 / LILONG_FPGA_MHZ;  // picoseconds
constexpr int kResetCycles = 16;
constexpr bool kSdram = LILONG_FPGA_SDRAM;

class BoardModel final : public Board {
 public:
  BoardModel() : model_(std::make_unique<LILONG_FPGA_CLASS>(&context_, "board")) {
    Verilated::threadContextp(&context_);
    model_->clk_25mhz = 0;
    model_->ftdi_txd = 1;
    model_->btn_pwrn = 1;
    model_->eval();
    reset();
  }
  ~BoardModel() override { model_->final(); }

  void reset() override {
    model_->btn_pwrn = 0;
    for (int i = 0; i < kResetCycles; ++i) cycle(true);
    model_->btn_pwrn = 1;
    cycle(true);
    // Reset of the controller in the middle of its work breaks rules of the part; it starts anew.
    if (kSdram) part_.restart();
    now_ = 0;
  }

  bool cycle(bool rx) override {
    auto& m = *model_;
    m.ftdi_txd = rx;
    m.clk_25mhz = 1;
    m.eval();
    m.clk_25mhz = 0;
    m.eval();
    if (kSdram) stepPart();
    return m.ftdi_rxd;
  }

  uint8_t lights() const override { return model_->led; }
  const std::string& failure() const override { return part_.failure(); }

 private:
  // The clock of the part rises when ours falls.
  void stepPart() {
    auto& m = *model_;
    SdramPins pins;
    pins.cke = m.sdram_cke;
    pins.csn = m.sdram_csn;
    pins.rasn = m.sdram_rasn;
    pins.casn = m.sdram_casn;
    pins.wen = m.sdram_wen;
    pins.ba = m.sdram_ba;
    pins.a = m.sdram_a;
    pins.dqm = m.sdram_dqm;
    pins.dq = m.sdram_d__out;
    pins.driven = m.sdram_d__en != 0;
    now_ += kPeriod;
    if (m.btn_pwrn) part_.edge(pins, now_, kPeriod);
    m.sdram_d = part_.data();
  }

  VerilatedContext context_;
  std::unique_ptr<LILONG_FPGA_CLASS> model_;
  SdramPart part_;
  int64_t now_ = 0;
};

Board* create() {
  return new BoardModel;
}

constexpr BoardModule kModule{kBoardAbi,          LILONG_FPGA_PRESET, LILONG_FPGA_MEMORY,
                              LILONG_FPGA_CLOCKS, LILONG_FPGA_MHZ,    &create};

}  // namespace
}  // namespace lilong::fpga

extern "C" __attribute__((visibility("default"))) const lilong::fpga::BoardModule*
lilong_fpga_module() {
  return &lilong::fpga::kModule;
}

#include LILONG_FPGA_ALL
