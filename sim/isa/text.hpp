// SPDX-License-Identifier: Apache-2.0
// Lines, words and numbers of the assembler's texts.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lilong::isa {

struct TextLine {
  uint32_t number = 0;  // of its first line in the file, from 1
  std::vector<std::string> words;
};

// The lines that have words: '#' starts a comment, a backslash at the end joins the next line.
inline std::vector<TextLine> splitText(std::string_view text) {
  std::vector<TextLine> lines;
  TextLine line;
  uint32_t number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    rest = rest.substr(0, rest.find('#'));
    if (line.words.empty()) line.number = number;
    bool joined = false;
    while (true) {
      const size_t first = rest.find_first_not_of(" \t\r");
      if (first == std::string_view::npos) break;
      rest.remove_prefix(first);
      const size_t length = std::min(rest.find_first_of(" \t\r"), rest.size());
      const std::string_view word = rest.substr(0, length);
      rest.remove_prefix(length);
      joined = word == "\\" && rest.find_first_not_of(" \t\r") == std::string_view::npos;
      if (!joined) line.words.emplace_back(word);
    }
    if (!joined && !line.words.empty()) {
      lines.push_back(std::move(line));
      line = {};
    }
  }
  if (!line.words.empty()) lines.push_back(std::move(line));
  return lines;
}

// Decimal or 0x..., with an optional minus; nothing if it is no such number or leaves the range.
inline std::optional<int64_t> parseNumber(std::string_view word, int64_t low, int64_t high) {
  const bool negative = !word.empty() && word[0] == '-';
  if (negative) word.remove_prefix(1);
  const bool hex = word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
  if (hex) word.remove_prefix(2);
  int64_t value = 0;
  if (word.empty() || word[0] == '-') return std::nullopt;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  if (negative) value = -value;
  if (value < low || value > high) return std::nullopt;
  return value;
}

}  // namespace lilong::isa
