// SPDX-License-Identifier: Apache-2.0
#include "sim/isa/assembler.hpp"

#include <fmt/format.h>

#include <set>

#include "sim/isa/text.hpp"

namespace lilong::isa {
namespace {

constexpr int64_t kMaxRegionBytes = int64_t{1} << 26;
constexpr int64_t kMaxWord = 0xffffffff;

class Assembler {
 public:
  explicit Assembler(const std::string& file) : file_(file) {}

  Result<Assembly> run(std::string_view text) {
    for (const TextLine& line : splitText(text)) {
      line_ = line.number;
      directiveOrInstruction(line.words);
    }
    if (!error_.diagnostics.empty()) return std::move(error_);
    AssembledRegion& code = out_.regions[0];
    const size_t bytes = out_.program.size() * kDescriptorBytes;
    if (!given_[0]) code.view = {static_cast<uint32_t>(bytes), true, false};
    code.bytes.assign(code.view.size, 0);
    for (size_t i = 0; i < out_.program.size() && (i + 1) * kDescriptorBytes <= code.bytes.size();
         ++i)
      writeDescriptor(out_.program[i], &code.bytes[i * kDescriptorBytes]);
    return std::move(out_);
  }

 private:
  using Words = std::vector<std::string>;

  void fail(std::string text) {
    Diagnostic d =
        makeDiagnostic(DiagId::programIllFormed, fmt::format("line {}: {}", line_, text), file_);
    d.remedy = "Correct the assembly text";
    error_.diagnostics.push_back(std::move(d));
  }

  // Reports a word that is no number of the range.
  std::optional<int64_t> number(const std::string& word, int64_t low, int64_t high) {
    const auto value = parseNumber(word, low, high);
    if (!value) fail(fmt::format("'{}' is no number from {} to {}", word, low, high));
    return value;
  }

  void directiveOrInstruction(const Words& words) {
    if (words[0] == ".preset") return preset(words);
    if (words[0] == ".region") return region(words);
    if (words[0] == ".data") return data(words, 1);
    if (words[0] == ".data32") return data(words, 4);
    if (words[0] == ".fill" || words[0] == ".ramp") return fill(words);
    if (words[0] == ".word") return raw(words);
    instruction(words);
  }

  void preset(const Words& words) {
    if (words.size() != 2 || !findPreset(words[1])) return fail("expected .preset and its name");
    out_.preset = words[1];
  }

  void region(const Words& words) {
    if (words.size() != 4 || words[2].rfind("size=", 0) != 0 || words[3].rfind("access=", 0) != 0)
      return fail("expected .region NUMBER size=BYTES access=none|r|w|rw");
    const auto n = number(words[1], 0, kRegions - 1);
    const auto size = number(words[2].substr(5), 0, kMaxRegionBytes);
    const std::string access = words[3].substr(7);
    if (access != "none" && access != "r" && access != "w" && access != "rw")
      return fail(fmt::format("unknown access '{}'", access));
    if (!n || !size) return;
    AssembledRegion& target = out_.regions[static_cast<size_t>(*n)];
    if (given_[static_cast<size_t>(*n)]) return fail("the region is given twice");
    given_[static_cast<size_t>(*n)] = true;
    target.view = {static_cast<uint32_t>(*size), access.find('r') != std::string::npos,
                   access.find('w') != std::string::npos};
    target.bytes.assign(static_cast<size_t>(*size), 0);
  }

  // Room for `count` bytes at words[1], words[2] (region, offset); null and a message if not.
  uint8_t* place(const Words& words, size_t count) {
    const auto n = number(words[1], 1, kRegions - 1);
    const auto offset = number(words[2], 0, kMaxRegionBytes);
    if (!n || !offset) return nullptr;
    std::vector<uint8_t>& bytes = out_.regions[static_cast<size_t>(*n)].bytes;
    if (static_cast<size_t>(*offset) > bytes.size() ||
        count > bytes.size() - static_cast<size_t>(*offset)) {
      fail(fmt::format("{} bytes at {} do not fit region {}", count, *offset, *n));
      return nullptr;
    }
    return bytes.data() + *offset;
  }

