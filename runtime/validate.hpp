// SPDX-License-Identifier: Apache-2.0
// Semantic check of a program from anywhere: everything the session relies on.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

// Bytes of one element.
constexpr uint32_t elementBytes(DType dtype) {
  switch (dtype) {
    case DType::int8:
    case DType::uint8: return 1;
    case DType::int16: return 2;
    case DType::int32:
    case DType::float32: return 4;
    case DType::int64: return 8;
  }
  return 0;
}

const char* toString(DType dtype);  // the NumPy name

// Bytes of a dense tensor whose shape `validateProgram` has accepted.
uint64_t tensorBytes(const ProgramTensor& tensor);

// Elements of a shape; an error when a dimension is below 1 or the product exceeds 2^31 - 1.
Result<uint64_t> elementCount(const std::vector<int32_t>& shape);

// Bytes of region `region` (kRegionHost included), 0 for the unused ones.  Region 0 is not in here:
// its size is that of the chip step that runs.
uint32_t regionBytes(const Program& program, uint8_t region);

// Accepts a program only if every reference is in range, every tensor lies in its region, every host
// operator is known and gets tensors it takes, and every chip step passes the program verifier.
Result<void> validateProgram(const Program& program, const std::string& file);

}  // namespace lilong
