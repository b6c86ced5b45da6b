// SPDX-License-Identifier: Apache-2.0
// One checked descriptor of a queue, executed.
#pragma once

#include "sim/functional/insn_conv.hpp"
#include "sim/functional/insn_copy.hpp"
#include "sim/functional/insn_dwconv.hpp"
#include "sim/functional/insn_eltwise.hpp"
#include "sim/functional/insn_load.hpp"
#include "sim/functional/insn_nop_exec.hpp"
#include "sim/functional/insn_nop_load.hpp"
#include "sim/functional/insn_nop_store.hpp"
#include "sim/functional/insn_pool.hpp"
#include "sim/functional/insn_softmax.hpp"
#include "sim/functional/insn_store.hpp"
#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::functional {

inline void execute(const isa::Descriptor& d, Context& context) {
  if (isa::isEmpty(d, context.preset)) return;
  using isa::Opcode;
  switch (static_cast<Opcode>(isa::opcodeByte(d))) {
    case Opcode::nopLoad:
      return execute(isa::NopLoad::decode(d), context);
    case Opcode::load:
      return execute(isa::Load::decode(d), context);
    case Opcode::nopExec:
      return execute(isa::NopExec::decode(d), context);
    case Opcode::conv:
      return execute(isa::Conv::decode(d), context);
    case Opcode::dwconv:
      return execute(isa::Dwconv::decode(d), context);
    case Opcode::pool:
      return execute(isa::Pool::decode(d), context);
    case Opcode::eltwise:
      return execute(isa::Eltwise::decode(d), context);
    case Opcode::softmax:
      return execute(isa::Softmax::decode(d), context);
    case Opcode::copy:
      return execute(isa::Copy::decode(d), context);
    case Opcode::nopStore:
      return execute(isa::NopStore::decode(d), context);
    case Opcode::store:
      return execute(isa::Store::decode(d), context);
    case Opcode::end:
      return;  // never queued
  }
}

}  // namespace lilong::functional
