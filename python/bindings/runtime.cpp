// SPDX-License-Identifier: Apache-2.0
// Programs, devices, sessions.
#include "python/bindings/bindings.hpp"
#include "runtime/link/tty.hpp"
#include "runtime/lilong.hpp"

namespace lilong::python {

namespace {

std::span<const uint8_t> bytesOf(const py::bytes& bytes) {
  const auto view = static_cast<std::string_view>(bytes);
  return {reinterpret_cast<const uint8_t*>(view.data()), view.size()};
}

py::bytes toBytes(const std::vector<uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Names come from files and need not be UTF-8.
py::str text(const std::string& string) {
  return py::reinterpret_steal<py::str>(
      PyUnicode_DecodeUTF8(string.data(), static_cast<Py_ssize_t>(string.size()), "replace"));
}

py::dict describe(const ProgramTensor& tensor) {
  py::dict entry;
  entry["name"] = text(tensor.name);
  entry["dtype"] = toString(tensor.dtype);
  entry["shape"] = py::tuple(py::cast(tensor.shape));
  entry["scale"] = tensor.scale;
  entry["zero_point"] = tensor.zeroPoint;
  entry["region"] = tensor.region;
  entry["offset"] = tensor.offset;
  return entry;
}

py::list describe(const Program& program, const std::vector<uint32_t>& indices) {
  py::list list;
  for (uint32_t index : indices) list.append(describe(program.tensors[index]));
  return list;
}

py::dict describe(const Traffic& traffic) {
  py::dict entry;
  entry["constants"] = traffic.constants;
  entry["inputs"] = traffic.inputs;
  entry["outputs"] = traffic.outputs;
  entry["spill_read"] = traffic.spillRead;
  entry["spill_written"] = traffic.spillWritten;
  entry["other"] = traffic.other;
  return entry;
}

py::list layersOf(const Program& program) {
  py::list list;
  const std::vector<Traffic> traffic = trafficOf(program);
  for (size_t i = 0; i < program.layers.size(); ++i) {
    const ProgramLayer& layer = program.layers[i];
    py::dict entry;
    entry["name"] = text(layer.name);
    entry["op"] = text(layer.op);
    entry["macs"] = layer.macs;
    entry["macs_executed"] = layer.macsExecuted();
    entry["bytes"] = layer.bytes;
    entry["traffic"] = describe(traffic[i]);
    entry["step"] = layer.step;
    entry["first_instruction"] = layer.firstInstruction;
    entry["last_instruction"] = layer.lastInstruction;
    entry["on_chip"] = layer.onChip;
    entry["exactness"] = text(layer.exactness);
    list.append(entry);
  }
  return list;
}

py::list stepsOf(const Program& program) {
  py::list list;
  for (const auto& step : program.steps) {
    py::dict entry;
    if (const auto* chip = std::get_if<ChipStep>(&step)) {
      entry["code"] = toBytes(chip->code);
      entry["watchdog_cycles"] = chip->watchdogCycles;
      entry["layers"] = chip->layers;
    } else {
      const auto& host = std::get<HostStep>(step);
      entry["op"] = text(host.op);
      entry["reason"] = text(host.reason);
    }
    list.append(entry);
  }
  return list;
}

void bindProgram(py::module_& module) {
  py::class_<Program, std::shared_ptr<Program>>(module, "Program")
      .def_static("load", [](const std::string& path) {
        return std::make_shared<Program>(unwrap(loadProgram(path)));
      })
      .def_static("parse", [](const py::bytes& bytes, const std::string& file) {
        return std::make_shared<Program>(unwrap(parseProgram(bytesOf(bytes), file)));
      })
      .def("save", [](const Program& self, const std::string& path) { unwrap(saveProgram(self, path)); })
      .def("serialize", [](const Program& self) { return toBytes(unwrap(serializeProgram(self))); })
      .def_property_readonly("model", [](const Program& self) { return text(self.model); })
      .def_readonly("model_sha256", &Program::modelSha256)
      .def_readonly("preset", &Program::preset)
      .def_readonly("numerics", &Program::numerics)
      .def_property_readonly("interpreter",
                             [](const Program& self) { return interpreterOf(self.numerics); })
      .def_property_readonly("compiler_version",
                             [](const Program& self) { return text(self.compilerVersion); })
      .def_readonly("spec_hash", &Program::specHash)
      .def_property_readonly("inputs",
                             [](const Program& self) { return describe(self, self.inputs); })
      .def_property_readonly("outputs",
                             [](const Program& self) { return describe(self, self.outputs); })
      .def_property_readonly("tensors",
                             [](const Program& self) {
                               py::list list;
                               for (const auto& tensor : self.tensors) list.append(describe(tensor));
                               return list;
                             })
      .def_property_readonly("layers", layersOf)
      .def_property_readonly("steps", stepsOf)
      .def_property_readonly("region_bytes", [](const Program& self) {
        std::vector<uint32_t> sizes;
        for (uint8_t region = 0; region <= kRegionHost; ++region) {
          sizes.push_back(regionBytes(self, region));
        }
        return sizes;
      });
  module.def("looks_like_program",
             [](const py::bytes& bytes) { return looksLikeProgram(bytesOf(bytes)); });
}

// A device and the name of its memory, which the report repeats.
struct OpenDevice {
  std::shared_ptr<Device> device;
  std::string memory;
};

// A Python function that any thread may call and destroy.
std::function<void(uint64_t, uint64_t)> uploadCallback(const py::handle& value) {
  if (value.is_none()) return {};
  std::shared_ptr<py::function> function(new py::function(value.cast<py::function>()),
                                         [](py::function* f) {
                                           py::gil_scoped_acquire locked;
                                           delete f;
                                         });
  return [function](uint64_t done, uint64_t all) {
    py::gil_scoped_acquire locked;
    (*function)(done, all);
  };
}

DeviceOptions optionsFrom(const py::kwargs& kwargs) {
  DeviceOptions options;
  for (const auto& [key, value] : kwargs) {
    const auto name = key.cast<std::string>();
    if (name == "name") options.name = value.cast<std::string>();
    else if (name == "preset") options.preset = value.cast<std::string>();
    else if (name == "memory") options.memory = value.cast<std::string>();
    else if (name == "memory_bytes") options.memoryBytes = value.cast<uint64_t>();
    else if (name == "flavour") options.flavour = value.cast<std::string>();
    else if (name == "waves") options.waves = value.cast<std::string>();
    else if (name == "stall_seed") options.stallSeed = value.cast<uint64_t>();
    else if (name == "stall_permille") options.stallPermille = value.cast<uint32_t>();
    else if (name == "module_path") options.modulePath = value.cast<std::string>();
    else if (name == "upload") options.progress = uploadCallback(value);
    else throw py::type_error("a device has no option '" + name + "'");
  }
  return options;
}

void bindDevice(py::module_& module) {
  py::class_<OpenDevice, std::shared_ptr<OpenDevice>>(module, "Device")
      .def_property_readonly("name", [](const OpenDevice& self) { return self.device->name(); })
      .def_property_readonly("preset", [](const OpenDevice& self) {
        return std::string(self.device->preset().name);
      })
      .def_readonly("memory", &OpenDevice::memory);
  module.def("open_device", [](const py::kwargs& kwargs) {
    const DeviceOptions options = optionsFrom(kwargs);
    const bool board = options.name.find(':') != std::string::npos;
    py::gil_scoped_release unlocked;
    return std::make_shared<OpenDevice>(
        OpenDevice{unwrap(openDevice(options)), board ? "board" : options.memory});
  });
  module.def("list_serial_ports", link::listTtys);
  module.def("list_devices", [](const py::kwargs& kwargs) {
    py::list list;
    for (const DeviceInfo& info : listDevices(optionsFrom(kwargs))) {
      py::dict entry;
      entry["name"] = info.name;
      entry["description"] = info.description;
      entry["has_time"] = info.hasTime;
      entry["needs_place"] = info.needsPlace;
      entry["available"] = info.available;
      entry["missing"] = info.missing;
      list.append(entry);
    }
    return list;
  });
}

// A session and the result of its last run.
struct OpenSession {
  std::unique_ptr<Session> session;
  std::string memory;
  RunResult last;
};

// One inference on contiguous arrays of exactly the bytes of the inputs.
py::list run(OpenSession& self, const std::vector<py::bytes>& inputs, bool trace) {
  std::vector<std::span<const uint8_t>> views;
  for (const py::bytes& input : inputs) views.push_back(bytesOf(input));
  {
    py::gil_scoped_release unlocked;
    self.last = unwrap(self.session->run(views, {.trace = trace}));
  }
  py::list outputs;
  for (const Bytes& output : self.last.outputs) outputs.append(toBytes(output));
  return outputs;
}

void bindSession(py::module_& module) {
  py::class_<OpenSession>(module, "Session")
      .def(py::init([](const std::shared_ptr<Program>& program,
                       const std::shared_ptr<OpenDevice>& device) {
        return OpenSession{unwrap(Session::create(*program, device->device)), device->memory, {}};
      }))
      .def("run", run, py::arg("inputs"), py::arg("trace") = true)
      .def("time",
           [](OpenSession& self, bool trace) {
             py::gil_scoped_release unlocked;
             self.last = unwrap(self.session->time({.trace = trace}));
           },
           py::arg("trace") = true)
      .def_property_readonly("cycles", [](const OpenSession& self) { return self.last.cycles; })
      .def("report_json", [](const OpenSession& self) {
        return toJson(makeReport(self.session->program(), self.session->device(), self.memory,
                                 self.last));
      })
      .def("perfetto", [](const OpenSession& self) {
        return toPerfetto(self.session->program(), self.last);
      });
}

}  // namespace

void bindRuntime(py::module_& module) {
  bindProgram(module);
  bindDevice(module);
  bindSession(module);
}

}  // namespace lilong::python
