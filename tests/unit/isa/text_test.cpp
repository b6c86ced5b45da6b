// SPDX-License-Identifier: Apache-2.0
// Assembler, disassembler and expectations.
#include <gtest/gtest.h>

#include "sim/isa/assembler.hpp"
#include "sim/isa/disassembler.hpp"
#include "tests/unit/isa/random_descriptor.hpp"

namespace lilong::isa {
namespace {

TEST(Text, DisassemblyAssemblesToTheSameBits) {
  std::mt19937 rng(4);
  for (int i = 0; i < 4000; ++i) {
    const InstructionInfo& info = kInstructions[rng() % kInstructions.size()];
    Descriptor d = randomFields(info, rng);
    if (i % 3 == 0)
      for (uint32_t w = 1; w < 16; ++w)
        if (rng() % 2) d[w] = 0;
    if (i % 10 == 0) d[rng() % 16] = rng();  // reserved bits, unknown opcodes
    const std::string text = disassemble(d);
    const auto again = assemble(text);
    ASSERT_TRUE(again.ok()) << text << '\n' << again.error().toString();
    ASSERT_EQ(again->program.size(), 1u);
    ASSERT_EQ(again->program[0], d) << text;
  }
}

TEST(Text, Readable) {
  const Conv conv{.header = {.fence = true, .wait0En = true, .wait0 = 0, .signal1 = 4},
                  .inAddr = 256,
                  .padValue = -3,
                  .rounding = Rounding::gemmlowp};
  EXPECT_EQ(
      disassemble(conv.encode()),
      "conv fence wait0=0 signal1=4 signal1_en=0 in_addr=0x100 pad_value=-3 rounding=gemmlowp");
}

TEST(Text, RegionsAndData) {
  const auto a = assemble(
      "# comment\n"
      ".preset nano\n"
      ".region 2 size=16 access=rw\n"
      ".data 2 1 1 -1 0x7f\n"
      ".data32 2 4 -2\n"
      ".fill 2 8 2 9   # nine\n"
      ".ramp 2 10 3 250 4\n"
      "nop_load signal0=3 \\\n"
      "  signal1=4\n"
      "end\n");
  ASSERT_TRUE(a.ok()) << a.error().toString();
  EXPECT_EQ(a->preset, "nano");
  EXPECT_EQ(a->program.size(), 2u);
  EXPECT_EQ(a->regions[0].view.size, 128u);
  EXPECT_TRUE(a->regions[0].view.read);
  EXPECT_EQ(a->regions[0].bytes[64], 1);  // opcode of end
  const std::vector<uint8_t> expected{0, 1, 255, 127, 254, 255, 255, 255,
                                      9, 9, 250, 254, 2,   0,   0,   0};
  EXPECT_EQ(a->regions[2].bytes, expected);
  EXPECT_TRUE(a->regions[2].view.read && a->regions[2].view.write);
}

TEST(Text, MistakesAreNamedWithTheirLine) {
  const auto message = [](const char* text) {
    const auto a = assemble(text, "x.s");
    return a.ok() ? std::string("accepted") : a.error().toString();
  };
  EXPECT_NE(message("conf").find("x.s: line 1: unknown instruction 'conf'"), std::string::npos);
  EXPECT_NE(message("end\nconv foo=1").find("line 2: conv has no field 'foo'"), std::string::npos);
  EXPECT_NE(message("conv run=1 run=2").find("given twice"), std::string::npos);
  EXPECT_NE(message("conv run=65536").find("0 to 65535"), std::string::npos);
  EXPECT_NE(message("conv pad_value=128").find("-128 to 127"), std::string::npos);
  EXPECT_NE(message("conv run").find("needs a value"), std::string::npos);
  EXPECT_NE(message("conv rounding=nearest").find("nearest"), std::string::npos);
  EXPECT_NE(message("conv opcode=3").find("no field"), std::string::npos);
  EXPECT_NE(message(".preset big").find(".preset"), std::string::npos);
  EXPECT_NE(message(".data 1 0 5").find("do not fit"), std::string::npos);
  EXPECT_NE(message(".region 9 size=1 access=r").find("'9'"), std::string::npos);
  EXPECT_NE(message(".region 1 size=1 access=x").find("unknown access"), std::string::npos);
  EXPECT_NE(message(".word 1 2").find("16 words"), std::string::npos);
}

TEST(Text, Expectation) {
  const auto done = parseExpectation("done\nmemory 2 0x10 1 -1\nmemory32 3 4 -2\n");
  ASSERT_TRUE(done.ok());
  EXPECT_FALSE(done->trap);
  EXPECT_EQ(done->memory[0].bytes, (std::vector<uint8_t>{1, 255}));
  EXPECT_EQ(done->memory[1].bytes, (std::vector<uint8_t>{254, 255, 255, 255}));
  const auto trap = parseExpectation("trap deadlock engine=exec instruction=3 address=0");
  ASSERT_TRUE(trap.ok());
  EXPECT_EQ(trap->trap, (Trap{TrapCode::deadlock, Engine::exec, 3, 0}));
  for (const char* wrong : {"", "done\ndone", "trap nothing engine=exec instruction=0 address=0",
                            "done\nmemory 9 0 1", "done\nmemory 1 0", "finished"})
    EXPECT_FALSE(parseExpectation(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace lilong::isa
