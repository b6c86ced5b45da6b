// SPDX-License-Identifier: Apache-2.0
#include "tests/bare_metal/bench.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "sim/rtl/harness.hpp"

struct Free {
  void operator()(uint8_t* p) const { std::free(p); }
};

struct bench {
  std::unique_ptr<lilong::rtl::Harness> chip;
  std::unique_ptr<uint8_t, Free> memory;
  uint64_t bytes = 0;
};

namespace {

constexpr uint64_t kCyclesPerMicrosecond = 100;
constexpr uint64_t kCyclesPerLook = 64;  // how often a waiting processor looks at the pin

bench& machineOf(void* machine) {
  return *static_cast<bench*>(machine);
}

// Where a pointer of the processor lies in the memory; leaving it would be an error of the driver.
uint64_t placeOf(const bench& machine, const void* data, size_t bytes) {
  const auto* pointer = static_cast<const uint8_t*>(data);
  const auto place = static_cast<uint64_t>(pointer - machine.memory.get());
  if (pointer < machine.memory.get() || place + bytes > machine.bytes) {
    std::fprintf(stderr, "bench: the driver moves bytes outside of the memory\n");
    std::abort();
  }
  return place;
}

}  // namespace

bench* bench_open(const char* preset, uint64_t memory_bytes) {
  lilong::rtl::HarnessOptions options;
  options.preset = preset;
  options.memoryBytes = memory_bytes;
  auto chip = lilong::rtl::Harness::open(options);
  if (!chip) {
    std::fprintf(stderr, "bench: %s\n", chip.error().toString().c_str());
    return nullptr;
  }
  auto machine = std::make_unique<bench>();
  machine->chip = std::move(*chip);
  machine->bytes = machine->chip->memory().bytes().size();
  machine->memory.reset(static_cast<uint8_t*>(std::aligned_alloc(4096, machine->bytes)));
  if (machine->memory == nullptr) return nullptr;
  // What nobody has written yet differs between the two copies and is not zero.
  std::memset(machine->memory.get(), 0xA5, machine->bytes);
  std::memset(machine->chip->memory().bytes().data(), 0x5A, machine->bytes);
  return machine.release();
}

void bench_close(bench* machine) {
  delete machine;
}

uint8_t* bench_memory(bench* machine) {
  return machine->memory.get();
}

uint32_t bench_read(void* machine, uint32_t offset) {
  auto value = machineOf(machine).chip->readRegister(offset);
  if (value) return *value;
  std::fprintf(stderr, "bench: %s\n", value.error().toString().c_str());
  return 0xFFFFFFFF;  // what a bus without an answer reads
}

void bench_write(void* machine, uint32_t offset, uint32_t value) {
  auto done = machineOf(machine).chip->writeRegister(offset, value);
  if (!done) std::fprintf(stderr, "bench: %s\n", done.error().toString().c_str());
}

uint32_t bench_time_us(void* machine) {
  return static_cast<uint32_t>(machineOf(machine).chip->cycle() / kCyclesPerMicrosecond);
}

void bench_wait_interrupt(void* machine, uint32_t limit_us) {
  lilong::rtl::Harness& chip = *machineOf(machine).chip;
  const uint64_t end = chip.cycle() + limit_us * kCyclesPerMicrosecond;
  while (chip.cycle() < end) {
    auto status = chip.readRegister(lilong::isa::kRegStatus);
    if (!status || (*status & lilong::isa::kRegStatusIrqMask) != 0) return;
    for (uint64_t i = 0; i < kCyclesPerLook; ++i) chip.step();
  }
}

uint64_t bench_bus_address(void* machine, const void* pointer) {
  return placeOf(machineOf(machine), pointer, 0);
}

void bench_cache_clean(void* machine, const void* data, size_t bytes) {
  bench& m = machineOf(machine);
  const uint64_t place = placeOf(m, data, bytes);
  std::memcpy(m.chip->memory().bytes().data() + place, data, bytes);
}

void bench_cache_invalidate(void* machine, const void* data, size_t bytes) {
  bench& m = machineOf(machine);
  const uint64_t place = placeOf(m, data, bytes);
  std::memcpy(m.memory.get() + place, m.chip->memory().bytes().data() + place, bytes);
}
