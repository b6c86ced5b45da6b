// SPDX-License-Identifier: Apache-2.0
#include "sim/isa/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "sim/isa/gen/isa_checks.hpp"
#include "sim/isa/order.hpp"
#include "sim/isa/strided.hpp"

namespace lilong::isa {
namespace {

constexpr size_t kMaxProblems = 16;
constexpr uint64_t kMaxPairs = 200'000'000;  // pairs of instructions that are compared

// One footprint of one instruction.
struct Access {
  StridedSet bytes;
  std::string_view name;
  uint32_t space;  // 0: scratchpad, 1 + n: region n
  bool write;
  bool constant;  // weights and parameters, which EXEC may read before its fence
};

struct Accesses {
  uint32_t instruction = 0;
  std::vector<Access> items;
};

bool conflict(const Access& a, const Access& b) {
  return a.space == b.space && (a.write || b.write) && a.bytes.begin() < b.bytes.end() &&
         b.bytes.begin() < a.bytes.end() && a.bytes.meets(b.bytes);
}

// Could two iterations write the same byte?  Nested loops never do; others count as doing so.
bool writesTwice(const Footprint& footprint) {
  std::vector<Footprint::Term> loops;
  for (uint32_t i = 0; i < footprint.numTerms; ++i)
    if (footprint.terms[i].count > 1) loops.push_back(footprint.terms[i]);
  std::sort(loops.begin(), loops.end(),
            [](const auto& a, const auto& b) { return a.stride < b.stride; });
  uint64_t span = footprint.extent;
  for (const Footprint::Term& loop : loops) {
    if (loop.stride < span) return true;
    span += (loop.count - 1) * loop.stride;
  }
  return false;
}

// Does a copy read bytes of granules that it writes?  The memory promises nothing for a granule that
// is read while other bytes of it are written.
bool sharesGranule(const Footprint& written, const Footprint& read) {
  const auto down = [](uint64_t byte) { return byte / kGranule * kGranule; };
  const auto up = [&](uint64_t byte) { return down(byte + kGranule - 1); };
  const StridedSet target(written), source(read);
  if (source.end() <= down(target.begin()) || up(target.end()) <= source.begin()) return false;
  bool aligned = true;  // every block lies like the first in its granules
  for (uint32_t i = 0; i < written.numTerms; ++i)
    aligned = aligned && (written.terms[i].count == 1 || written.terms[i].stride % kGranule == 0);
  Footprint wide = written;
  const uint64_t margin = std::min<uint64_t>(kGranule - 1, written.base);
  wide.base = aligned ? down(written.base) : written.base - margin;
  wide.extent = aligned ? up(written.base + written.extent) - wide.base
                        : written.extent + margin + kGranule - 1;
  return StridedSet(wide).meets(source);
}

class Verifier {
 public:
  Verifier(std::span<const Descriptor> program, const Preset& preset,
           std::span<const RegionView, kRegions> regions)
      : program_(program), preset_(preset), regions_(regions) {}

  Result<void> run() {
    checkEach();
    if (problems_.empty()) {
      Order order = findOrder(program_);
      for (std::string& text : order.problems) problem(std::move(text));
      if (problems_.empty()) checkConflicts(order);
    }
    if (problems_.empty()) return {};
    return Error{std::move(problems_)};
  }

 private:
  bool full() const { return problems_.size() >= kMaxProblems; }
  void problem(std::string text) {
    if (!full()) problems_.push_back(makeDiagnostic(DiagId::programIllFormed, std::move(text)));
  }
  std::string named(uint32_t i) const {
    return fmt::format("instruction {} ({})", i, findInstruction(opcodeByte(program_[i]))->name);
  }

