// SPDX-License-Identifier: Apache-2.0
// Every status of the driver, from chips that work and chips that do not.
#include "tests/bare_metal/machine.hpp"

namespace lilong::test {
namespace {

// A machine with copyProgram loaded.
std::unique_ptr<Machine> loaded() {
  auto machine = std::make_unique<Machine>();
  if (!machine->open()) return nullptr;
  EXPECT_STATUS(OK, lilong_driver_init(&machine->driver, &machine->hooks));
  EXPECT_EQ(machine->load(imageOf(copyProgram())), LILONG_DRIVER_OK);
  return machine;
}

TEST(BareMetal, RunsInPlaceAndCopied) {
  for (uint32_t flags : {0u, LILONG_DRIVER_COPY}) {
    for (size_t steps : {1u, 3u}) {
      Machine machine;
      ASSERT_TRUE(machine.open());
      EXPECT_STATUS(OK, lilong_driver_init(&machine.driver, &machine.hooks));
      ASSERT_EQ(machine.load(imageOf(copyProgram(steps)), flags), LILONG_DRIVER_OK);
      for (int run = 0; run < 3; ++run) EXPECT_EQ(machine.copy(), LILONG_DRIVER_OK);
      const uint32_t* counters = lilong_driver_counters(&machine.driver);
      EXPECT_EQ(counters[LILONG_COUNTER_INSTRUCTIONS_LOAD], steps);
      EXPECT_EQ(counters[LILONG_COUNTER_BYTES_WRITTEN], steps * kBytes);
      EXPECT_GT(counters[LILONG_COUNTER_CYCLES], 50u);
      EXPECT_EQ(lilong_driver_last_trap(&machine.driver)->code, LILONG_TRAP_NONE);
    }
  }
}

TEST(BareMetal, PollsWithoutInterrupt) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  machine->hooks.wait_interrupt = nullptr;
  EXPECT_STATUS(OK, lilong_driver_init(&machine->driver, &machine->hooks));
  EXPECT_EQ(bench_read(machine->hooks.context, LILONG_REG_IRQ_ENABLE), 0u);
  ASSERT_EQ(machine->load(imageOf(copyProgram())), LILONG_DRIVER_OK);
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_OK);
  EXPECT_STATUS(OK, lilong_driver_start(&machine->driver));
  EXPECT_STATUS(BUSY, lilong_driver_poll(&machine->driver));
  EXPECT_STATUS(NOT_IDLE, lilong_driver_start(&machine->driver));
  std::array<uint8_t, kBytes> bytes{};
  EXPECT_STATUS(NOT_IDLE, lilong_driver_set_input(&machine->driver, 0, bytes.data(), kBytes));
  EXPECT_STATUS(NOT_IDLE, lilong_driver_get_output(&machine->driver, 0, bytes.data(), kBytes));
  EXPECT_EQ(machine->load(imageOf(copyProgram())), LILONG_DRIVER_NOT_IDLE);
  EXPECT_STATUS(OK, lilong_driver_wait(&machine->driver, 10000));
  EXPECT_STATUS(NOT_LOADED, lilong_driver_poll(&machine->driver));
}

TEST(BareMetal, MappedRegisters) {
  FakeChip chip;
  std::vector<uint32_t> page(1024);
  for (const auto& [offset, value] : chip.registers) page[offset / 4] = value;
  chip.hooks.read = nullptr;
  chip.hooks.write = nullptr;
  chip.hooks.registers = page.data();
  lilong_driver driver;
  EXPECT_STATUS(OK, lilong_driver_init(&driver, &chip.hooks));
  EXPECT_EQ(page[LILONG_REG_CONTROL / 4], LILONG_CONTROL_SOFT_RESET_MASK);
  page[LILONG_REG_ID / 4] = 0;
  EXPECT_STATUS(NO_CHIP, lilong_driver_init(&driver, &chip.hooks));
}

TEST(BareMetal, TensorsOfTheNetwork) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  lilong_driver_tensor tensor;
  EXPECT_STATUS(OK, lilong_driver_input(&machine->driver, 0, &tensor));
  EXPECT_STREQ(tensor.name, "in");
  EXPECT_EQ(tensor.info->bytes, kBytes);
  EXPECT_EQ(std::bit_cast<float>(tensor.info->scale), 0.5f);
  EXPECT_EQ(tensor.info->zero_point, 3);
  EXPECT_EQ(tensor.info->rank, 2u);
  EXPECT_EQ(tensor.info->shape[1], 24);
  EXPECT_STATUS(OK, lilong_driver_output(&machine->driver, 0, &tensor));
  EXPECT_STREQ(tensor.name, "out");
  EXPECT_EQ(tensor.info->zero_point, -1);
  EXPECT_EQ(tensor.info->shape[0], 2);
}

