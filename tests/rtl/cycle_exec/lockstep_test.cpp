// SPDX-License-Identifier: Apache-2.0
// Unit lockstep of sim/cycle/exec.hpp and lilong_exec: the EXEC instructions of random programs,
// several in a row, with random gaps, bank conflicts, refused reads and writes, and clears; every
// output that has time in it is compared in every cycle.
// Usage: lockstep_test [runs] [seed] [opcode]
#include <verilated.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "Vlilong_exec.h"
#include "sim/cycle/exec.hpp"
#include "sim/isa/gen/isa_checks.hpp"
#include "sim/lockstep/generator.hpp"
#include "tests/rtl/exec_kind.hpp"

namespace {

namespace cycle = lilong::cycle;
namespace isa = lilong::isa;

const isa::Preset kPreset = *isa::findPreset(TEST_PRESET);
const cycle::Shape kShape = cycle::Shape::of(kPreset);
const unsigned kVectorBits = static_cast<unsigned>(std::countr_zero(kShape.vectors()));

uint32_t getBits(const void* port, unsigned lsb, unsigned bits) {
  const auto* bytes = static_cast<const uint8_t*>(port);
  uint32_t value = 0;
  for (unsigned i = 0; i < bits; i++) {
    value |= static_cast<uint32_t>((bytes[(lsb + i) / 8] >> ((lsb + i) % 8)) & 1) << i;
  }
  return value;
}

struct Options {
  double issue = 1.0;  // chance that a waiting instruction is offered
  double read = 1.0;   // chance that a read request is looked at
  double write = 1.0;
  double clear = 0.0;
};

class Lockstep {
 public:
  explicit Lockstep(uint64_t seed) : rng_(seed), twin_(kShape) {
    top_.clk_i = 0;
    top_.rst_ni = 1;
    top_.eval();
    top_.rst_ni = 0;  // the reset is asynchronous: an edge is needed
    top_.eval();
    top_.rst_ni = 1;
    top_.eval();
  }

  int64_t cycles() const { return cycle_; }
  int64_t instructions() const { return instructions_; }
  int64_t clears() const { return clears_; }

  // Runs the instructions in order (after a clear they are forgotten); false at a difference.
  bool run(const std::vector<isa::Descriptor>& program, const Options& options) {
    size_t issued = 0, done = 0;
    const int64_t begin = cycle_;
    trace_.clear();
    int64_t quiet = 0;
    while (done < program.size()) {
      const bool wanted = issued < program.size() && chance(options.issue);
      const isa::Descriptor cmd = issued < program.size() ? program[issued] : isa::Descriptor{};
      top_.clr_i = chance(options.clear);
      top_.cmd_valid_i = 0;
      std::memcpy(&top_.cmd_i, cmd.data(), sizeof cmd);
      top_.cmd_kind_i = lilong::testing::kindOf(cmd, kPreset);
      top_.eval();
      const bool offer = wanted && top_.cmd_ready_o;  // only when ready
      top_.cmd_valid_i = offer;
      top_.rd_gnt_i = 0;
      top_.rd_rvalid_i = way_[cycle::kReadLatency - 1];
      top_.wr_gnt_i = 0;
      top_.eval();
      if (!compareRequests(cmd)) return false;

      cycle::ExecIn in;
      in.cmdValid = offer;
      in.cmd = &cmd;
      in.readGrant = grant(options);
      in.writeGrant = top_.wr_req_o && chance(options.write);
      top_.rd_gnt_i = in.readGrant;
      top_.wr_gnt_i = in.writeGrant;
      top_.eval();
      const bool finished = top_.done_o, started = top_.start_o, busy = top_.busy_o;
      const bool beat = top_.beat_o, stall_weights = top_.stall_weights_o;
      const bool stall_input = top_.stall_input_o, stall_output = top_.stall_output_o;
      if (!same("busy", busy, twin_.busy()) || !same("done", finished, twin_.done())) return false;
      twin_.tick(in);
      if (!same("start", started, twin_.start) || !same("beat", beat, twin_.beat) ||
          !same("stall_weights", stall_weights, twin_.stallWeights) ||
          !same("stall_input", stall_input, twin_.stallInput) ||
          !same("stall_output", stall_output, twin_.stallOutput)) {
        return false;
      }
      std::copy_backward(std::begin(way_), std::end(way_) - 1, std::end(way_));
      way_[0] = in.readGrant;
      if (started) trace_.push_back(2 * (cycle_ - begin));
      if (finished) trace_.push_back(2 * (cycle_ - begin) + 1);
      issued += started;
      done += finished;
      instructions_ += finished;
      quiet = started || finished || beat || in.readGrant != 0 || in.writeGrant ? 0 : quiet + 1;
      const bool clear = top_.clr_i;
      top_.clk_i = 1;
      top_.eval();
      top_.clk_i = 0;
      top_.eval();
      cycle_++;
      if (clear) {
        twin_.clear();
        clears_++;
        trace_.clear();
        return true;
      }
      if (quiet > 20000) {
        std::printf("hangs: issued %zu, done %zu\n", issued, done);
        return false;
      }
    }
    return true;
  }

