// SPDX-License-Identifier: Apache-2.0
// Descriptors as text.  assemble(disassemble(d)) gives d back, whatever its bits are.
#pragma once

#include <string>

#include "sim/isa/gen/isa.hpp"

namespace lilong::isa {

// "conv fence wait0=3 signal0=1 in_addr=0x100 out_width=24 rounding=half_up": the fields that are
// not zero, in bit order.  Descriptors with an unknown opcode or reserved bits become ".word ...".
std::string disassemble(const Descriptor& descriptor);

}  // namespace lilong::isa