TEST(BareMetal, TrapThenGoodJob) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  std::vector<uint8_t> bad = imageOf(copyProgram(2));
  lilong_image_step second;
  std::memcpy(&second, bad.data() + headerOf(bad).steps + sizeof second, sizeof second);
  bad[second.offset + 64] = 0xEE;  // no opcode
  seal(bad);
  ASSERT_EQ(machine->load(bad), LILONG_DRIVER_OK);
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_TRAP);
  const lilong_driver_trap* trap = lilong_driver_last_trap(&machine->driver);
  EXPECT_EQ(trap->code, LILONG_TRAP_ILLEGAL_OPCODE);
  EXPECT_EQ(trap->step, 1u);
  EXPECT_EQ(trap->instruction, 1u);
  ASSERT_EQ(machine->load(imageOf(copyProgram())), LILONG_DRIVER_OK);
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_OK);
  EXPECT_EQ(trap->code, LILONG_TRAP_NONE);
}

// A program that asks for more than its regions: the walls are the chip's.
TEST(BareMetal, HostileProgramStaysInItsWindows) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  std::vector<uint8_t> image = imageOf(copyProgram());
  lilong_image_step step;
  std::memcpy(&step, image.data() + headerOf(image).steps, sizeof step);
  isa::Store store;
  store.header.wait0En = true;
  store.region = kRegionInputs;  // may only be read
  store.rowBytes = kBytes;
  store.rows = store.planes = 1;
  isa::writeDescriptor(store.encode(), image.data() + step.offset + 64);
  seal(image);
  ASSERT_EQ(machine->load(image), LILONG_DRIVER_OK);
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_TRAP);
  EXPECT_EQ(lilong_driver_last_trap(&machine->driver)->code, LILONG_TRAP_REGION_ACCESS);
}

TEST(BareMetal, WatchdogOfTheImage) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  std::vector<uint8_t> image = imageOf(copyProgram());
  setWord(image, headerOf(image).steps + offsetof(lilong_image_step, watchdog_cycles), 20);
  seal(image);
  ASSERT_EQ(machine->load(image), LILONG_DRIVER_OK);
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_TRAP);
  EXPECT_EQ(lilong_driver_last_trap(&machine->driver)->code, LILONG_TRAP_WATCHDOG);
}

TEST(BareMetal, TimeoutThenGoodJob) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  EXPECT_EQ(machine->copy(0), LILONG_DRIVER_TIMEOUT);
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_OK);
  EXPECT_STATUS(OK, lilong_driver_start(&machine->driver));
  EXPECT_STATUS(OK, lilong_driver_reset(&machine->driver));  // abort
  EXPECT_EQ(machine->copy(), LILONG_DRIVER_OK);
}

TEST(BareMetal, ResetClosesTheWindowsOfWhoWasHereBefore) {
  auto machine = loaded();
  ASSERT_TRUE(machine);
  EXPECT_STATUS(OK, lilong_driver_start(&machine->driver));
  EXPECT_STATUS(OK, lilong_driver_init(&machine->driver, &machine->hooks));
  for (uint32_t i = 0; i < LILONG_REGIONS; ++i) {
    EXPECT_EQ(bench_read(machine->hooks.context, LILONG_REG_REGION_ACCESS(i)), 0u);
    EXPECT_EQ(bench_read(machine->hooks.context, LILONG_REG_REGION_SIZE(i)), 0u);
  }
  EXPECT_STATUS(NOT_LOADED, lilong_driver_start(&machine->driver));
}

TEST(BareMetal, ChipsThatAreNotThis) {
  lilong_driver driver;
  for (uint32_t id : {0u, 0xFFFFFFFFu, LILONG_MAGIC ^ 1u}) {
    FakeChip chip;
    chip.registers[LILONG_REG_ID] = id;
    EXPECT_STATUS(NO_CHIP, lilong_driver_init(&driver, &chip.hooks));
  }
  for (uint32_t offset : {LILONG_REG_VERSION, LILONG_REG_SPEC_HASH}) {
    FakeChip chip;
    chip.registers[offset] ^= 1;
    EXPECT_STATUS(CHIP_VERSION, lilong_driver_init(&driver, &chip.hooks));
  }
  Aligned image(imageOf(copyProgram())), workspace(1 << 16);
  const size_t bytes = imageOf(copyProgram()).size();
  for (uint32_t offset : {LILONG_REG_PRESET0, LILONG_REG_PRESET1}) {
    for (uint32_t bit = 0; bit < 32; ++bit) {
      FakeChip chip;
      chip.registers[offset] ^= 1u << bit;
      EXPECT_STATUS(OK, lilong_driver_init(&driver, &chip.hooks));
      EXPECT_STATUS(WRONG_PRESET,
                    lilong_driver_load(&driver, image.data(), bytes, workspace.data(), 1 << 16, 0));
      EXPECT_STATUS(NOT_LOADED, lilong_driver_run(&driver, 1000));
    }
  }
}

