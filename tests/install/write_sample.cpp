// SPDX-License-Identifier: Apache-2.0
// Writes a program file: of a network, or without one a program that copies its input and names the
// largest element.
//   write_sample OUT.lilong [NETWORK.tflite]
#include <cstdio>

#include "compiler/compile.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace {

lilong::Result<lilong::Program> make(const char* network) {
  if (network == nullptr) return lilong::test::sampleProgram();
  auto bytes = lilong::readFile(network);
  if (!bytes.ok()) return bytes.error();
  return lilong::compile({}, *bytes, network);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) return 2;
  const auto program = make(argc == 3 ? argv[2] : nullptr);
  const auto saved = program.ok() ? lilong::saveProgram(*program, argv[1]) : program.error();
  if (!saved.ok()) std::fprintf(stderr, "%s\n", saved.error().toString().c_str());
  return saved.ok() ? 0 : 2;
}
