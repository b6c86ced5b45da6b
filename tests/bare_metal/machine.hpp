// SPDX-License-Identifier: Apache-2.0
// Images, and chips to try them on: the Verilated one (bench.h) and one made of a map of registers
// that can be told to misbehave.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "runtime/bare_metal/lilong_driver.h"
#include "runtime/digest.hpp"
#include "runtime/image.hpp"
#include "runtime/lilong.hpp"
#include "sim/isa/check.hpp"
#include "tests/bare_metal/bench.h"

namespace lilong::test {

inline constexpr uint32_t kBytes = 24;

// `steps` jobs, each of which copies 24 input bytes to the output and to the spill.
inline Program copyProgram(size_t steps = 1) {
  isa::Load load;
  load.header.signal0En = true;
  load.region = kRegionInputs;
  load.rowBytes = kBytes;
  load.rows = load.planes = 1;
  isa::Store store;
  store.header.wait0En = true;
  store.region = kRegionOutputs;
  store.rowBytes = kBytes;
  store.rows = store.planes = 1;
  std::vector<uint8_t> code(3 * isa::kDescriptorBytes);
  isa::writeDescriptor(load.encode(), code.data());
  isa::writeDescriptor(store.encode(), code.data() + 64);
  isa::writeDescriptor(isa::End{}.encode(), code.data() + 128);
  Program program;
  program.model = "copy.tflite";
  program.modelSha256 = std::string(64, '0');
  program.preset = "nano";
  program.numerics = "litert";
  program.specHash = isa::kSpecHash;
  program.constants = {1, 2, 3, 4};
  program.spillBytes = 100;
  program.inputBytes = program.outputBytes = kBytes;
  program.tensors = {
      {.name = "in", .shape = {1, 24}, .scale = 0.5f, .zeroPoint = 3, .region = kRegionInputs},
      {.name = "out", .shape = {2, 12}, .scale = 0.25f, .zeroPoint = -1, .region = kRegionOutputs}};
  program.inputs = {0};
  program.outputs = {1};
  for (size_t i = 0; i < steps; ++i) program.steps.push_back(ChipStep{code, 100000});
  return program;
}

// Bytes at a multiple of 64, as the driver wants them.
class Aligned {
 public:
  explicit Aligned(size_t bytes) : storage_(bytes + 64) {}
  explicit Aligned(const std::vector<uint8_t>& from) : Aligned(from.size()) {
    std::memcpy(data(), from.data(), from.size());
  }
  uint8_t* data() {
    return storage_.data() + (64 - reinterpret_cast<uintptr_t>(storage_.data()) % 64) % 64;
  }

 private:
  std::vector<uint8_t> storage_;
};

inline std::vector<uint8_t> imageOf(const Program& program) {
  auto image = makeImage(program);
  EXPECT_TRUE(image.ok()) << (image.ok() ? "" : image.error().toString());
  return image.ok() ? *image : std::vector<uint8_t>();
}

inline lilong_image_header headerOf(const std::vector<uint8_t>& image) {
  lilong_image_header header;
  std::memcpy(&header, image.data(), sizeof header);
  return header;
}

inline void setWord(std::vector<uint8_t>& image, size_t offset, uint32_t value) {
  std::memcpy(image.data() + offset, &value, 4);
}

// Makes the checksum right again after a change.
inline void seal(std::vector<uint8_t>& image) {
  setWord(image, offsetof(lilong_image_header, crc), 0);
  setWord(image, offsetof(lilong_image_header, crc), crc32c(image));
}

// Every status that a call has returned in this process.
inline std::set<lilong_driver_status>& seen() {
  static std::set<lilong_driver_status> statuses;
  return statuses;
}
inline lilong_driver_status note(lilong_driver_status status) {
  seen().insert(status);
  return status;
}
#define EXPECT_STATUS(name, call) EXPECT_EQ(note(call), LILONG_DRIVER_##name)

// Registers of a nano chip at rest that takes every command and ends no job.
class FakeChip {
 public:
  FakeChip() {
    const isa::Preset& nano = *isa::findPreset("nano");
    registers[LILONG_REG_ID] = LILONG_MAGIC;
    registers[LILONG_REG_VERSION] = LILONG_SPEC_MAJOR << 16 | LILONG_SPEC_MINOR;
    registers[LILONG_REG_SPEC_HASH] = LILONG_SPEC_HASH;
    registers[LILONG_REG_PRESET0] =
        nano.lanes | nano.depth << 8 | nano.results << 16 | nano.weightVectors << 24;
    registers[LILONG_REG_PRESET1] =
        nano.scratchpadBytes / 1024 | nano.axiBytes << 16 | isa::kBanks << 24;
    hooks.context = this;
    hooks.read = [](void* self, uint32_t offset) {
      auto& chip = *static_cast<FakeChip*>(self);
      return chip.dead ? 0xFFFFFFFFu : chip.registers[offset];
    };
    hooks.write = [](void* self, uint32_t offset, uint32_t value) {
      auto& chip = *static_cast<FakeChip*>(self);
      if (offset != LILONG_REG_IRQ_STATUS) chip.registers[offset] = value;
    };
    hooks.time_us = [](void* self) {
      auto& chip = *static_cast<FakeChip*>(self);
      return chip.now += chip.tick;
    };
    hooks.bus_address = [](void*, const void* pointer) {
      return uint64_t{reinterpret_cast<uintptr_t>(pointer)} & 0xFFFFFFFF;
    };
  }
  std::map<uint32_t, uint32_t> registers;
  bool dead = false;
  uint32_t now = 0xFFFFFF00;  // soon wraps
  uint32_t tick = 1;
  lilong_driver_hooks hooks{};
};

// The Verilated nano with its driver.
class Machine {
 public:
  Machine() : bench_(bench_open("nano", 1 << 20), bench_close) {
    if (bench_ == nullptr) return;
    hooks.context = bench_.get();
    hooks.read = bench_read;
    hooks.write = bench_write;
    hooks.time_us = bench_time_us;
    hooks.wait_interrupt = bench_wait_interrupt;
    hooks.bus_address = bench_bus_address;
    hooks.cache_clean = bench_cache_clean;
    hooks.cache_invalidate = bench_cache_invalidate;
  }
  bool open() const { return bench_ != nullptr; }
  uint8_t* memory() { return bench_memory(bench_.get()); }
  uint8_t* workspace() { return memory() + (1 << 19); }

  // Puts the image at the start of the memory and loads it in place.
  lilong_driver_status load(const std::vector<uint8_t>& image, uint32_t flags = 0) {
    std::memcpy(memory(), image.data(), image.size());
    return note(lilong_driver_load(&driver, memory(), image.size(), workspace(), 1 << 16, flags));
  }
  // One inference of copyProgram on other bytes each time.
  lilong_driver_status copy(uint32_t limit_us = 100000) {
    std::array<uint8_t, kBytes> in, out{};
    for (uint8_t& byte : in) byte = static_cast<uint8_t>(count_++ * 37);
    EXPECT_STATUS(OK, lilong_driver_set_input(&driver, 0, in.data(), in.size()));
    const auto status = note(lilong_driver_run(&driver, limit_us));
    if (status == LILONG_DRIVER_OK) {
      EXPECT_STATUS(OK, lilong_driver_get_output(&driver, 0, out.data(), out.size()));
      EXPECT_EQ(in, out);
    }
    return status;
  }

  lilong_driver_hooks hooks{};
  lilong_driver driver{};

 private:
  std::unique_ptr<bench, void (*)(bench*)> bench_;
  uint32_t count_ = 1;
};

}  // namespace lilong::test
