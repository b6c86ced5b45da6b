// SPDX-License-Identifier: Apache-2.0
// Program to FlatBuffer (runtime/program.fbs) and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

// The same program gives the same bytes.  The preset must exist.
std::vector<uint8_t> encodeContent(const Program& program);

// Structure only (verified before use); the caller validates the meaning.
Result<Program> decodeContent(std::span<const uint8_t> content, const std::string& file);

}  // namespace lilong
