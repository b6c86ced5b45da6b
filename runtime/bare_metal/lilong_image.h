/* SPDX-License-Identifier: Apache-2.0
 *
 * The image: a compiled network as one block of bytes for a machine without an operating system.
 * `lilong compile --emit c` writes it as a C array; it may as well come from flash or a link.
 *
 *   header | steps | tensors | names | program of every step | constants
 *
 * Everything is made of little-endian 32-bit words.  Offsets count from the start of the image.
 * Programs and constants begin at multiples of 64, so that the chip reads them where they are.
 * A CRC-32C covers every byte; only the checksum itself counts as 0.
 */
#ifndef LILONG_IMAGE_H_
#define LILONG_IMAGE_H_

#include <stdint.h>

#define LILONG_IMAGE_MAGIC 0x494c4c89u /* bytes 89 4c 4c 49 */
#define LILONG_IMAGE_FORMAT 1u
#define LILONG_IMAGE_ALIGNMENT 64u
#define LILONG_IMAGE_REGIONS 8u
#define LILONG_IMAGE_MAX_RANK 8u
#define LILONG_IMAGE_MAX_REGION 0x40000000u /* bytes of a region */

/* Regions of a program, as in the program file. */
#define LILONG_REGION_PROGRAM 0u
#define LILONG_REGION_CONSTANTS 1u
#define LILONG_REGION_SPILL 2u
#define LILONG_REGION_INPUTS 3u
#define LILONG_REGION_OUTPUTS 4u
#define LILONG_REGION_VARIABLES 5u

typedef struct lilong_image_header {
  uint32_t magic;
  uint32_t format;
  uint32_t bytes; /* of the whole image */
  uint32_t crc;
  uint32_t version;   /* register VERSION of the chip it is for */
  uint32_t spec_hash; /* register SPEC_HASH */
  uint32_t preset0;   /* register PRESET0 */
  uint32_t preset1;   /* register PRESET1 */
  uint32_t region_bytes[LILONG_IMAGE_REGIONS]; /* 0: unused; the program's is in the steps */
  uint32_t constants;                          /* offset of region 1 */
  uint32_t steps, step_count;                  /* offset and number of lilong_image_step */
  uint32_t tensors;                            /* offset of lilong_image_tensor, inputs first */
  uint32_t input_count, output_count;
  uint32_t zero[10];
} lilong_image_header;

/* One job of the chip; an inference runs all of them in order. */
typedef struct lilong_image_step {
  uint32_t offset, bytes;   /* of the program */
  uint32_t watchdog_cycles; /* bound of its cycles, not 0 */
  uint32_t zero;
} lilong_image_step;

/* A network input or output: dense, exactly the framework's bytes. */
typedef struct lilong_image_tensor {
  uint32_t name; /* offset of text that ends with 0 */
  uint32_t dtype; /* 0 int8, 1 uint8, 2 int16, 3 int32, 4 float32, 5 int64 */
  uint32_t region, offset, bytes;
  uint32_t scale; /* bits of a float; real = scale * (q - zero_point), 0: not quantised */
  int32_t zero_point;
  uint32_t rank;
  int32_t shape[LILONG_IMAGE_MAX_RANK]; /* 0 behind the rank */
} lilong_image_tensor;

#endif
