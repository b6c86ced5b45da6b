// SPDX-License-Identifier: Apache-2.0
// Writes a program file that copies its input and names the largest element.
//   write_sample OUT.lilong
#include <cstdio>

#include "tests/unit/runtime/sample_program.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto saved = lilong::saveProgram(lilong::test::sampleProgram(), argv[1]);
  if (!saved.ok()) std::fprintf(stderr, "%s\n", saved.error().toString().c_str());
  return saved.ok() ? 0 : 2;
}
