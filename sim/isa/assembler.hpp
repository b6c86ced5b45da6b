// SPDX-License-Identifier: Apache-2.0
// The text assembler: programs for tests and experiments, with the memory they start from and
// the result they must have.  The syntax is described in docs/4-isa/4-assembler.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/isa/check.hpp"

namespace lilong::isa {

// A memory window and the bytes in it before the job.
struct AssembledRegion {
  RegionView view;
  std::vector<uint8_t> bytes;  // view.size bytes
};

struct Assembly {
  std::string preset = "edge";
  std::vector<Descriptor> program;
  std::array<AssembledRegion, kRegions> regions;  // 0 holds the program
};

// What a job must leave behind.
struct Expectation {
  struct Bytes {
    uint32_t region = 0, offset = 0;
    std::vector<uint8_t> bytes;
  };
  std::optional<Trap> trap;  // empty: the job ends well
  std::vector<Bytes> memory;
};

// `file` names the text in messages.
Result<Assembly> assemble(std::string_view text, const std::string& file = {});
Result<Expectation> parseExpectation(std::string_view text, const std::string& file = {});

}  // namespace lilong::isa
