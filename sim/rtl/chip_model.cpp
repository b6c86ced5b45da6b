// SPDX-License-Identifier: Apache-2.0
// Chip on top of one Verilated model.  Compiled once per preset and flavour, with the generated
// model in the same file; the build defines
//   LILONG_RTL_ALL      file that includes all generated C++ files (absent: they are compiled apart)
//   LILONG_RTL_CLASS    class of the model
//   LILONG_RTL_HEADER   its header
//   LILONG_RTL_PRESET, LILONG_RTL_FLAVOUR   names
//   LILONG_RTL_CHECKED  1: assertions, random initial state, waves
//   LILONG_RTL_NETLIST  the model is a netlist; the file says where the scratchpad lies in it
#include LILONG_RTL_HEADER
#include "verilated.h"
#include "verilated_syms.h"
#if LILONG_RTL_CHECKED
#include "verilated_fst_c.h"
#endif

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "sim/isa/gen/isa.hpp"
#include "sim/rtl/banks.hpp"
#include "sim/rtl/chip.hpp"

namespace {

// Set by vl_stop and friends, which Verilated code calls on a failed assertion.
thread_local std::string* failure_sink = nullptr;

void noteFailure(const char* file, int line, const char* scope, const char* what) {
  if (failure_sink && failure_sink->empty()) {
    *failure_sink = std::string(file ? file : "?") + ":" + std::to_string(line) + ": " +
                    (scope && *scope ? std::string(scope) + ": " : "") + what;
  }
}

}  // namespace

void vl_finish(const char* file, int line, const char* scope) {
  noteFailure(file, line, scope, "$finish");
}
void vl_stop(const char* file, int line, const char* scope) {
  noteFailure(file, line, scope, "assertion failed");
}
void vl_fatal(const char* file, int line, const char* scope, const char* message) {
  noteFailure(file, line, scope, message);
}

namespace lilong::rtl {
namespace {

constexpr const isa::Preset* kPreset = isa::findPreset(LILONG_RTL_PRESET);
static_assert(kPreset != nullptr);

// Verilated words of a wide port to bytes and back; little-endian hosts only, like Verilator.
template <typename Port>
void toBytes(const Port& port, uint8_t* bytes) {
  std::memcpy(bytes, &port, kPreset->axiBytes);
}
template <typename Port>
void fromBytes(Port& port, const uint8_t* bytes) {
  std::memcpy(&port, bytes, kPreset->axiBytes);
}

class ChipModel final : public Chip {
 public:
  explicit ChipModel(uint64_t seed) {
    enter();
    context_.randReset(LILONG_RTL_CHECKED ? 2 : 0);
    context_.randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    context_.traceEverOn(LILONG_RTL_CHECKED);
    context_.assertOn(false);  // until reset has been seen
    model_ = std::make_unique<LILONG_RTL_CLASS>(&context_, "chip");
    model_->clk_i = 0;
    model_->rst_ni = 1;
    model_->eval();
    findMemories();
  }
  ~ChipModel() override {
    enter();
    closeWaves();
    model_->final();
    model_.reset();
    failure_sink = nullptr;
  }

  void cycle(const HostPins& host, const memory::AxiSlave& axi, ChipPins& out) override {
    auto& m = *model_;
    m.rst_ni = host.resetN;
    m.axil_awvalid_i = host.awvalid;
    m.axil_awaddr_i = host.awaddr;
    m.axil_wvalid_i = host.wvalid;
    m.axil_wdata_i = host.wdata;
    m.axil_wstrb_i = host.wstrb;
    m.axil_bready_i = host.bready;
    m.axil_arvalid_i = host.arvalid;
    m.axil_araddr_i = host.araddr;
    m.axil_rready_i = host.rready;

    m.axi_arready_i = axi.arready;
    m.axi_awready_i = axi.awready;
    m.axi_wready_i = axi.wready;
    m.axi_rvalid_i = axi.rvalid;
    if (axi.rvalid) {
      m.axi_rlast_i = axi.rlast;
      m.axi_rresp_i = axi.rresp;
      m.axi_rid_i = axi.rid;
      fromBytes(m.axi_rdata_i, axi.rdata.data());
    }
    m.axi_bvalid_i = axi.bvalid;
    m.axi_bid_i = axi.bid;
    m.axi_bresp_i = axi.bresp;

    enter();
    m.clk_i = 0;
    m.eval();
    dump();

    out.awready = m.axil_awready_o;
    out.wready = m.axil_wready_o;
    out.bvalid = m.axil_bvalid_o;
    out.bresp = m.axil_bresp_o;
    out.arready = m.axil_arready_o;
    out.rvalid = m.axil_rvalid_o;
    out.rresp = m.axil_rresp_o;
    out.rdata = m.axil_rdata_o;
    out.irq = m.irq_o;
    out.traceStart = m.trace_start_o;
    out.traceDone = m.trace_done_o;
    if (out.traceStart) std::memcpy(out.traceStartInstruction.data(), &m.trace_start_instr_o, 12);
    if (out.traceDone) std::memcpy(out.traceDoneInstruction.data(), &m.trace_done_instr_o, 12);

    out.axi.ar.valid = m.axi_arvalid_o;
    if (out.axi.ar.valid) {
      out.axi.ar.addr = m.axi_araddr_o;
      out.axi.ar.len = m.axi_arlen_o;
      out.axi.ar.size = m.axi_arsize_o;
      out.axi.ar.burst = m.axi_arburst_o;
      out.axi.ar.id = m.axi_arid_o;
    }
    out.axi.aw.valid = m.axi_awvalid_o;
    if (out.axi.aw.valid) {
      out.axi.aw.addr = m.axi_awaddr_o;
      out.axi.aw.len = m.axi_awlen_o;
      out.axi.aw.size = m.axi_awsize_o;
      out.axi.aw.burst = m.axi_awburst_o;
      out.axi.aw.id = m.axi_awid_o;
    }
    out.axi.wvalid = m.axi_wvalid_o;
    if (out.axi.wvalid) {
      out.axi.wlast = m.axi_wlast_o;
      out.axi.wstrb = m.axi_wstrb_o;
      toBytes(m.axi_wdata_o, out.axi.wdata.data());
    }
    out.axi.rready = m.axi_rready_o;
    out.axi.bready = m.axi_bready_o;

    m.clk_i = 1;
    m.eval();
    dump();
    if (!host.resetN) context_.assertOn(LILONG_RTL_CHECKED);
  }