// A fake chip with copyProgram loaded.
struct FakeMachine {
  FakeMachine() {
    EXPECT_STATUS(OK, lilong_driver_init(&driver, &chip.hooks));
    EXPECT_STATUS(OK,
                  lilong_driver_load(&driver, image.data(), bytes, workspace.data(), 1 << 16, 0));
  }
  FakeChip chip;
  lilong_driver driver{};
  Aligned image{imageOf(copyProgram())};
  size_t bytes = imageOf(copyProgram()).size();
  Aligned workspace{1 << 16};
};

TEST(BareMetal, ChipThatNeverAnswers) {
  FakeMachine m;
  EXPECT_STATUS(TIMEOUT, lilong_driver_run(&m.driver, 5000));
  EXPECT_EQ(m.chip.registers[LILONG_REG_CONTROL], LILONG_CONTROL_SOFT_RESET_MASK);
  EXPECT_STATUS(OK, lilong_driver_start(&m.driver));
  m.chip.registers[LILONG_REG_STATUS] = LILONG_STATE_RUNNING;  // and never leaves it
  EXPECT_STATUS(RESET_TIMEOUT, lilong_driver_wait(&m.driver, 5000));
  EXPECT_STATUS(RESET_TIMEOUT, lilong_driver_reset(&m.driver));
  EXPECT_STATUS(NOT_IDLE, lilong_driver_start(&m.driver));
  lilong_driver other;
  EXPECT_STATUS(RESET_TIMEOUT, lilong_driver_init(&other, &m.chip.hooks));
}

TEST(BareMetal, ClockThatStandsStill) {
  FakeMachine m;
  m.chip.tick = 0;
  EXPECT_STATUS(CLOCK_STOPPED, lilong_driver_run(&m.driver, 5000));
  m.chip.registers[LILONG_REG_STATUS] = LILONG_STATE_RESET;
  EXPECT_STATUS(CLOCK_STOPPED, lilong_driver_reset(&m.driver));
}

TEST(BareMetal, ChipThatIsLost) {
  {
    FakeMachine m;
    EXPECT_STATUS(OK, lilong_driver_start(&m.driver));
    m.chip.dead = true;
    EXPECT_STATUS(LOST, lilong_driver_wait(&m.driver, 5000));
    EXPECT_STATUS(LOST, lilong_driver_start(&m.driver));
    EXPECT_STATUS(LOST, lilong_driver_reset(&m.driver));
  }
  const struct {
    uint32_t pending, state;
  } kContradictions[] = {{LILONG_IRQ_STATUS_DONE_MASK, LILONG_STATE_HALTED},
                         {LILONG_IRQ_STATUS_DONE_MASK, LILONG_STATE_RUNNING},
                         {LILONG_IRQ_STATUS_TRAP_MASK, LILONG_STATE_IDLE},
                         {3, LILONG_STATE_IDLE},
                         {8, LILONG_STATE_RUNNING}};
  for (const auto& c : kContradictions) {
    FakeMachine m;
    EXPECT_STATUS(OK, lilong_driver_start(&m.driver));
    m.chip.registers[LILONG_REG_IRQ_STATUS] = c.pending;
    m.chip.registers[LILONG_REG_STATUS] = c.state;
    EXPECT_STATUS(LOST, lilong_driver_poll(&m.driver));
  }
}

