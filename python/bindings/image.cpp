// SPDX-License-Identifier: Apache-2.0
// Images for the bare-metal driver.
#include "runtime/image.hpp"
#include "python/bindings/bindings.hpp"

namespace lilong::python {

void bindImage(py::module_& module) {
  module.def("image", [](const Program& program) {
    const std::vector<uint8_t> image = unwrap(makeImage(program));
    return py::bytes(reinterpret_cast<const char*>(image.data()), image.size());
  });
  module.def("c_source", [](const Program& program, const std::string& stem) {
    CSource files = unwrap(makeCSource(program, stem));
    return std::pair(std::move(files.header), std::move(files.source));
  });
  module.def("c_name", cName);
}

}  // namespace lilong::python
