// SPDX-License-Identifier: Apache-2.0
// The one table of host operators.
#include <array>

#include "runtime/host/kernels.hpp"
#include "runtime/host/operators.hpp"

namespace lilong::host {

namespace {
constexpr std::array kTable = {
    Kernel{"ARG_MAX", checkArgMax, runArgMax},
    Kernel{"DEQUANTIZE", checkDequantize, runDequantize},
    Kernel{"MEAN", checkMean, runMean},
    Kernel{"QUANTIZE", checkQuantize, runQuantize},
};
}  // namespace

std::span<const Kernel> kernels() { return kTable; }

const Kernel* findKernel(std::string_view op) {
  for (const Kernel& kernel : kTable) {
    if (op == kernel.op) return &kernel;
  }
  return nullptr;
}

double attribute(const HostStep& step, std::string_view name, double fallback) {
  for (const auto& [key, value] : step.attributes) {
    if (key == name) return value;
  }
  return fallback;
}

}  // namespace lilong::host
