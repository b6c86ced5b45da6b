// SPDX-License-Identifier: Apache-2.0
// Presets, specification version, disassembly.
#include <array>

#include "python/bindings/bindings.hpp"
#include "sim/isa/check.hpp"
#include "sim/isa/disassembler.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::python {

void bindIsa(py::module_& module) {
  module.attr("spec_version") = py::make_tuple(isa::kSpecMajor, isa::kSpecMinor);
  module.attr("spec_hash") = isa::kSpecHash;
  py::dict presets;
  for (const isa::Preset& preset : isa::kPresets) {
    py::dict entry;
    entry["lanes"] = preset.lanes;
    entry["depth"] = preset.depth;
    entry["scratchpad_bytes"] = preset.scratchpadBytes;
    entry["axi_bytes"] = preset.axiBytes;
    presets[py::str(preset.name.data(), preset.name.size())] = entry;
  }
  module.attr("presets") = presets;
  module.def("disassemble", [](const py::bytes& code) {
    const auto view = static_cast<std::string_view>(code);
    std::vector<std::string> lines;
    for (size_t at = 0; at + isa::kDescriptorBytes <= view.size(); at += isa::kDescriptorBytes) {
      lines.push_back(isa::disassemble(
          isa::readDescriptor(reinterpret_cast<const uint8_t*>(view.data()) + at)));
    }
    return lines;
  });
}

}  // namespace lilong::python
