// SPDX-License-Identifier: Apache-2.0
// CaseBuilder: what the instruction generators share: the case under construction, places in the
// scratchpad and in memory, and data that gives results which are neither all equal nor all
// saturated.
#pragma once

#include <vector>

#include "sim/isa/gen/isa_checks.hpp"
#include "sim/lockstep/order.hpp"
#include "sim/lockstep/random.hpp"
#include "sim/lockstep/test_case.hpp"

namespace lilong::lockstep {

class CaseBuilder {
 public:
  CaseBuilder(const isa::Preset& preset, uint64_t seed);

  const isa::Preset& preset;
  Random random;
  TestCase test;
  OrderedProgram program;

  // A place of `bytes` bytes in the arena at a multiple of `align`; anywhere if it does not fit.
  uint32_t place(uint64_t bytes, uint32_t align);
  // Like place, but often where an earlier instruction has written.
  uint32_t placeInput(uint64_t bytes, uint32_t align);
  void noteOutput(uint32_t address, uint64_t bytes);

  // Puts `bytes` where an instruction will read them at run time: into the initial scratchpad, or
  // into memory with a LOAD in front.  Returns the address, a multiple of `align`.
  uint32_t provide(const std::vector<uint8_t>& bytes, uint32_t align);

  // Adds the instruction if it is legal, fits and does not write what it reads.
  bool tryAdd(const isa::Descriptor& descriptor);

  // Multiplier and shift that take values of about `spread` to about 60.
  void requantiser(double spread, uint32_t& multiplier, uint8_t& shift);
  // An odd stride: the natural one, or more, a multiple of `align`.
  uint32_t pitch(uint64_t natural, uint32_t align);
  // A memory window with the right; its number.
  uint32_t windowFor(bool write);

 private:
  struct Range {
    uint64_t first, end;
  };
  uint32_t arenaFirst_, arenaBytes_;
  std::vector<Range> written_;   // by instructions so far
  std::vector<Range> provided_;  // initial content that must stay
  std::vector<Range> outputs_;
  uint32_t constantsUsed_ = 0;
};

// Instruction generators; false if the random shape was not legal.  `budget`: about the cycles.
bool addConv(CaseBuilder& b, uint32_t budget);
bool addDwconv(CaseBuilder& b, uint32_t budget);
bool addPool(CaseBuilder& b, uint32_t budget);
bool addEltwise(CaseBuilder& b, uint32_t budget);
bool addSoftmax(CaseBuilder& b, uint32_t budget);
bool addCopy(CaseBuilder& b, uint32_t budget);
bool addLoad(CaseBuilder& b, uint32_t budget);
bool addStore(CaseBuilder& b, uint32_t budget);
bool addNop(CaseBuilder& b);

// Makes the last instructions of a finished program raise a trap of a random kind.
void addTrap(CaseBuilder& b);

// K steps and passes that an instruction needs to see its whole kernel.
uint32_t convSteps(uint32_t depth, uint32_t rows, uint32_t run);
uint32_t windowPasses(uint32_t depth, uint32_t kernelRows, uint32_t kernelCols);

}  // namespace lilong::lockstep
