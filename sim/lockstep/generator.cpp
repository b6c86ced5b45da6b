// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/generator.hpp"

#include "sim/lockstep/builder.hpp"

namespace lilong::lockstep {

namespace {

bool addExec(CaseBuilder& b, int only, uint32_t budget) {
  uint32_t kind = b.random.range(0, 99);
  if (only >= 0) {
    switch (static_cast<isa::Opcode>(only)) {
      case isa::Opcode::conv: kind = 0; break;
      case isa::Opcode::dwconv: kind = 30; break;
      case isa::Opcode::pool: kind = 52; break;
      case isa::Opcode::eltwise: kind = 68; break;
      case isa::Opcode::softmax: kind = 84; break;
      case isa::Opcode::copy: kind = 92; break;
      default: return addNop(b);
    }
  }
  if (kind < 30) return addConv(b, budget);
  if (kind < 52) return addDwconv(b, budget);
  if (kind < 68) return addPool(b, budget);
  if (kind < 84) return addEltwise(b, budget);
  if (kind < 92) return addSoftmax(b, budget);
  return addCopy(b, budget);
}

void chooseBus(TestCase& test, Random& r) {
  test.timing = memory::kTimings[r.pick({0, 0, 0, 1, 2})];
  if (r.chance(30)) {
    test.timing.readLatency = r.range(1, 60);
    test.timing.writeLatency = r.range(1, 30);
    test.timing.readOutstanding = r.range(1, 16);
    test.timing.writeOutstanding = r.range(1, 16);
  }
  if (r.chance(60)) {
    test.stalls.seed = r.next();
    test.stalls.permille = r.pick({20, 100, 300, 700});
    test.stalls.maxCycles = r.pick({1, 3, 8, 40});
  }
}

}  // namespace

TestCase generate(const isa::Preset& preset, uint64_t seed, const GeneratorOptions& options) {
  CaseBuilder b(preset, seed);
  Random& r = b.random;
  const bool large = r.chance(options.largePercent);
  const uint32_t instructions = large ? r.range(12, 50) : r.small(2, 12);
  const uint32_t budget = large ? 2500 : 500;  // cycles of one instruction, about
  for (uint32_t n = 0, attempts = 0; n < instructions && attempts < 40 * instructions; ++attempts) {
    const uint32_t kind = r.range(0, 99);
    bool added = false;
    if (kind < 55) {
      added = addExec(b, options.only, budget);
    } else if (kind < 72) {
      added = addLoad(b, budget);
    } else if (kind < 90) {
      added = addStore(b, budget);
    } else {
      added = addNop(b);
    }
    n += added;
  }
  b.test.program = b.program.finish();
  b.test.program.push_back(isa::End{}.encode());

  if (r.chance(options.trapPercent)) {
    b.test.trap = static_cast<isa::TrapCode>(r.pick({1, 2, 3, 4, 5, 6, 7, 9, 10}));
    addTrap(b);
  }
  if (options.stalls) chooseBus(b.test, r);
  return std::move(b.test);
}

}  // namespace lilong::lockstep
