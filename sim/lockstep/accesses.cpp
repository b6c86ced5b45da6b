// SPDX-License-Identifier: Apache-2.0
#include "sim/lockstep/accesses.hpp"

#include <algorithm>

namespace lilong::lockstep {

namespace {

// Every contiguous run of the footprint, unsorted.
std::vector<Piece> runs(const isa::Footprint& f) {
  std::vector<Piece> result{{f.base, f.base + f.extent}};
  for (uint32_t t = 0; t < f.numTerms; ++t) {
    const auto& term = f.terms[t];
    if (term.stride == 0 || term.count <= 1) continue;
    const size_t before = result.size();
    for (uint64_t i = 1; i < term.count; ++i) {
      for (size_t k = 0; k < before; ++k) {
        result.push_back({result[k].first + i * term.stride, result[k].end + i * term.stride});
      }
    }
  }
  return result;
}

std::vector<Piece> merged(std::vector<Piece> pieces) {
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.first < b.first; });
  std::vector<Piece> result;
  for (const Piece& p : pieces) {
    if (!result.empty() && p.first <= result.back().end) {
      result.back().end = std::max(result.back().end, p.end);
    } else {
      result.push_back(p);
    }
  }
  return result;
}

}  // namespace

bool Access::touches(const Access& other) const {
  if (space != other.space || pieces.empty() || other.pieces.empty()) return false;
  size_t i = 0, k = 0;
  while (i < pieces.size() && k < other.pieces.size()) {
    if (pieces[i].end <= other.pieces[k].first) {
      ++i;
    } else if (other.pieces[k].end <= pieces[i].first) {
      ++k;
    } else {
      return true;
    }
  }
  return false;
}

bool Access::contains(uint64_t byte) const {
  return std::any_of(pieces.begin(), pieces.end(),
                     [&](const Piece& p) { return byte >= p.first && byte < p.end; });
}

std::vector<Access> accessesOf(const isa::Descriptor& descriptor, const isa::Preset& preset) {
  std::vector<Access> result;
  for (const isa::Footprint& f : isa::footprints(descriptor, preset)) {
    Access a;
    a.space = f.space == isa::Space::scratchpad ? 0 : 1u + f.region;
    a.write = f.write;
    a.constant = f.name == "weights" || f.name == "params";
    std::vector<Piece> pieces = runs(f);
    if (a.write && a.space == 0) {  // a granule that is read while it is written has no defined value
      for (Piece& p : pieces) {
        p.first = p.first / isa::kGranule * isa::kGranule;
        p.end = (p.end + isa::kGranule - 1) / isa::kGranule * isa::kGranule;
      }
    }
    a.pieces = merged(std::move(pieces));
    result.push_back(std::move(a));
  }
  return result;
}

bool writesWhatItReads(const std::vector<Access>& accesses) {
  for (const Access& w : accesses) {
    if (!w.write) continue;
    for (const Access& r : accesses) {
      if (!r.write && r.touches(w)) return true;
    }
  }
  return false;
}

bool writesTwice(const isa::Descriptor& descriptor, const isa::Preset& preset) {
  for (const isa::Footprint& f : isa::footprints(descriptor, preset)) {
    if (!f.write) continue;
    uint64_t bytes = 0, distinct = 0;
    for (const Piece& p : runs(f)) bytes += p.end - p.first;
    for (uint32_t t = 0; t < f.numTerms; ++t) {
      if (f.terms[t].stride == 0 && f.terms[t].count > 1) return true;
    }
    for (const Piece& p : merged(runs(f))) distinct += p.end - p.first;
    if (bytes != distinct) return true;
  }
  return false;
}

}  // namespace lilong::lockstep
