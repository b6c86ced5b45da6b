// SPDX-License-Identifier: Apache-2.0
// lilong_decode against sim/isa/check.hpp: random descriptors of every instruction, small and wild
// fields, reserved bits, wrong opcodes; verdict, address, queue, and the cycles that it takes.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "Vlilong_decode.h"
#include "sim/isa/check.hpp"
#include "sim/isa/gen/isa_checks.hpp"

namespace isa = lilong::isa;

namespace {

constexpr uint32_t kDescriptors = 60000;
constexpr uint32_t kMostCycles = 20;  // of one instruction
const isa::Preset kPreset = *isa::findPreset(TEST_PRESET);

std::mt19937_64 rng(5);
uint32_t below(uint64_t n) {
  return static_cast<uint32_t>(rng() % n);
}

// Sizes and rights of the windows; a few tiny ones.
std::array<isa::RegionView, isa::kRegions> randomRegions() {
  std::array<isa::RegionView, isa::kRegions> r;
  for (isa::RegionView& view : r) {
    view.size = below(4) ? below(1u << (8 + below(25))) : ~0u;
    view.read = below(5) != 0;
    view.write = below(3) != 0;
  }
  return r;
}

isa::Descriptor randomDescriptor() {
  isa::Descriptor d{};
  const auto& info = isa::kInstructions[below(std::size(isa::kInstructions))];
  const uint32_t wild = below(3);  // 0: mostly small fields, so that footprints fit
  for (uint32_t& word : d) {
    switch (wild == 0 ? below(4) : below(8)) {
      case 0:
        word = 0;
        break;
      case 1:
        word = below(24) | below(24) << 16;
        break;
      case 2:
        word = below(kPreset.scratchpadBytes) & ~31u;
        break;
      case 3:
        word = below(64) << 24 | 8 * below(512);
        break;
      default:
        word = static_cast<uint32_t>(rng());
        break;
    }
  }
  if (info.queue != isa::Queue::exec && below(2)) {  // transfers of usual size
    d[1] = below(8), d[2] = below(1u << 20), d[3] = below(4000), d[4] = below(4000);
    d[5] = 8 * below(500), d[6] = 8 * below(500), d[7] = 8 * below(500);
    d[8] = below(3000), d[9] = below(20) | below(4) << 16;
  }
  if (below(8)) {  // fields that are often refused
    if (info.queue == isa::Queue::exec) d[6] = (d[6] & 0x03FFFFFF) | (1 + below(33)) << 26;
    d[8] |= below(8) ? 1 : 0;
    d[10] &= ~7u, d[11] &= ~7u;
    if (info.queue == isa::Queue::exec) d[9] &= ~7u;
    d[13] &= ~(1u << 29), d[14] &= ~31u, d[15] &= ~31u;
    if (info.opcode == isa::Opcode::eltwise) d[13] &= ~(31u << 22), d[3] &= ~(1u << 26);
    if (info.queue != isa::Queue::exec) d[5] &= ~7u, d[6] &= ~7u, d[7] &= ~7u;
  }
  d[0] = (d[0] & ~0xFFu) | static_cast<uint32_t>(info.opcode);
  const isa::Descriptor reserved = isa::reservedMask(isa::opcodeByte(d));
  if (below(20))
    for (size_t i = 0; i < d.size(); ++i) d[i] &= ~reserved[i];
  if (below(50) == 0) d[0] = static_cast<uint32_t>(rng());
  if (info.opcode == isa::Opcode::end && below(4)) d[0] = 1;
  return d;
}

class Bench {
 public:
  Bench() {
    top_.rst_ni = 0;
    top_.clr_i = 1;
    step();
    top_.rst_ni = 1;
    step();
    top_.clr_i = 0;
    top_.push_ready_i = 7;
  }

