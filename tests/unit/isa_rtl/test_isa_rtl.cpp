// SPDX-License-Identifier: Apache-2.0
// Every program of tests/isa on the Verilated chip: the hand-computed results, and everything else
// as on the functional simulator.  Working directory: repository root.
#include <gtest/gtest.h>

#include <map>

#include "sim/isa/assembler.hpp"
#include "sim/lockstep/runner.hpp"
#include "sim/rtl/loader.hpp"
#include "tests/isa/programs.hpp"

namespace lilong::lockstep {
namespace {

// The regions one after another, 64 bytes apart at least.
TestCase caseOf(const isa::Assembly& assembly) {
  TestCase test;
  test.preset = isa::findPreset(assembly.preset);
  test.seed = 1;
  test.program = assembly.program;
  for (size_t i = 0; i < isa::kRegions; ++i) {
    const isa::AssembledRegion& region = assembly.regions[i];
    test.windows[i] = {test.memory.size(), region.view.size, region.view.read, region.view.write};
    test.memory.insert(test.memory.end(), region.bytes.begin(), region.bytes.end());
    test.memory.resize((test.memory.size() + 127) / 64 * 64);
  }
  test.scratchpad.resize(test.preset->scratchpadBytes);
  for (size_t i = 0; i < test.scratchpad.size(); ++i) {
    test.scratchpad[i] = static_cast<uint8_t>(i * 7 + 13);
  }
  return test;
}

// One chip per preset, of the strictest flavour that is built; null if there is none.
RtlRunner* chip(const isa::Preset& preset) {
  static std::map<std::string_view, std::unique_ptr<RtlRunner>> chips;
  if (auto found = chips.find(preset.name); found != chips.end()) return found->second.get();
  RtlOptions options;
  if (rtl::findModule(preset.name, "checked").empty()) options.flavour = "fast";
  if (rtl::findModule(preset.name, options.flavour).empty()) return nullptr;
  Result<std::unique_ptr<RtlRunner>> opened = RtlRunner::open(preset, options);
  EXPECT_TRUE(opened) << (opened ? "" : opened.error().toString());
  if (!opened) return nullptr;
  return (chips[preset.name] = std::move(*opened)).get();
}

TEST(IsaRtl, EveryProgramGivesItsExpectedResult) {
  int run = 0, skipped = 0;
  for (const std::filesystem::path& file : isa::programFiles("tests/isa")) {
    SCOPED_TRACE(file.string());
    const auto assembly = isa::assemble(isa::readText(file), file);
    ASSERT_TRUE(assembly.ok()) << assembly.error().toString();
    std::filesystem::path beside = file;
    beside.replace_extension(".exp");
    const auto expected = isa::parseExpectation(isa::readText(beside), beside);
    ASSERT_TRUE(expected.ok()) << expected.error().toString();
    const TestCase test = caseOf(*assembly);
    RtlRunner* rtl = chip(*test.preset);
    if (!rtl) {
      ++skipped;
      continue;
    }
    ++run;
    const Outcome got = rtl->run(test);
    EXPECT_EQ(got.trap, expected->trap) << (got.trap ? got.trap->toString() : "no trap");
    for (const auto& bytes : expected->memory) {
      const uint64_t at = test.windows[bytes.region].base + bytes.offset;
      ASSERT_LE(at + bytes.bytes.size(), got.memory.size());
      EXPECT_TRUE(std::equal(bytes.bytes.begin(), bytes.bytes.end(),
                             got.memory.begin() + static_cast<ptrdiff_t>(at)))
          << "region " << bytes.region << " offset " << bytes.offset;
    }
    EXPECT_EQ(compare(test, runFunctional(test), got), "");
  }
  EXPECT_GT(run, 20);
  RecordProperty("skipped", skipped);
}

}  // namespace
}  // namespace lilong::lockstep
