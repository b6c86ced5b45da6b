// SPDX-License-Identifier: Apache-2.0
// Store: twin of lilong_store, scratchpad to memory.
#pragma once

#include "sim/cycle/load.hpp"

namespace lilong::cycle {

struct Store {
  static constexpr uint32_t kVectors = 8;  // vectors in flight from the scratchpad

  struct Order {
    bool empty = false, last = false;
  };

  uint32_t axiBytes, depth;
  unsigned vectorShift;  // granule address to vector address
  Bursts bursts;
  Fifo<Order, 16> order;
  uint32_t responses = 0;
  Fifo<DmaCommand, 4> commands;
  Rows rows;
  StreamReg<uint32_t> request;  // vector
  uint32_t owed = 0;            // places of the vector queue that are taken or promised
  Fifo<uint8_t, kVectors> ranges;  // bytes of the vectors asked for
  uint32_t vectors = 0;            // vectors that have arrived
  StreamReg<uint8_t> align;
  Fifo<BurstInfo, isa::kWriteOutstanding> info;
  Beats beats;
  Repack repack;
  StreamReg<uint8_t> out;  // the content does not matter
  bool doneQ = false;
  // Of the cycle that the last tick ended.
  bool stallMemory = false, stallBank = false;
  uint32_t bytesAsked = 0;

  explicit Store(const Shape& shape)
      : axiBytes(shape.axiBytes), depth(shape.depth), vectorShift(shape.depthBits() - 3) {}

  void clear() {
    bursts.clear();
    order.clear();
    responses = 0;
    commands.clear();
    rows.clear();
    request.clear();
    owed = vectors = 0;
    ranges.clear();
    align.clear();
    info.clear();
    beats = {};
    repack = {};
    out.clear();
    doneQ = false;
  }

  bool commandReady() const { return bursts.ready() && commands.ready() && order.ready(); }
  bool done() const { return doneQ; }
  bool requestValid() const { return bursts.valid() && info.ready() && order.ready(); }
  bool dataValid() const { return out.valid(); }
  bool readRequest() const { return request.valid(); }
  uint32_t readAddress() const { return request.front; }
  bool resting() const {
    return bursts.ready() && !order.valid() && !commands.valid() && !rows.valid &&
           !request.valid() && !doneQ && owed == 0 && !out.valid();
  }

  // Nothing moves until an answer comes.
  bool still() const {
    return bursts.ready() && !commands.valid() && !rows.valid && !request.valid() && !doneQ &&
           owed == 0 && !align.valid() && !out.valid() && !info.valid() && !beats.valid &&
           (!order.valid() || (!order.front().empty && responses == 0));
  }

  struct In {
    const DmaCommand* cmd;  // taken in this cycle, or null
    bool requestReady, dataReady, answered, readGrant, readValid;
  };
  void tick(const In& in) {
    const bool burstFire = requestValid() && in.requestReady;
    const bool orderReady = order.valid() && (order.front().empty || responses != 0);
    const bool read = readRequest();
    stallMemory = out.valid() && !in.dataReady;
    stallBank = read && !in.readGrant && !stallMemory;
    bytesAsked = burstFire ? bursts.bytes() : 0;

    // Memory side: words of the bursts.
    const bool outReady = out.ready();
    const Repack::Out packed =
        repack.tick(align.valid(), align.front, beats.valid, beats.count, outReady);
    const bool beatFire = packed.valid && outReady;
    out.tick(packed.valid, 0, in.dataReady);
    if (beats.tick(beatFire, info.valid() ? &info.front() : nullptr, axiBytes)) info.pop();

    // Vectors.
    const bool vectorPop = vectors != 0 && align.ready();
    align.tick(vectors != 0, ranges.front(), packed.inReady);
    vectors += (in.readValid ? 1 : 0) - (vectorPop ? 1 : 0);
    const bool walk = rows.valid && request.ready() && owed != kVectors;
    owed += (walk ? 1 : 0) - (vectorPop ? 1 : 0);
    if (vectorPop) ranges.pop();
    uint32_t next = 0;
    if (walk) {
      const uint32_t room = depth - ((rows.granule << 3) & (depth - 1));
      const bool rowDone = rows.left <= room;
      next = rows.granule >> vectorShift;
      ranges.push(static_cast<uint8_t>(rowDone ? rows.left : room));
      rows.advance(rowDone, room, room >> 3);
    } else if (!rows.valid && commands.valid()) {
      rows.start(commands.front());
      commands.pop();
    }
    request.tick(walk, next, read && in.readGrant);

    // Responses.
    doneQ = orderReady && order.front().last;
    responses +=
        (in.answered ? 1 : 0) - (order.valid() && !order.front().empty && responses != 0 ? 1 : 0);
    if (orderReady) order.pop();

    // Bursts.
    if (burstFire) {
      order.push({false, bursts.last()});
      info.push({static_cast<uint16_t>(bursts.addr & (axiBytes - 1)),
                 static_cast<uint16_t>(bursts.bytes())});
      bursts.advance();
    } else {
      bursts.tick();
    }
    if (in.cmd) {
      if (in.cmd->empty) {
        order.push({true, true});
      } else {
        commands.push(*in.cmd);
        bursts.start(*in.cmd);
      }
    }
  }
};

}  // namespace lilong::cycle
