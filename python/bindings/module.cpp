// SPDX-License-Identifier: Apache-2.0
// The extension module lilong._lilong.
#include "python/bindings/bindings.hpp"
#include "runtime/version.hpp"

namespace lilong::python {

namespace {

const char* severityName(Severity severity) {
  switch (severity) {
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
    case Severity::internal: return "internal";
  }
  return "error";
}

// Raises the exception that lilong.errors chooses for the diagnostics.
void raise(const Error& error) {
  py::list diagnostics;
  for (const Diagnostic& diagnostic : error.diagnostics) {
    py::dict entry;
    entry["id"] = toString(diagnostic.id);
    entry["severity"] = severityName(diagnostic.severity);
    entry["file"] = diagnostic.file;
    entry["layer"] = diagnostic.layer;
    entry["message"] = diagnostic.message;
    entry["remedy"] = diagnostic.remedy;
    diagnostics.append(entry);
  }
  const py::object exception =
      py::module_::import("lilong.errors").attr("from_diagnostics")(diagnostics);
  PyErr_SetObject(py::type::handle_of(exception).ptr(), exception.ptr());
}

}  // namespace

PYBIND11_MODULE(_lilong, module) {
  module.doc() = "C++ part of lilong; use the names of the package lilong instead.";
  module.attr("__version__") = kVersion;
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Raised& raised) {
      raise(raised.error);
    }
  });
  bindIsa(module);
  bindRuntime(module);
  bindCompiler(module);
  bindImage(module);
  bindAssembly(module);
}

}  // namespace lilong::python
