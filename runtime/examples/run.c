/* SPDX-License-Identifier: Apache-2.0
 * The same as run.cpp through the C API.
 *   run PROGRAM.lilong
 */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/lilong.h"

static int fail(void) {
  fprintf(stderr, "%s\n", lilong_last_error());
  return 2;
}

/* Buffers for all inputs or outputs; inputs get a ramp. */
static int allocate(const lilong_program* program, int outputs, size_t count, void** buffers,
                    size_t* sizes) {
  for (size_t i = 0; i < count; ++i) {
    lilong_tensor tensor;
    const lilong_status status = outputs ? lilong_program_output(program, i, &tensor)
                                         : lilong_program_input(program, i, &tensor);
    if (status != LILONG_OK) return fail();
    sizes[i] = tensor.bytes;
    buffers[i] = malloc(tensor.bytes);
    if (buffers[i] == NULL) return 2;
    for (size_t k = 0; k < tensor.bytes; ++k) ((unsigned char*)buffers[i])[k] = k % 100;
  }
  return 0;
}

int main(int argc, char** argv) {
  enum { kMaxTensors = 16 };
  void *inputs[kMaxTensors], *outputs[kMaxTensors];
  size_t input_sizes[kMaxTensors], output_sizes[kMaxTensors];
  lilong_program* program;
  lilong_device* device;
  lilong_session* session;
  if (argc != 2) {
    fprintf(stderr, "usage: %s PROGRAM.lilong\n", argv[0]);
    return 2;
  }
  if (lilong_program_load(argv[1], &program) != LILONG_OK) return fail();
  if (lilong_device_open("functional", lilong_program_preset(program), NULL, &device) != LILONG_OK ||
      lilong_session_create(program, device, &session) != LILONG_OK) {
    return fail();
  }
  const size_t input_count = lilong_program_input_count(program);
  const size_t output_count = lilong_program_output_count(program);
  if (input_count > kMaxTensors || output_count > kMaxTensors) return 2;
  if (allocate(program, 0, input_count, inputs, input_sizes) != 0 ||
      allocate(program, 1, output_count, outputs, output_sizes) != 0) {
    return 2;
  }
  if (lilong_session_run(session, (const void* const*)inputs, input_sizes, input_count, outputs,
                         output_sizes, output_count) != LILONG_OK) {
    return fail();
  }
  for (size_t i = 0; i < output_count; ++i) {
    for (size_t k = 0; k < output_sizes[i]; ++k) printf("%d ", ((signed char*)outputs[i])[k]);
    printf("\n");
    free(outputs[i]);
  }
  for (size_t i = 0; i < input_count; ++i) free(inputs[i]);
  lilong_session_free(session);
  lilong_device_close(device);
  lilong_program_free(program);
  return 0;
}
