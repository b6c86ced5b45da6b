/* SPDX-License-Identifier: Apache-2.0
 *
 * Check of an image, before anything relies on it: checksum, version, and that every offset, size
 * and number in its tables is sound, whoever wrote them.
 */
#include "lilong_image_check.h"

/* CRC-32C (polynomial 0x1EDC6F41, reflected), four bits a step: a small table, fast enough. */
static uint32_t crc_bytes(uint32_t crc, const uint8_t* bytes, uint32_t count) {
  static const uint32_t kTable[16] = {
      0x00000000u, 0x105ec76fu, 0x20bd8edeu, 0x30e349b1u, 0x417b1dbcu, 0x5125dad3u,
      0x61c69362u, 0x7198540du, 0x82f63b78u, 0x92a8fc17u, 0xa24bb5a6u, 0xb21572c9u,
      0xc38d26c4u, 0xd3d3e1abu, 0xe330a81au, 0xf36e6f75u};
  for (uint32_t i = 0; i < count; ++i) {
    crc ^= bytes[i];
    crc = kTable[crc & 15u] ^ (crc >> 4);
    crc = kTable[crc & 15u] ^ (crc >> 4);
  }
  return crc;
}

static uint32_t image_crc(const lilong_image_header* header) {
  const uint8_t* bytes = (const uint8_t*)header;
  const uint32_t at = (uint32_t)offsetof(lilong_image_header, crc);
  static const uint8_t kZero[4] = {0, 0, 0, 0};
  uint32_t crc = crc_bytes(0xffffffffu, bytes, at);
  crc = crc_bytes(crc, kZero, 4);
  return ~crc_bytes(crc, bytes + at + 4, header->bytes - at - 4);
}

static int inside(uint32_t offset, uint32_t bytes, uint32_t limit) {
  return offset <= limit && bytes <= limit - offset;
}

/* A table of entries of `size` bytes, a power of two. */
static int table_inside(uint32_t offset, uint32_t count, uint32_t size, uint32_t limit) {
  return offset % 4u == 0 && offset <= limit && count <= (limit - offset) / size;
}

static int block_inside(uint32_t offset, uint32_t bytes, uint32_t limit) {
  return offset % LILONG_IMAGE_ALIGNMENT == 0 && inside(offset, bytes, limit);
}

static int text_inside(const uint8_t* image, uint32_t offset, uint32_t limit) {
  while (offset < limit) {
    if (image[offset++] == 0) return 1;
  }
  return 0;
}

static int step_is_sound(const lilong_image_step* step, uint32_t limit) {
  return step->bytes != 0 && step->bytes % LILONG_DESCRIPTOR_BYTES == 0 &&
         block_inside(step->offset, step->bytes, limit) && step->watchdog_cycles != 0 &&
         step->zero == 0;
}

static int tensor_is_sound(const lilong_image_header* header, const lilong_image_tensor* tensor,
                           uint32_t region) {
  static const uint8_t kElementBytes[6] = {1, 1, 2, 4, 4, 8};
  if (tensor->dtype >= 6 || tensor->rank > LILONG_IMAGE_MAX_RANK || tensor->region != region ||
      !inside(tensor->offset, tensor->bytes, header->region_bytes[region]) ||
      !text_inside((const uint8_t*)header, tensor->name, header->bytes)) {
    return 0;
  }
  uint32_t bytes = kElementBytes[tensor->dtype];
  for (uint32_t i = 0; i < LILONG_IMAGE_MAX_RANK; ++i) {
    const int32_t size = tensor->shape[i];
    if (i >= tensor->rank) {
      if (size != 0) return 0;
      continue;
    }
    if (size < 1) return 0;
    const uint64_t product = (uint64_t)bytes * (uint32_t)size;
    if (product > tensor->bytes) return 0;
    bytes = (uint32_t)product;
  }
  return bytes == tensor->bytes;
}

static int tables_are_sound(const lilong_image_header* header) {
  const uint32_t limit = header->bytes;
  for (uint32_t i = 0; i < LILONG_IMAGE_REGIONS; ++i) {
    const uint32_t bytes = header->region_bytes[i];
    const int used = i >= LILONG_REGION_CONSTANTS && i <= LILONG_REGION_VARIABLES;
    if (bytes > (used ? LILONG_IMAGE_MAX_REGION : 0u)) return 0;
  }
  for (uint32_t i = 0; i < sizeof header->zero / sizeof header->zero[0]; ++i) {
    if (header->zero[i] != 0) return 0;
  }
  const uint32_t tensors = header->input_count + header->output_count;
  if (header->step_count == 0 || header->input_count == 0 || header->output_count == 0 ||
      tensors < header->input_count ||
      !block_inside(header->constants, header->region_bytes[LILONG_REGION_CONSTANTS], limit) ||
      !table_inside(header->steps, header->step_count, (uint32_t)sizeof(lilong_image_step),
                    limit) ||
      !table_inside(header->tensors, tensors, (uint32_t)sizeof(lilong_image_tensor), limit)) {
    return 0;
  }
  for (uint32_t i = 0; i < header->step_count; ++i) {
    if (!step_is_sound(lilong_image_step_at(header, i), limit)) return 0;
  }
  for (uint32_t i = 0; i < tensors; ++i) {
    const uint32_t region =
        i < header->input_count ? LILONG_REGION_INPUTS : LILONG_REGION_OUTPUTS;
    if (!tensor_is_sound(header, lilong_image_tensor_at(header, i), region)) return 0;
  }
  return 1;
}

uint64_t lilong_image_workspace(const lilong_image_header* header, uint32_t flags) {
  uint64_t bytes = flags & LILONG_DRIVER_COPY ? lilong_image_round_up(header->bytes) : 0;
  for (uint32_t i = LILONG_REGION_SPILL; i < LILONG_IMAGE_REGIONS; ++i) {
    bytes += lilong_image_round_up(header->region_bytes[i]);
  }
  return bytes;
}

lilong_driver_status lilong_driver_check(const void* image, size_t bytes, uint32_t flags,
                                         uint64_t* workspace_bytes) {
  if (image == NULL || (flags & ~LILONG_DRIVER_COPY) != 0) return LILONG_DRIVER_BAD_ARGUMENT;
  if ((uintptr_t)image % LILONG_IMAGE_ALIGNMENT != 0) return LILONG_DRIVER_MISALIGNED;
  const lilong_image_header* header = image;
  if (bytes < sizeof *header || header->magic != LILONG_IMAGE_MAGIC) return LILONG_DRIVER_BAD_IMAGE;
  if (header->format != LILONG_IMAGE_FORMAT) return LILONG_DRIVER_IMAGE_VERSION;
  if (header->bytes < sizeof *header || header->bytes > bytes) return LILONG_DRIVER_BAD_IMAGE;
  if (header->crc != image_crc(header)) return LILONG_DRIVER_BAD_CHECKSUM;
  if (header->version != (LILONG_SPEC_MAJOR << 16 | LILONG_SPEC_MINOR) ||
      header->spec_hash != LILONG_SPEC_HASH) {
    return LILONG_DRIVER_IMAGE_VERSION;
  }
  if (!tables_are_sound(header)) return LILONG_DRIVER_BAD_IMAGE;
  if (workspace_bytes != NULL) *workspace_bytes = lilong_image_workspace(header, flags);
  return LILONG_DRIVER_OK;
}
