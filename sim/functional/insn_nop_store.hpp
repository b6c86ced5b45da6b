// SPDX-License-Identifier: Apache-2.0
// nop_store: does nothing in the STORE queue; the machine handles its semaphores.
#pragma once

#include "sim/functional/context.hpp"

namespace lilong::functional {

inline void execute(const isa::NopStore&, Context&) {}

}  // namespace lilong::functional
