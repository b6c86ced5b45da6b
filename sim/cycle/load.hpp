// SPDX-License-Identifier: Apache-2.0
// Load: twin of lilong_load, memory to scratchpad.
#pragma once

#include "sim/cycle/fifo.hpp"
#include "sim/cycle/ports.hpp"
#include "sim/cycle/rows.hpp"

namespace lilong::cycle {

// First byte in its bus word and length of a burst.
struct BurstInfo {
  uint16_t first = 0, bytes = 0;
};

// Twin of lilong_beats: the bytes of the next bus word, in registers.
struct Beats {
  bool valid = false, last = false;
  uint32_t count = 0, left = 0;  // bytes of the word; of the burst behind it

  // The clock edge.  `advance`: the word was taken; `info`: the next burst, or null; true if it was
  // taken.
  bool tick(bool advance, const BurstInfo* info, uint32_t axiBytes) {
    if (valid && !advance) return false;
    const bool fresh = !valid || last;
    if (fresh && info == nullptr) {
      valid = false;
      return false;
    }
    const uint32_t bytes = fresh ? info->bytes : left;
    const uint32_t room = axiBytes - (fresh ? info->first : 0);
    valid = true;
    last = bytes <= room;
    count = last ? bytes : room;
    left = bytes - room;
    return fresh;
  }
};

struct Load {
  uint32_t axiBytes;
  Bursts bursts;
  Fifo<BurstInfo, isa::kReadOutstanding> info;
  Beats beats;
  StreamReg<uint8_t> align;  // bytes of a word
  Fifo<DmaCommand, 4> commands;
  Rows rows;
  Repack repack;
  struct Piece {
    bool write = false, last = false;
    uint32_t granule = 0, strobe = 0;
  };
  StreamReg<Piece> out;
  bool doneQ = false;
  // Of the cycle that the last tick ended.
  bool stallMemory = false, stallBank = false;
  uint32_t bytesAsked = 0;

  explicit Load(const Shape& shape) : axiBytes(shape.axiBytes) {}

  void clear() {
    bursts.clear();
    info.clear();
    beats = {};
    align.clear();
    commands.clear();
    rows.clear();
    repack = {};
    out.clear();
    doneQ = false;
  }

  bool commandReady() const { return bursts.ready() && commands.ready(); }
  bool done() const { return doneQ; }
  bool requestValid() const { return bursts.valid() && info.ready(); }
  bool dataReady() const { return align.ready() && beats.valid; }
  WriteRequest write() const {
    return {out.valid() && out.front.write, out.front.granule, out.front.strobe};
  }
  // Nothing is at work: tick without a command changes nothing.
  bool resting() const {
    return bursts.ready() && !commands.valid() && !rows.valid && !out.valid() && !doneQ;
  }

  // Nothing moves until data comes or a request is taken.
  bool still() const {
    if (out.valid() || align.valid() || doneQ || (info.valid() && !beats.valid)) return false;
    if (!bursts.ready() && !bursts.valid()) return false;
    if (!rows.valid) return !commands.valid();
    return !rows.empty && repack.count < std::min(rows.left, axiBytes);
  }
  // Then every cycle is a stall if bytes are wanted.
  bool starves() const { return rows.valid; }

  // Words that come, are cut and leave, one a cycle, with nothing else to do: how many there are at
  // most until a burst or a row ends, if no burst is asked for.
  uint32_t flows() const {
    const bool full = align.frontValid && !align.backValid && align.front == axiBytes &&
                      out.frontValid && !out.backValid && out.front.write && !out.front.last;
    if (!full || doneQ || !beats.valid || !rows.valid || rows.empty || repack.count >= axiBytes ||
        !(bursts.ready() || bursts.valid())) {
      return 0;
    }
    const uint32_t words = beats.last ? beats.count : beats.count + beats.left;
    return beats.count != axiBytes ? 0 : (std::min(words, rows.left) - 1) / axiBytes;
  }
  // First granule that cycle `n` of a flow writes.
  uint32_t flowGranule(uint32_t n) const {
    return n == 0 ? out.front.granule : rows.granule + (n - 1) * (axiBytes / 8);
  }
  void flow(uint32_t cycles) {
    out.front = {true, false, flowGranule(cycles), (1u << (axiBytes / 8)) - 1};
    if (beats.left <= cycles * axiBytes) {  // the last word of the burst comes
      beats.last = true;
      beats.count = beats.left - (cycles - 1) * axiBytes;
    }
    beats.left -= cycles * axiBytes;
    rows.left -= cycles * axiBytes;
    rows.granule += cycles * (axiBytes / 8);
  }

  // cmd: taken in this cycle, or null.
  void tick(const DmaCommand* cmd, bool requestReady, bool dataValid, bool writeGrant) {
    const bool write = out.valid() && out.front.write;
    const bool outPop = !out.front.write || writeGrant;
    const bool outReady = out.ready();
    doneQ = out.valid() && outPop && out.front.last;
    stallBank = write && !writeGrant;

    // Destination side.
    const bool walk = rows.valid, bytesWanted = walk && !rows.empty;
    const bool rowDone = rows.empty || rows.left <= axiBytes;
    const uint32_t piece = rowDone ? rows.left & 63 : axiBytes;
    const Repack::Out packed =
        repack.tick(align.valid(), align.front, bytesWanted, piece, outReady);
    stallMemory = bytesWanted && !packed.valid && !stallBank;
    const bool pieceFire = outReady && walk && (rows.empty || packed.valid);
    const Piece made{!rows.empty, rowDone && rows.lastRow(), rows.granule,
                     (1u << ((piece + 7) / 8)) - 1};
    out.tick(pieceFire, made, outPop);
    if (pieceFire) {
      rows.advance(rowDone, piece, axiBytes / 8);
    } else if (!walk && commands.valid()) {
      rows.start(commands.front());
      commands.pop();
    }

    // Words.
    const bool beatFire = dataValid && dataReady();
    align.tick(beatFire, static_cast<uint8_t>(beats.count), packed.inReady);
    if (beats.tick(beatFire, info.valid() ? &info.front() : nullptr, axiBytes)) info.pop();

    // Bursts.
    const bool burstFire = requestValid() && requestReady;
    bytesAsked = burstFire ? bursts.bytes() : 0;
    if (burstFire) {
      info.push({static_cast<uint16_t>(bursts.addr & (axiBytes - 1)),
                 static_cast<uint16_t>(bursts.bytes())});
      bursts.advance();
    } else {
      bursts.tick();
    }
    if (cmd) {
      commands.push(*cmd);
      if (!cmd->empty) bursts.start(*cmd);
    }
  }
};

}  // namespace lilong::cycle
