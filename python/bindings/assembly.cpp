// SPDX-License-Identifier: Apache-2.0
// The text assembler and the functional simulator, for benches and experiments without a network.
#include "python/bindings/bindings.hpp"
#include "sim/functional/machine.hpp"
#include "sim/isa/assembler.hpp"

namespace lilong::python {

namespace {

constexpr uint64_t kRegionAlignment = 4096;

py::bytes toBytes(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Regions as (content, readable, writable); region 0 is the program.
py::list regionsOf(const isa::Assembly& assembly) {
  py::list list;
  for (const isa::AssembledRegion& region : assembly.regions) {
    list.append(py::make_tuple(toBytes(region.bytes), region.view.read, region.view.write));
  }
  return list;
}

// Content of every region behind the job, and its trap as (code, engine, instruction, address).
py::tuple execute(const isa::Assembly& assembly, const std::string& name) {
  const isa::Preset* preset = isa::findPreset(name);
  if (preset == nullptr) {
    throw Raised(makeError(DiagId::unknownPreset, "unknown preset '" + name + "'"));
  }
  std::array<functional::Window, isa::kRegions> windows{};
  uint64_t next = 0;
  for (size_t i = 0; i < isa::kRegions; ++i) {
    const isa::AssembledRegion& region = assembly.regions[i];
    windows[i] = {next, region.view.size, region.view.read, region.view.write};
    next += (region.bytes.size() + kRegionAlignment - 1) / kRegionAlignment * kRegionAlignment;
  }
  std::vector<uint8_t> memory(next);
  for (size_t i = 0; i < isa::kRegions; ++i) {
    const auto& bytes = assembly.regions[i].bytes;
    std::copy(bytes.begin(), bytes.end(), memory.begin() + static_cast<ptrdiff_t>(windows[i].base));
  }
  functional::Machine machine(*preset);
  const functional::RunResult result = machine.run(memory, windows);
  py::list regions;
  for (size_t i = 0; i < isa::kRegions; ++i) {
    regions.append(
        toBytes(std::span(memory).subspan(windows[i].base, assembly.regions[i].bytes.size())));
  }
  py::object trap = py::none();
  if (result.trap) {
    trap = py::make_tuple(static_cast<uint32_t>(result.trap->code),
                          static_cast<uint32_t>(result.trap->engine), result.trap->instruction,
                          result.trap->address);
  }
  return py::make_tuple(regions, trap);
}

}  // namespace

void bindAssembly(py::module_& module) {
  py::class_<isa::Assembly>(module, "Assembly")
      .def_readonly("preset", &isa::Assembly::preset)
      .def_property_readonly("regions", regionsOf)
      .def("execute", execute, py::arg("preset"));
  module.def(
      "assemble",
      [](const std::string& text, const std::string& file) {
        return unwrap(isa::assemble(text, file));
      },
      py::arg("text"), py::arg("file") = "");
}

}  // namespace lilong::python
