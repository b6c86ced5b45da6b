/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers, placement, jobs and their ends.
 */
#include "lilong_driver.h"

#include <stdatomic.h>

#include "lilong_image_check.h"

/* Time for a soft reset: the drain limit of the chip, 65,536 cycles, at 1 MHz, and a margin. */
#ifndef LILONG_DRIVER_RESET_US
#define LILONG_DRIVER_RESET_US 100000u
#endif

/* Looks at the clock without a change after which it is taken for dead. */
#ifndef LILONG_DRIVER_STILL_LOOKS
#define LILONG_DRIVER_STILL_LOOKS 0x100000u
#endif

#define IRQ_ENDED (LILONG_IRQ_STATUS_DONE_MASK | LILONG_IRQ_STATUS_TRAP_MASK)
#define IRQ_ALL (IRQ_ENDED | LILONG_IRQ_STATUS_RESET_DONE_MASK)
#define STATUS_ALL (LILONG_STATUS_STATE_MASK | LILONG_STATUS_IRQ_MASK)
#define ACCESS_READ LILONG_REGION_ACCESS_READ_MASK
#define ACCESS_WRITE LILONG_REGION_ACCESS_WRITE_MASK

/* Keeps a compiler from turning a loop over bytes into a call of a library it may not have. */
#if defined(__GNUC__)
#define NO_LIBRARY() __asm__ volatile("" ::: "memory")
#else
#define NO_LIBRARY() atomic_signal_fence(memory_order_seq_cst)
#endif

static void copy_bytes(uint8_t* to, const uint8_t* from, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    to[i] = from[i];
    NO_LIBRARY();
  }
}

static void zero_bytes(uint8_t* to, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    to[i] = 0;
    NO_LIBRARY();
  }
}

static uint32_t get(const lilong_driver* driver, uint32_t offset) {
  const lilong_driver_hooks* hooks = &driver->hooks;
  return hooks->read != NULL ? hooks->read(hooks->context, offset) : hooks->registers[offset / 4u];
}

static void put(const lilong_driver* driver, uint32_t offset, uint32_t value) {
  const lilong_driver_hooks* hooks = &driver->hooks;
  if (hooks->write != NULL) {
    hooks->write(hooks->context, offset, value);
  } else {
    hooks->registers[offset / 4u] = value;
  }
}

static uint64_t bus_address(const lilong_driver* driver, const void* pointer) {
  const lilong_driver_hooks* hooks = &driver->hooks;
  return hooks->bus_address != NULL ? hooks->bus_address(hooks->context, pointer)
                                    : (uint64_t)(uintptr_t)pointer;
}

static void clean(const lilong_driver* driver, const void* data, size_t bytes) {
  const lilong_driver_hooks* hooks = &driver->hooks;
  if (hooks->cache_clean != NULL && bytes != 0) hooks->cache_clean(hooks->context, data, bytes);
}

/* A wait that ends. */
typedef struct deadline {
  uint32_t start, last, still;
} deadline;

static deadline begin_wait(const lilong_driver* driver) {
  const uint32_t now = driver->hooks.time_us(driver->hooks.context);
  const deadline wait = {now, now, 0};
  return wait;
}

/* BUSY while there is time, `*left` microseconds of it. */
static lilong_driver_status look(const lilong_driver* driver, deadline* wait, uint32_t limit_us,
                                 uint32_t* left) {
  const uint32_t now = driver->hooks.time_us(driver->hooks.context);
  const uint32_t passed = now - wait->start;
  if (passed >= limit_us) return LILONG_DRIVER_TIMEOUT;
  *left = limit_us - passed;
  wait->still = now == wait->last ? wait->still + 1 : 0;
  wait->last = now;
  return wait->still < LILONG_DRIVER_STILL_LOOKS ? LILONG_DRIVER_BUSY : LILONG_DRIVER_CLOCK_STOPPED;
}

