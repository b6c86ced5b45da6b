// SPDX-License-Identifier: Apache-2.0
// Timing of the external memory: named presets, random stalls and injected faults.
// Nothing here depends on a simulator; an event-skipping model can compute the same numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lilong::memory {

// Figures of one memory.  0 bytes a cycle: as wide as the bus.
struct Timing {
  const char* name;
  uint32_t readBytes;         // bytes a cycle, read data
  uint32_t writeBytes;        // bytes a cycle, write data
  bool shared;                // one data channel for both directions
  uint32_t readLatency;       // cycles from address handshake to first data
  uint32_t writeLatency;      // cycles from last data handshake to response
  uint32_t readOutstanding;   // read bursts accepted and not finished, 1..kMaxOutstanding
  uint32_t writeOutstanding;  // write bursts accepted and not answered, 1..kMaxOutstanding
};

inline constexpr uint32_t kMaxOutstanding = 64;

inline constexpr Timing kTimings[] = {
    {"sram", 0, 0, false, 50, 20, 8, 8},
    {"lpddr", 0, 0, true, 120, 40, 16, 8},
    {"sdram", 2, 2, true, 12, 4, 1, 1},
};

std::optional<Timing> findTiming(std::string_view name);

enum class Channel : uint8_t { ar, r, aw, w, b };

// Random extra cycles before a transfer: a pure function of seed, channel and transfer number.
struct Stalls {
  uint64_t seed = 0;
  uint32_t permille = 0;   // share of transfers that are stalled, in 1/1024
  uint32_t maxCycles = 1;  // a stalled transfer waits 1..maxCycles

  uint32_t cycles(Channel channel, uint64_t number) const {
    if (permille == 0) return 0;
    const uint64_t h = hash(channel, number);
    if ((h & 1023) >= permille) return 0;
    return 1 + static_cast<uint32_t>((h >> 10) % (maxCycles == 0 ? 1 : maxCycles));
  }

 private:
  uint64_t hash(Channel channel, uint64_t number) const;
};

// What goes wrong, at a burst (counted from 0 since clearFaults) and one of its beats.
enum class FaultKind : uint8_t {
  readError,    // the beat carries SLVERR
  readStall,    // the beat and all later ones never come
  readWrongId,  // the beat carries an ID that the burst does not have
  earlyLast,    // the beat carries RLAST although more are owed; the rest never comes
  lateLast,     // the last beat comes without RLAST
  writeError,   // the burst is answered with SLVERR
  writeStall,   // the beat is never accepted
  answerStall,  // the burst is never answered
  answerWrongId // the answer carries an ID that the burst does not have
};

struct Fault {
  FaultKind kind;
  uint64_t burst = 0;  // number of the read or write burst
  uint32_t beat = 0;   // beat of the burst, where that matters
};

}  // namespace lilong::memory
