// SPDX-License-Identifier: Apache-2.0
// Messages and checks that several host operators share.
#include <fmt/format.h>

#include "runtime/host/operators.hpp"

namespace lilong::host {

Error refuse(const HostStep& step, const std::string& why) {
  return makeError(DiagId::programIllFormed, fmt::format("host operator {}: {}", step.op, why));
}

Result<void> checkUnary(const HostStep& step, std::span<const Operand> inputs,
                        std::span<const Operand> outputs) {
  if (inputs.size() != 1 || outputs.size() != 1) {
    return refuse(step, fmt::format("takes one input and one output, has {} and {}", inputs.size(),
                                    outputs.size()));
  }
  return {};
}

}  // namespace lilong::host
