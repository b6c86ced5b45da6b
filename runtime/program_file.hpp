// SPDX-License-Identifier: Apache-2.0
// The program file: a header of 64 bytes and a FlatBuffer (runtime/program.fbs).
//
//   offset  bytes
//        0      8   "\x89LILONG\n"
//        8      2   format version, major; must match
//       10      2   format version, minor; a reader takes any
//       12      4   zero
//       16      8   bytes of the content that follows the header; nothing follows the content
//       24     32   SHA-256 of the content
//       56      4   zero
//       60      4   CRC-32C of bytes 0 to 59
//
// All numbers are little-endian.  The header has the same form in every version, so a file of
// another version is told from a damaged one.  A file that was shortened, extended or changed in any
// single bit is refused as programCorrupt.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

inline constexpr uint16_t kProgramFormatMajor = 1;
inline constexpr uint16_t kProgramFormatMinor = 1;
inline constexpr size_t kProgramHeaderBytes = 64;

// Writes a valid program; refuses one that `validateProgram` refuses.
Result<std::vector<uint8_t>> serializeProgram(const Program& program);
Result<void> saveProgram(const Program& program, const std::string& path);

// Reads and validates.  `file` is the name used in messages.
Result<Program> parseProgram(std::span<const uint8_t> bytes, const std::string& file);
Result<Program> loadProgram(const std::string& path);

// A whole file; missing, unreadable and oversized files are diagnostics.
Result<std::vector<uint8_t>> readFile(const std::string& path);

// True when the bytes start like a program file, damaged or not.
bool looksLikeProgram(std::span<const uint8_t> bytes);

// Interpreter version that the arithmetic of a `numerics` name reproduces; empty if unknown.
std::string interpreterOf(const std::string& numerics);

}  // namespace lilong
