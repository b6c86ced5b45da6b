// SPDX-License-Identifier: Apache-2.0
// The .exp texts beside the assembler's test programs.
#include <fmt/format.h>

#include "sim/isa/assembler.hpp"
#include "sim/isa/text.hpp"

namespace lilong::isa {
namespace {

std::optional<TrapCode> trapOf(std::string_view name) {
  for (uint32_t code = 1; code < 256; ++code)
    if (name == toString(static_cast<TrapCode>(code))) return static_cast<TrapCode>(code);
  return std::nullopt;
}

std::optional<Engine> engineOf(std::string_view name) {
  for (const EnumValueInfo& item : kEnumValues)
    if (item.enumName == "engine" && item.name == name) return static_cast<Engine>(item.value);
  return std::nullopt;
}

// "trap CODE engine=ENGINE instruction=NUMBER address=NUMBER".
std::optional<Trap> parseTrap(const std::vector<std::string>& words) {
  if (words.size() != 5 || words[2].rfind("engine=", 0) != 0 ||
      words[3].rfind("instruction=", 0) != 0 || words[4].rfind("address=", 0) != 0)
    return std::nullopt;
  const auto code = trapOf(words[1]);
  const auto engine = engineOf(std::string_view(words[2]).substr(7));
  const auto instruction = parseNumber(std::string_view(words[3]).substr(12), 0, 0xffffffff);
  const auto address = parseNumber(std::string_view(words[4]).substr(8), 0, int64_t{1} << 52);
  if (!code || !engine || !instruction || !address) return std::nullopt;
  return Trap{*code, *engine, static_cast<uint32_t>(*instruction), static_cast<uint64_t>(*address)};
}

// "memory REGION OFFSET bytes..." or "memory32 REGION OFFSET words...".
std::optional<Expectation::Bytes> parseMemory(const std::vector<std::string>& words) {
  if (words.size() < 4) return std::nullopt;
  const size_t width = words[0] == "memory32" ? 4 : 1;
  const int64_t high = width == 1 ? 255 : 0xffffffff;
  const auto region = parseNumber(words[1], 0, kRegions - 1);
  const auto offset = parseNumber(words[2], 0, 0xffffffff);
  if (!region || !offset) return std::nullopt;
  Expectation::Bytes result{static_cast<uint32_t>(*region), static_cast<uint32_t>(*offset), {}};
  for (size_t i = 3; i < words.size(); ++i) {
    const auto value = parseNumber(words[i], -(high + 1) / 2, high);
    if (!value) return std::nullopt;
    for (size_t byte = 0; byte < width; ++byte)
      result.bytes.push_back(static_cast<uint8_t>(static_cast<uint64_t>(*value) >> (8 * byte)));
  }
  return result;
}

}  // namespace

Result<Expectation> parseExpectation(std::string_view text, const std::string& file) {
  Expectation result;
  uint32_t ends = 0;
  const auto wrong = [&](std::string message) {
    Error error = makeError(DiagId::programIllFormed, std::move(message), file);
    error.diagnostics[0].remedy = "Correct the expectation";
    return error;
  };
  for (const TextLine& line : splitText(text)) {
    bool good = false;
    if (line.words[0] == "done") {
      good = line.words.size() == 1;
      ++ends;
    } else if (line.words[0] == "trap") {
      result.trap = parseTrap(line.words);
      good = result.trap.has_value();
      ++ends;
    } else if (line.words[0] == "memory" || line.words[0] == "memory32") {
      if (auto bytes = parseMemory(line.words)) {
        result.memory.push_back(std::move(*bytes));
        good = true;
      }
    }
    if (!good) return wrong(fmt::format("line {}: cannot be understood", line.number));
  }
  if (ends != 1) return wrong("exactly one line 'done' or 'trap' is needed");
  return result;
}

}  // namespace lilong::isa
