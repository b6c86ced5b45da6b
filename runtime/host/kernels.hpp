// SPDX-License-Identifier: Apache-2.0
// Operators that run on the host.  One file per operator, one row in host/table.cpp.
//
//   op          inputs            output               attributes
//   QUANTIZE    float32           int8, uint8, int16   half_even: 0 or 1
//   DEQUANTIZE  integers          float32
//   ARG_MAX     any               int32, int64         axis: 0 .. rank - 1
//   MEAN        int8, uint8       same type            axes: bit mask of the reduced dimensions
//
// `half_even` 0 is TFLite's round(x / scale), 1 XNNPACK's rint(x * (1 / scale)).
// MEAN is XNNPACK's float32 arithmetic (the zero point is added before the rounding).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong::host {

// A tensor of the step with its bytes; `info` is never null.
struct Operand {
  const ProgramTensor* info = nullptr;
  std::span<uint8_t> bytes;  // dense, aligned to 8
};

struct Kernel {
  const char* op;
  // Accepts the step for these tensors, or says in one sentence why not.
  Result<void> (*check)(const HostStep& step, std::span<const Operand> inputs,
                        std::span<const Operand> outputs);
  // Runs a step that `check` has accepted; cannot fail.
  void (*run)(const HostStep& step, std::span<const Operand> inputs,
              std::span<const Operand> outputs);
};

// All kernels, in alphabetical order.
std::span<const Kernel> kernels();
// Null when the host has no such operator.
const Kernel* findKernel(std::string_view op);

// Value of an attribute, or `fallback` when the step has none of that name.
double attribute(const HostStep& step, std::string_view name, double fallback);

}  // namespace lilong::host
