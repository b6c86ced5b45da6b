// SPDX-License-Identifier: Apache-2.0
// Image of a program for the bare-metal driver (runtime/bare_metal/lilong_image.h), and the C files
// that hold it.  The same program always gives the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

// Refuses a program with host operators: the driver has none.
Result<std::vector<uint8_t>> makeImage(const Program& program);

struct CSource {
  std::string header;  // STEM.h
  std::string source;  // STEM.c
};

// `stem` is the file name without its suffix: letters, digits and -_. only; the names of C are made
// from it by `cName`.
Result<CSource> makeCSource(const Program& program, const std::string& stem);

// The name with everything that C does not allow replaced, in lower case.
std::string cName(const std::string& name);

}  // namespace lilong