/* State of the chip, or LOST. */
static lilong_driver_status state_of(const lilong_driver* driver, uint32_t* state) {
  const uint32_t status = get(driver, LILONG_REG_STATUS);
  *state = status & LILONG_STATUS_STATE_MASK;
  return (status & ~STATUS_ALL) == 0 ? LILONG_DRIVER_OK : LILONG_DRIVER_LOST;
}

lilong_driver_status lilong_driver_reset(lilong_driver* driver) {
  if (driver == NULL || driver->hooks.time_us == NULL) return LILONG_DRIVER_BAD_ARGUMENT;
  driver->running = 0;
  put(driver, LILONG_REG_CONTROL, LILONG_CONTROL_SOFT_RESET_MASK);
  deadline wait = begin_wait(driver);
  for (;;) {
    uint32_t state, left;
    lilong_driver_status status = state_of(driver, &state);
    if (status != LILONG_DRIVER_OK) return status;
    if (state == LILONG_STATE_IDLE) break;
    status = look(driver, &wait, LILONG_DRIVER_RESET_US, &left);
    if (status == LILONG_DRIVER_TIMEOUT) return LILONG_DRIVER_RESET_TIMEOUT;
    if (status != LILONG_DRIVER_BUSY) return status;
  }
  put(driver, LILONG_REG_IRQ_STATUS, IRQ_ALL);
  return LILONG_DRIVER_OK;
}

static void set_window(const lilong_driver* driver, uint32_t region, const uint8_t* base,
                       uint32_t bytes, uint32_t access) {
  const uint64_t address = bytes != 0 ? bus_address(driver, base) : 0;
  put(driver, LILONG_REG_REGION_BASE_LO(region), (uint32_t)address);
  put(driver, LILONG_REG_REGION_BASE_HI(region), (uint32_t)(address >> 32));
  put(driver, LILONG_REG_REGION_SIZE(region), bytes);
  put(driver, LILONG_REG_REGION_ACCESS(region), bytes != 0 ? access : 0);
}

lilong_driver_status lilong_driver_init(lilong_driver* driver, const lilong_driver_hooks* hooks) {
  if (driver == NULL || hooks == NULL || hooks->time_us == NULL ||
      (hooks->read == NULL) != (hooks->write == NULL) ||
      (hooks->read == NULL && hooks->registers == NULL)) {
    return LILONG_DRIVER_BAD_ARGUMENT;
  }
  zero_bytes((uint8_t*)driver, sizeof *driver);
  copy_bytes((uint8_t*)&driver->hooks, (const uint8_t*)hooks, sizeof *hooks);
  if (get(driver, LILONG_REG_ID) != LILONG_MAGIC) return LILONG_DRIVER_NO_CHIP;
  if (get(driver, LILONG_REG_VERSION) != (LILONG_SPEC_MAJOR << 16 | LILONG_SPEC_MINOR) ||
      get(driver, LILONG_REG_SPEC_HASH) != LILONG_SPEC_HASH) {
    return LILONG_DRIVER_CHIP_VERSION;
  }
  const lilong_driver_status status = lilong_driver_reset(driver);
  if (status != LILONG_DRIVER_OK) return status;
  for (uint32_t i = 0; i < LILONG_REGIONS; ++i) set_window(driver, i, NULL, 0, 0);
  put(driver, LILONG_REG_IRQ_ENABLE, hooks->wait_interrupt != NULL ? IRQ_ENDED : 0);
  return LILONG_DRIVER_OK;
}

/* Aligned for the chip and within its address bits. */
static lilong_driver_status check_reach(const lilong_driver* driver, const void* data,
                                        uint64_t bytes) {
  const uint64_t end = (uint64_t)1 << LILONG_AXI_ADDR_WIDTH;
  const uint64_t address = bus_address(driver, data);
  if (address % LILONG_IMAGE_ALIGNMENT != 0) return LILONG_DRIVER_MISALIGNED;
  return address < end && bytes <= end - address ? LILONG_DRIVER_OK : LILONG_DRIVER_OUT_OF_REACH;
}

