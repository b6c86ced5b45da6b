// SPDX-License-Identifier: Apache-2.0
// The public networks: every preset and arithmetic compiles into a program that validates, the same
// every time, with all multiplications accounted for and nothing on the host.  Also the options.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/compile.hpp"
#include "runtime/program_file.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {
namespace {

struct Network {
  const char* path;
  uint64_t macs;
};
constexpr Network kNetworks[] = {
    {"mlperf-tiny/kws.tflite", 2656768},        {"mlperf-tiny/ic.tflite", 12501632},
    {"mlperf-tiny/vww.tflite", 7489664},        {"mlperf-tiny/ad.tflite", 264192},
    {"mlperf-tiny/sww.tflite", 826368},         {"zoo/person_detect.tflite", 7157888},
    {"zoo/mobilenet_v2_224.tflite", 300775552},
};

std::filesystem::path modelsFolder() {
  const char* folder = std::getenv("LILONG_MODELS");
  return folder ? folder : "../shared/models";
}

std::vector<uint8_t> readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Networks : public testing::TestWithParam<Network> {
 protected:
  void SetUp() override {
    bytes_ = readFile(modelsFolder() / GetParam().path);
    if (!bytes_.empty()) return;
    const char* required = std::getenv("LILONG_REQUIRE_MODELS");
    ASSERT_FALSE(required && std::string(required) == "1") << "models folder not found";
    GTEST_SKIP() << "set LILONG_MODELS to the folder of the public networks";
  }
  std::vector<uint8_t> bytes_;
};
INSTANTIATE_TEST_SUITE_P(Public, Networks, testing::ValuesIn(kNetworks));

TEST_P(Networks, CompileForEveryPreset) {
  for (const isa::Preset& preset : isa::kPresets) {
    CompileOptions options;
    options.preset = preset.name;
    options.noHost = true;
    const auto program = compile(options, bytes_, GetParam().path);
    ASSERT_TRUE(program.ok()) << program.error().toString();
    EXPECT_EQ(program->steps.size(), 1u);
    uint64_t macs = 0;
    for (const ProgramLayer& layer : program->layers) macs += layer.macs;
    EXPECT_EQ(macs, GetParam().macs);
  }
}

// Removal shrinks layers and constants, not what a report calls the work of the network.
TEST_P(Networks, DeadChannelsGo) {
  CompileOptions options;
  const auto all = compile(options, bytes_, GetParam().path);
  options.deadChannels = "remove";
  const auto removed = compile(options, bytes_, GetParam().path);
  ASSERT_TRUE(all.ok() && removed.ok());
  uint64_t macs = 0;
  for (const ProgramLayer& layer : removed->layers) macs += layer.macs;
  EXPECT_EQ(macs, GetParam().macs);
  EXPECT_EQ(removed->inputBytes, all->inputBytes);
  EXPECT_EQ(removed->outputBytes, all->outputBytes);
  // Half of this network's channels are constant.
  if (std::string(GetParam().path) == "mlperf-tiny/vww.tflite") {
    EXPECT_LT(removed->constants.size(), all->constants.size() / 3);
  }
}

TEST_P(Networks, SameBytesEveryTime) {
  for (const char* numerics : {"tflm", "litert-ref", "litert"}) {
    CompileOptions options;
    options.numerics = numerics;
    const auto first = compile(options, bytes_, "a.tflite");
    const auto second = compile(options, bytes_, "a.tflite");
    ASSERT_TRUE(first.ok() && second.ok());
    const auto a = serializeProgram(*first), b = serializeProgram(*second);
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_EQ(*a, *b);
  }
}

DiagId refusal(const CompileOptions& options) {
  const auto program = compile(options, {}, "x.tflite");
  EXPECT_FALSE(program.ok());
  return program.error().diagnostics[0].id;
}

TEST(Options, UnknownValuesAreRefused) {
  CompileOptions options;
  options.preset = "giant";
  EXPECT_EQ(refusal(options), DiagId::unknownPreset);
  options = {};
  options.numerics = "exact";
  EXPECT_EQ(refusal(options), DiagId::unknownOption);
  options = {};
  options.memory = "tape";
  EXPECT_EQ(refusal(options), DiagId::unknownOption);
  options = {};
  options.deadChannels = "maybe";
  EXPECT_EQ(refusal(options), DiagId::unknownOption);
  EXPECT_NE(refusal({}), DiagId::unknownOption);
}

}  // namespace
}  // namespace lilong
