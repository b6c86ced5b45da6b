// SPDX-License-Identifier: Apache-2.0
// Text of diagnostics and errors.
#include "sim/base/result.hpp"

#include <fmt/format.h>

namespace lilong {
namespace {

struct Entry {
  DiagId id;
  Severity severity;
  const char* name;
  const char* remedy;
};

constexpr Entry kEntries[] = {
#define LILONG_DIAG(id, severity, remedy) {DiagId::id, Severity::severity, #id, remedy},
#include "sim/base/diagnostics.def"
#undef LILONG_DIAG
};

const Entry& entry(DiagId id) {
  return kEntries[static_cast<unsigned>(id)];
}

// Adds the full stop if the sentence has no end yet.
std::string sentence(std::string text) {
  if (!text.empty() && text.back() != '.' && text.back() != '?' && text.back() != '!') text += '.';
  return text;
}

}  // namespace

const char* toString(DiagId id) {
  return entry(id).name;
}

Diagnostic makeDiagnostic(DiagId id, std::string message, std::string file, std::string layer) {
  return {id,
          entry(id).severity,
          std::move(file),
          std::move(layer),
          std::move(message),
          entry(id).remedy};
}

std::string Diagnostic::toString() const {
  std::string text;
  if (!file.empty()) text += fmt::format("{}: ", file);
  if (!layer.empty()) text += fmt::format("layer '{}': ", layer);
  text += sentence(message);
  if (!remedy.empty()) text += fmt::format(" {}", sentence(remedy));
  return text;
}

std::string Error::toString() const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += '\n';
    text += diagnostic.toString();
  }
  return text;
}

}  // namespace lilong
