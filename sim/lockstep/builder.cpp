// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/builder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sim/isa/check.hpp"

namespace lilong::lockstep {

namespace {

constexpr uint32_t kMemoryBytes = 512 * 1024;
constexpr uint32_t kProgramBytes = 32 * 1024;

bool overlap(uint64_t first, uint64_t end, uint64_t first2, uint64_t end2) {
  return first < end2 && first2 < end;
}

}  // namespace

CaseBuilder::CaseBuilder(const isa::Preset& p, uint64_t seed)
    : preset(p), random(seed * 0x2545F4914F6CDD1Dull + 1), program(p, random) {
  test.seed = seed;
  test.preset = &preset;
  test.memory.resize(kMemoryBytes);
  random.fill(test.memory);
  test.scratchpad.resize(preset.scratchpadBytes);
  random.fill(test.scratchpad);

  // The arena: small enough that instructions meet, anywhere, often at an end of the scratchpad.
  arenaBytes_ = std::min(preset.scratchpadBytes, random.range(6, 48) * 1024);
  const uint32_t last = preset.scratchpadBytes - arenaBytes_;
  arenaFirst_ = random.pick({0, last, random.range(0, last / 64) * 64});

  // Windows: 0 program, 1 constants; the others of odd sizes at 64-byte bases, in random rights.
  uint64_t base = random.range(0, 8) * 64;
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    functional::Window& w = test.windows[i];
    w.base = base;
    w.size = i == 0 ? kProgramBytes : random.range(1, i == 1 ? 160 : 40) * 1024 - random.range(0, 70);
    w.read = i < 2 || i == 2 || i == 3 || random.chance(50);
    w.write = i > 1 && (i == 2 || i == 4 || random.chance(50));
    base += (w.size + 63) / 64 * 64 + random.range(0, 4) * 64;
  }
}

uint32_t CaseBuilder::place(uint64_t bytes, uint32_t align) {
  const bool inArena = bytes <= arenaBytes_ && random.chance(95);
  const uint64_t first = inArena ? arenaFirst_ : 0;
  const uint64_t space = inArena ? arenaBytes_ : preset.scratchpadBytes;
  if (bytes > space) return 0;
  const uint64_t last = first + space - bytes;
  if (random.chance(3)) return static_cast<uint32_t>(last / align * align);
  const uint64_t at = first + random.next() % (space - bytes + 1);
  return static_cast<uint32_t>(std::max(at / align * align, (first + align - 1) / align * align));
}

uint32_t CaseBuilder::placeInput(uint64_t bytes, uint32_t align) {
  if (!outputs_.empty() && random.chance(60)) {
    // The latest outputs most often: that is where timing matters.
    const size_t back = random.small(0, static_cast<uint32_t>(outputs_.size()) - 1);
    const Range& r = outputs_[outputs_.size() - 1 - back];
    uint64_t at = r.first;
    if (r.end - r.first > bytes && random.chance(50)) {
      at += random.next() % (r.end - r.first - bytes);
    }
    at = at / align * align;
    if (at + bytes <= preset.scratchpadBytes) return static_cast<uint32_t>(at);
  }
  return place(bytes, align);
}

void CaseBuilder::noteOutput(uint32_t address, uint64_t bytes) {
  outputs_.push_back({address, address + bytes});
}