TEST(BareMetal, BadArguments) {
  FakeMachine m;
  lilong_driver* driver = &m.driver;
  lilong_driver other{};
  uint8_t byte = 0;
  lilong_driver_tensor tensor;
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_init(nullptr, &m.chip.hooks));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_init(&other, nullptr));
  for (int missing = 0; missing < 4; ++missing) {
    lilong_driver_hooks hooks = m.chip.hooks;
    if (missing == 0 || missing == 3) hooks.read = nullptr;
    if (missing == 1 || missing == 3) hooks.write = nullptr;
    if (missing == 2) hooks.time_us = nullptr;
    EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_init(&other, &hooks));
  }
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_load(nullptr, m.image.data(), m.bytes, &byte, 1, 0));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_load(&other, m.image.data(), m.bytes, &byte, 1, 0));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_reset(&other));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_start(&other));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_wait(&other, 1));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_poll(nullptr));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_input(driver, 1, &tensor));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_output(driver, 1, &tensor));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_input(driver, 0, nullptr));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_set_input(driver, 0, &byte, 1));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_set_input(driver, 0, nullptr, kBytes));
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_get_output(driver, 0, &byte, 1));
  uint8_t* space = m.workspace.data();
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_load(driver, nullptr, m.bytes, space, 1 << 16, 0));
  EXPECT_STATUS(BAD_ARGUMENT,
                lilong_driver_load(driver, m.image.data(), m.bytes, nullptr, 1 << 16, 0));
  EXPECT_STATUS(BAD_ARGUMENT,
                lilong_driver_load(driver, m.image.data(), m.bytes, space, 1 << 16, 2));
  // The workspace lies upon the image.
  EXPECT_STATUS(BAD_ARGUMENT, lilong_driver_load(driver, m.image.data(), m.bytes,
                                                 m.image.data() + 64, 1 << 16, 0));
  EXPECT_STATUS(NOT_LOADED, lilong_driver_input(driver, 0, &tensor));
  EXPECT_STATUS(NOT_LOADED, lilong_driver_output(driver, 0, &tensor));
}

TEST(BareMetal, PlacesThatTheChipCannotUse) {
  FakeMachine m;
  lilong_driver* driver = &m.driver;
  uint8_t* space = m.workspace.data();
  uint64_t needed = 0;
  EXPECT_STATUS(OK, lilong_driver_check(m.image.data(), m.bytes, 0, &needed));
  EXPECT_STATUS(TOO_SMALL,
                lilong_driver_load(driver, m.image.data(), m.bytes, space, needed - 1, 0));
  EXPECT_STATUS(OK, lilong_driver_load(driver, m.image.data(), m.bytes, space, needed, 0));
  EXPECT_STATUS(MISALIGNED,
                lilong_driver_load(driver, m.image.data(), m.bytes, space + 4, 1 << 15, 0));
  static uint64_t shift;
  const struct {
    uint64_t shift;
    lilong_driver_status expected;
  } kShifts[] = {{uint64_t{1} << 40, LILONG_DRIVER_OUT_OF_REACH},
                 {uint64_t{1} << 63, LILONG_DRIVER_OUT_OF_REACH},
                 {(uint64_t{1} << 40) - 64, LILONG_DRIVER_OUT_OF_REACH},
                 {32, LILONG_DRIVER_MISALIGNED},
                 {64, LILONG_DRIVER_OK}};
  static const uint8_t* origin;
  origin = space;
  for (const auto& c : kShifts) {
    shift = c.shift;
    // Only the workspace is out of place, then only the image.
    m.driver.hooks.bus_address = [](void*, const void* pointer) -> uint64_t {
      return pointer == origin ? shift : 4096;
    };
    EXPECT_EQ(note(lilong_driver_load(driver, m.image.data(), m.bytes, space, 1 << 16, 0)),
              c.expected);
    m.driver.hooks.bus_address = [](void*, const void* pointer) -> uint64_t {
      return pointer == origin ? 4096 : shift;
    };
    EXPECT_EQ(note(lilong_driver_load(driver, m.image.data(), m.bytes, space, 1 << 16, 0)),
              c.expected);
  }
}

// Fails when a status exists that no test has made the driver return.
class EveryStatusWasReached : public testing::Environment {
  void TearDown() override {
    const testing::UnitTest& unit = *testing::UnitTest::GetInstance();
    if (unit.test_to_run_count() != unit.total_test_count() || !unit.Passed()) return;
    for (int i = 0; i < LILONG_DRIVER_STATUS_COUNT; ++i) {
      const auto status = static_cast<lilong_driver_status>(i);
      EXPECT_TRUE(seen().count(status)) << i << ": " << lilong_driver_text(status);
    }
  }
};
const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new EveryStatusWasReached);

TEST(BareMetal, EveryStatusHasASentence) {
  std::set<std::string> sentences;
  for (int i = 0; i < LILONG_DRIVER_STATUS_COUNT; ++i) {
    sentences.insert(lilong_driver_text(static_cast<lilong_driver_status>(i)));
  }
  EXPECT_EQ(sentences.size(), size_t{LILONG_DRIVER_STATUS_COUNT});
  EXPECT_STREQ(lilong_driver_text(LILONG_DRIVER_STATUS_COUNT), "unknown status");
}

}  // namespace
}  // namespace lilong::test
