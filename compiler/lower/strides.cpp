// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/strides.hpp"

namespace lilong::backend {

namespace {

constexpr uint64_t kMaxCount = 0xffff;

// Removes loops of one iteration and joins loops that continue each other.
std::vector<CopyLoop> joined(const std::vector<CopyLoop>& loops) {
  std::vector<CopyLoop> result;
  for (const CopyLoop& loop : loops) {
    if (loop.count == 1) continue;
    if (!result.empty()) {
      CopyLoop& outer = result.back();
      const auto count = static_cast<int64_t>(loop.count);
      if (outer.source == loop.source * count && outer.destination == loop.destination * count) {
        outer = {outer.count * loop.count, loop.source, loop.destination};
        continue;
      }
    }
    result.push_back(loop);
  }
  return result;
}

// Makes one part of at most five loops with counts in range; `loops` are outermost first.
bool appendParts(CopyPart part, std::vector<CopyLoop> loops, std::vector<CopyPart>& parts) {
  // The outermost loop that no instruction can hold becomes several parts.
  for (size_t i = 0; i < loops.size(); ++i) {
    const bool tooMany = i == 0 && loops.size() > 4;
    if (loops[i].count <= kMaxCount && loops[i].source >= 0 && !tooMany) continue;
    const CopyLoop loop = loops[i];
    const uint64_t chunk = loop.source >= 0 && !tooMany ? kMaxCount : 1;
    for (uint64_t at = 0; at < loop.count; at += chunk) {
      CopyPart piece = part;
      const auto steps = static_cast<int64_t>(at);
      piece.source = static_cast<uint32_t>(part.source + steps * loop.source);
      piece.destination = static_cast<uint32_t>(part.destination + steps * loop.destination);
      std::vector<CopyLoop> rest = loops;
      rest[i].count = std::min(chunk, loop.count - at);
      if (rest[i].count == 1) rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      if (parts.size() >= kMaxCopyParts || !appendParts(piece, rest, parts)) return false;
    }
    return true;
  }
  for (size_t i = 0; i < loops.size(); ++i) {
    const CopyLoop& loop = loops[loops.size() - 1 - i];
    part.count[i] = static_cast<uint32_t>(loop.count);
    part.sourceStride[i] = static_cast<uint32_t>(loop.source);
    part.destinationStride[i] = static_cast<uint32_t>(loop.destination);
  }
  parts.push_back(part);
  return parts.size() <= kMaxCopyParts;
}

}  // namespace

bool appendCopies(const CopyPart& prototype, std::vector<CopyLoop> loops,
                  std::vector<CopyPart>& parts) {
  loops = joined(loops);
  CopyPart part = prototype;
  part.run = 1;
  if (!loops.empty() && loops.back().destination == 1 &&
      (loops.back().source == 1 || prototype.fill)) {
    const uint64_t bytes = loops.back().count;
    loops.pop_back();
    if (bytes <= kMaxCount) {
      part.run = static_cast<uint32_t>(bytes);
    } else {  // rows of kMaxCount bytes and a rest
      part.run = kMaxCount;
      std::vector<CopyLoop> body = loops;
      body.push_back({bytes / kMaxCount, prototype.fill ? 0 : int64_t{kMaxCount}, kMaxCount});
      if (!appendParts(part, joined(body), parts)) return false;
      const uint64_t done = bytes / kMaxCount * kMaxCount;
      if (done == bytes) return true;
      part.run = static_cast<uint32_t>(bytes - done);
      part.source += prototype.fill ? 0 : static_cast<uint32_t>(done);
      part.destination += static_cast<uint32_t>(done);
    }
  }
  return appendParts(part, loops, parts);
}

std::vector<int64_t> byteStrides(std::span<const int32_t> shape, const Grid& grid) {
  std::vector<int64_t> strides(shape.size(), 1);
  const size_t rank = shape.size();
  const bool column = rank >= 2 && shape[rank - 2] == 1;  // lies as one row of pixels
  for (size_t i = rank; i-- > 0;) {
    const size_t fromEnd = rank - 1 - i;
    if (fromEnd == 0)
      strides[i] = 1;
    else if (fromEnd == 1)
      strides[i] = grid.pixPitch;
    else if (fromEnd == 2)
      strides[i] = column ? grid.pixPitch : grid.rowPitch;
    else
      strides[i] = strides[i + 1] * shape[i + 1];
  }
  return strides;
}

}  // namespace lilong::backend
