/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the two files of the driver: access to the tables of an image that has been checked.
 */
#ifndef LILONG_IMAGE_CHECK_H_
#define LILONG_IMAGE_CHECK_H_

#include "lilong_driver.h"

static inline const lilong_image_step* lilong_image_step_at(const lilong_image_header* header,
                                                            uint32_t index) {
  return (const lilong_image_step*)(const void*)((const uint8_t*)header + header->steps) + index;
}

static inline const lilong_image_tensor* lilong_image_tensor_at(const lilong_image_header* header,
                                                                uint32_t index) {
  return (const lilong_image_tensor*)(const void*)((const uint8_t*)header + header->tensors) +
         index;
}

/* To the alignment of regions; 64 bits hold any sum of a few. */
static inline uint64_t lilong_image_round_up(uint32_t bytes) {
  return ((uint64_t)bytes + LILONG_IMAGE_ALIGNMENT - 1) & ~(uint64_t)(LILONG_IMAGE_ALIGNMENT - 1);
}

/* Bytes of workspace that the image needs. */
uint64_t lilong_image_workspace(const lilong_image_header* header, uint32_t flags);

#endif
