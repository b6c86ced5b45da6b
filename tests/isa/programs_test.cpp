// SPDX-License-Identifier: Apache-2.0
// Every program of tests/isa on the functional simulator.  Working directory: repository root.
#include "tests/isa/programs.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/functional/machine.hpp"
#include "sim/isa/disassembler.hpp"
#include "sim/isa/verify.hpp"

namespace lilong::functional {
namespace {

const std::filesystem::path kFolder = "tests/isa";

struct Job {
  std::vector<uint8_t> memory;
  std::array<Window, isa::kRegions> windows{};
  std::array<isa::RegionView, isa::kRegions> views{};
};

// The regions one after another, 64 bytes apart at least.
Job layOut(const isa::Assembly& assembly) {
  Job job;
  for (size_t i = 0; i < isa::kRegions; ++i) {
    const isa::AssembledRegion& region = assembly.regions[i];
    job.views[i] = region.view;
    job.windows[i] = {job.memory.size(), region.view.size, region.view.read, region.view.write};
    job.memory.insert(job.memory.end(), region.bytes.begin(), region.bytes.end());
    job.memory.resize((job.memory.size() + 127) / 64 * 64);
  }
  return job;
}

class Programs : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Programs, GiveTheirExpectedResult) {
  const auto assembly = isa::assemble(isa::readText(GetParam()), GetParam());
  ASSERT_TRUE(assembly.ok()) << assembly.error().toString();
  std::filesystem::path beside = GetParam();
  beside.replace_extension(".exp");
  const auto expected = isa::parseExpectation(isa::readText(beside), beside);
  ASSERT_TRUE(expected.ok()) << expected.error().toString();

  const isa::Preset& preset = *isa::findPreset(assembly->preset);
  Job job = layOut(*assembly);
  Machine machine(preset);
  // What a program does not write must not matter.
  for (size_t i = 0; i < machine.scratchpad().size(); ++i)
    machine.scratchpad()[i] = static_cast<uint8_t>(i * 7 + 13);
  const RunResult result = machine.run(job.memory, job.windows);
  EXPECT_EQ(result.trap, expected->trap) << (result.trap ? result.trap->toString() : "no trap");
  for (const auto& bytes : expected->memory) {
    ASSERT_LE(uint64_t{bytes.offset} + bytes.bytes.size(), job.windows[bytes.region].size);
    const auto from =
        job.memory.begin() + static_cast<ptrdiff_t>(job.windows[bytes.region].base + bytes.offset);
    const std::vector<uint8_t> found(from, from + static_cast<ptrdiff_t>(bytes.bytes.size()));
    EXPECT_EQ(found, bytes.bytes) << "region " << bytes.region << " offset " << bytes.offset;
  }
  // The verifier agrees: good programs are accepted, programs with a trap refused.
  const auto verdict = isa::verify(assembly->program, preset, job.views);
  EXPECT_EQ(verdict.ok(), !expected->trap) << (verdict.ok() ? "" : verdict.error().toString());
}

std::string testName(const ::testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = std::filesystem::relative(info.param, kFolder).replace_extension("").string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Isa, Programs, ::testing::ValuesIn(isa::programFiles(kFolder)), testName);

// The examples of the manual: every indented block is legal on edge.
TEST(Manual, ExamplesAreLegal) {
  std::stringstream manual(isa::readText("docs/4-isa/3-instructions.md"));
  std::string text;
  for (std::string line; std::getline(manual, line);)
    if (line.rfind("    ", 0) == 0) text += line.substr(4) + '\n';
  const auto assembly = isa::assemble(text, "3-instructions.md");
  ASSERT_TRUE(assembly.ok()) << assembly.error().toString();
  std::set<uint8_t> opcodes;
  std::array<isa::RegionView, isa::kRegions> views;
  views.fill({1 << 20, true, true});
  for (const isa::Descriptor& descriptor : assembly->program) {
    opcodes.insert(isa::opcodeByte(descriptor));
    const auto trap = isa::check(descriptor, *isa::findPreset("edge"), views, 0);
    EXPECT_FALSE(trap) << isa::disassemble(descriptor) << ": " << trap->toString();
  }
  EXPECT_EQ(opcodes.size(), isa::kInstructions.size());
}

TEST(ProgramFolder, CoverEveryInstructionAndEveryTrapOfTheFunctionalSimulator) {
  std::set<std::string> names;
  for (const auto& path : isa::programFiles(kFolder)) names.insert(path.stem());
  for (const isa::InstructionInfo& info : isa::kInstructions)
    EXPECT_TRUE(names.count(std::string(info.name))) << info.name;
  for (uint8_t code = 1; code <= static_cast<uint8_t>(isa::TrapCode::deadlock); ++code) {
    const std::string name = isa::toString(static_cast<isa::TrapCode>(code));
    if (name == "semaphore_rest") continue;  // end.s
    EXPECT_TRUE(names.count(name)) << name;
  }
}

}  // namespace
}  // namespace lilong::functional
