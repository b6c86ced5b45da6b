// SPDX-License-Identifier: Apache-2.0
// Every reference of a program is checked: one broken field at a time.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "runtime/validate.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {
namespace {

using test::idOf;
using test::sampleProgram;

struct Damage {
  const char* what;
  std::function<void(Program&)> apply;
  DiagId id = DiagId::programIllFormed;
};

HostStep& host(Program& program) { return std::get<HostStep>(program.steps[1]); }
ChipStep& chip(Program& program) { return std::get<ChipStep>(program.steps[0]); }

const std::vector<Damage>& damages() {
  static const std::vector<Damage> kDamages = {
      {"preset", [](Program& p) { p.preset = "mega"; }, DiagId::programPreset},
      {"spec", [](Program& p) { p.specHash += 1; }, DiagId::programVersion},
      {"numerics", [](Program& p) { p.numerics = "exact"; }},
      {"region too large", [](Program& p) { p.spillBytes = 0xFFFFFFFF; }},
      {"tensor type", [](Program& p) { p.tensors[0].dtype = static_cast<DType>(9); }},
      {"tensor rank", [](Program& p) { p.tensors[0].shape.assign(9, 1); }},
      {"zero dimension", [](Program& p) { p.tensors[0].shape = {0, 24}; }},
      {"negative dimension", [](Program& p) { p.tensors[0].shape = {-1, -24}; }},
      {"huge shape", [](Program& p) { p.tensors[0].shape.assign(8, 0x7FFFFFFF); }},
      {"tensor behind region", [](Program& p) { p.tensors[0].offset = 1; }},
      {"tensor offset wraps", [](Program& p) { p.tensors[0].offset = 0xFFFFFFFF; }},
      {"tensor in program", [](Program& p) { p.tensors[0].region = kRegionProgram; }},
      {"tensor nowhere", [](Program& p) { p.tensors[0].region = 9; }},
      {"tensor in unused region", [](Program& p) { p.tensors[0].region = 6; }},
      {"scale", [](Program& p) { p.tensors[0].scale = std::nanf(""); }},
      {"negative scale", [](Program& p) { p.tensors[0].scale = -1; }},
      {"no inputs", [](Program& p) { p.inputs.clear(); }},
      {"no outputs", [](Program& p) { p.outputs.clear(); }},
      {"input index", [](Program& p) { p.inputs = {3}; }},
      {"output index", [](Program& p) { p.outputs = {0xFFFFFFFF}; }},
      {"input in output region", [](Program& p) { p.inputs = {1}; }},
      {"no steps", [](Program& p) { p.steps.clear(); }},
      {"no code", [](Program& p) { chip(p).code.clear(); }},
      {"half a descriptor", [](Program& p) { chip(p).code.resize(100); }},
      {"no end", [](Program& p) { chip(p).code.resize(128); }},
      {"bad opcode", [](Program& p) { chip(p).code[0] = 0xEE; }},
      {"reserved bit", [](Program& p) { chip(p).code[63] = 0x80; }},
      {"store to constants", [](Program& p) { chip(p).code[64 + 4] = kRegionConstants; }},
      {"load behind region", [](Program& p) { chip(p).code[8] = 1; }},
      {"unsignalled wait", [](Program& p) { chip(p).code[64 + 1] |= 0x04; }},
      {"unknown host operator", [](Program& p) { host(p).op = "LSTM"; }},
      {"host input index", [](Program& p) { host(p).inputs = {7}; }},
      {"host output index", [](Program& p) { host(p).outputs = {7}; }},
      {"host writes constants",
       [](Program& p) {
         p.tensors[2].region = kRegionConstants;
         p.outputs = {1};
       }},
      {"host operand count", [](Program& p) { host(p).inputs.clear(); }},
      {"host attribute", [](Program& p) { host(p).attributes = {{"axis", 2}}; }},
      {"host attribute not whole", [](Program& p) { host(p).attributes = {{"axis", 0.5}}; }},
      {"host attribute not a number", [](Program& p) { host(p).attributes = {{"axis", NAN}}; }},
      {"layer step", [](Program& p) { p.layers[0].step = 2; }},
      {"layer side", [](Program& p) { p.layers[0].onChip = false; }},
      {"layer instruction", [](Program& p) { p.layers[0].lastInstruction = 3; }},
      {"layer removes more than it has", [](Program& p) { p.layers[0].macsRemoved = 1; }},
      {"too few layers of instructions", [](Program& p) { chip(p).layers.pop_back(); }},
      {"layer of an instruction", [](Program& p) { chip(p).layers[0] = 2; }},
      {"layer of another step", [](Program& p) { chip(p).layers[0] = 1; }},
      {"layer order", [](Program& p) { p.layers[0].firstInstruction = 2; }},
  };
  return kDamages;
}

TEST(Validate, SampleIsAccepted) {
  for (const isa::Preset& preset : isa::kPresets) {
    const auto valid = validateProgram(sampleProgram(std::string(preset.name)), "sample");
    EXPECT_TRUE(valid.ok()) << valid.error().toString();
  }
}

TEST(Validate, EveryDamageIsRefused) {
  for (const Damage& damage : damages()) {
    Program program = sampleProgram();
    damage.apply(program);
    const auto valid = validateProgram(program, "damaged");
    ASSERT_FALSE(valid.ok()) << damage.what;
    EXPECT_EQ(idOf(valid.error()), damage.id) << damage.what << ": " << valid.error().toString();
    EXPECT_EQ(valid.error().diagnostics.front().file, "damaged") << damage.what;
  }
}

}  // namespace
}  // namespace lilong
