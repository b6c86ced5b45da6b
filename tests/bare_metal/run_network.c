/* SPDX-License-Identifier: Apache-2.0
 *
 * run_network COPY INPUT OUTPUT: runs the network that is linked in on every sample of a file.
 *   COPY    0: the chip reads the image where it is, 1: the driver copies it into the workspace
 *   INPUT   the bytes of the inputs of all samples, one sample after the other
 *   OUTPUT  receives the bytes of the outputs in the same way
 * Built with -DNETWORK_HEADER="kws.h" -DIMAGE=kws_image -DNETWORK(what)=KWS_##what -DPRESET="edge".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include NETWORK_HEADER
#include "bench.h"
#include "lilong_driver.h"

#define MEMORY_BYTES (16u << 20)
#define LIMIT_US 1000000u

static int fail(const char* what, lilong_driver_status status) {
  fprintf(stderr, "run_network: %s: %s\n", what, lilong_driver_text(status));
  return 1;
}

static int run_sample(lilong_driver* chip, FILE* in, FILE* out, int* more) {
  static uint8_t bytes[1 << 20];
  for (uint32_t i = 0; i < NETWORK(INPUTS); ++i) {
    lilong_driver_tensor tensor;
    lilong_driver_status status = lilong_driver_input(chip, i, &tensor);
    if (status != LILONG_DRIVER_OK) return fail("input", status);
    if (tensor.info->bytes > sizeof bytes) return fail("input", LILONG_DRIVER_TOO_SMALL);
    if (fread(bytes, 1, tensor.info->bytes, in) != tensor.info->bytes) {
      *more = 0;
      return 0;
    }
    status = lilong_driver_set_input(chip, i, bytes, tensor.info->bytes);
    if (status != LILONG_DRIVER_OK) return fail("set_input", status);
  }
  lilong_driver_status status = lilong_driver_run(chip, LIMIT_US);
  if (status != LILONG_DRIVER_OK) return fail("run", status);
  for (uint32_t i = 0; i < NETWORK(OUTPUTS); ++i) {
    lilong_driver_tensor tensor;
    status = lilong_driver_output(chip, i, &tensor);
    if (status != LILONG_DRIVER_OK) return fail("output", status);
    if (tensor.info->bytes > sizeof bytes) return fail("output", LILONG_DRIVER_TOO_SMALL);
    status = lilong_driver_get_output(chip, i, bytes, tensor.info->bytes);
    if (status != LILONG_DRIVER_OK) return fail("get_output", status);
    if (fwrite(bytes, 1, tensor.info->bytes, out) != tensor.info->bytes) return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const uint32_t flags = argv[1][0] == '1' ? LILONG_DRIVER_COPY : 0;
  FILE* in = fopen(argv[2], "rb");
  FILE* out = fopen(argv[3], "wb");
  bench* machine = bench_open(PRESET, MEMORY_BYTES);
  if (in == NULL || out == NULL || machine == NULL) return 2;

  lilong_driver_hooks hooks;
  memset(&hooks, 0, sizeof hooks);
  hooks.context = machine;
  hooks.read = bench_read;
  hooks.write = bench_write;
  hooks.time_us = bench_time_us;
  hooks.wait_interrupt = bench_wait_interrupt;
  hooks.bus_address = bench_bus_address;
  hooks.cache_clean = bench_cache_clean;
  hooks.cache_invalidate = bench_cache_invalidate;

  /* The array of the program is not in the memory of the chip; without a copy it must be. */
  uint8_t* next = bench_memory(machine);
  const void* image = IMAGE;
  size_t workspace_bytes = NETWORK(COPY_WORKSPACE_BYTES);
  if (flags == 0) {
    memcpy(next, IMAGE, NETWORK(IMAGE_BYTES));
    image = next;
    next += (NETWORK(IMAGE_BYTES) + 4095u) / 4096u * 4096u;
    workspace_bytes = NETWORK(WORKSPACE_BYTES);
  }
  lilong_driver chip;
  lilong_driver_status status = lilong_driver_init(&chip, &hooks);
  if (status != LILONG_DRIVER_OK) return fail("init", status);
  status =
      lilong_driver_load(&chip, image, NETWORK(IMAGE_BYTES), next, workspace_bytes, flags);
  if (status != LILONG_DRIVER_OK) return fail("load", status);
  int more = 1, failed = 0;
  while (more && !failed) failed = run_sample(&chip, in, out, &more);
  if (!failed) {
    printf("%u cycles\n", (unsigned)lilong_driver_counters(&chip)[LILONG_COUNTER_CYCLES]);
  }
  bench_close(machine);
  fclose(in);
  if (fclose(out) != 0) failed = 1;
  return failed;
}