static int overlap(const void* a, uint64_t a_bytes, const void* b, uint64_t b_bytes) {
  const uint64_t first = (uintptr_t)a, second = (uintptr_t)b;
  return first < second ? second - first < a_bytes : first - second < b_bytes;
}

lilong_driver_status lilong_driver_load(lilong_driver* driver, const void* image, size_t bytes,
                                        void* workspace, size_t workspace_bytes, uint32_t flags) {
  if (driver == NULL || driver->hooks.time_us == NULL || workspace == NULL) {
    return LILONG_DRIVER_BAD_ARGUMENT;
  }
  if (driver->running) return LILONG_DRIVER_NOT_IDLE;
  driver->image = NULL;
  uint64_t needed;
  lilong_driver_status status = lilong_driver_check(image, bytes, flags, &needed);
  if (status != LILONG_DRIVER_OK) return status;
  const lilong_image_header* header = image;
  if (get(driver, LILONG_REG_PRESET0) != header->preset0 ||
      get(driver, LILONG_REG_PRESET1) != header->preset1) {
    return LILONG_DRIVER_WRONG_PRESET;
  }
  if (needed > workspace_bytes) return LILONG_DRIVER_TOO_SMALL;
  if (overlap(image, header->bytes, workspace, needed)) return LILONG_DRIVER_BAD_ARGUMENT;
  if ((uintptr_t)workspace % LILONG_IMAGE_ALIGNMENT != 0) return LILONG_DRIVER_MISALIGNED;
  status = check_reach(driver, workspace, needed);
  if (status != LILONG_DRIVER_OK) return status;

  uint8_t* next = workspace;
  zero_bytes(next, (size_t)needed);
  driver->program = image;
  if (flags & LILONG_DRIVER_COPY) {
    copy_bytes(next, image, header->bytes);
    driver->program = next;
    next += (size_t)lilong_image_round_up(header->bytes);
  } else {
    status = check_reach(driver, image, header->bytes);
    if (status != LILONG_DRIVER_OK) return status;
    clean(driver, image, header->bytes);
  }
  for (uint32_t i = LILONG_REGION_SPILL; i < LILONG_IMAGE_REGIONS; ++i) {
    driver->base[i] = next;
    next += (size_t)lilong_image_round_up(header->region_bytes[i]);
  }
  clean(driver, workspace, (size_t)needed);
  driver->image = header;
  return LILONG_DRIVER_OK;
}

static lilong_driver_status tensor_of(const lilong_driver* driver, uint32_t index, uint32_t first,
                                      uint32_t count, lilong_driver_tensor* tensor) {
  if (index >= count) return LILONG_DRIVER_BAD_ARGUMENT;
  const lilong_image_tensor* info = lilong_image_tensor_at(driver->image, first + index);
  tensor->info = info;
  tensor->name = (const char*)driver->image + info->name;
  tensor->data = driver->base[info->region] + info->offset;
  return LILONG_DRIVER_OK;
}

lilong_driver_status lilong_driver_input(const lilong_driver* driver, uint32_t index,
                                         lilong_driver_tensor* tensor) {
  if (driver == NULL || tensor == NULL) return LILONG_DRIVER_BAD_ARGUMENT;
  if (driver->image == NULL) return LILONG_DRIVER_NOT_LOADED;
  return tensor_of(driver, index, 0, driver->image->input_count, tensor);
}

lilong_driver_status lilong_driver_output(const lilong_driver* driver, uint32_t index,
                                          lilong_driver_tensor* tensor) {
  if (driver == NULL || tensor == NULL) return LILONG_DRIVER_BAD_ARGUMENT;
  if (driver->image == NULL) return LILONG_DRIVER_NOT_LOADED;
  return tensor_of(driver, index, driver->image->input_count, driver->image->output_count, tensor);
}

