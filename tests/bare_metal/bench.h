/* SPDX-License-Identifier: Apache-2.0
 *
 * Bench: the machine around the bare-metal driver.  A Verilated chip, its registers, a clock of 100
 * cycles a microsecond, and memory behind a cache that is not coherent: processor and chip have a
 * copy each, and bytes move between them only when the driver cleans or invalidates them.
 */
#ifndef LILONG_TESTS_BARE_METAL_BENCH_H_
#define LILONG_TESTS_BARE_METAL_BENCH_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench bench;

/* Null, and a sentence on stderr, when the chip cannot be opened. */
bench* bench_open(const char* preset, uint64_t memory_bytes);
void bench_close(bench* machine);

/* The processor's copy of the memory, aligned to 4096. */
uint8_t* bench_memory(bench* machine);

/* Hooks of the driver; the context is the bench. */
uint32_t bench_read(void* machine, uint32_t offset);
void bench_write(void* machine, uint32_t offset, uint32_t value);
uint32_t bench_time_us(void* machine);
void bench_wait_interrupt(void* machine, uint32_t limit_us);
uint64_t bench_bus_address(void* machine, const void* pointer);
void bench_cache_clean(void* machine, const void* data, size_t bytes);
void bench_cache_invalidate(void* machine, const void* data, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
