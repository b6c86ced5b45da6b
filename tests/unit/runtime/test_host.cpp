// SPDX-License-Identifier: Apache-2.0
// Host operators against values worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/host/kernels.hpp"
#include "runtime/validate.hpp"
#include "tests/unit/runtime/sample_program.hpp"

namespace lilong::host {
namespace {

template <typename T>
std::vector<uint8_t> pack(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

HostStep step(const char* op, std::vector<std::pair<std::string, double>> attributes = {}) {
  return {op, {}, {}, std::move(attributes), ""};
}

template <typename Out, typename In>
std::vector<Out> run(const HostStep& step, const ProgramTensor& in, const std::vector<In>& values,
                     const ProgramTensor& out) {
  auto input = pack(values);
  std::vector<uint8_t> output(tensorBytes(out));
  const std::vector<Operand> inputs = {{&in, input}};
  const std::vector<Operand> outputs = {{&out, output}};
  const Kernel* kernel = findKernel(step.op);
  EXPECT_NE(kernel, nullptr);
  const auto accepted = kernel->check(step, inputs, outputs);
  EXPECT_TRUE(accepted.ok()) << accepted.error().toString();
  kernel->run(step, inputs, outputs);
  std::vector<Out> result(output.size() / sizeof(Out));
  std::memcpy(result.data(), output.data(), output.size());
  return result;
}

TEST(Host, TableIsSorted) {
  for (size_t i = 1; i < kernels().size(); ++i) {
    EXPECT_LT(std::string(kernels()[i - 1].op), kernels()[i].op);
  }
  EXPECT_EQ(findKernel("LSTM"), nullptr);
}

TEST(Host, QuantizeRoundsAwayOrToEven) {
  const ProgramTensor in{.name = "x", .dtype = DType::float32, .shape = {8}};
  const ProgramTensor out{.name = "y", .shape = {8}, .scale = 0.5f, .zeroPoint = -1};
  const std::vector<float> x = {0.0f, 0.25f, -0.25f, 0.75f, 1000.0f, -1000.0f, NAN, INFINITY};
  EXPECT_EQ((run<int8_t>(step("QUANTIZE"), in, x, out)),
            (std::vector<int8_t>{-1, 0, -2, 1, 127, -128, -1, 127}));
  EXPECT_EQ((run<int8_t>(step("QUANTIZE", {{"half_even", 1}}), in, x, out)),
            (std::vector<int8_t>{-1, -1, -1, 1, 127, -128, -1, 127}));
}

TEST(Host, QuantizeToUint8) {
  const ProgramTensor in{.name = "x", .dtype = DType::float32, .shape = {3}};
  const ProgramTensor out{
      .name = "y", .dtype = DType::uint8, .shape = {3}, .scale = 1.0f, .zeroPoint = 128};
  EXPECT_EQ((run<uint8_t, float>(step("QUANTIZE"), in, {-200.0f, 3.0f, 200.0f}, out)),
            (std::vector<uint8_t>{0, 131, 255}));
}

TEST(Host, Dequantize) {
  const ProgramTensor in{.name = "x", .shape = {3}, .scale = 0.1f, .zeroPoint = 2};
  const ProgramTensor out{.name = "y", .dtype = DType::float32, .shape = {3}};
  EXPECT_EQ((run<float, int8_t>(step("DEQUANTIZE"), in, {-128, 2, 127}, out)),
            (std::vector<float>{-130 * 0.1f, 0.0f, 125 * 0.1f}));
}

TEST(Host, ArgMaxTakesTheFirstOfSeveral) {
  const ProgramTensor in{.name = "x", .shape = {2, 3, 2}};
  const std::vector<int8_t> x = {1, 9, 5, 9, 5, 2, -1, -9, -1, -8, -2, -8};
  const ProgramTensor middle{.name = "y", .dtype = DType::int32, .shape = {2, 2}};
  EXPECT_EQ((run<int32_t>(step("ARG_MAX", {{"axis", 1}}), in, x, middle)),
            (std::vector<int32_t>{1, 0, 0, 1}));
  const ProgramTensor last{.name = "y", .dtype = DType::int64, .shape = {2, 3}};
  EXPECT_EQ((run<int64_t>(step("ARG_MAX", {{"axis", 2}}), in, x, last)),
            (std::vector<int64_t>{1, 1, 0, 0, 0, 0}));
}

TEST(Host, MeanOverTheMiddleDimensions) {
  const ProgramTensor in{.name = "x", .shape = {1, 2, 2, 3}, .scale = 0.5f, .zeroPoint = 4};
  const ProgramTensor out{.name = "y", .shape = {1, 3}, .scale = 0.25f, .zeroPoint = -10};
  // sums 10, -6, 400: mean of x - 4 is -1.5, -5.5, 96; times 2, minus 10: -13, -21, 182 (saturates)
  const std::vector<int8_t> x = {1, -1, 100, 2, -1, 100, 3, -2, 100, 4, -2, 100};
  EXPECT_EQ((run<int8_t>(step("MEAN", {{"axes", 0b0110}}), in, x, out)),
            (std::vector<int8_t>{-13, -21, 127}));
}

TEST(Host, MeanRoundsAfterTheZeroPoint) {
  const ProgramTensor in{.name = "x", .shape = {2}, .scale = 1.0f, .zeroPoint = 0};
  const ProgramTensor out{.name = "y", .shape = {1}, .scale = 1.0f, .zeroPoint = 1};
  // 0.5 + 1 = 1.5 goes to 2, the even neighbour; rounding 0.5 first would give 0 + 1.
  EXPECT_EQ((run<int8_t, int8_t>(step("MEAN", {{"axes", 1}}), in, {0, 1}, out)),
            (std::vector<int8_t>{2}));
}

TEST(Host, ChecksRefuseWrongTensors) {
  const ProgramTensor f{.name = "f", .dtype = DType::float32, .shape = {4}};
  const ProgramTensor q{.name = "q", .shape = {4}, .scale = 1.0f};
  const ProgramTensor longer{.name = "l", .shape = {5}, .scale = 1.0f};
  const ProgramTensor bare{.name = "b", .shape = {4}};
  const auto refused = [](const HostStep& step, const ProgramTensor& in, const ProgramTensor& out) {
    const std::vector<Operand> inputs = {{&in, {}}};
    const std::vector<Operand> outputs = {{&out, {}}};
    return !findKernel(step.op)->check(step, inputs, outputs).ok();
  };
  EXPECT_FALSE(refused(step("QUANTIZE"), f, q));
  EXPECT_TRUE(refused(step("QUANTIZE"), q, q));
  EXPECT_TRUE(refused(step("QUANTIZE"), f, longer));
  EXPECT_TRUE(refused(step("QUANTIZE"), f, bare));
  EXPECT_TRUE(refused(step("QUANTIZE", {{"half_even", 2}}), f, q));
  EXPECT_FALSE(refused(step("DEQUANTIZE"), q, f));
  EXPECT_TRUE(refused(step("DEQUANTIZE"), bare, f));
  EXPECT_TRUE(refused(step("DEQUANTIZE"), f, f));
  EXPECT_TRUE(refused(step("ARG_MAX", {{"axis", 0}}), q, q));
  EXPECT_TRUE(refused(step("MEAN", {{"axes", 2}}), q, q));
  EXPECT_TRUE(refused(step("MEAN", {{"axes", 0}}), q, q));
  EXPECT_TRUE(refused(step("MEAN", {{"axes", 1}}), q, q));
}

}  // namespace
}  // namespace lilong::host
