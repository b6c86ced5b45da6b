// SPDX-License-Identifier: Apache-2.0
// Checksums: SHA-256 (FIPS 180-4) for contents, CRC-32C (polynomial 0x1EDC6F41) for short headers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace lilong {

using Sha256 = std::array<uint8_t, 32>;

Sha256 sha256(std::span<const uint8_t> bytes);
std::string toHex(std::span<const uint8_t> bytes);

uint32_t crc32c(std::span<const uint8_t> bytes);

}  // namespace lilong