uint32_t CaseBuilder::provide(const std::vector<uint8_t>& bytes, uint32_t align) {
  if (random.chance(70)) {
    for (int attempt = 0; attempt < 8; ++attempt) {
      const uint64_t at = place(bytes.size(), align), end = at + bytes.size();
      const auto meets = [&](const Range& r) { return overlap(at, end, r.first, r.end); };
      if (end > preset.scratchpadBytes || std::any_of(written_.begin(), written_.end(), meets) ||
          std::any_of(provided_.begin(), provided_.end(), meets)) {
        continue;
      }
      std::copy(bytes.begin(), bytes.end(), test.scratchpad.begin() + static_cast<long>(at));
      provided_.push_back({at, end});
      return static_cast<uint32_t>(at);
    }
  }
  // With a LOAD from the constants, at any offset.
  const functional::Window& window = test.windows[1];
  constantsUsed_ += random.range(0, 37);
  const uint32_t at = place((bytes.size() + 7) / 8 * 8, std::max(8u, align));
  if (constantsUsed_ + bytes.size() > window.size) return at;  // whatever lies there
  std::copy(bytes.begin(), bytes.end(),
            test.memory.begin() + static_cast<long>(window.base + constantsUsed_));
  isa::Load load;
  load.region = 1;
  load.memOffset = constantsUsed_;
  load.rowBytes = static_cast<uint32_t>(bytes.size());
  load.rows = load.planes = 1;
  load.spAddr = at;
  load.memRowStride = static_cast<uint32_t>(random.next());
  load.spRowStride = random.range(0, 100) * 8;
  constantsUsed_ += static_cast<uint32_t>(bytes.size());
  tryAdd(load.encode());
  return at;
}

bool CaseBuilder::tryAdd(const isa::Descriptor& descriptor) {
  if (isa::check(descriptor, preset, test.views(), 0)) return false;
  const std::vector<Access> accesses = accessesOf(descriptor, preset);
  if (writesWhatItReads(accesses)) return false;
  const auto opcode = static_cast<isa::Opcode>(isa::opcodeByte(descriptor));
  const bool ordered =
      opcode == isa::Opcode::load || opcode == isa::Opcode::store || opcode == isa::Opcode::copy;
  if (!ordered && writesTwice(descriptor, preset)) return false;
  program.add(descriptor);
  for (const isa::Footprint& f : isa::footprints(descriptor, preset)) {
    if (f.write && f.space == isa::Space::scratchpad) written_.push_back({f.base, f.end()});
  }
  return true;
}

void CaseBuilder::requantiser(double spread, uint32_t& multiplier, uint8_t& shift) {
  // Multipliers with few bits make exact ties common, which is where rounding modes differ.
  multiplier = random.range(1u << 30, 0x7FFFFFFF);
  if (random.chance(30)) multiplier = 1u << 30 | (random.chance(50) ? 1u << random.range(20, 29) : 0);
  if (random.chance(10)) {
    multiplier = random.pick({0, 1, 0x7FFFFFFF, 0x40000001, static_cast<uint32_t>(random.next()) >> 1});
  }
  if (random.chance(12)) {
    shift = static_cast<uint8_t>(random.range(0, 63));
    return;
  }
  const double exact = std::log2(std::max(1.0, spread) * 0x1.8p30 / 60.0);
  const int s = static_cast<int>(std::lround(exact)) + static_cast<int>(random.range(0, 3)) - 2;
  shift = static_cast<uint8_t>(std::clamp(s, 0, 63));
}

uint32_t CaseBuilder::pitch(uint64_t natural, uint32_t align) {
  uint64_t p = (natural + align - 1) / align * align;
  if (random.chance(40)) p += uint64_t{random.small(0, 6)} * align;
  return static_cast<uint32_t>(p);
}

uint32_t CaseBuilder::windowFor(bool write) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    const uint32_t i = random.range(write ? 2 : 0, isa::kRegions - 1);
    if (write ? test.windows[i].write : test.windows[i].read) return i;
  }
  return 2;
}

std::vector<uint8_t> TestCase::image() const {
  std::vector<uint8_t> result = memory;
  for (size_t i = 0; i < program.size(); ++i) {
    const uint64_t at = windows[0].base + i * isa::kDescriptorBytes;
    if (at + isa::kDescriptorBytes > result.size()) break;
    isa::writeDescriptor(program[i], result.data() + at);
  }
  return result;
}

std::array<isa::RegionView, isa::kRegions> TestCase::views() const {
  std::array<isa::RegionView, isa::kRegions> result;
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    result[i] = {windows[i].size, windows[i].read, windows[i].write};
  }
  return result;
}

}  // namespace lilong::lockstep
