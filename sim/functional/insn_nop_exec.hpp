// SPDX-License-Identifier: Apache-2.0
// nop_exec: does nothing in the EXEC queue; the machine handles its semaphores.
#pragma once

#include "sim/functional/context.hpp"

namespace lilong::functional {

inline void execute(const isa::NopExec&, Context&) {}

}  // namespace lilong::functional
