// SPDX-License-Identifier: Apache-2.0
// Program files: round trip; every truncation and every flipped bit is refused as programCorrupt.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "runtime/digest.hpp"
#include "runtime/program_content.hpp"
#include "runtime/program_file.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {
namespace {

using test::idOf;
using test::sampleProgram;

std::vector<uint8_t> sampleFile() {
  auto bytes = serializeProgram(sampleProgram());
  EXPECT_TRUE(bytes.ok()) << (bytes.ok() ? "" : bytes.error().toString());
  return *bytes;
}

// Makes the header fit again after a change, as a program of ours would have written it.
void seal(std::vector<uint8_t>& file) {
  const auto digest = sha256(std::span(file).subspan(kProgramHeaderBytes));
  std::copy(digest.begin(), digest.end(), file.begin() + 24);
  const uint64_t size = file.size() - kProgramHeaderBytes;
  for (size_t i = 0; i < 8; ++i) file[16 + i] = static_cast<uint8_t>(size >> (8 * i));
  const uint32_t crc = crc32c(std::span(file).first(60));
  for (size_t i = 0; i < 4; ++i) file[60 + i] = static_cast<uint8_t>(crc >> (8 * i));
}

TEST(ProgramFile, RoundTrip) {
  const Program from = sampleProgram();
  const auto to = parseProgram(sampleFile(), "sample.lilong");
  ASSERT_TRUE(to.ok()) << to.error().toString();
  EXPECT_EQ(to->model, from.model);
  EXPECT_EQ(to->preset, from.preset);
  EXPECT_EQ(to->numerics, from.numerics);
  EXPECT_EQ(to->specHash, from.specHash);
  EXPECT_EQ(to->constants, from.constants);
  EXPECT_EQ(to->hostBytes, from.hostBytes);
  ASSERT_EQ(to->tensors.size(), from.tensors.size());
  EXPECT_EQ(to->tensors[0].name, "in");
  EXPECT_EQ(to->tensors[0].shape, from.tensors[0].shape);
  EXPECT_EQ(to->tensors[0].zeroPoint, 3);
  EXPECT_EQ(to->tensors[2].dtype, DType::int32);
  EXPECT_EQ(to->outputs, from.outputs);
  ASSERT_EQ(to->steps.size(), 2u);
  EXPECT_EQ(std::get<ChipStep>(to->steps[0]).code, std::get<ChipStep>(from.steps[0]).code);
  EXPECT_EQ(std::get<ChipStep>(to->steps[0]).layers, std::get<ChipStep>(from.steps[0]).layers);
  EXPECT_EQ(std::get<HostStep>(to->steps[1]).attributes,
            std::get<HostStep>(from.steps[1]).attributes);
  ASSERT_EQ(to->layers.size(), 2u);
  EXPECT_EQ(to->layers[0].lastInstruction, 1u);
  EXPECT_EQ(*serializeProgram(*to), sampleFile());
}

TEST(ProgramFile, EveryTruncationIsRefused) {
  const auto file = sampleFile();
  for (size_t size = 1; size < file.size(); ++size) {
    const auto parsed = parseProgram(std::span(file).first(size), "cut.lilong");
    ASSERT_FALSE(parsed.ok()) << size;
    ASSERT_EQ(idOf(parsed.error()), DiagId::programCorrupt) << size;
  }
  const auto empty = parseProgram({}, "empty.lilong");
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(idOf(empty.error()), DiagId::fileEmpty);
}

TEST(ProgramFile, EveryFlippedBitIsRefused) {
  auto file = sampleFile();
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    file[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    const auto parsed = parseProgram(file, "flipped.lilong");
    ASSERT_FALSE(parsed.ok()) << bit;
    ASSERT_EQ(idOf(parsed.error()), DiagId::programCorrupt) << bit;
    file[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
  }
}

TEST(ProgramFile, TrailingBytesAreRefused) {
  auto file = sampleFile();
  file.push_back(0);
  const auto parsed = parseProgram(file, "long.lilong");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(idOf(parsed.error()), DiagId::programCorrupt);
}

TEST(ProgramFile, AnotherMajorVersionIsNamed) {
  auto file = sampleFile();
  file[8] = kProgramFormatMajor + 1;
  seal(file);
  const auto parsed = parseProgram(file, "new.lilong");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(idOf(parsed.error()), DiagId::programVersion);
}

TEST(ProgramFile, AnotherMinorVersionIsRead) {
  auto file = sampleFile();
  file[10] = 9;
  seal(file);
  EXPECT_TRUE(parseProgram(file, "newer.lilong").ok());
}

TEST(ProgramFile, AnotherSpecificationIsNamed) {
  Program program = sampleProgram();
  program.specHash ^= 1;
  const auto bytes = serializeProgram(program);
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(idOf(bytes.error()), DiagId::programVersion);
}

// A sealed file with a damaged FlatBuffer must be refused or give a valid program, never crash.
TEST(ProgramFile, SealedDamageIsHandled) {
  const auto file = sampleFile();
  size_t refused = 0;
  for (size_t bit = kProgramHeaderBytes * 8; bit < file.size() * 8; ++bit) {
    auto damaged = file;
    damaged[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    seal(damaged);
    const auto parsed = parseProgram(damaged, "sealed.lilong");
    if (!parsed.ok()) {
      ++refused;
      continue;
    }
    EXPECT_TRUE(validateProgram(*parsed, "sealed.lilong").ok());
  }
  EXPECT_GT(refused, file.size());  // most of them
}

TEST(ProgramFile, SealedTruncationIsRefused) {
  const auto file = sampleFile();
  for (size_t size = kProgramHeaderBytes; size + 64 < file.size(); size += 7) {
    auto cut = file;
    cut.resize(size);
    seal(cut);
    EXPECT_FALSE(parseProgram(cut, "cut.lilong").ok()) << size;
  }
}

TEST(ProgramFile, FilesOnDisk) {
  const std::string folder = ::testing::TempDir();
  const std::string path = folder + "/lilong_program_file_test.lilong";
  ASSERT_TRUE(saveProgram(sampleProgram(), path).ok());
  const auto loaded = loadProgram(path);
  ASSERT_TRUE(loaded.ok()) << loaded.error().toString();
  EXPECT_EQ(loaded->model, "sample.tflite");
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  std::filesystem::remove(path);
  EXPECT_EQ(idOf(loadProgram(path).error()), DiagId::fileNotFound);
  EXPECT_EQ(idOf(loadProgram(folder).error()), DiagId::fileUnreadable);
  EXPECT_EQ(idOf(saveProgram(sampleProgram(), folder + "/no/such/folder/x").error()),
            DiagId::fileWriteFailed);
}

}  // namespace
}  // namespace lilong
