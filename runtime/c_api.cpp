// SPDX-License-Identifier: Apache-2.0
// The C API on top of the C++ API.  No exception passes its border.
#include <cstring>
#include <exception>
#include <new>

#include "runtime/lilong.h"
#include "runtime/lilong.hpp"
#include "runtime/version.hpp"

struct lilong_program {
  lilong::Program program;
};
struct lilong_device {
  std::shared_ptr<lilong::Device> device;
};
struct lilong_session {
  std::unique_ptr<lilong::Session> session;
  std::optional<uint64_t> cycles;
};

namespace {

using lilong::DiagId;

thread_local std::string last_error;

lilong_status fail(lilong_status status, std::string message) {
  last_error = std::move(message);
  return status;
}

lilong_status statusOf(DiagId id) {
  switch (id) {
    case DiagId::unknownPreset:
    case DiagId::unknownDevice:
    case DiagId::deviceUnavailable:
    case DiagId::deviceLost:
    case DiagId::deviceMismatch: return LILONG_BAD_DEVICE;
    case DiagId::deviceTrap: return LILONG_TRAP;
    case DiagId::deviceTimeout: return LILONG_TIMEOUT;
    case DiagId::outOfMemory: return LILONG_NO_MEMORY;
    case DiagId::inputCount:
    case DiagId::inputShape:
    case DiagId::inputType: return LILONG_BAD_ARGUMENT;
    case DiagId::internal: return LILONG_INTERNAL;
    default: return LILONG_BAD_PROGRAM;
  }
}

lilong_status fail(const lilong::Error& error) {
  return fail(statusOf(error.diagnostics.front().id), error.toString());
}

// Runs `body`, which returns a status, and turns exceptions into one.
template <typename Body>
lilong_status guarded(Body&& body) {
  try {
    last_error.clear();
    return body();
  } catch (const std::bad_alloc&) {
    return fail(LILONG_NO_MEMORY, "out of memory");
  } catch (const std::exception& exception) {
    return fail(LILONG_INTERNAL, exception.what());
  }
}

lilong_status keep(lilong::Result<lilong::Program> loaded, lilong_program** program) {
  if (!loaded.ok()) return fail(loaded.error());
  *program = new lilong_program{std::move(*loaded)};
  return LILONG_OK;
}

lilong_status describe(const lilong_program* program, const std::vector<uint32_t>& edges,
                       size_t index, lilong_tensor* tensor) {
  if (tensor == nullptr || index >= edges.size()) {
    return fail(LILONG_BAD_ARGUMENT, "there is no such tensor");
  }
  const lilong::ProgramTensor& from = program->program.tensors[edges[index]];
  *tensor = {from.name.c_str(),  static_cast<lilong_dtype>(from.dtype),
             from.shape.data(),  from.shape.size(),
             from.scale,         from.zeroPoint,
             static_cast<size_t>(lilong::tensorBytes(from))};
  return LILONG_OK;
}

}  // namespace

extern "C" {

const char* lilong_last_error(void) { return last_error.c_str(); }

const char* lilong_version(void) { return lilong::kVersion; }

lilong_status lilong_program_load(const char* path, lilong_program** program) {
  return guarded([&] {
    if (path == nullptr || program == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
    return keep(lilong::loadProgram(path), program);
  });
}

lilong_status lilong_program_parse(const void* bytes, size_t size, lilong_program** program) {
  return guarded([&] {
    if (bytes == nullptr || program == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
    return keep(lilong::parseProgram({static_cast<const uint8_t*>(bytes), size}, "memory"), program);
  });
}

void lilong_program_free(lilong_program* program) { delete program; }

const char* lilong_program_preset(const lilong_program* program) {
  return program == nullptr ? "" : program->program.preset.c_str();
}

size_t lilong_program_input_count(const lilong_program* program) {
  return program == nullptr ? 0 : program->program.inputs.size();
}

size_t lilong_program_output_count(const lilong_program* program) {
  return program == nullptr ? 0 : program->program.outputs.size();
}

lilong_status lilong_program_input(const lilong_program* program, size_t index,
                                   lilong_tensor* tensor) {
  return guarded([&] {
    if (program == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
    return describe(program, program->program.inputs, index, tensor);
  });
}

lilong_status lilong_program_output(const lilong_program* program, size_t index,
                                    lilong_tensor* tensor) {
  return guarded([&] {
    if (program == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
    return describe(program, program->program.outputs, index, tensor);
  });
}

lilong_status lilong_device_open(const char* name, const char* preset, const char* memory,
                                 lilong_device** device) {
  return guarded([&] {
    if (name == nullptr || preset == nullptr || device == nullptr) {
      return fail(LILONG_BAD_ARGUMENT, "null pointer");
    }
    lilong::DeviceOptions options{.name = name, .preset = preset};
    if (memory != nullptr) options.memory = memory;
    auto opened = lilong::openDevice(options);
    if (!opened.ok()) return fail(opened.error());
    *device = new lilong_device{std::move(*opened)};
    return LILONG_OK;
  });
}

void lilong_device_close(lilong_device* device) { delete device; }

lilong_status lilong_session_create(const lilong_program* program, lilong_device* device,
                                    lilong_session** session) {
  return guarded([&] {
    if (program == nullptr || device == nullptr || session == nullptr) {
      return fail(LILONG_BAD_ARGUMENT, "null pointer");
    }
    auto created = lilong::Session::create(program->program, device->device);
    if (!created.ok()) return fail(created.error());
    *session = new lilong_session{std::move(*created), {}};
    return LILONG_OK;
  });
}

void lilong_session_free(lilong_session* session) { delete session; }

lilong_status lilong_session_run(lilong_session* session, const void* const* inputs,
                                 const size_t* input_sizes, size_t input_count,
                                 void* const* outputs, const size_t* output_sizes,
                                 size_t output_count) {
  return guarded([&] {
    if (session == nullptr || inputs == nullptr || input_sizes == nullptr || outputs == nullptr ||
        output_sizes == nullptr) {
      return fail(LILONG_BAD_ARGUMENT, "null pointer");
    }
    const lilong::Program& program = session->session->program();
    if (output_count != program.outputs.size()) {
      return fail(LILONG_BAD_ARGUMENT, "the number of outputs is not that of the network");
    }
    for (size_t i = 0; i < output_count; ++i) {
      if (output_sizes[i] != lilong::tensorBytes(program.tensors[program.outputs[i]])) {
        return fail(LILONG_BAD_ARGUMENT, "the size of an output is not that of the tensor");
      }
      if (outputs[i] == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
    }
    std::vector<std::span<const uint8_t>> views;
    for (size_t i = 0; i < input_count; ++i) {
      if (inputs[i] == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
      views.emplace_back(static_cast<const uint8_t*>(inputs[i]), input_sizes[i]);
    }
    auto result = session->session->run(views);
    if (!result.ok()) return fail(result.error());
    for (size_t i = 0; i < output_count; ++i) {
      std::memcpy(outputs[i], result->outputs[i].data(), output_sizes[i]);
    }
    session->cycles = result->cycles;
    return LILONG_OK;
  });
}

lilong_status lilong_session_cycles(const lilong_session* session, uint64_t* cycles) {
  return guarded([&] {
    if (session == nullptr || cycles == nullptr) return fail(LILONG_BAD_ARGUMENT, "null pointer");
    if (!session->cycles) return fail(LILONG_BAD_ARGUMENT, "there are no cycles to report");
    *cycles = *session->cycles;
    return LILONG_OK;
  });
}

}  // extern "C"
