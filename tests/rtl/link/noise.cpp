// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/link/noise.hpp"

#include <algorithm>

namespace lilong::link {

namespace {

constexpr const char* kNames[Noise::kKinds] = {
    "bits flipped",  "byte lost",       "byte inserted",     "burst of bytes", "truncated",
    "bytes swapped", "flag in between", "line bits flipped", "line bit lost",  "line break"};
constexpr size_t kFirstBitKind = 7;

std::vector<bool> toBits(const std::vector<uint8_t>& bytes) {
  std::vector<bool> bits;
  for (uint8_t b : bytes) {
    bits.push_back(false);
    for (int i = 0; i < 8; ++i) bits.push_back((b >> i & 1) != 0);
    bits.push_back(true);
  }
  return bits;
}

// The bytes that a UART makes of the levels; a byte without stop bit ends what was before.
std::vector<std::vector<uint8_t>> toBytes(const std::vector<bool>& bits) {
  std::vector<std::vector<uint8_t>> pieces(1);
  for (size_t i = 0; i < bits.size();) {
    if (bits[i]) {
      ++i;
      continue;
    }
    const auto at = [&](size_t k) { return i + k >= bits.size() || bits[i + k]; };
    uint8_t byte = 0;
    for (size_t k = 0; k < 8; ++k) byte = static_cast<uint8_t>(byte | (at(k + 1) ? 1u << k : 0u));
    if (at(9)) {
      pieces.back().push_back(byte);
      i += 10;
    } else {
      pieces.emplace_back();
      i += 9;
      while (i < bits.size() && !bits[i]) ++i;
    }
  }
  return pieces;
}

}  // namespace

const char* Noise::name(size_t kind) {
  return kNames[kind];
}

void Noise::damageBytes(size_t kind, std::vector<uint8_t>& bytes) {
  const size_t at = below(bytes.size());
  const auto place = [&](size_t k) { return bytes.begin() + static_cast<std::ptrdiff_t>(k); };
  switch (kind) {
    case 0:
      for (uint32_t n = 1 + below(4); n > 0; --n) {
        bytes[below(bytes.size())] ^= static_cast<uint8_t>(1u << below(8));
      }
      break;
    case 1:
      bytes.erase(place(at));
      break;
    case 2:
      bytes.insert(place(at), static_cast<uint8_t>(random_()));
      break;
    case 3:
      for (size_t k = at; k < std::min(bytes.size(), at + 1 + below(8)); ++k) {
        bytes[k] = static_cast<uint8_t>(random_());
      }
      break;
    case 4:
      bytes.resize(at);
      break;
    case 5:
      std::swap(bytes[at], bytes[below(bytes.size())]);
      break;
    default:
      bytes.insert(place(at), kFlag);
      break;
  }
}

void Noise::damageBits(size_t kind, std::vector<bool>& bits) {
  const size_t at = below(bits.size());
  switch (kind) {
    case 7:
      for (uint32_t n = 1 + below(4); n > 0; --n) {
        const size_t k = below(bits.size());
        bits[k] = !bits[k];
      }
      break;
    case 8:
      bits.erase(bits.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    default:
      bits.insert(bits.begin() + static_cast<std::ptrdiff_t>(at), 12 + below(20), false);
      break;
  }
}

Noise::Line Noise::corrupt(const std::vector<Frame>& frames) {
  Line line;
  line.kind = below(kKinds);
  line.frames = frames.size();
  std::vector<std::vector<uint8_t>> originals;
  for (const Frame& frame : frames) {
    std::vector<uint8_t> bytes;
    encode(frame, bytes);
    originals.emplace_back(bytes.begin() + 1, bytes.end() - 1);  // without its flags
    if (line.kind < kFirstBitKind) damageBytes(line.kind, bytes);
    std::vector<bool> bits = toBits(bytes);
    if (line.kind >= kFirstBitKind) damageBits(line.kind, bits);
    line.bits.insert(line.bits.end(), bits.begin(), bits.end());
  }
  for (const std::vector<uint8_t>& piece : toBytes(line.bits)) {
    for (auto from = piece.begin(); from != piece.end();) {
      const auto to = std::find(from, piece.end(), kFlag);
      for (const std::vector<uint8_t>& original : originals) {
        line.intact |= std::equal(from, to, original.begin(), original.end());
      }
      if (to == piece.end()) break;
      from = to + 1;
    }
  }
  return line;
}

}  // namespace lilong::link
