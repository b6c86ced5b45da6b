// SPDX-License-Identifier: Apache-2.0
// Sessions on the functional device: results, shared devices, refusals, asynchronous runs.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {
namespace {

using test::idOf;
using test::kBytes;
using test::sampleProgram;

std::shared_ptr<Device> open(const std::string& preset = "nano", uint64_t bytes = 1 << 20) {
  auto device = openDevice({.preset = preset, .memoryBytes = bytes});
  EXPECT_TRUE(device.ok());
  return std::move(*device);
}

Bytes ramp(uint8_t first) {
  Bytes bytes(kBytes);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

TEST(Session, RunsChipAndHostSteps) {
  auto session = Session::create(sampleProgram(), open());
  ASSERT_TRUE(session.ok()) << session.error().toString();
  Bytes input = ramp(1);
  input[5] = 100;
  const auto result = (*session)->run({input});
  ASSERT_TRUE(result.ok()) << result.error().toString();
  ASSERT_EQ(result->outputs.size(), 2u);
  EXPECT_EQ(result->outputs[0], input);
  EXPECT_EQ(result->outputs[1], (Bytes{5, 0, 0, 0}));
  EXPECT_FALSE(result->cycles.has_value());
  EXPECT_EQ(result->counters[static_cast<size_t>(isa::Counter::bytesRead)], kBytes);
  EXPECT_EQ(result->counters[static_cast<size_t>(isa::Counter::bytesWritten)], kBytes);
}

TEST(Session, SessionsShareADevice) {
  auto device = open();
  auto one = Session::create(sampleProgram(), device);
  Program other = sampleProgram();
  other.constants.assign(10000, 7);  // moves every region
  auto two = Session::create(other, device);
  ASSERT_TRUE(one.ok() && two.ok());
  for (uint8_t round = 0; round < 3; ++round) {
    EXPECT_EQ((*one)->run({ramp(round)})->outputs[0], ramp(round));
    EXPECT_EQ((*two)->run({ramp(round + 50)})->outputs[0], ramp(round + 50));
  }
}

TEST(Session, RunsInAThread) {
  auto session = Session::create(sampleProgram(), open());
  ASSERT_TRUE(session.ok());
  auto first = (*session)->runAsync({ramp(1)});
  auto second = (*session)->runAsync({ramp(2)});
  EXPECT_EQ(first.get()->outputs[0], ramp(1));
  EXPECT_EQ(second.get()->outputs[0], ramp(2));
}

TEST(Session, RefusesWhatDoesNotFit) {
  EXPECT_EQ(idOf(Session::create(sampleProgram("edge"), open("nano")).error()),
            DiagId::programPreset);
  EXPECT_EQ(idOf(Session::create(sampleProgram(), open("nano", 64)).error()), DiagId::outOfMemory);
  EXPECT_EQ(idOf(Session::create(sampleProgram(), nullptr).error()), DiagId::deviceUnavailable);
  Program bad = sampleProgram();
  bad.inputs = {9};
  EXPECT_EQ(idOf(Session::create(bad, open()).error()), DiagId::programIllFormed);
}

TEST(Session, RefusesWrongInputs) {
  auto session = Session::create(sampleProgram(), open());
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(idOf((*session)->run(std::vector<Bytes>{}).error()), DiagId::inputCount);
  EXPECT_EQ(idOf((*session)->run({Bytes(kBytes - 1)}).error()), DiagId::inputShape);
  EXPECT_TRUE((*session)->run({ramp(0)}).ok());
}

TEST(Devices, UnknownNamesAreRefused) {
  EXPECT_EQ(idOf(openDevice({.name = "abacus"}).error()), DiagId::unknownDevice);
  EXPECT_EQ(idOf(openDevice({.preset = "mega"}).error()), DiagId::unknownPreset);
  EXPECT_EQ(idOf(openDevice({.memory = "tape"}).error()), DiagId::unknownOption);
  EXPECT_EQ(idOf(openDevice({.waves = "x.fst"}).error()), DiagId::unsupportedVariant);
}

TEST(Devices, FunctionalMemoryHasBorders) {
  auto device = open("nano", 128);
  Bytes bytes(64);
  EXPECT_TRUE(device->write(64, bytes).ok());
  EXPECT_FALSE(device->write(65, bytes).ok());
  EXPECT_FALSE(device->read(UINT64_MAX - 3, bytes).ok());
}

}  // namespace
}  // namespace lilong