  void checkEach() {
    if (program_.empty() || opcodeByte(program_.back()) != static_cast<uint8_t>(Opcode::end))
      problem("the program does not end with 'end'");
    if (!regions_[0].read || regions_[0].size / kDescriptorBytes < program_.size())
      problem("region 0 does not hold the program or may not be read");
    for (uint32_t i = 0; i < program_.size() && !full(); ++i) {
      if (const std::optional<Trap> trap = check(program_[i], preset_, regions_, i)) {
        problem(fmt::format("trap {}", trap->toString()));
        continue;
      }
      if (opcodeByte(program_[i]) == static_cast<uint8_t>(Opcode::end) && i + 1 < program_.size())
        problem(fmt::format("instruction {} is 'end', but more instructions follow", i));
      checkSelf(i);
    }
  }

  // What one instruction does to itself.
  void checkSelf(uint32_t i) {
    const Footprints all = footprints(program_[i], preset_);
    for (const Footprint& footprint : all) {
      if (!footprint.write) continue;
      if (footprint.space == Space::region && footprint.region == 0)
        problem(fmt::format("{} writes to region 0, the program", named(i)));
      // Copies and transfers write in a stated order; results of the array do not.
      if (footprint.name == "output" && writesTwice(footprint))
        problem(fmt::format("{} writes bytes of its output twice", named(i)));
      for (const Footprint& other : all)
        if (!other.write && other.space == footprint.space &&
            StridedSet(footprint).meets(StridedSet(other)))
          problem(fmt::format("{} writes bytes that it reads as {}", named(i), other.name));
        else if (!other.write && opcodeByte(program_[i]) == static_cast<uint8_t>(Opcode::copy) &&
                 sharesGranule(footprint, other))
          problem(fmt::format("{} writes granules that it reads as {}", named(i), other.name));
    }
  }

  Accesses accesses(const OrderedInstruction& item) const {
    Accesses result;
    result.instruction = item.instruction;
    for (const Footprint& f : footprints(program_[item.instruction], preset_)) {
      const uint32_t space = f.space == Space::scratchpad ? 0 : 1u + f.region;
      result.items.push_back(
          {StridedSet(f), f.name, space, f.write, f.name == "weights" || f.name == "params"});
    }
    return result;
  }

  // Every instruction against those that may still run when it starts.
  void checkConflicts(const Order& order) {
    std::array<std::vector<Accesses>, kNumQueues> executed;
    uint64_t pairs = 0;
    for (const OrderedInstruction& item : order.sequence) {
      const Accesses own = accesses(item);
      for (uint32_t q = 0; q < kNumQueues && !own.items.empty(); ++q) {
        const uint32_t first = std::min(item.complete[q], item.beforeConstants[q]);
        pairs += executed[q].size() - std::min<size_t>(first, executed[q].size());
        if (pairs > kMaxPairs) {
          problem("the program is too long to be verified without more fences and semaphores");
          return;
        }
        for (uint32_t j = first; j < executed[q].size(); ++j) {
          comparePair(own, executed[q][j], j < item.complete[q]);
          if (full()) return;
        }
      }
      executed[item.queue].push_back(own);
    }
  }

  // `constantsOnly`: only the later instruction's constants may come before the other's end.
  void comparePair(const Accesses& later, const Accesses& earlier, bool constantsOnly) {
    for (const Access& a : later.items) {
      if (constantsOnly && !a.constant) continue;
      for (const Access& b : earlier.items) {
        if (!conflict(a, b)) continue;
        problem(fmt::format("{} {} {} at 0x{:x} while {} may still {} {} at 0x{:x}",
                            named(later.instruction), a.write ? "writes" : "reads", a.name,
                            a.bytes.begin(), named(earlier.instruction), b.write ? "write" : "read",
                            b.name, b.bytes.begin()));
        return;
      }
    }
  }

  std::span<const Descriptor> program_;
  const Preset& preset_;
  std::span<const RegionView, kRegions> regions_;
  std::vector<Diagnostic> problems_;
};

}  // namespace

Result<void> verify(std::span<const Descriptor> program, const Preset& preset,
                    std::span<const RegionView, kRegions> regions) {
  return Verifier(program, preset, regions).run();
}

}  // namespace lilong::isa
