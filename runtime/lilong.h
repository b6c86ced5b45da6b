/* SPDX-License-Identifier: Apache-2.0
 *
 * The C API: run a compiled program on a device.
 *
 * Handles are opaque.  Every function that can fail returns a status; the sentence that belongs to
 * the last failure of the calling thread is lilong_last_error().  A handle may be used by one thread
 * at a time.  Pointers that functions return stay valid until the handle they came from is freed.
 */
#ifndef LILONG_H_
#define LILONG_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lilong_status {
  LILONG_OK = 0,
  LILONG_BAD_ARGUMENT = 1,  /* null pointer, index or size out of range */
  LILONG_BAD_PROGRAM = 2,   /* file missing, damaged, of another version or preset */
  LILONG_BAD_DEVICE = 3,    /* unknown or unavailable device */
  LILONG_TRAP = 4,          /* the device stopped the program */
  LILONG_TIMEOUT = 5,       /* the program took longer than its bound */
  LILONG_NO_MEMORY = 6,
  LILONG_INTERNAL = 7
} lilong_status;

/* Element types of tensors. */
typedef enum lilong_dtype {
  LILONG_INT8 = 0,
  LILONG_UINT8 = 1,
  LILONG_INT16 = 2,
  LILONG_INT32 = 3,
  LILONG_FLOAT32 = 4,
  LILONG_INT64 = 5
} lilong_dtype;

typedef struct lilong_program lilong_program;
typedef struct lilong_device lilong_device;
typedef struct lilong_session lilong_session;

/* A network input or output; real value = scale * (q - zero_point), scale 0 if not quantised. */
typedef struct lilong_tensor {
  const char* name;
  lilong_dtype dtype;
  const int32_t* shape;
  size_t rank;
  float scale;
  int32_t zero_point;
  size_t bytes;
} lilong_tensor;

/* One sentence with file, layer and remedy; "" if the last call of this thread was well. */
const char* lilong_last_error(void);
const char* lilong_version(void);

lilong_status lilong_program_load(const char* path, lilong_program** program);
/* The bytes are copied. */
lilong_status lilong_program_parse(const void* bytes, size_t size, lilong_program** program);
void lilong_program_free(lilong_program* program);
const char* lilong_program_preset(const lilong_program* program);
size_t lilong_program_input_count(const lilong_program* program);
size_t lilong_program_output_count(const lilong_program* program);
lilong_status lilong_program_input(const lilong_program* program, size_t index,
                                   lilong_tensor* tensor);
lilong_status lilong_program_output(const lilong_program* program, size_t index,
                                    lilong_tensor* tensor);

/* name: "functional", "cycle", "rtl", or a board as "serial:/dev/ttyUSB0"; preset: "nano", "lite",
 * "edge", "plus", "edge-fpga"; memory: "sram" or NULL. */
lilong_status lilong_device_open(const char* name, const char* preset, const char* memory,
                                 lilong_device** device);
void lilong_device_close(lilong_device* device);

/* The session keeps copies: program and device handles may be freed before it. */
lilong_status lilong_session_create(const lilong_program* program, lilong_device* device,
                                    lilong_session** session);
void lilong_session_free(lilong_session* session);
/* One inference.  inputs[i] points to the dense bytes of network input i, outputs[i] receives those
 * of output i; the sizes must be those of the tensors. */
lilong_status lilong_session_run(lilong_session* session, const void* const* inputs,
                                 const size_t* input_sizes, size_t input_count,
                                 void* const* outputs, const size_t* output_sizes,
                                 size_t output_count);
/* Cycles of the last inference; LILONG_BAD_ARGUMENT if there is none or the device has no time. */
lilong_status lilong_session_cycles(const lilong_session* session, uint64_t* cycles);

#ifdef __cplusplus
}
#endif

#endif  /* LILONG_H_ */
