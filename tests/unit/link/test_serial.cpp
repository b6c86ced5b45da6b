// SPDX-License-Identifier: Apache-2.0
// Device `serial` on a FakeBoard: equal results, noise, unplugging, wrong boards.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "tests/unit/link/fake_board.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {

namespace {

using test::FakeBoard;
using test::FakeBoardOptions;
using test::idOf;
using test::kBytes;

class Serial : public ::testing::Test {
 protected:
  Serial()
      : path_(std::filesystem::temp_directory_path() /
              ("lilong_board_" + std::to_string(getpid()))) {}

  Result<std::unique_ptr<Device>> open(const std::string& more = {},
                                       const std::string& preset = "edge") {
    return openDevice({.name = "serial:" + path_.string() + more, .preset = preset});
  }
  static Program program() {
    Program p = test::sampleProgram("edge");
    p.constants.resize(100'000);
    std::iota(p.constants.begin(), p.constants.end(), uint8_t{3});
    return p;
  }
  static Bytes ramp(uint8_t first) {
    Bytes bytes(kBytes);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
  }
  static void expectRuns(Session& session, uint8_t first) {
    auto result = session.run({ramp(first)});
    ASSERT_TRUE(result.ok()) << result.error().toString();
    EXPECT_EQ(result->outputs[0], ramp(first));
  }

  std::filesystem::path path_;
  FakeBoardOptions options_;
};

TEST_F(Serial, EqualsDeviceCycle) {
  FakeBoard board(path_, options_);
  auto device = open();
  ASSERT_TRUE(device.ok()) << device.error().toString();
  EXPECT_EQ((*device)->memoryBytes(), options_.memoryBytes);
  auto session = Session::create(program(), std::move(*device));
  auto model = Session::create(program(), std::move(*openDevice({.name = "cycle"})));
  for (uint8_t i = 0; i < 5; ++i) {
    auto result = (*session)->run({ramp(i)});
    auto expected = (*model)->run({ramp(i)});
    ASSERT_TRUE(result.ok()) << result.error().toString();
    EXPECT_EQ(result->outputs, expected->outputs);
    EXPECT_EQ(result->cycles, expected->cycles);
    EXPECT_EQ(result->counters, expected->counters);
  }
  EXPECT_EQ(board.jobs(), 5u);
}

TEST_F(Serial, AnyAddressAndLength) {
  FakeBoard board(path_, options_);
  auto device = open();
  ASSERT_TRUE(device.ok());
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    Bytes bytes(random() % 5000);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
    const uint64_t address = random() % (options_.memoryBytes - bytes.size());
    ASSERT_TRUE((*device)->write(address, bytes).ok());
    Bytes back(bytes.size());
    ASSERT_TRUE((*device)->read(address, back).ok());
    EXPECT_EQ(back, bytes);
  }
  EXPECT_FALSE((*device)->write(options_.memoryBytes - 1, Bytes(2)).ok());
}

TEST_F(Serial, WorksThroughNoise) {
  options_.noise = 0.0005;  // 40 % of the longest frames
  FakeBoard board(path_, options_);
  auto device = open();
  ASSERT_TRUE(device.ok()) << device.error().toString();
  auto session = Session::create(program(), std::move(*device));
  for (uint8_t i = 0; i < 20; ++i) expectRuns(**session, i);
  EXPECT_GT(board.dropped(), 20u);
  EXPECT_EQ(board.jobs(), 20u) << "a doorbell was rung twice, or never";
}

TEST_F(Serial, TrapsAreTold) {
  FakeBoard board(path_, options_);
  Program broken = program();
  auto& chip = std::get<ChipStep>(broken.steps[0]);
  chip.watchdogCycles = 3;  // too few
  auto session = Session::create(broken, std::move(*open()));
  ASSERT_TRUE(session.ok()) << session.error().toString();
  auto result = (*session)->run({ramp(1)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceTimeout);
}

TEST_F(Serial, RunsAgainAfterUnplugging) {
  FakeBoard board(path_, options_);
  auto session = Session::create(program(), std::move(*open(",timeout=1")));
  ASSERT_TRUE(session.ok());
  expectRuns(**session, 1);
  board.unplug();
  auto result = (*session)->run({ramp(2)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceLost) << result.error().toString();
  result = (*session)->run({ramp(2)});  // still away
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceUnavailable) << result.error().toString();
  board.powerOff();
  board.plugIn();
  expectRuns(**session, 3);
}

// Cut off after every number of frames of a run: an error, never a hang, and the next run is well.
TEST_F(Serial, CutAnywhere) {
  FakeBoard board(path_, options_);
  auto session = Session::create(program(), std::move(*open(",timeout=1")));
  ASSERT_TRUE(session.ok());
  for (uint32_t frames : {1u, 2u, 3u, 50u, 98u, 100u, 101u, 102u, 103u, 104u, 105u, 106u, 107u}) {
    board.powerOff();
    board.plugIn();
    auto renewed = Session::create(program(), std::move(*open(",timeout=1")));
    ASSERT_TRUE(renewed.ok());
    options_.dieAfter = frames;
    auto result = (*renewed)->run({ramp(9)});
    options_.dieAfter = 0;
    if (!result.ok())
      EXPECT_EQ(idOf(result.error()), DiagId::deviceLost) << result.error().toString();
    else
      EXPECT_EQ(result->outputs[0], ramp(9));
    board.plugIn();
    expectRuns(**renewed, 4);
  }
}

TEST_F(Serial, NoticesThatTheBoardWasSwitchedOff) {
  FakeBoard board(path_, options_);
  auto session = Session::create(program(), std::move(*open()));
  expectRuns(**session, 1);
  board.powerOff();
  auto result = (*session)->run({ramp(2)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceLost) << result.error().toString();
  expectRuns(**session, 3);
}

TEST_F(Serial, WrongBoards) {
  const auto message = [&](const std::string& preset = "edge") {
    FakeBoard board(path_, options_);
    auto device = open(",timeout=1", preset);
    EXPECT_FALSE(device.ok());
    if (device.ok()) return std::string();
    EXPECT_TRUE(idOf(device.error()) == DiagId::deviceMismatch ||
                idOf(device.error()) == DiagId::deviceLost);
    return device.error().toString();
  };
  EXPECT_NE(message("lite").find("the bitstream has preset edge, the program is for lite"),
            std::string::npos);
  options_.hashChange = 1;
  EXPECT_NE(message().find("the bitstream was built from specification"), std::string::npos);
  options_.hashChange = 0;
  options_.idChange = 1;
  EXPECT_NE(message().find("there is no Lilong chip"), std::string::npos);
  options_.idChange = 0;
  options_.version = 7;
  EXPECT_NE(message().find("the board speaks version 7 of the link, this lilong 1"),
            std::string::npos);
  options_.version = link::kVersion;
  options_.silent = true;
  EXPECT_NE(message().find("nothing answers at 3000000 baud within 1 s"), std::string::npos);
}

TEST_F(Serial, JobsHaveALimit) {
  options_.hang = true;
  FakeBoard board(path_, options_);
  auto session = Session::create(program(), std::move(*open(",limit=1")));
  auto result = (*session)->run({ramp(1)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceTimeout) << result.error().toString();
  options_.hang = false;
  expectRuns(**session, 2);
}

TEST_F(Serial, PortsThatCannotBeOpened) {
  const auto error = [&](const std::string& name) {
    auto device = openDevice({.name = name});
    EXPECT_FALSE(device.ok()) << name;
    return device.ok() ? std::string() : device.error().toString();
  };
  EXPECT_NE(error("serial:/dev/nothing").find("there is no such serial port"), std::string::npos);
  EXPECT_NE(error("serial:/dev/null").find("this is not a serial port"), std::string::npos);
  EXPECT_NE(error("serial").find("needs a path"), std::string::npos);
  EXPECT_NE(error("serial:/dev/null,speed=3").find("has no option 'speed=3'"), std::string::npos);
  EXPECT_NE(error("serial:/dev/null,baud=12x").find("baud=12x is no number"), std::string::npos);
  EXPECT_NE(error("serial:/dev/null,baud=0").find("baud=0 is no number"), std::string::npos);
  EXPECT_NE(error("serial:/dev/null,limit=-1").find("limit=-1 is no number"), std::string::npos);
  EXPECT_NE(error("serial:/dev/null,limit=1,limit=2").find("given twice"), std::string::npos);
  FakeBoard board(path_, options_);
  auto device = open();
  ASSERT_TRUE(device.ok());
  EXPECT_NE(error("serial:" + path_.string()).find("another program is using"), std::string::npos);
  auto waves = openDevice({.name = "serial:" + path_.string(), .waves = "x.fst"});
  ASSERT_FALSE(waves.ok());
  EXPECT_EQ(idOf(waves.error()), DiagId::unsupportedVariant);
  if (geteuid() != 0) {
    const std::filesystem::path file = path_.string() + ".denied";
    std::ofstream(file).put('x');
    chmod(file.c_str(), 0);
    EXPECT_NE(error("serial:" + file.string()).find("permission"), std::string::npos);
    std::filesystem::remove(file);
  }
}

TEST_F(Serial, ProgressOfALongUpload) {
  FakeBoard board(path_, options_);
  DeviceOptions options{.name = "serial:" + path_.string()};
  std::vector<uint64_t> done;
  options.progress = [&](uint64_t now, uint64_t all) {
    EXPECT_EQ(all, 300'000u);
    done.push_back(now);
  };
  auto device = openDevice(options);
  ASSERT_TRUE(device.ok());
  ASSERT_TRUE((*device)->write(100, Bytes(300'000, 7)).ok());
  ASSERT_GE(done.size(), 4u);
  EXPECT_EQ(done.back(), 300'000u);
}

}  // namespace

}  // namespace lilong
