// SPDX-License-Identifier: Apache-2.0
// nop_load: does nothing in the LOAD queue; the machine handles its semaphores.
#pragma once

#include "sim/functional/context.hpp"

namespace lilong::functional {

inline void execute(const isa::NopLoad&, Context&) {}

}  // namespace lilong::functional
