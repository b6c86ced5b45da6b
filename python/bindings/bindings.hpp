// SPDX-License-Identifier: Apache-2.0
// Shared by the binding files: errors become lilong.Error, everything else stays in C++.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <exception>
#include <utility>

#include "sim/base/result.hpp"

namespace lilong::python {

namespace py = pybind11;

// Carries diagnostics to the translator in module.cpp.
struct Raised : std::exception {
  explicit Raised(Error from) : error(std::move(from)) {}
  Error error;
};

template <typename T>
T unwrap(Result<T> result) {
  if (!result.ok()) throw Raised(std::move(result).error());
  return std::move(*result);
}
inline void unwrap(Result<void> result) {
  if (!result.ok()) throw Raised(std::move(result).error());
}

void bindAssembly(py::module_& module);
void bindImage(py::module_& module);
void bindIsa(py::module_& module);
void bindRuntime(py::module_& module);
void bindCompiler(py::module_& module);

}  // namespace lilong::python