  bool openWaves(const std::string& path) override {
#if LILONG_RTL_CHECKED
    enter();
    closeWaves();
    waves_ = std::make_unique<VerilatedFstC>();
    model_->trace(waves_.get(), 99);
    waves_->open(path.c_str());
    if (!waves_->isOpen()) waves_.reset();
    return waves_ != nullptr;
#else
    (void)path;
    return false;
#endif
  }

  void closeWaves() override {
#if LILONG_RTL_CHECKED
    if (waves_) waves_->close();
    waves_.reset();
#endif
  }

  bool peek(size_t address, uint8_t* bytes, size_t count) override {
    return transfer(address, count, [&](size_t bank, size_t row, size_t offset, size_t i, size_t n) {
      banks_.read(bank, row, offset, bytes + i, n);
    });
  }
  bool poke(size_t address, const uint8_t* bytes, size_t count) override {
    return transfer(address, count, [&](size_t bank, size_t row, size_t offset, size_t i, size_t n) {
      banks_.write(bank, row, offset, bytes + i, n);
    });
  }

  const uint32_t* counters() const override { return counters_; }
  const std::string& failure() const override { return failure_; }

 private:
  // Several chips may live in one process and one thread; Verilated code finds its context and we
  // the place for messages through the thread.
  void enter() {
    failure_sink = &failure_;
    Verilated::threadContextp(&context_);
  }

  void dump() {
#if LILONG_RTL_CHECKED
    context_.timeInc(1);
    if (waves_) waves_->dump(context_.time());
#endif
  }

  // The counters are the variable `counter_q` of the registers, or of a netlist as a whole.
  void findMemories() {
    banks_.find(context_);
    const VerilatedScopeNameMap* scopes = context_.scopeNameMap();
    if (!scopes) return;
    for (const auto& [name, scope] : *scopes) {
      const VerilatedVar* var = scope->varFind("counter_q");
      if (var) counters_ = static_cast<const uint32_t*>(var->datap());
    }
  }

  // Vector v lies in bank (v + v / 8) mod 8, row v / 8; a row is depth bytes.
  template <typename Visit>
  bool transfer(size_t address, size_t count, Visit visit) {
    if (address > kPreset->scratchpadBytes || count > kPreset->scratchpadBytes - address) {
      return false;
    }
    if (!banks_.complete()) return false;
    for (size_t i = 0; i < count;) {
      const size_t vector = (address + i) / kPreset->depth, offset = (address + i) % kPreset->depth;
      const size_t piece = std::min(count - i, kPreset->depth - offset);
      visit((vector + vector / isa::kBanks) % isa::kBanks, vector / isa::kBanks, offset, i, piece);
      i += piece;
    }
    return true;
  }

  std::string failure_;
  VerilatedContext context_;
  std::unique_ptr<LILONG_RTL_CLASS> model_;
  Banks banks_{kPreset->depth};
  const uint32_t* counters_ = nullptr;
#if LILONG_RTL_CHECKED
  std::unique_ptr<VerilatedFstC> waves_;
#endif
};

Chip* create(uint64_t seed) { return new ChipModel(seed); }

constexpr Module kModule{kModuleAbi,          kPreset->lanes,    kPreset->depth,
                         kPreset->scratchpadBytes, kPreset->axiBytes, LILONG_RTL_PRESET,
                         LILONG_RTL_FLAVOUR,  &create};

}  // namespace
}  // namespace lilong::rtl

extern "C" __attribute__((visibility("default"))) const lilong::rtl::Module* lilong_rtl_module() {
  return &lilong::rtl::kModule;
}

#ifdef LILONG_RTL_ALL
#include "sim/rtl/verilated_ops.hpp"
#include LILONG_RTL_ALL
#endif
