// SPDX-License-Identifier: Apache-2.0
#include "sim/fpga/board.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "sim/rtl/loader.hpp"

namespace lilong::fpga {

Result<const BoardModule*> loadBoard(const std::string& preset, const std::string& memory,
                                     const std::string& folder) {
  const std::string name = fmt::format("liblilong_fpga_{}_{}.so", preset, memory);
  const std::string file = rtl::findFile(name, folder);
  if (file.empty()) {
    Error error = makeError(DiagId::deviceUnavailable,
                            fmt::format("there is no Verilated board for preset '{}' with memory "
                                        "'{}' ({} was not found)",
                                        preset, memory, name));
    error.diagnostics[0].remedy = fmt::format(
        "Build it with cmake -DLILONG_FPGA_BOARDS={}_{}, or name its folder in "
        "LILONG_RTL_DIR",
        preset, memory);
    return error;
  }
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto* function =
      library ? reinterpret_cast<BoardFunction>(dlsym(library, "lilong_fpga_module")) : nullptr;
  const BoardModule* module = function ? function() : nullptr;
  if (!module || module->abi != kBoardAbi || preset != module->preset || memory != module->memory) {
    return makeError(DiagId::deviceUnavailable,
                     fmt::format("'{}' is no Verilated board of this version: {}", file,
                                 library ? "it exports something else" : dlerror()));
  }
  return module;
}

}  // namespace lilong::fpga
