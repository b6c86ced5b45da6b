// SPDX-License-Identifier: Apache-2.0
// Device `uio` on mapped files: equal results, interrupts, cache maintenance, wrong places.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/link/soc_chip.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong {

namespace {

using test::idOf;
using test::kBytes;

using test::kSocMemory;
using test::SocChip;

class Uio : public ::testing::Test {
 protected:
  Uio()
      : folder_(std::filesystem::temp_directory_path() /
                ("lilong_uio_" + std::to_string(getpid()))) {}

  Result<std::unique_ptr<Device>> open(const std::string& more = {},
                                       const std::string& preset = "edge") {
    return openDevice({.name = "uio:" + (folder_ / "uio0").string() +
                               ",buffer=" + (folder_ / "udmabuf0").string() +
                               ",sysfs=" + (folder_ / "sysfs").string() + more,
                       .preset = preset});
  }
  static Bytes ramp(uint8_t first) {
    Bytes bytes(kBytes);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
  }
  void expectEqualRuns(Device& device, uint8_t runs) {
    std::shared_ptr<Device> shared(&device, [](Device*) {});
    auto session = Session::create(test::sampleProgram("edge"), shared);
    auto model =
        Session::create(test::sampleProgram("edge"), std::move(*openDevice({.name = "cycle"})));
    for (uint8_t i = 0; i < runs; ++i) {
      auto result = (*session)->run({ramp(i)});
      auto expected = (*model)->run({ramp(i)});
      ASSERT_TRUE(result.ok()) << result.error().toString();
      EXPECT_EQ(result->outputs, expected->outputs);
      EXPECT_EQ(result->cycles, expected->cycles);
      EXPECT_EQ(result->counters, expected->counters);
    }
  }
  std::string error(const std::string& name) {
    auto device = openDevice({.name = name});
    EXPECT_FALSE(device.ok()) << name;
    return device.ok() ? std::string() : device.error().toString();
  }

  std::filesystem::path folder_;
};

TEST_F(Uio, EqualsDeviceCycle) {
  SocChip chip(folder_);
  auto device = open();
  ASSERT_TRUE(device.ok()) << device.error().toString();
  EXPECT_EQ((*device)->memoryBytes(), kSocMemory);
  expectEqualRuns(**device, 20);
  EXPECT_EQ(chip.jobs, 20u);
  EXPECT_EQ(chip.failures, 0u);
}

TEST_F(Uio, AwaitsInterrupts) {
  SocChip chip(folder_, "edge", true);
  auto device = open(",irq=" + (folder_ / "irq").string());
  ASSERT_TRUE(device.ok()) << device.error().toString();
  expectEqualRuns(**device, 20);
}

// The buffer is cached: every range is handed over, to the chip after a write, to us before a read.
TEST_F(Uio, HandsTheCacheOver) {
  SocChip chip(folder_);
  for (const char* name :
       {"sync_offset", "sync_size", "sync_direction", "sync_for_device", "sync_for_cpu"}) {
    std::ofstream(folder_ / "sysfs" / name) << 0;
  }
  const auto content = [&](const char* name) {
    uint64_t value = 0;
    std::ifstream(folder_ / "sysfs" / name) >> value;
    return value;
  };
  auto device = open();
  ASSERT_TRUE(device.ok()) << device.error().toString();
  ASSERT_TRUE((*device)->write(100, Bytes(50, 1)).ok());
  EXPECT_EQ(content("sync_offset"), 100u);
  EXPECT_EQ(content("sync_size"), 50u);
  EXPECT_EQ(content("sync_direction"), 1u);
  EXPECT_EQ(content("sync_for_device"), 1u);
  EXPECT_EQ(content("sync_for_cpu"), 0u);
  Bytes back(20);
  ASSERT_TRUE((*device)->read(130, back).ok());
  EXPECT_EQ(back, Bytes(20, 1));
  EXPECT_EQ(content("sync_offset"), 130u);
  EXPECT_EQ(content("sync_size"), 20u);
  EXPECT_EQ(content("sync_direction"), 2u);
  EXPECT_EQ(content("sync_for_cpu"), 1u);
  expectEqualRuns(**device, 2);
}

TEST_F(Uio, JobsHaveALimit) {
  SocChip chip(folder_);
  auto device = open(",limit=1");
  ASSERT_TRUE(device.ok());
  std::shared_ptr<Device> shared = std::move(*device);
  auto session = Session::create(test::sampleProgram("edge"), shared);
  chip.hang = true;
  auto result = (*session)->run({ramp(1)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceTimeout) << result.error().toString();
  chip.hang = false;
  result = (*session)->run({ramp(1)});
  EXPECT_TRUE(result.ok()) << result.error().toString();
}

TEST_F(Uio, TrapsAreTold) {
  SocChip chip(folder_);
  Program broken = test::sampleProgram("edge");
  std::get<ChipStep>(broken.steps[0]).watchdogCycles = 3;
  auto session = Session::create(broken, std::move(*open()));
  auto result = (*session)->run({ramp(1)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(idOf(result.error()), DiagId::deviceTimeout);
}

TEST_F(Uio, WrongPlaces) {
  EXPECT_NE(error("uio:/dev/uio77,buffer=/dev/null").find("there is no such device file"),
            std::string::npos);
  EXPECT_NE(error("uio:/dev/uio0").find("needs a buffer"), std::string::npos);
  EXPECT_NE(error("uio:/dev/uio0,baud=3").find("has no option 'baud=3'"), std::string::npos);
  SocChip chip(folder_, "lite");
  const auto refused = [&](const std::string& more) {
    auto device = open(more);
    EXPECT_FALSE(device.ok()) << more;
    return device.ok() ? std::string() : device.error().toString();
  };
  EXPECT_NE(refused("").find("the bitstream has preset lite, the program is for edge"),
            std::string::npos);
  EXPECT_NE(refused(",size=8388608").find("the file has 4194304 bytes, 8388608 are needed"),
            std::string::npos);
  EXPECT_NE(refused(",address=0x10000000001").find("is no number"), std::string::npos);
  EXPECT_NE(refused(",address=0x1001").find("the chip cannot reach a buffer"), std::string::npos);
  EXPECT_NE(refused(",address=0xfffffff000").find("the chip cannot reach a buffer"),
            std::string::npos);
  std::filesystem::remove(folder_ / "sysfs/phys_addr");
  EXPECT_NE(refused("").find("there is no number to be read"), std::string::npos);
}

}  // namespace

}  // namespace lilong