  void data(const Words& words, size_t width) {
    if (words.size() < 4) return fail("expected region, offset and values");
    uint8_t* to = place(words, (words.size() - 3) * width);
    if (!to) return;
    const int64_t high = width == 1 ? 255 : kMaxWord;
    for (size_t i = 3; i < words.size(); ++i) {
      const auto value = number(words[i], -(high + 1) / 2, high);
      if (!value) return;
      for (size_t byte = 0; byte < width; ++byte)
        *to++ = static_cast<uint8_t>(static_cast<uint64_t>(*value) >> (8 * byte));
    }
  }

  // .fill REGION OFFSET COUNT VALUE; .ramp has a STEP as well and counts modulo 256.
  void fill(const Words& words) {
    const bool ramp = words[0] == ".ramp";
    if (words.size() != (ramp ? 6u : 5u))
      return fail(ramp ? "expected .ramp REGION OFFSET COUNT FIRST STEP"
                       : "expected .fill REGION OFFSET COUNT VALUE");
    const auto count = number(words[3], 0, kMaxRegionBytes);
    const auto first = number(words[4], -128, 255);
    const auto step = ramp ? number(words[5], -128, 255) : std::optional<int64_t>(0);
    if (!count || !first || !step) return;
    uint8_t* to = place(words, static_cast<size_t>(*count));
    if (!to) return;
    for (int64_t i = 0; i < *count; ++i) to[i] = static_cast<uint8_t>(*first + i * *step);
  }

  void raw(const Words& words) {
    if (words.size() != kDescriptorWords + 1) return fail("expected .word and 16 words");
    Descriptor d{};
    for (size_t i = 0; i < kDescriptorWords; ++i) {
      const auto value = number(words[i + 1], 0, kMaxWord);
      if (!value) return;
      d[i] = static_cast<uint32_t>(*value);
    }
    out_.program.push_back(d);
  }

  static const FieldInfo* findField(const InstructionInfo& info, std::string_view name) {
    for (const FieldInfo& field : kHeaderFields)
      if (field.name == name && name != "opcode") return &field;
    for (const FieldInfo& field : info.fields)
      if (field.name == name) return &field;
    return nullptr;
  }

  std::optional<uint32_t> fieldValue(const FieldInfo& field, const std::string& text) {
    for (const EnumValueInfo& item : kEnumValues)
      if (!field.enumName.empty() && item.enumName == field.enumName && item.name == text)
        return item.value;
    const int64_t range = int64_t{1} << (field.msb - field.lsb + 1);
    const auto value =
        field.isSigned ? number(text, -range / 2, range / 2 - 1) : number(text, 0, range - 1);
    if (!value) return std::nullopt;
    return static_cast<uint32_t>(*value);
  }

  void instruction(const Words& words) {
    const InstructionInfo* info = findInstruction(words[0]);
    if (!info) return fail(fmt::format("unknown instruction '{}'", words[0]));
    Descriptor d{};
    d[0] = static_cast<uint32_t>(info->opcode);
    std::set<std::string_view> seen;
    for (size_t i = 1; i < words.size(); ++i) {
      const size_t equals = words[i].find('=');
      const std::string name = words[i].substr(0, equals);
      const FieldInfo* field = findField(*info, name);
      if (!field) return fail(fmt::format("{} has no field '{}'", words[0], name));
      if (!seen.insert(field->name).second) return fail(fmt::format("'{}' is given twice", name));
      if (equals == std::string::npos && field->msb != field->lsb)
        return fail(fmt::format("'{}' needs a value", name));
      const auto value = equals == std::string::npos
                             ? std::optional<uint32_t>(1)
                             : fieldValue(*field, words[i].substr(equals + 1));
      if (!value) return;
      setBits(d, field->word, field->msb, field->lsb, *value);
      // A named semaphore is enabled unless the text says otherwise.
      const FieldInfo* enable = findField(*info, name + "_en");
      if (enable && !seen.count(enable->name)) setBits(d, 0, enable->msb, enable->lsb, 1);
    }
    out_.program.push_back(d);
  }

  std::string file_;
  uint32_t line_ = 0;
  Error error_;
  Assembly out_;
  std::array<bool, kRegions> given_{};
};

}  // namespace

Result<Assembly> assemble(std::string_view text, const std::string& file) {
  return Assembler(file).run(text);
}

}  // namespace lilong::isa
