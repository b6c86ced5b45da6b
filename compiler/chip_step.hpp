// SPDX-License-Identifier: Apache-2.0
// From kernels to verified code: planning, allocation and emission of one chip step.
#pragma once

#include "compiler/emit/code.hpp"
#include "compiler/lower/lowered.hpp"
#include "compiler/tile/bus.hpp"

namespace lilong::backend {

struct CompiledStep {
  std::vector<CodeLine> code;
  std::vector<uint8_t> constants;  // of region 1, including those that were there before
  uint32_t spillBytes = 0;         // likewise
};

Result<CompiledStep> compileStep(const Lowered& lowered, const isa::Preset& preset, const Bus& bus,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file);

}  // namespace lilong::backend
