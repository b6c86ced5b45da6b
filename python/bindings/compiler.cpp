// SPDX-License-Identifier: Apache-2.0
// The compiler, and the helpers that the package needs around it.
#include "compiler/compile.hpp"
#include "python/bindings/bindings.hpp"
#include "runtime/lilong.hpp"
#include "sim/rtl/loader.hpp"

namespace lilong::python {

void bindCompiler(py::module_& module) {
  module.def(
      "compile",
      [](const std::string& data, const std::string& file, const std::string& preset,
         const std::string& numerics, const std::string& memory, bool allow_host,
         const std::string& dead_channels) {
        const py::gil_scoped_release unlocked;
        CompileOptions options;
        options.preset = preset;
        options.numerics = numerics;
        options.memory = memory;
        options.noHost = !allow_host;
        options.deadChannels = dead_channels;
        const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(data.data()),
                                             data.size());
        return std::make_shared<Program>(unwrap(compile(options, bytes, file)));
      },
      py::arg("data"), py::arg("file"), py::kw_only(), py::arg("preset"), py::arg("numerics"),
      py::arg("memory"), py::arg("allow_host"), py::arg("dead_channels"));
  module.def("read_file", [](const std::string& path) {
    const auto bytes = unwrap(readFile(path));
    return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  module.def("find_rtl_module", [](const std::string& preset, const std::string& flavour) {
    return rtl::findModule(preset, flavour);
  });
}

}  // namespace lilong::python
