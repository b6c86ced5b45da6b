# SPDX-License-Identifier: Apache-2.0
"""Program files at the level of bytes: the header of runtime/program_file.hpp."""

from __future__ import annotations

import hashlib
import struct

HEADER_BYTES = 64


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sealed(file: bytes) -> bytes:
    """The file with checksums that fit its content."""
    content = file[HEADER_BYTES:]
    header = bytearray(file[:HEADER_BYTES])
    header[16:24] = struct.pack("<Q", len(content))
    header[24:56] = hashlib.sha256(content).digest()
    header[60:64] = struct.pack("<I", crc32c(bytes(header[:60])))
    return bytes(header) + content


def with_version(file: bytes, major: int) -> bytes:
    return sealed(file[:8] + struct.pack("<H", major) + file[10:])


def with_word(file: bytes, old: int, new: int) -> bytes:
    """The only 32-bit word `old` of the content replaced by `new`."""
    before, after = struct.pack("<I", old), struct.pack("<I", new)
    assert file.count(before) == 1, f"the word {old:#x} occurs {file.count(before)} times"
    return sealed(file.replace(before, after))
