/* SPDX-License-Identifier: Apache-2.0
 *
 * Driver for machines without an operating system: C11, freestanding, no heap, no library, no
 * static data but constants.  One lilong_driver drives one chip from one thread.
 *
 *   lilong_driver chip;
 *   lilong_driver_init(&chip, &hooks);
 *   lilong_driver_load(&chip, kws_image, KWS_IMAGE_BYTES, workspace, sizeof workspace, 0);
 *   lilong_driver_set_input(&chip, 0, samples, sizeof samples);
 *   if (lilong_driver_run(&chip, 100000) == LILONG_DRIVER_OK)
 *     lilong_driver_get_output(&chip, 0, scores, sizeof scores);
 *
 * Programs are not trusted: rights and bounds of every region come from here and are enforced by
 * the window check of the chip.  The image is checked before a register is written.  Every wait
 * ends after a time; after a trap or a time-out the chip has been reset and takes the next job.
 */
#ifndef LILONG_DRIVER_H_
#define LILONG_DRIVER_H_

#include <stddef.h>
#include <stdint.h>

#include "lilong_image.h"
#include "lilong_isa.h"

#ifdef __cplusplus
extern "C" {
#endif

/* LILONG_DRIVER_STATUS(name, sentence): every outcome of a call. */
#define LILONG_DRIVER_STATUSES(LILONG_DRIVER_STATUS)                                              \
  LILONG_DRIVER_STATUS(OK, "well")                                                                \
  LILONG_DRIVER_STATUS(BUSY, "the job is still running")                                          \
  LILONG_DRIVER_STATUS(BAD_ARGUMENT, "a null pointer, an index or a size out of range")           \
  LILONG_DRIVER_STATUS(NO_CHIP, "the ID register is not that of a Lilong chip")                   \
  LILONG_DRIVER_STATUS(CHIP_VERSION, "the chip has another specification than this driver")       \
  LILONG_DRIVER_STATUS(BAD_IMAGE, "this is no image, or its tables are not sound")                \
  LILONG_DRIVER_STATUS(BAD_CHECKSUM, "the image is damaged")                                      \
  LILONG_DRIVER_STATUS(IMAGE_VERSION, "the image has another format or specification")            \
  LILONG_DRIVER_STATUS(WRONG_PRESET, "the image is for a chip of another size")                   \
  LILONG_DRIVER_STATUS(MISALIGNED, "image or workspace is not aligned to 64 bytes")               \
  LILONG_DRIVER_STATUS(OUT_OF_REACH, "an address is beyond the address bits of the chip")         \
  LILONG_DRIVER_STATUS(TOO_SMALL, "the workspace is too small for the network")                   \
  LILONG_DRIVER_STATUS(NOT_LOADED, "there is no network to run")                                  \
  LILONG_DRIVER_STATUS(NOT_IDLE, "the chip is busy, or halted behind the driver's back")          \
  LILONG_DRIVER_STATUS(TRAP, "the chip stopped the program; it has been reset")                   \
  LILONG_DRIVER_STATUS(TIMEOUT, "the job did not end in time; the chip has been reset")           \
  LILONG_DRIVER_STATUS(RESET_TIMEOUT, "the chip does not come out of reset")                      \
  LILONG_DRIVER_STATUS(CLOCK_STOPPED, "the clock of the hook does not advance")                   \
  LILONG_DRIVER_STATUS(LOST, "a register reads what the chip never holds")

#define LILONG_DRIVER_NAME(name, sentence) LILONG_DRIVER_##name,
typedef enum lilong_driver_status {
  LILONG_DRIVER_STATUSES(LILONG_DRIVER_NAME) LILONG_DRIVER_STATUS_COUNT
} lilong_driver_status;
#undef LILONG_DRIVER_NAME

/* What the driver needs of the machine.  `context` is handed to every hook. */
typedef struct lilong_driver_hooks {
  void* context;
  /* Registers by offset; when both are null, `registers` is the mapped register page. */
  uint32_t (*read)(void* context, uint32_t offset);
  void (*write)(void* context, uint32_t offset, uint32_t value);
  volatile uint32_t* registers;
  /* Microseconds, free running, wrapping.  Required: without it nothing would time out. */
  uint32_t (*time_us)(void* context);
  /* Waits for the interrupt pin, at most so long; returns at once when it is high already.
   * Null: the driver polls and leaves the interrupt off. */
  void (*wait_interrupt)(void* context, uint32_t limit_us);
  /* Address that the chip uses for a byte of the processor; null: the same. */
  uint64_t (*bus_address)(void* context, const void* pointer);
  /* Writes cached bytes back; drops cached bytes.  Null: the memory is coherent. */
  void (*cache_clean)(void* context, const void* data, size_t bytes);
  void (*cache_invalidate)(void* context, const void* data, size_t bytes);
} lilong_driver_hooks;

/* Why the chip stopped a program: LILONG_TRAP_..., LILONG_ENGINE_... of lilong_isa.h. */
typedef struct lilong_driver_trap {
  uint32_t code;
  uint32_t engine;
  uint32_t step;        /* job of the image */
  uint32_t instruction; /* number in the program of that job */
  uint64_t address;
} lilong_driver_trap;

/* A network input or output. */
typedef struct lilong_driver_tensor {
  const lilong_image_tensor* info;
  const char* name;
  void* data; /* in the workspace, info->bytes long */
} lilong_driver_tensor;

/* The fields are the driver's own. */
typedef struct lilong_driver {
  lilong_driver_hooks hooks;
  const lilong_image_header* image; /* null: nothing loaded */
  uint8_t* base[LILONG_IMAGE_REGIONS];
  const uint8_t* program; /* of all steps, in place or copied, at the distance of the first */
  uint32_t step;          /* of the running job */
  uint32_t running;
  lilong_driver_trap trap;
  uint32_t counters[LILONG_NUM_COUNTERS];
} lilong_driver;

/* lilong_driver_load: copy programs and constants into the workspace, because the chip does not
 * reach the image. */
#define LILONG_DRIVER_COPY 1u

/* Finds the chip, checks that it has this specification, brings it to rest. */
lilong_driver_status lilong_driver_init(lilong_driver* driver, const lilong_driver_hooks* hooks);

/* Checks an image alone, whatever the chip; `bytes` is what there is of it.  On success
 * `workspace_bytes` (may be null) is what lilong_driver_load needs with these flags. */
lilong_driver_status lilong_driver_check(const void* image, size_t bytes, uint32_t flags,
                                         uint64_t* workspace_bytes);

/* Takes a network: checks it against the chip, places its regions in the workspace, which is
 * zeroed, and makes image and workspace visible to the chip.  Both are in use until the next load.
 * Both are aligned to 64 bytes; lines of the cache are not longer. */
lilong_driver_status lilong_driver_load(lilong_driver* driver, const void* image, size_t bytes,
                                        void* workspace, size_t workspace_bytes, uint32_t flags);

/* Inputs and outputs of the network, in graph order. */
lilong_driver_status lilong_driver_input(const lilong_driver* driver, uint32_t index,
                                         lilong_driver_tensor* tensor);
lilong_driver_status lilong_driver_output(const lilong_driver* driver, uint32_t index,
                                          lilong_driver_tensor* tensor);
/* Exactly the bytes of the tensor. */
lilong_driver_status lilong_driver_set_input(lilong_driver* driver, uint32_t index,
                                             const void* data, size_t bytes);
lilong_driver_status lilong_driver_get_output(lilong_driver* driver, uint32_t index, void* data,
                                              size_t bytes);

/* One inference: start, then poll until it is no longer LILONG_DRIVER_BUSY, or wait. */
lilong_driver_status lilong_driver_start(lilong_driver* driver);
lilong_driver_status lilong_driver_poll(lilong_driver* driver);
/* Waits; a job that is not over by then is aborted: LILONG_DRIVER_TIMEOUT. */
lilong_driver_status lilong_driver_wait(lilong_driver* driver, uint32_t limit_us);
/* Start and wait. */
lilong_driver_status lilong_driver_run(lilong_driver* driver, uint32_t limit_us);
/* Ends the job, if any, and leads the chip back to rest. */
lilong_driver_status lilong_driver_reset(lilong_driver* driver);

/* Counters of the last inference, summed over its jobs, in the order of LILONG_COUNTER_... */
const uint32_t* lilong_driver_counters(const lilong_driver* driver);
/* The last trap; its code is LILONG_TRAP_NONE when the last inference had none. */
const lilong_driver_trap* lilong_driver_last_trap(const lilong_driver* driver);

#ifndef LILONG_DRIVER_NO_TEXT
/* One sentence for a status, without a full stop. */
const char* lilong_driver_text(lilong_driver_status status);
#endif

#ifdef __cplusplus
}
#endif

#endif