lilong_driver_status lilong_driver_set_input(lilong_driver* driver, uint32_t index,
                                             const void* data, size_t bytes) {
  lilong_driver_tensor tensor;
  const lilong_driver_status status = lilong_driver_input(driver, index, &tensor);
  if (status != LILONG_DRIVER_OK) return status;
  if (data == NULL || bytes != tensor.info->bytes) return LILONG_DRIVER_BAD_ARGUMENT;
  if (driver->running) return LILONG_DRIVER_NOT_IDLE;
  copy_bytes(tensor.data, data, bytes);
  return LILONG_DRIVER_OK;
}

lilong_driver_status lilong_driver_get_output(lilong_driver* driver, uint32_t index, void* data,
                                              size_t bytes) {
  lilong_driver_tensor tensor;
  const lilong_driver_status status = lilong_driver_output(driver, index, &tensor);
  if (status != LILONG_DRIVER_OK) return status;
  if (data == NULL || bytes != tensor.info->bytes) return LILONG_DRIVER_BAD_ARGUMENT;
  if (driver->running) return LILONG_DRIVER_NOT_IDLE;
  copy_bytes(data, tensor.data, bytes);
  return LILONG_DRIVER_OK;
}

/* Opens the windows of a job and rings the doorbell. */
static void start_job(lilong_driver* driver, uint32_t index) {
  const lilong_image_header* image = driver->image;
  const lilong_image_step* step = lilong_image_step_at(image, index);
  set_window(driver, LILONG_REGION_PROGRAM, driver->program + step->offset, step->bytes,
             ACCESS_READ);
  set_window(driver, LILONG_REGION_CONSTANTS, driver->program + image->constants,
             image->region_bytes[LILONG_REGION_CONSTANTS], ACCESS_READ);
  for (uint32_t i = LILONG_REGION_SPILL; i < LILONG_IMAGE_REGIONS; ++i) {
    set_window(driver, i, driver->base[i], image->region_bytes[i],
               i == LILONG_REGION_INPUTS ? ACCESS_READ : ACCESS_READ | ACCESS_WRITE);
  }
  driver->step = index;
  put(driver, LILONG_REG_WATCHDOG, step->watchdog_cycles);
  put(driver, LILONG_REG_IRQ_STATUS, IRQ_ALL);
  atomic_thread_fence(memory_order_seq_cst);
  put(driver, LILONG_REG_CONTROL, LILONG_CONTROL_START_MASK);
}

lilong_driver_status lilong_driver_start(lilong_driver* driver) {
  if (driver == NULL || driver->hooks.time_us == NULL) return LILONG_DRIVER_BAD_ARGUMENT;
  if (driver->image == NULL) return LILONG_DRIVER_NOT_LOADED;
  if (driver->running) return LILONG_DRIVER_NOT_IDLE;
  uint32_t state;
  const lilong_driver_status status = state_of(driver, &state);
  if (status != LILONG_DRIVER_OK) return status;
  if (state != LILONG_STATE_IDLE) return LILONG_DRIVER_NOT_IDLE;
  zero_bytes((uint8_t*)&driver->trap, sizeof driver->trap);
  zero_bytes((uint8_t*)driver->counters, sizeof driver->counters);
  clean(driver, driver->base[LILONG_REGION_INPUTS],
        driver->image->region_bytes[LILONG_REGION_INPUTS]);
  start_job(driver, 0);
  driver->running = 1;
  return LILONG_DRIVER_OK;
}

static lilong_driver_status take_trap(lilong_driver* driver) {
  const uint32_t trap = get(driver, LILONG_REG_TRAP_STATUS);
  driver->trap.code = trap & LILONG_TRAP_STATUS_CODE_MASK;
  driver->trap.engine = (trap & LILONG_TRAP_STATUS_ENGINE_MASK) >> LILONG_TRAP_STATUS_ENGINE_LSB;
  driver->trap.step = driver->step;
  driver->trap.instruction = get(driver, LILONG_REG_TRAP_INSTRUCTION);
  driver->trap.address = get(driver, LILONG_REG_TRAP_ADDR_LO);
  driver->trap.address |= (uint64_t)get(driver, LILONG_REG_TRAP_ADDR_HI) << 32;
  const lilong_driver_status status = lilong_driver_reset(driver);
  return status == LILONG_DRIVER_OK ? LILONG_DRIVER_TRAP : status;
}

