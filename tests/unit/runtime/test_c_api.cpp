// SPDX-License-Identifier: Apache-2.0
// The C API: a whole run, and every refusal as a status with a sentence.
#include <gtest/gtest.h>

#include <cstring>

#include "runtime/lilong.h"
#include "tests/unit/runtime/sample_program.hpp"

namespace {

std::vector<uint8_t> sampleBytes() {
  return *lilong::serializeProgram(lilong::test::sampleProgram());
}

TEST(CApi, RunsAProgram) {
  const auto bytes = sampleBytes();
  lilong_program* program = nullptr;
  ASSERT_EQ(lilong_program_parse(bytes.data(), bytes.size(), &program), LILONG_OK);
  EXPECT_STREQ(lilong_program_preset(program), "nano");
  EXPECT_EQ(lilong_program_input_count(program), 1u);
  EXPECT_EQ(lilong_program_output_count(program), 2u);
  lilong_tensor tensor;
  ASSERT_EQ(lilong_program_input(program, 0, &tensor), LILONG_OK);
  EXPECT_STREQ(tensor.name, "in");
  EXPECT_EQ(tensor.dtype, LILONG_INT8);
  ASSERT_EQ(tensor.rank, 2u);
  EXPECT_EQ(tensor.shape[1], 24);
  EXPECT_EQ(tensor.bytes, 24u);
  ASSERT_EQ(lilong_program_output(program, 1, &tensor), LILONG_OK);
  EXPECT_EQ(tensor.dtype, LILONG_INT32);

  lilong_device* device = nullptr;
  ASSERT_EQ(lilong_device_open("functional", "nano", nullptr, &device), LILONG_OK);
  lilong_session* session = nullptr;
  ASSERT_EQ(lilong_session_create(program, device, &session), LILONG_OK);
  lilong_program_free(program);
  lilong_device_close(device);

  std::vector<int8_t> input(24, -5), output(24);
  input[17] = 3;
  int32_t top = -1;
  const void* inputs[] = {input.data()};
  const size_t input_sizes[] = {input.size()};
  void* outputs[] = {output.data(), &top};
  const size_t output_sizes[] = {output.size(), sizeof(top)};
  ASSERT_EQ(lilong_session_run(session, inputs, input_sizes, 1, outputs, output_sizes, 2), LILONG_OK)
      << lilong_last_error();
  EXPECT_EQ(output, input);
  EXPECT_EQ(top, 17);
  EXPECT_STREQ(lilong_last_error(), "");

  uint64_t cycles = 0;
  EXPECT_EQ(lilong_session_cycles(session, &cycles), LILONG_BAD_ARGUMENT);  // functional: no time
  EXPECT_EQ(lilong_session_run(session, inputs, input_sizes, 0, outputs, output_sizes, 2),
            LILONG_BAD_ARGUMENT);
  EXPECT_EQ(lilong_session_run(session, inputs, input_sizes, 1, outputs, output_sizes, 1),
            LILONG_BAD_ARGUMENT);
  const size_t wrong_sizes[] = {23, 4};
  EXPECT_EQ(lilong_session_run(session, inputs, input_sizes, 1, outputs, wrong_sizes, 2),
            LILONG_BAD_ARGUMENT);
  EXPECT_STRNE(lilong_last_error(), "");
  lilong_session_free(session);
}

TEST(CApi, RefusesBadArguments) {
  lilong_program* program = nullptr;
  EXPECT_EQ(lilong_program_load(nullptr, &program), LILONG_BAD_ARGUMENT);
  EXPECT_EQ(lilong_program_load("/no/such/file.lilong", &program), LILONG_BAD_PROGRAM);
  EXPECT_NE(std::strstr(lilong_last_error(), "/no/such/file.lilong"), nullptr);
  auto bytes = sampleBytes();
  bytes[100] ^= 1;
  EXPECT_EQ(lilong_program_parse(bytes.data(), bytes.size(), &program), LILONG_BAD_PROGRAM);
  EXPECT_EQ(program, nullptr);

  lilong_device* device = nullptr;
  EXPECT_EQ(lilong_device_open("abacus", "nano", nullptr, &device), LILONG_BAD_DEVICE);
  EXPECT_EQ(lilong_device_open("functional", "mega", nullptr, &device), LILONG_BAD_DEVICE);
  EXPECT_EQ(lilong_device_open(nullptr, "nano", nullptr, &device), LILONG_BAD_ARGUMENT);
  EXPECT_EQ(lilong_session_create(nullptr, nullptr, nullptr), LILONG_BAD_ARGUMENT);
  EXPECT_EQ(lilong_program_input_count(nullptr), 0u);
  lilong_program_free(nullptr);
  lilong_device_close(nullptr);
  lilong_session_free(nullptr);
}

TEST(CApi, RefusesAProgramOfAnotherPreset) {
  const auto bytes = sampleBytes();
  lilong_program* program = nullptr;
  ASSERT_EQ(lilong_program_parse(bytes.data(), bytes.size(), &program), LILONG_OK);
  lilong_device* device = nullptr;
  ASSERT_EQ(lilong_device_open("functional", "edge", "sram", &device), LILONG_OK);
  lilong_session* session = nullptr;
  EXPECT_EQ(lilong_session_create(program, device, &session), LILONG_BAD_PROGRAM);
  EXPECT_EQ(session, nullptr);
  lilong_program_free(program);
  lilong_device_close(device);
}

}  // namespace
