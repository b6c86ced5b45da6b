// SPDX-License-Identifier: Apache-2.0
// Emission: a schedule with addresses becomes descriptors.
#pragma once

#include "compiler/emit/code.hpp"
#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

// Program order: loads in front of their tile, the instructions of the tile, its stores.  Ends with
// `end`; synchronised.
Result<std::vector<CodeLine>> emitCode(const Lowered& lowered, const Schedule& schedule,
                                       const isa::Preset& preset, const std::string& file);

}  // namespace lilong::backend