lilong_driver_status lilong_driver_poll(lilong_driver* driver) {
  if (driver == NULL) return LILONG_DRIVER_BAD_ARGUMENT;
  if (!driver->running) return LILONG_DRIVER_NOT_LOADED;
  const uint32_t pending = get(driver, LILONG_REG_IRQ_STATUS);
  if ((pending & ~IRQ_ALL) == 0 && (pending & IRQ_ENDED) == 0) return LILONG_DRIVER_BUSY;
  uint32_t state;
  lilong_driver_status status = state_of(driver, &state);
  const uint32_t trapped = pending & LILONG_IRQ_STATUS_TRAP_MASK;
  if ((pending & ~IRQ_ALL) != 0 || (pending & IRQ_ENDED) == IRQ_ENDED ||
      state != (trapped ? LILONG_STATE_HALTED : LILONG_STATE_IDLE)) {
    status = LILONG_DRIVER_LOST;
  }
  if (status != LILONG_DRIVER_OK) {
    driver->running = 0;
    return status;
  }
  for (uint32_t i = 0; i < LILONG_NUM_COUNTERS; ++i) {
    driver->counters[i] += get(driver, LILONG_REG_COUNTER_BASE(i));
  }
  if (trapped) return take_trap(driver);
  put(driver, LILONG_REG_IRQ_STATUS, pending);
  if (driver->step + 1 < driver->image->step_count) {
    start_job(driver, driver->step + 1);
    return LILONG_DRIVER_BUSY;
  }
  driver->running = 0;
  const uint32_t bytes = driver->image->region_bytes[LILONG_REGION_OUTPUTS];
  const lilong_driver_hooks* hooks = &driver->hooks;
  if (hooks->cache_invalidate != NULL && bytes != 0) {
    hooks->cache_invalidate(hooks->context, driver->base[LILONG_REGION_OUTPUTS], bytes);
  }
  return LILONG_DRIVER_OK;
}

lilong_driver_status lilong_driver_wait(lilong_driver* driver, uint32_t limit_us) {
  if (driver == NULL || driver->hooks.time_us == NULL) return LILONG_DRIVER_BAD_ARGUMENT;
  deadline wait = begin_wait(driver);
  for (;;) {
    const lilong_driver_status status = lilong_driver_poll(driver);
    if (status != LILONG_DRIVER_BUSY) return status;
    uint32_t left;
    const lilong_driver_status time = look(driver, &wait, limit_us, &left);
    if (time != LILONG_DRIVER_BUSY) {
      const lilong_driver_status reset = lilong_driver_reset(driver);
      return reset == LILONG_DRIVER_OK ? time : reset;
    }
    if (driver->hooks.wait_interrupt != NULL) {
      driver->hooks.wait_interrupt(driver->hooks.context, left);
    }
  }
}

lilong_driver_status lilong_driver_run(lilong_driver* driver, uint32_t limit_us) {
  const lilong_driver_status status = lilong_driver_start(driver);
  return status == LILONG_DRIVER_OK ? lilong_driver_wait(driver, limit_us) : status;
}

const uint32_t* lilong_driver_counters(const lilong_driver* driver) { return driver->counters; }

const lilong_driver_trap* lilong_driver_last_trap(const lilong_driver* driver) {
  return &driver->trap;
}

#ifndef LILONG_DRIVER_NO_TEXT
const char* lilong_driver_text(lilong_driver_status status) {
#define SENTENCE(name, sentence) sentence,
  static const char* const kSentences[] = {LILONG_DRIVER_STATUSES(SENTENCE)};
#undef SENTENCE
  return (uint32_t)status < LILONG_DRIVER_STATUS_COUNT ? kSentences[status] : "unknown status";
}
#endif