  // The same run without the RTL, ahead wherever possible; after a run in which nothing was
  // refused.
  bool runAhead(const std::vector<isa::Descriptor>& program) {
    size_t issued = 0, done = 0;
    int64_t cycle = 0;
    std::vector<int64_t> trace;
    cycle::Exec::Events events;
    cycle::Exec exec(kShape);
    while (done < program.size()) {
      const bool offer = issued < program.size();
      const int64_t n = static_cast<int64_t>(
          exec.runAlone<false>(offer ? &program[issued] : nullptr, 1 + rng_() % 300, events));
      cycle += n;
      ahead_ += n;
      cycle::ExecIn in;
      in.cmdValid = offer;
      in.cmd = offer ? &program[issued] : nullptr;
      in.readGrant = cycle::Scratchpad::grants(exec.reads(), false, 0);
      in.writeGrant = exec.write().req;
      const bool finished = exec.done();
      exec.tick(in);
      if (exec.start) trace.push_back(2 * cycle);
      if (finished) trace.push_back(2 * cycle + 1);
      issued += exec.start;
      done += finished;
      cycle++;
    }
    if (trace == trace_) return true;
    std::printf("starts and ends differ when the timing core runs ahead\n");
    return false;
  }
  int64_t ahead() const { return ahead_; }

 private:
  bool chance(double p) {
    return p >= 1.0 || (p > 0 && std::uniform_real_distribution<>(0, 1)(rng_) < p);
  }

  bool same(const char* name, uint32_t rtl, uint32_t twin) {
    if (rtl == twin) return true;
    std::printf("cycle %lld: %s is %x in the RTL, %x in the timing core\n",
                static_cast<long long>(cycle_), name, rtl, twin);
    return false;
  }

  bool compareRequests(const isa::Descriptor& cmd) {
    const cycle::ExecReads& reads = twin_.reads();
    const cycle::WriteRequest write = twin_.write();
    if (!same("cmd_ready", top_.cmd_ready_o, twin_.cmdReady(cmd)) ||
        !same("rd_req", top_.rd_req_o, reads.req) ||
        !same("rd_upper_first", top_.rd_upper_first_o, reads.upperFirst) ||
        !same("wr_req", top_.wr_req_o, write.req)) {
      return false;
    }
    if (write.req && (!same("wr_addr", top_.wr_addr_o, write.addr) ||
                      !same("wr_strobe", top_.wr_strobe_o, write.strobe))) {
      return false;
    }
    for (unsigned p = 0; p < kShape.execPorts(); p++) {
      if (((reads.req >> p) & 1) == 0) continue;
      const uint32_t place = getBits(&top_.rd_addr_o, p * kVectorBits, kVectorBits);
      asked_[p] = place / 8 * 8 + (place - place / 8) % 8;  // the vector at a row and bank
      if (asked_[p] != reads.addr[p]) {
        std::printf("port %u: ", p);
        return same("rd_addr", asked_[p], reads.addr[p]);
      }
    }
    return true;
  }

  uint32_t grant(const Options& options) {
    uint32_t taken = 0, grants = 0;
    for (unsigned i = 0; i < kShape.execPorts(); i++) {
      // ports from kActPorts on come first if asked for
      const unsigned first = top_.rd_upper_first_o ? cycle::kActPorts : 0;
      const unsigned p = (i + first) % kShape.execPorts();
      if (((top_.rd_req_o >> p) & 1) == 0 || !chance(options.read)) continue;
      const uint32_t bank = 1u << cycle::bankOf(asked_[p]);
      if ((taken & bank) == 0) grants |= 1u << p;
      taken |= bank;
    }
    return grants;
  }

  std::mt19937_64 rng_;
  Vlilong_exec top_;
  cycle::Exec twin_;
  uint32_t asked_[cycle::kMaxExecPorts] = {};
  uint32_t way_[cycle::kReadLatency] = {};  // grants of the last cycles
  std::vector<int64_t> trace_;              // starts (even) and ends (odd) of the last run
  int64_t cycle_ = 0, instructions_ = 0, clears_ = 0, ahead_ = 0;
};

// Appends the EXEC instructions of a program; its semaphores are left to the queues.
void append(std::vector<isa::Descriptor>& exec, const lilong::lockstep::TestCase& test) {
  for (const isa::Descriptor& d : test.program) {
    const isa::InstructionInfo* info = isa::findInstruction(isa::opcodeByte(d));
    if (info != nullptr && info->queue == isa::Queue::exec) exec.push_back(d);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 200;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  lilong::lockstep::GeneratorOptions generate;
  generate.trapPercent = 0;  // only instructions that the decoder lets through
  if (argc > 3) generate.only = static_cast<int>(std::strtol(argv[3], nullptr, 0));
  Lockstep lockstep(seed);
  for (int i = 0; i < count; i++) {
    std::mt19937_64 rng(seed * 1000003 + static_cast<uint64_t>(i));
    std::vector<isa::Descriptor> exec;
    for (uint64_t n = 1 + rng() % 8; n > 0; n--) {
      append(exec, lilong::lockstep::generate(kPreset, rng(), generate));
    }
    Options options;
    options.issue = rng() % 2 ? 1.0 : 0.2;
    options.read = rng() % 2 ? 1.0 : 0.6;
    options.write = rng() % 2 ? 1.0 : 0.7;
    options.clear = rng() % 8 ? 0.0 : 0.002;
    const bool free =
        options.issue == 1.0 && options.read == 1.0 && options.write == 1.0 && options.clear == 0.0;
    if (!lockstep.run(exec, options) || (free && !lockstep.runAhead(exec))) {
      std::printf("FAILED: run %d of seed %llu\n", i, static_cast<unsigned long long>(seed));
      return 1;
    }
  }
  std::printf("%d runs, %lld instructions, %lld cycles, %lld ahead, %lld clears, 0 differences\n",
              count, static_cast<long long>(lockstep.instructions()),
              static_cast<long long>(lockstep.cycles()), static_cast<long long>(lockstep.ahead()),
              static_cast<long long>(lockstep.clears()));
  return 0;
}
