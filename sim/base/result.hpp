// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or the diagnostics that explain why there is none.
// Every fallible function of Lilong returns one; nothing reachable from input throws or asserts.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lilong {

// Identifiers of every message a user can see; the table is sim/base/diagnostics.def.
enum class DiagId {
#define LILONG_DIAG(id, severity, remedy) id,
#include "sim/base/diagnostics.def"
#undef LILONG_DIAG
};

enum class Severity { note, warning, error, internal };

// One message: what happened, where, and what the user can do about it.
struct Diagnostic {
  DiagId id;
  Severity severity = Severity::error;
  std::string file;     // file the message is about, empty if none
  std::string layer;    // layer or tensor of the network, empty if none
  std::string message;  // one sentence without file and layer
  std::string remedy;   // one sentence, empty if there is none

  // "file: layer 'x': message. Remedy."
  std::string toString() const;
};

const char* toString(DiagId id);
Diagnostic makeDiagnostic(DiagId id, std::string message, std::string file = {},
                          std::string layer = {});

struct Error {
  std::vector<Diagnostic> diagnostics;  // at least one
  std::string toString() const;
};

inline Error makeError(DiagId id, std::string message, std::string file = {},
                       std::string layer = {}) {
  return Error{{makeDiagnostic(id, std::move(message), std::move(file), std::move(layer))}};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace lilong
