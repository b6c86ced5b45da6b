// SPDX-License-Identifier: Apache-2.0
// Runs a compiled program on the functional device with a ramp as input and prints every output.
//   run PROGRAM.lilong
#include <cstdio>

#include "runtime/lilong.hpp"

namespace {

int fail(const lilong::Error& error) {
  std::fprintf(stderr, "%s\n", error.toString().c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PROGRAM.lilong\n", argv[0]);
    return 2;
  }
  auto program = lilong::loadProgram(argv[1]);
  if (!program.ok()) return fail(program.error());
  auto device = lilong::openDevice({.name = "functional", .preset = program->preset});
  if (!device.ok()) return fail(device.error());
  auto session = lilong::Session::create(*program, std::move(*device));
  if (!session.ok()) return fail(session.error());

  std::vector<lilong::Bytes> inputs;
  for (uint32_t index : program->inputs) {
    lilong::Bytes bytes(lilong::tensorBytes(program->tensors[index]));
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i % 100);
    inputs.push_back(std::move(bytes));
  }
  auto result = (*session)->run(inputs);
  if (!result.ok()) return fail(result.error());
  for (const lilong::Bytes& output : result->outputs) {
    for (uint8_t byte : output) std::printf("%d ", static_cast<int8_t>(byte));
    std::printf("\n");
  }
  return 0;
}