  // Presents one descriptor; false with a message if the module judges differently.
  bool judge(const isa::Descriptor& d, uint32_t number) {
    regions_ = randomRegions();
    const auto& regions = regions_;
    for (size_t i = 0; i < d.size(); ++i) top_.desc_i[i] = d[i];
    top_.desc_number_i = number;
    top_.desc_valid_i = 1;
    top_.push_ready_i = 0;
    uint32_t cycles = 0;
    do {
      step();
      top_.desc_valid_i = 0;
      if (++cycles > 100) return fail(d, "never judged");
    } while (!top_.push_valid_o && !top_.trap_o && !top_.done_o);
    longest_ = std::max(longest_, cycles + 1);
    const std::optional<isa::Trap> want = isa::check(d, kPreset, regions, number);
    if (want) {
      ++trapped_[static_cast<size_t>(want->code)];
      if (!top_.trap_o) return fail(d, "accepted, expected " + want->toString());
      const isa::Trap got{static_cast<isa::TrapCode>(top_.trap_code_o), isa::Engine::fetch,
                          top_.instr_o, top_.trap_addr_o};
      if (got != *want) return fail(d, got.toString() + ", expected " + want->toString());
    } else {
      ++accepted_;
      if (top_.trap_o) return fail(d, "refused");
      const isa::Queue queue = isa::findInstruction(isa::opcodeByte(d))->queue;
      if (queue == isa::Queue::control) {
        if (!top_.done_o) return fail(d, "end not done");
      } else {
        if (top_.push_valid_o != 1u << static_cast<uint32_t>(queue)) return fail(d, "wrong queue");
        if (top_.push_instr_o != number) return fail(d, "wrong number");
        if (top_.push_empty_o != isa::isEmpty(d, kPreset)) return fail(d, "wrong empty flag");
        for (size_t i = 0; i < d.size(); ++i)
          if (top_.push_desc_o[i] != d[i]) return fail(d, "descriptor changed");
        for (uint32_t wait = below(3); wait > 0; --wait) {
          if (!top_.blocked_o || top_.decoded_o) return fail(d, "full queue not respected");
          step();
        }
        top_.push_ready_i = top_.push_valid_o;
        top_.eval();
        if (!top_.decoded_o) return fail(d, "not counted");
        step();
        return true;
      }
    }
    top_.clr_i = 1;
    step();
    top_.clr_i = 0;
    return true;
  }

  uint32_t longest() const { return longest_; }
  uint64_t accepted() const { return accepted_; }
  uint64_t trapped(isa::TrapCode code) const { return trapped_[static_cast<size_t>(code)]; }

 private:
  void step() {
    top_.clk_i = 0;
    top_.eval();
    const isa::RegionView& window = regions_[top_.window_index_o];
    top_.window_size_i = window.size;
    top_.window_access_i = static_cast<uint8_t>((window.read ? 1 : 0) | (window.write ? 2 : 0));
    top_.eval();
    top_.clk_i = 1;
    top_.eval();
  }
  bool fail(const isa::Descriptor& d, const std::string& text) {
    std::printf("%s\n", text.c_str());
    for (uint32_t word : d) std::printf(" %08x", word);
    std::printf("\n");
    return false;
  }

  Vlilong_decode top_;
  std::array<isa::RegionView, isa::kRegions> regions_{};
  uint32_t longest_ = 0;
  uint64_t accepted_ = 0;
  std::array<uint64_t, 16> trapped_{};
};

}  // namespace

int main() {
  Bench bench;
  for (uint32_t i = 0; i < kDescriptors; ++i)
    if (!bench.judge(randomDescriptor(), i)) return 1;
  std::printf("%s: %u descriptors, %lu accepted, at most %u cycles\n", TEST_PRESET, kDescriptors,
              static_cast<unsigned long>(bench.accepted()), bench.longest());
  using isa::TrapCode;
  for (TrapCode code : {TrapCode::illegalOpcode, TrapCode::reservedBits, TrapCode::badField,
                        TrapCode::scratchpadRange, TrapCode::regionRange, TrapCode::regionAccess}) {
    std::printf("  %-18s %lu\n", isa::toString(code),
                static_cast<unsigned long>(bench.trapped(code)));
    if (bench.trapped(code) < 50) return std::printf("too few\n"), 1;
  }
  if (bench.accepted() < kDescriptors / 10) return std::printf("too few accepted\n"), 1;
  return bench.longest() <= kMostCycles ? 0 : 1;
}
