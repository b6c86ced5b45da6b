// SPDX-License-Identifier: Apache-2.0
// What lilong_post needs of an instruction, decoded once.
#pragma once

#include "sim/cycle/ports.hpp"

namespace lilong::cycle {

struct PostCommand {
  bool empty = false;  // nothing to do
  bool array = false;  // accumulators come from the array
  bool eltwise = false, softmax = false, copy = false;
  bool conv = false;   // a parameter record for every lane group
  bool dense = false;  // a lane group has all lanes
  bool perChannel = false;
  bool tableEn = false;
  uint32_t height = 0, width = 0, channels = 0;
  uint32_t outAddr = 0, rowPitch = 0, pixPitch = 0;  // granules
  uint32_t params = 0;                               // vector address
  isa::Descriptor descriptor{};

  bool vector() const { return eltwise || softmax || copy; }

  static PostCommand of(const isa::Descriptor& d, const Shape& shape) {
    PostCommand c;
    c.descriptor = d;
    // The output fields lie at the same place in every instruction that has them.
    const isa::Conv conv = isa::Conv::decode(d);
    c.height = conv.outHeight;
    c.width = conv.outWidth;
    c.channels = conv.channels;
    c.outAddr = (conv.outAddr / 8) & shape.granuleMask();
    c.rowPitch = (conv.outRowPitch / 8) & shape.granuleMask();
    c.pixPitch = (conv.outPixPitch / 8) & shape.granuleMask();
    c.params = (conv.paramsAddr / shape.depth) & shape.vectorMask();
    c.tableEn = conv.tableEn;
    const bool no_output = c.height == 0 || c.width == 0 || c.channels == 0;
    switch (static_cast<isa::Opcode>(isa::opcodeByte(d))) {
      case isa::Opcode::conv:
        c.dense = true;
        [[fallthrough]];
      case isa::Opcode::dwconv:
        c.array = c.conv = true;
        c.perChannel = conv.perChannel;
        c.empty = no_output || conv.steps == 0;
        break;
      case isa::Opcode::pool:
        c.array = true;
        c.empty = no_output || isa::Pool::decode(d).steps == 0;
        break;
      case isa::Opcode::eltwise:
        c.eltwise = true;
        c.empty = no_output;
        break;
      case isa::Opcode::softmax:
        c.softmax = true;
        c.empty = no_output;
        break;
      case isa::Opcode::copy: {
        const isa::Copy copy = isa::Copy::decode(d);
        c.copy = true;
        c.empty = copy.run == 0 || copy.count0 == 0 || copy.count1 == 0 || copy.count2 == 0 ||
                  copy.count3 == 0;
        break;
      }
      default:
        c.empty = true;
    }
    return c;
  }
};

}  // namespace lilong::cycle
