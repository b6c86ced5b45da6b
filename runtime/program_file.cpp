// SPDX-License-Identifier: Apache-2.0
// Reading and writing of program files: header, checksums, FlatBuffer, validation, in that order.
#include "runtime/program_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/digest.hpp"
#include "runtime/program_content.hpp"
#include "runtime/validate.hpp"

namespace lilong {

namespace {

constexpr std::array<uint8_t, 8> kMagic = {0x89, 'L', 'I', 'L', 'O', 'N', 'G', '\n'};
constexpr size_t kMaxFileBytes = size_t{1} << 31;  // what a FlatBuffer can hold

template <typename T>
void put(std::vector<uint8_t>& bytes, size_t at, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
}

template <typename T>
T get(std::span<const uint8_t> bytes, size_t at) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(T{bytes[at + i]} << (8 * i));
  return value;
}

Error corrupt(const std::string& file, std::string message) {
  return makeError(DiagId::programCorrupt, std::move(message), file);
}

// Everything the 64 bytes promise; the content is then `bytes.subspan(kProgramHeaderBytes)`.
Result<void> checkHeader(std::span<const uint8_t> bytes, const std::string& file) {
  if (bytes.empty()) return makeError(DiagId::fileEmpty, "the file is empty", file);
  if (bytes.size() < kProgramHeaderBytes) {
    return corrupt(file, fmt::format("the program file has only {} bytes", bytes.size()));
  }
  if (!looksLikeProgram(bytes)) return corrupt(file, "this is not a program file");
  if (get<uint32_t>(bytes, 60) != crc32c(bytes.first(60))) {
    return corrupt(file, "the header of the program file is damaged");
  }
  const auto major = get<uint16_t>(bytes, 8);
  if (major != kProgramFormatMajor) {
    return makeError(DiagId::programVersion,
                     fmt::format("the program file has format version {}, this is version {}", major,
                                 kProgramFormatMajor),
                     file);
  }
  const auto content_bytes = get<uint64_t>(bytes, 16);
  const auto content = bytes.subspan(kProgramHeaderBytes);
  if (content.size() != content_bytes) {
    return corrupt(file, fmt::format("the program file should have {} bytes of content and has {}",
                                     content_bytes, content.size()));
  }
  const Sha256 digest = sha256(content);
  if (!std::equal(digest.begin(), digest.end(), bytes.begin() + 24)) {
    return corrupt(file, "the content of the program file is damaged (its checksum differs)");
  }
  return {};
}

}  // namespace

bool looksLikeProgram(std::span<const uint8_t> bytes) {
  return bytes.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), bytes.begin());
}

std::string interpreterOf(const std::string& numerics) {
  if (numerics == "tflm") return "tflite_micro 0.dev20261023182759";
  if (numerics == "litert-ref") return "ai-edge-litert 2.3.0 (BUILTIN_REF)";
  if (numerics == "litert") return "ai-edge-litert 2.3.0 (XNNPACK)";
  return {};
}

Result<std::vector<uint8_t>> serializeProgram(const Program& program) {
  if (auto valid = validateProgram(program, program.model); !valid.ok()) return valid.error();
  std::vector<uint8_t> bytes(kProgramHeaderBytes);
  const std::vector<uint8_t> content = encodeContent(program);
  std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
  put<uint16_t>(bytes, 8, kProgramFormatMajor);
  put<uint16_t>(bytes, 10, kProgramFormatMinor);
  put<uint64_t>(bytes, 16, content.size());
  const Sha256 digest = sha256(content);
  std::copy(digest.begin(), digest.end(), bytes.begin() + 24);
  put<uint32_t>(bytes, 60, crc32c(std::span(bytes).first(60)));
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

Result<Program> parseProgram(std::span<const uint8_t> bytes, const std::string& file) {
  if (auto header = checkHeader(bytes, file); !header.ok()) return header.error();
  auto program = decodeContent(bytes.subspan(kProgramHeaderBytes), file);
  if (!program.ok()) return program;
  if (auto valid = validateProgram(*program, file); !valid.ok()) return valid.error();
  return program;
}

Result<void> saveProgram(const Program& program, const std::string& path) {
  auto bytes = serializeProgram(program);
  if (!bytes.ok()) return bytes.error();
  // Written beside the target and renamed, so that a reader never sees half a file.
  const std::string temporary = path + ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, path, error);
  if (!out || error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return makeError(DiagId::fileWriteFailed, "the program file cannot be written", path);
  }
  return {};
}

Result<Program> loadProgram(const std::string& path) {
  auto bytes = readFile(path);
  if (!bytes.ok()) return bytes.error();
  return parseProgram(*bytes, path);
}

Result<std::vector<uint8_t>> readFile(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return makeError(DiagId::fileNotFound, "the file does not exist", path);
  }
  if (!std::filesystem::is_regular_file(status)) {
    return makeError(DiagId::fileUnreadable, "this is not a regular file", path);
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > kMaxFileBytes) {
    return makeError(DiagId::fileUnreadable, "the file is larger than 2 GiB", path);
  }
  std::vector<uint8_t> bytes(size);
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in || static_cast<uint64_t>(in.gcount()) != size) {
    return makeError(DiagId::fileUnreadable, "the file cannot be read", path);
  }
  return bytes;
}

}  // namespace lilong
